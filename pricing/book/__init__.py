"""Prices: a dated, sourced, immutable book of offers, named by its hash; reading, writing, looking up, checking."""

from pricing.book.bands import cheapest_per_device, price_band
from pricing.book.csv_files import write_csv
from pricing.book.lint import BookFinding, lint_book
from pricing.book.offers import ON_DEMAND, PURCHASES, OwnedOffer, per_device_hour
from pricing.book.price_book import PriceBook, book_bytes, book_from_bytes
from pricing.book.reading import book_of_row, read_book, shipped_book

__all__ = [
    "ON_DEMAND",
    "PURCHASES",
    "BookFinding",
    "OwnedOffer",
    "PriceBook",
    "book_bytes",
    "book_from_bytes",
    "book_of_row",
    "cheapest_per_device",
    "lint_book",
    "per_device_hour",
    "price_band",
    "read_book",
    "shipped_book",
    "write_csv",
]
