"""The first line of an answer: what to do, what it saves, and on what that rests."""

from pricing.money import Money
from pricing.projection.model import Answer, Change, Column, ColumnName, Projection
from pricing.vocabulary import Gate

_CHANGED = {Answer.QUANTISE: ColumnName.QUANTISE, Answer.MOVE: ColumnName.MOVE}
_OPEN = {Gate.NOT_MEASURED: "quality not measured", Gate.UNPROVEN: "quality measured, and not proven"}


def headline(projection: Projection) -> str:
    """One sentence. A saving that depends on quality nobody has proven says so before it says how large it is."""
    answer = projection.answer
    if answer in _CHANGED:
        change, column = projection.change(_CHANGED[answer]), projection.column(_CHANGED[answer])
        if change is not None and column is not None:
            what = _what(projection.columns[0], column)
            return f"{_condition(projection, change)}{what} {_saving(projection, change)}"
    if answer is Answer.NOT_AVAILABLE:
        return "no saving is available: quality does not allow INT8"
    if answer is Answer.STAY:
        return f"do not change: {_against(projection)}"
    return f"undecided: {_open(projection)}"


def _condition(projection: Projection, change: Change) -> str:
    if projection.condition is None:
        return ""
    columns = (projection.column(change.name), projection.columns[0])
    projected = sorted({one.target_id for one in columns if one is not None and one.is_projected})
    told = [f"the rate of {target_id} projected, not measured" for target_id in projected]
    quality = [_OPEN[change.gate]] if change.gate in _OPEN else []
    return f"conditional saving, {', '.join((*quality, *told)) or projection.condition}: "


def _what(stay: Column, column: Column) -> str:
    """`quantising and moving to t4`; where nothing changes but the place, `moving`."""
    is_same = column.precision == stay.precision
    if column.name is ColumnName.QUANTISE:
        return "changing nothing" if is_same else "quantising in place"
    where = "moving elsewhere" if column.target_id == stay.target_id else f"moving to {column.target_id}"
    return where if is_same else f"quantising and {where}"


def _saving(projection: Projection, change: Change) -> str:
    stay = projection.columns[0]
    least = "at least " if stay.costs_at_least else ""
    text = f"saves {least}{dollars(change.per_year.planned)} a year of {least}{dollars(stay.cost.planned)}"
    value = change.cash.npv
    if value.low is not None and value.low.amount <= 0:
        text += ", not proven: at the unfavourable ends of all ranges it loses"
    return text


def _against(projection: Projection) -> str:
    best = _best(projection)
    if projection.right_sizing is not None or best is None:
        return projection.reasons[0] if projection.reasons else "there is nothing to change to"
    name, saved = _what(projection.columns[0], best), projection.columns[0].cost.planned - best.cost.planned
    if saved.amount > 0:
        return f"{name} would save {dollars(saved)} a year, and costs more than that to make"
    return f"{name} would cost {dollars(-saved)} a year more" if saved.amount else f"{name} would save nothing"


def _open(projection: Projection) -> str:
    best = _best(projection)
    if best is None or best.costs_at_least:
        return projection.reasons[0] if projection.reasons else "there is nothing to change to"
    return f"at the bound of today's rate {_against(projection)}; what one replica really serves today decides"


def _best(projection: Projection) -> Column | None:
    """The change worth most of those that quality allows."""
    allowed = [change for change in projection.changes if change.gate is not Gate.REJECTED]
    best = max(allowed, key=lambda change: change.cash.npv.planned.amount, default=None)
    return None if best is None else projection.column(best.name)


def dollars(amount: Money) -> str:
    """`64,485 USD`: whole units, as a sentence needs them."""
    return f"{amount.cents:,.0f} {amount.currency}"
