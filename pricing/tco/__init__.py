"""The ledger: what renting and owning cost a year, energy, carbon, and the cash flows of a change.

Amounts in, amounts out. It chooses nothing: prices, power and hours are named by the caller, and the defaults that are
shipped are ranges with a source. Import the modules.
"""
