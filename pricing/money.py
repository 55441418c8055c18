"""Money and prices per hour, exact, each with its currency. Two currencies never meet, nor a price and an amount."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Self

from pricing.errors import UnitError

HOURS_PER_YEAR = 8760
HOURS_PER_MONTH = 730
_CENT = Decimal("0.01")
Number = int | float | Decimal


def exact(number: Number) -> Decimal:
    """The number as it is written: 0.1 is a tenth.

    Raises:
        UnitError: if it is not finite.
    """
    value = number if isinstance(number, Decimal) else Decimal(str(number))
    if not value.is_finite():
        raise UnitError(f"{number} is not a number that money can be reckoned with")
    return value


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of one currency (ISO 4217), kept unrounded."""

    amount: Decimal
    currency: str = "USD"

    @classmethod
    def of(cls, amount: Number, currency: str = "USD") -> Self:
        """The amount as it is written."""
        return cls(exact(amount), currency)

    @property
    def cents(self) -> Decimal:
        """Rounded to the cent, half to even: as it is shown."""
        return self.amount.quantize(_CENT, rounding=ROUND_HALF_EVEN)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._like(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._like(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Number) -> "Money":
        return Money(self.amount * exact(factor), self.currency)

    def __truediv__(self, divisor: Number) -> "Money":
        return Money(self.amount / exact(divisor), self.currency)

    def ratio(self, other: "Money") -> float:
        """This amount over the other.

        Raises:
            UnitError: if the other is nothing.
        """
        divisor = self._like(other)
        if divisor == 0:
            raise UnitError("a share of nothing has no value")
        return float(self.amount / divisor)

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

    @classmethod
    def of(cls, amount: Number, currency: str = "USD") -> Self:
        """The price as it is written."""
        return cls(exact(amount), currency)

    def over(self, hours: Number, *, count: Number = 1) -> Money:
        """What `count` of them cost for so many hours."""
        return Money(self.amount * exact(hours) * exact(count), self.currency)

    def per(self, parts: Number) -> "HourlyRate":
        """The price of one part of the thing: one GPU of an instance."""
        return HourlyRate(self.amount / exact(parts), self.currency)

    def times(self, factor: Number) -> "HourlyRate":
        """The price scaled: a discount, or a price to find where an answer flips."""
        return HourlyRate(self.amount * exact(factor), self.currency)
