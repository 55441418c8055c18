"""That a change is planned better than it was drawn: whoever signs the planned amounts has to know."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from planner.reports.document import Notice
from planner.reports.figures import Figure, Tone
from planner.services.reporting.money_charts import case_figures
from planner.services.reporting.question_figures import QuestionFigures

_WHY = "every planned fleet is sized with the rate that is proven to hold, and one that really serves more is smaller"


def beyond_cases(questions: Sequence[QuestionFigures]) -> Iterator[Notice]:
    """Of every question with cases, the saving and the worth that are planned above the favourable one.

    A plan below the unfavourable one is a prudent plan, and no warning.
    """
    for asked in questions:
        change = asked.asked
        if change is None:
            continue
        planned = {"saves a year": ("saving a year", change.saving), "net present value": ("worth", change.npv)}
        told = [part for label, found in case_figures(asked) if (part := _told(*planned[label], found[-1]))]
        if told:
            yield Notice(
                tone=Tone.CAUTION,
                text=f"{asked.one.model}: {', and '.join(told)}: {_WHY}. Count on the three cases.",
                rests_on=f"drawn.{asked.key}",
            )


def _told(name: str, planned: Figure, favourable: Figure) -> str:
    """Nothing where it lies within the cases, or where one is not known."""
    amount, most = planned.value, favourable.value
    if not isinstance(amount, Decimal) or not isinstance(most, Decimal) or amount <= most:
        return ""
    return f"the planned {name}, {planned.text}, is above the favourable case, {favourable.text}"
