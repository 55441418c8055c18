"""The first line of an answer: what to do, what it saves, and on what that rests."""

from pricing.money import Money
from pricing.projection.model import Answer, Change, ColumnName, Projection

_VERBS = {Answer.QUANTISE: "quantise in place", Answer.MOVE: "quantise and move"}
_NAMES = {Answer.QUANTISE: ColumnName.QUANTISE, Answer.MOVE: ColumnName.MOVE}


def headline(projection: Projection) -> str:
    """One sentence. A saving that depends on quality nobody has proven says so before it says how large it is."""
    answer = projection.answer
    if answer in _VERBS:
        change = projection.change(_NAMES[answer])
        if change is not None:
            return (
                f"{_conditional(projection)}{_VERBS[answer]}{_where(projection, answer)}: {_saving(projection, change)}"
            )
    if answer is Answer.NOT_AVAILABLE:
        return "no saving is available: quality does not allow INT8"
    if answer is Answer.STAY:
        return f"do not change: {_against(projection)}"
    return f"undecided: {_open(projection)}"


def _conditional(projection: Projection) -> str:
    return f"conditional saving, on {projection.condition}: " if projection.condition else ""


def _where(projection: Projection, answer: Answer) -> str:
    column = projection.column(_NAMES[answer])
    return "" if column is None or answer is Answer.QUANTISE else f" to {column.target_id}"


def _saving(projection: Projection, change: Change) -> str:
    stay = projection.columns[0]
    least = "at least " if stay.is_bound else ""
    text = f"saves {least}{dollars(change.per_year.planned)} a year of {least}{dollars(stay.cost.planned)}"
    value = change.cash.npv
    if value.low is not None and value.low.amount <= 0:
        text += ", not proven: where all that is uncertain goes against it, it loses"
    return text


def _against(projection: Projection) -> str:
    best = max(projection.changes, key=lambda change: change.cash.npv.planned.amount)
    saved = best.per_year.planned
    if saved.amount > 0:
        return f"{best.name} would save {dollars(saved)} a year, and costs more than that to make"
    return f"{best.name} would cost {dollars(-saved)} a year more"


def _open(projection: Projection) -> str:
    if not projection.changes:
        return projection.reasons[0] if projection.reasons else "there is nothing to change to"
    best = max(projection.changes, key=lambda change: change.cash.npv.planned.amount)
    return (
        f"at the bound of today's rate {best.name} would cost {dollars(-best.per_year.planned)} a year more; "
        "what one replica really serves today decides"
        if best.per_year.planned.amount <= 0
        else f"at the bound of today's rate the saving does not pay for the change; {projection.reasons[0]}"
    )


def dollars(amount: Money) -> str:
    """`64,485 USD`: whole units, as a sentence needs them."""
    return f"{amount.cents:,.0f} {amount.currency}"
