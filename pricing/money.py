"""Money and prices per hour, exact, each with its currency. Two currencies never meet, nor a price and an amount.

Sums and products are exact; a quotient is rounded to 28 digits. Both are reckoned in contexts of this module, so that
no setting of the caller's `decimal` module changes a figure.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException
from numbers import Real
from typing import Self

from pricing.errors import UnitError

HOURS_PER_YEAR = 8760
HOURS_PER_MONTH = 730
Number = int | float | Decimal
_CENT = Decimal("0.01")
_EXACT = Context(prec=200, rounding=ROUND_HALF_EVEN)  # more digits than sums and products of real figures have
_QUOTIENT = Context(prec=28, rounding=ROUND_HALF_EVEN)
_LARGEST_EXPONENT = 40  # no price, count or factor is above 10⁴⁰ or has more decimals; a hostile exponent has
_LARGEST_AMOUNT = 100  # as an exponent: what products may reach before a wrong factor is named
_CURRENCY = re.compile(r"[A-Z]{3}")


def exact(number: Number) -> Decimal:
    """The number as it is written: 0.1 is a tenth.

    Raises:
        UnitError: if it is no number, not finite, or of a size that no amount has.
    """
    if not _is_number(number):
        raise UnitError(f"{number!r:.40} is not a number that money can be reckoned with")
    try:
        value = number if isinstance(number, Decimal) else Decimal(str(number))
    except (DecimalException, ValueError):  # an integer of more digits than Python writes, a fraction
        raise UnitError("a number of that size or kind is not one that money can be reckoned with") from None
    if not value.is_finite():
        raise UnitError(f"{number!s:.40} is not a number that money can be reckoned with")
    if value and abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise UnitError(f"{number!s:.40} is too large or too small to reckon money with")
    return value


def _is_number(number: object) -> bool:
    return isinstance(number, Decimal | Real) and not isinstance(number, bool)


def _quotient(amount: Decimal, divisor: Number) -> Decimal:
    value = exact(divisor)
    if not value:
        raise UnitError("an amount cannot be divided by nothing")
    return _QUOTIENT.divide(amount, value)


def _checked(amount: object, currency: object) -> None:
    if not (isinstance(amount, Decimal) and amount.is_finite()):
        raise UnitError(f"an amount of {amount!r:.40} is none: build it with `of`")
    if amount.adjusted() > _LARGEST_AMOUNT:
        raise UnitError(f"an amount of {amount:.3e} is larger than any: look for a wrong price, count or factor")
    if not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
        raise UnitError(f"{currency!r:.40} is no currency: write its three letters, such as USD")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of one currency (ISO 4217), kept unrounded."""

    amount: Decimal
    currency: str = "USD"

    def __post_init__(self) -> None:
        """Refuse what is no amount, and what is no currency."""
        _checked(self.amount, self.currency)

    @classmethod
    def of(cls, amount: Number, currency: str = "USD") -> Self:
        """The amount as it is written."""
        return cls(exact(amount), currency)

    @property
    def cents(self) -> Decimal:
        """Rounded to the cent, half to even: as it is shown."""
        return _EXACT.plus(self.amount.quantize(_CENT, context=_EXACT))  # plus: nothing is never −0.00

    def __add__(self, other: "Money") -> "Money":
        return Money(_EXACT.add(self.amount, self._like(other)), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(_EXACT.subtract(self.amount, self._like(other)), self.currency)

    def __neg__(self) -> "Money":
        return Money(_EXACT.minus(self.amount), self.currency)

    def __mul__(self, factor: Number) -> "Money":
        return Money(_EXACT.multiply(self.amount, exact(factor)), self.currency)

    def __truediv__(self, divisor: Number) -> "Money":
        return Money(_quotient(self.amount, divisor), self.currency)

    def ratio(self, other: "Money") -> float:
        """This amount over the other.

        Raises:
            UnitError: if the other is nothing.
        """
        divisor = self._like(other)
        if divisor == 0:
            raise UnitError("a share of nothing has no value")
        return float(_QUOTIENT.divide(self.amount, divisor))

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._like(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._like(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._like(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._like(other)

    def _like(self, other: "Money") -> Decimal:
        if not isinstance(other, Money):
            raise TypeError(f"money and {type(other).__name__} cannot be set against each other")
        if other.currency != self.currency:
            raise UnitError(f"{self.currency} and {other.currency} cannot be mixed: give every price in one currency")
        return other.amount


@dataclass(frozen=True, slots=True)
class HourlyRate:
    """A price for one hour of one thing; becomes money when hours are named."""

    amount: Decimal
    currency: str = "USD"

    def __post_init__(self) -> None:
        """Refuse what is no amount, and what is no currency."""
        _checked(self.amount, self.currency)

    @classmethod
    def of(cls, amount: Number, currency: str = "USD") -> Self:
        """The price as it is written."""
        return cls(exact(amount), currency)

    def over(self, hours: Number, *, count: Number = 1) -> Money:
        """What `count` of them cost for so many hours."""
        return Money(_EXACT.multiply(_EXACT.multiply(self.amount, exact(hours)), exact(count)), self.currency)

    def per(self, parts: Number) -> "HourlyRate":
        """The price of one part of the thing: one GPU of an instance."""
        return HourlyRate(_quotient(self.amount, parts), self.currency)

    def times(self, factor: Number) -> "HourlyRate":
        """The price scaled: a discount, or a price to find where an answer flips."""
        return HourlyRate(_EXACT.multiply(self.amount, exact(factor)), self.currency)
