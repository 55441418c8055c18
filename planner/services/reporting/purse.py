"""Amounts of a report: each is the plan's, to the cent, or converted from that at the stated rate, to the cent again.

Never converted before it is rounded: so every amount can be checked with the plan in hand.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from planner.reports.figures import Bound, Figure, Mark
from planner.services.plans.document import MoneyRange
from planner.services.reporting.exchange import Exchange
from planner.services.reporting.wording import minus

CENT = Decimal("0.01")
FINE = Decimal("0.0001")
"""Of a million requests: they may cost cents."""
UNLIMITED = "without a limit"
_WIDE = Context(prec=200, rounding=ROUND_HALF_EVEN)
_SIDES = {"at least": Bound.AT_LEAST, "at most": Bound.AT_MOST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """The currency of the amounts of one question.

    Attributes:
        own: The plan's.
        exchange: To another; None: amounts are shown in the plan's.
    """

    own: str
    exchange: Exchange | None = None

    @property
    def currency(self) -> str:
        """That amounts are shown in."""
        return self.own if self.exchange is None else self.exchange.currency

    def shown(self, amount: Decimal, *, step: Decimal = CENT) -> Decimal:
        """The plan's amount as the report has it."""
        if self.exchange is not None:
            amount = _WIDE.multiply(amount, self.exchange.rate)
        return _WIDE.plus(amount.quantize(step, context=_WIDE))  # plus: nothing is never −0.00

    def text(self, amount: Decimal, *, bound: Bound = Bound.EXACT, step: Decimal = CENT) -> str:
        """`≥ 320,189.14 USD`, `−15,000.00 USD`."""
        return f"{bound} {minus(f'{self.shown(amount, step=step):,f}')} {self.currency}".strip()

    def number(self, amount: Decimal) -> float:
        """For a chart."""
        return float(self.shown(amount))

    def figure(
        self,
        key: str,
        amount: Decimal | None,
        *,
        bound: Bound = Bound.EXACT,
        mark: Mark = Mark.DERIVED,
        rests_on: str | None = None,
        step: Decimal = CENT,
    ) -> Figure:
        """An amount; None is one without a limit."""
        return Figure(
            key=key,
            value=None if amount is None else self.shown(amount, step=step),
            unit=self.currency,
            text=UNLIMITED if amount is None else self.text(amount, bound=bound, step=step),
            mark=mark,
            bound=Bound.EXACT if amount is None else bound,
            rests_on=rests_on,
        )


def bound_of(found: MoneyRange) -> Bound:
    """Whether the amount is limited on one side alone: then so is the planned one, all else being as planned."""
    if (found.low is None) == (found.high is None):
        return Bound.EXACT
    return Bound.AT_LEAST if found.high is None else Bound.AT_MOST


def side_of(told: str) -> Bound:
    """Of quantiles, which hold as drawn, or only at least or at most."""
    return _SIDES.get(told, Bound.EXACT)
