"""That planned amounts lie outside of what was drawn: whoever signs them has to know."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from planner.reports.document import Notice
from planner.reports.figures import Figure, Tone
from planner.services.reporting.money_charts import case_figures
from planner.services.reporting.question_figures import QuestionFigures

_WHY = "every planned fleet is sized with the rate that is proven to hold, and one that really serves more is smaller"


def beyond_cases(questions: Sequence[QuestionFigures]) -> Iterator[Notice]:
    """Of every question with cases, the saving and the worth that are planned beyond p10 or p90."""
    for asked in questions:
        change = asked.asked
        if change is None:
            continue
        planned = {"saves a year": ("saving a year", change.saving), "net present value": ("worth", change.npv)}
        told = [part for label, found in case_figures(asked) if (part := _told(*planned[label], found))]
        if told:
            yield Notice(
                tone=Tone.CAUTION,
                text=f"{asked.one.model}: {', and '.join(told)}: {_WHY}. Count on the cases.",
                rests_on=f"drawn.{asked.key}",
            )


def _told(name: str, planned: Figure, cases: Sequence[Figure]) -> str:
    """Nothing where it lies within them, or where one is not known."""
    amount, low, _, high = (one.value if isinstance(one.value, Decimal) else None for one in (planned, *cases))
    if amount is None or low is None or high is None:
        return ""
    if amount > high:
        return f"the planned {name}, {planned.text}, is above the favourable case, {cases[2].text}"
    return (
        f"the planned {name}, {planned.text}, is below the unfavourable case, {cases[0].text}" if amount < low else ""
    )
