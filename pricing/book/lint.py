"""x."""

from dataclasses import dataclass
from datetime import date

from pricing.book.price_book import PriceBook
from pricing.targets import Targets
from pricing.vocabulary import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFinding:
    """What is wrong with an offer.

    Attributes:
        rule: R13, R14 or R15.
        offers: Those it is about.
        sentence: What is wrong.
    """

    rule: str
    offers: tuple[Offer, ...]
    sentence: str


def lint_book(book: PriceBook, *, today: date, targets: Targets) -> tuple[BookFinding, ...]:
    """Nothing yet."""
    del book, today, targets
    return ()
