"""Named inputs of a question's sums, each with its mark, and the row that it is walked back to."""

from dataclasses import dataclass
from decimal import Decimal

from planner.reports.calculation import Given
from planner.reports.figures import Figure, Mark, Number
from planner.services.reporting.keys import cell_name
from planner.services.reporting.register import assumption_key
from planner.services.reporting.wording import minus

_PLACES = 9  # of a price


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedInputs:
    """Makes the inputs of one question.

    Attributes:
        question: Its key.
        currency: That the plan's amounts are in.
        marks: Of the assumptions, by name.
    """

    question: str
    currency: str
    marks: dict[str, Mark]

    def given(self, name: str, label: str, value: Number, unit: str, mark: Mark, *, rests_on: str | None) -> Given:
        """One of them; `name` holds dots where its key does."""
        text = f"{_told(value)} {'' if unit == '1' else unit}".strip()
        key = f"{self.question}.{name}"
        figure = Figure(key=key, value=value, unit=unit, text=text, mark=mark, rests_on=rests_on)
        return Given(name=cell_name(self.question, *name.split(".")), label=label, figure=figure)

    def assumed(self, name: str, label: str, value: Number, unit: str, *, assumption: str) -> Given:
        """An assumption of the register."""
        mark = self.marks.get(assumption, Mark.ASSUMED)
        return self.given(name, label, value, unit, mark, rests_on=assumption_key(assumption))


def _told(value: Number) -> str:
    """Without digits that no bill has; the value itself keeps them."""
    if isinstance(value, Decimal):
        places = value.as_tuple().exponent
        is_long = isinstance(places, int) and places < -_PLACES
        return minus(f"{value:,.{_PLACES}f}" if is_long else f"{value:,f}")
    return minus(f"{value:,.12g}")
