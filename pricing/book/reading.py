"""Where books come from: the shipped table, and files of one's own."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from pricing.book.csv_files import read_csv
from pricing.book.offers import OwnedOffer
from pricing.book.price_book import PriceBook
from pricing.book.toml_files import offer_of, read_own
from pricing.errors import BookError
from pricing.files import shown
from pricing.targets import Targets, shipped_targets
from pricing.targets.shipped import TABLES
from pricing.vocabulary import Offer

_SHIPPED = TABLES / "prices.csv"


@cache
def shipped_book() -> PriceBook:
    """The prices that come with this version; read once."""
    return PriceBook(read_csv(_SHIPPED, today=date.max, targets=shipped_targets()))


def read_book(path: Path, *, today: date, targets: Targets | None = None) -> PriceBook:
    """The book of a file: `.csv` with the columns of the shipped table, `.toml` for contracts and own hardware.

    Args:
        path: The file.
        today: A price of a later day is refused.
        targets: Those that the file may name; the shipped ones if None.

    Raises:
        BookError: one sentence that names the file and the row.
    """
    known = targets or shipped_targets()
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _book(path, read_csv(path, today=today, targets=known), ())
    if suffix == ".toml":
        return _book(path, *read_own(path, today=today, targets=known))
    raise BookError(f"{path} ends in {shown(suffix)}: a price book is a .csv or a .toml file")


def book_of_row(row: Mapping[str, str], *, place: str, today: date, targets: Targets | None = None) -> PriceBook:
    """The book of one price that somebody states, as a table `[[offers]]` of a file would.

    Args:
        row: By key, as in a file; `price` with its unit, such as `1.90 USD/h`.
        place: What to call the row in messages.
        today: A price of a later day is refused.
        targets: Those that it may name; the shipped ones if None.

    Raises:
        BookError: one sentence that names the place and what is wrong.
    """
    return PriceBook((offer_of(row, place, today=today, targets=targets or shipped_targets()),))


def _book(path: Path, offers: tuple[Offer, ...], owned: tuple[OwnedOffer, ...]) -> PriceBook:
    try:
        return PriceBook(offers, owned=owned)
    except BookError as error:
        raise BookError(f"{path}: {error}") from error
