"""What the evidence says to do, and how sure it is. Staying is as good an answer as any other."""

from dataclasses import dataclass

from pricing.money import Money
from pricing.projection.model import Absence, Answer, Change, Column, ColumnName
from pricing.vocabulary import Gate

_ANSWERS = {ColumnName.QUANTISE: Answer.QUANTISE, ColumnName.MOVE: Answer.MOVE}
_CONDITIONS = {
    Gate.UNPROVEN: "that INT8 keeps its quality: measured, and not proven",
    Gate.NOT_MEASURED: "that INT8 keeps its quality: not measured",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """See `Projection`."""

    answer: Answer
    reasons: tuple[str, ...]
    condition: str | None


def judge(columns: tuple[Column, ...], absences: tuple[Absence, ...], changes: tuple[Change, ...]) -> Judgement:
    """Compare the changes that quality allows with staying, and with one another, by net present value."""
    if not changes:
        return Judgement(
            answer=Answer.UNDECIDED, reasons=tuple(f"{one.name}: {one.reason}" for one in absences), condition=None
        )
    allowed = [change for change in changes if change.gate is not Gate.REJECTED]
    if not allowed:
        reason = "quality does not allow INT8: no saving is available until the gate accepts a variant"
        return Judgement(answer=Answer.NOT_AVAILABLE, reasons=(reason,), condition=None)
    best = max(allowed, key=lambda change: change.cash.npv.planned.amount)
    stay = columns[0]
    answer, reason = _sign(best, stay)
    reasons = [reason, *_against_others(best, allowed)]
    condition = _CONDITIONS.get(best.gate) if answer in _ANSWERS.values() else None
    return Judgement(answer=answer, reasons=tuple(reasons), condition=condition)


def _sign(best: Change, stay: Column) -> tuple[Answer, str]:
    value = best.cash.npv
    if value.low is not None and value.low.amount > 0:
        return _ANSWERS[best.name], "worth more than it costs even where all that is uncertain goes against it"
    if value.planned.amount > 0:
        return _ANSWERS[
            best.name
        ], "worth more than it costs in the likely case; not where all that is uncertain goes against it"
    if value.high is None:
        return Answer.UNDECIDED, (
            f"today's fleet is known by a bound only ({stay.rate.method}): it costs at least what is shown, and at "
            "that bound no change pays; measure what one replica really serves today"
        )
    if value.high.amount > 0:
        return (
            Answer.STAY,
            "costs more than it saves in the likely case; it pays only where all that is uncertain is for it",
        )
    return Answer.STAY, "costs more than it saves even where all that is uncertain is for it"


def _against_others(best: Change, allowed: list[Change]) -> list[str]:
    """A move must beat quantising in place, not only today's fleet (R19)."""
    reasons = []
    for other in allowed:
        if other is not best:
            ahead = best.cash.npv.planned - other.cash.npv.planned
            reasons.append(f"{best.name} is worth {_dollars(ahead)} more than {other.name} over the horizon")
    return reasons


def _dollars(amount: Money) -> str:
    return f"{amount.cents:,.0f} {amount.currency}"
