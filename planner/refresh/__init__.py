"""Asks the price services that need no key, and judges what they answer before anybody relies on it.

Knows HTTP and the services' formats; knows no database and no screen. An answer is untrusted to its last byte: it is
bounded in time, bytes, pages and rows, and prices that cannot be right are refused whole.
"""
