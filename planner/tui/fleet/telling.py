"""How an assumption is written, in a few words: its kind, its units, its limits. Pure."""

from pricing.assumptions.entry import Entry, Kind
from pricing.units import Dimension

_UNITS = {
    Dimension.TIME: "ms, s, minutes, hours, days, months, years",
    Dimension.RATE: "requests/s, /min, /h, /day",
    Dimension.MONEY: "USD",
    Dimension.ENERGY_PRICE: "USD/kWh, ct/kWh",
    Dimension.CARBON: "g/kWh, kg/MWh",
    Dimension.MASS: "kg, g, t",
    Dimension.SHARE: "%",
    Dimension.COUNT: "",
}
_KINDS = {
    Kind.WORD: "a name",
    Kind.DAY: "a date, 2026-07-20",
    Kind.QUANTITY: "a quantity",
    Kind.SPREAD: "one, or low, likely, high",
    Kind.WHOLE: "a whole number",
    Kind.SWITCH: "true or false",
    Kind.QUANTILE: "p50 to p99.99",
    Kind.PROFILE: "24 shares of the peak, from midnight",
}


def kind_told(entry: Entry) -> str:
    """`a quantity · requests/s, /min, /h, /day`."""
    units = "" if entry.dimension is None else _UNITS.get(entry.dimension, "")
    return " · ".join(part for part in (_KINDS[entry.kind], units) if part)
