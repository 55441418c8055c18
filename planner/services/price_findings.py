"""What looks wrong in a price book, as a record for tables and for JSON."""

from dataclasses import dataclass
from datetime import date

from pricing.book import BookFinding, PriceBook, lint_book
from pricing.targets import Targets


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFinding:
    """One finding: the rule, what is wrong, and how many prices it is about."""

    rule: str
    sentence: str
    prices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFindings:
    """Everything that was found in a book of so many prices."""

    schema: str
    as_of: date
    book: str
    prices: int
    findings: tuple[PriceFinding, ...]


def look_over(
    book: PriceBook, *, today: date, targets: Targets, reference: PriceBook | None = None, oldest_days: int = 400
) -> PriceFindings:
    """Look a book over, beside a reference that says what the market costs."""
    found = lint_book(book, today=today, targets=targets, reference=reference, oldest_days=oldest_days)
    return PriceFindings(
        schema="planner.price-findings/1",
        as_of=today,
        book=book.digest,
        prices=len(book.offers) + len(book.owned),
        findings=tuple(map(_finding, found)),
    )


def _finding(one: BookFinding) -> PriceFinding:
    return PriceFinding(rule=one.rule, sentence=one.sentence, prices=len(one.offers))
