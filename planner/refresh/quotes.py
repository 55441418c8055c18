"""Prices as a service states them, before anybody has compared them with anything."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from planner.refresh.errors import LimitError
from planner.refresh.limits import Limits
from pricing.files import shown
from pricing.money import HOURS_PER_YEAR

CURRENCY = "USD"
TERM_HOURS = {1: HOURS_PER_YEAR, 3: 3 * HOURS_PER_YEAR}
_PLACES = Decimal("0.000001")  # of a quotient, as the shipped table has it
_LARGEST_EXPONENT = 12  # of a price for a term, in any currency; beyond it the number itself is an attack
_LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What an instance has, where the service says so."""

    devices: int | None = None
    vcpus: int | None = None
    memory_gib: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One price of one instance for an hour.

    Attributes:
        region: As the provider names it.
        instance: As the provider names it.
        purchase: One of the price book's words.
        price: US dollars an hour; None where a fault says why there is none.
        shape: What the instance has.
        fault: Why the price cannot be used; empty where it can.
    """

    region: str
    instance: str
    purchase: str
    price: Decimal | None
    shape: Shape = field(default_factory=Shape)
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Everything that a service said about what was asked.

    Attributes:
        quotes: The prices.
        source: Who says so, for the column of a price row: service, address, edition.
    """

    quotes: tuple[Quote, ...]
    source: str


class Basket:
    """Gathers quotes, up to a limit."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.most_prices
        self._quotes: list[Quote] = []

    def add(self, quotes: Iterable[Quote]) -> None:
        """Keep them.

        Raises:
            LimitError: if there are more than any price list has.
        """
        self._quotes.extend(quotes)
        if len(self._quotes) > self._most:
            raise LimitError(f"there are more than {self._most:,} prices of the instances asked for: none is used")

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """All of them."""
        return tuple(self._quotes)


def number_of(written: object) -> Decimal | None:
    """The finite number that a service wrote, as text or as a number of JSON; None where it is none."""
    if isinstance(written, str):
        if len(written) > _LONGEST_NUMBER:
            return None
        try:
            written = Decimal(written.strip())
        except InvalidOperation:
            return None
    if not isinstance(written, Decimal) or not written.is_finite():
        return None
    if written and abs(written.adjusted()) > _LARGEST_EXPONENT:
        return None
    return written


def spread(amount: Decimal, years: int) -> Decimal:
    """What is paid for a term, by the hour: 8,760 hours a year, as everywhere in the cost model."""
    return (amount / TERM_HOURS[years]).quantize(_PLACES)


def fault_of(price: Decimal | None, written: object, *, currency: object, unit: object, units: frozenset[str]) -> str:
    """What is wrong with a price that a service wrote, as a phrase; empty where nothing is."""
    if price is None:
        return f"the price {shown(written)} is no number"
    if price < 0:
        return f"the price {price} is negative"
    if currency != CURRENCY:
        return f"the currency is {shown(currency)}, not {CURRENCY}"
    if unit not in units:
        return f"the unit is {shown(unit)}, not an hour"
    return ""
