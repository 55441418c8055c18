"""What the evidence says to do, and how sure it is. Staying is as good an answer as any other.

A change is recommended only for what is known of it: where its own rate is a bound, its fleet may be larger, and it
may turn out to cost more than it saves. Where it is projected, the recommendation is conditional.
"""

from dataclasses import dataclass

from pricing.money import Money
from pricing.projection.model import Absence, Answer, Change, Column, ColumnName, RightSizing
from pricing.vocabulary import Gate

_ANSWERS = {ColumnName.QUANTISE: Answer.QUANTISE, ColumnName.MOVE: Answer.MOVE}
_CONDITIONS = {
    Gate.UNPROVEN: "keeps its quality, which was measured and is not proven",
    Gate.NOT_MEASURED: "keeps its quality, which was not measured",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """See `Projection`."""

    answer: Answer
    reasons: tuple[str, ...]
    condition: str | None = None


def judge(
    columns: tuple[Column, ...],
    absences: tuple[Absence, ...],
    changes: tuple[Change, ...],
    *,
    right_sizing: RightSizing | None = None,
) -> Judgement:
    """Compare the changes that quality allows with staying, and with one another, by net present value."""
    if not changes:
        return Judgement(answer=Answer.UNDECIDED, reasons=tuple(f"{one.name}: {one.reason}" for one in absences))
    allowed = [change for change in changes if change.gate is not Gate.REJECTED]
    if not allowed:
        reason = "quality does not allow INT8: no saving is available until the gate accepts a variant"
        return Judgement(answer=Answer.NOT_AVAILABLE, reasons=(reason,))
    by_name = {column.name: column for column in columns}
    known = [change for change in allowed if not by_name[change.name].costs_at_least]
    bounded = [change for change in allowed if change not in known]
    rejected = [f"{one.name}: quality does not allow it" for one in changes if one.gate is Gate.REJECTED]
    may_pay = [_may_pay(change, by_name[change.name]) for change in bounded if _can_pay(change)]
    if not known:
        return _of_bounds(may_pay, rejected)
    best = max(known, key=lambda change: change.cash.npv.planned.amount)
    stay = columns[0]
    answer, reason = _sign(best, stay)
    if right_sizing is not None and answer in _ANSWERS.values() and best.cash.npv.planned <= right_sizing.npv:
        return Judgement(answer=Answer.STAY, reasons=(_enough(best, right_sizing), *may_pay, *rejected))
    if answer is Answer.STAY and may_pay:
        return Judgement(answer=Answer.UNDECIDED, reasons=(*may_pay, f"{best.name} {reason}", *rejected))
    reasons = [reason, *_of_right_sizing(right_sizing), *_against_others(best, known), *may_pay, *rejected]
    condition = _condition(best, by_name[best.name], stay) if answer in _ANSWERS.values() else None
    return Judgement(answer=answer, reasons=tuple(reasons), condition=condition)


def _sign(best: Change, stay: Column) -> tuple[Answer, str]:
    value = best.cash.npv
    if value.low is not None and value.low.amount > 0:
        bound = "; today's fleet costs at least what is shown, so it saves at least that" if stay.costs_at_least else ""
        sure = f"worth more than it costs even at the unfavourable ends of all ranges{bound}"
        return _ANSWERS[best.name], sure
    if value.planned.amount > 0:
        return _ANSWERS[best.name], (
            "worth more than it costs in the likely case; not at the unfavourable ends of all ranges"
        )
    if value.high is None:
        return Answer.UNDECIDED, (
            f"today's fleet is known by a bound only ({stay.rate.method}): it costs at least what is shown, and at "
            "that bound no change pays; measure what one replica really serves today"
        )
    if value.high.amount > 0:
        return (
            Answer.STAY,
            "costs more than it saves in the likely case; it pays only nearer the favourable ends of all ranges",
        )
    return Answer.STAY, "costs more than it saves even at the favourable ends of all ranges"


def _can_pay(change: Change) -> bool:
    return change.cash.npv.high is None or change.cash.npv.high.amount > 0


def _may_pay(change: Change, column: Column) -> str:
    value = change.cash.npv.high
    most = "" if value is None else f", at most {_dollars(value)} over the horizon"
    return (
        f"{change.name} may be worth it{most}: one replica of {column.target_id} in {column.precision} is known by a "
        f"bound only ({column.rate.method}), which is no evidence for a saving; measure it there"
    )


def _of_bounds(may_pay: list[str], rejected: list[str]) -> Judgement:
    """Nothing is known of any change but bounds: they can rule it out, and never recommend it."""
    if may_pay:
        return Judgement(answer=Answer.UNDECIDED, reasons=(*may_pay, *rejected))
    reason = "costs more than it saves even at the bound of its rate, which nothing exceeds"
    return Judgement(answer=Answer.STAY, reasons=(reason, *rejected))


def quality_condition(change: Change, column: Column) -> str | None:
    """What of quality a change to that column depends on, as it follows `on condition that`; None: on nothing."""
    words = _CONDITIONS.get(change.gate)
    return None if words is None else f"{column.precision} {words}"


def _condition(best: Change, column: Column, stay: Column) -> str | None:
    """Quality that is not proven, and rates that nobody measured where they are to be served."""
    quality = quality_condition(best, column)
    open_ones = [] if quality is None else [quality]
    for one in (
        (column, stay) if column.target_id != stay.target_id or column.precision != stay.precision else (column,)
    ):
        if one.is_projected:
            band = one.rate.evidence.band
            told = f"level {one.rate.evidence.level}" + ("" if band is None else f", ×/÷ {band:.2f}")
            open_ones.append(
                f"{one.target_id} serves in {one.precision} what is projected and was not measured ({told})"
            )
    return ", and ".join(open_ones) or None


def _enough(best: Change, right_sizing: RightSizing) -> str:
    return (
        f"only {right_sizing.instances} of today's instances are needed: paying for those alone saves "
        f"{_dollars(right_sizing.per_year)} a year without any change, and {best.name} is worth no more than that"
    )


def _of_right_sizing(right_sizing: RightSizing | None) -> list[str]:
    if right_sizing is None:
        return []
    saved = _dollars(right_sizing.per_year)
    return [
        f"{saved} of the saving a year take no change: only {right_sizing.instances} of today's instances are needed"
    ]


def _against_others(best: Change, known: list[Change]) -> list[str]:
    """A move must beat quantising in place, not only today's fleet (R19)."""
    reasons = []
    for other in known:
        if other is best:
            continue
        ahead = best.cash.npv.planned - other.cash.npv.planned
        reasons.append(f"{best.name} is worth {_dollars(ahead)} more than {other.name} over the horizon")
        if best.gate is not Gate.ACCEPTED and other.gate is Gate.ACCEPTED and other.cash.npv.planned.amount > 0:
            saved = _dollars(other.per_year.planned)
            reasons.append(f"{other.name} saves {saved} a year, and its quality is accepted already")
    return reasons


def _dollars(amount: Money) -> str:
    return f"{amount.cents:,.0f} {amount.currency}"
