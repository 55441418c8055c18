"""Another currency for a report, at a rate that somebody states: nothing here knows what currencies cost."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from harness.errors import UsageError

_CURRENCY = re.compile(r"[A-Z]{3}")
_LEAST, _MOST = Decimal("1e-6"), Decimal("1e6")
"""A unit of no currency that is in use costs more or less of another."""
_DIGITS = 28  # no rate is quoted with more
_LONGEST = 40  # characters of a rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Units of `currency` for one of the plan's.

    Raises:
        UsageError: if the currency is no three letters, or the rate is none.
    """

    currency: str
    rate: Decimal

    def __post_init__(self) -> None:
        """Refuse what is no currency, and what is no rate."""
        if not _CURRENCY.fullmatch(self.currency):
            raise UsageError(f"--currency {self.currency!r:.20} is none: write its three letters, such as EUR")
        if not (self.rate.is_finite() and _LEAST <= self.rate <= _MOST):
            raise UsageError(
                f"--rate {self.rate!s:.20}: write how many {self.currency} one unit of the plan's currency costs, "
                "such as 0.92"
            )
        if len(self.rate.as_tuple().digits) > _DIGITS:
            raise UsageError(f"--rate {self.rate!s:.20}… has more than {_DIGITS} digits: round it")


def exchange_of(currency: str | None, rate: str | None) -> Exchange | None:
    """As it is typed; None where neither is named.

    Raises:
        UsageError: if only one of both is named, or one is wrong.
    """
    if currency is None and rate is None:
        return None
    if currency is None or rate is None:
        raise UsageError("--currency and --rate belong together: amounts are converted at a rate that you state")
    text = rate.strip()
    try:
        number = Decimal(text) if len(text) <= _LONGEST else None
    except InvalidOperation:
        number = None
    if number is None:
        raise UsageError(f"--rate {text!r:.40} is no number: write for example 0.92")
    return Exchange(currency=currency.strip().upper(), rate=number)
