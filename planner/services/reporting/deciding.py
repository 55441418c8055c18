"""The decision that is asked for: the question, what the evidence advises, and the thresholds behind that."""

from collections.abc import Iterator

from planner.reports.document import Decision
from planner.reports.figures import Bound, Figure, Tone, Words
from planner.services.reporting.blocks import words
from planner.services.reporting.question_figures import ChangeFigures, QuestionFigures, evidence_key
from planner.services.reporting.wording import SHORT, milliseconds
from pricing.projection.model import Answer, ColumnName
from pricing.vocabulary import Gate

_GATES = {
    Gate.ACCEPTED: (Tone.GOOD, "the gate is passed"),
    Gate.UNPROVEN: (Tone.CAUTION, "measured, and not proven to pass the gate"),
    Gate.NOT_MEASURED: (Tone.CAUTION, "not measured"),
    Gate.REJECTED: (Tone.BAD, "the gate is red"),
}


def decision_of(asked: QuestionFigures, more: tuple[Words, ...] = ()) -> Decision:
    """For the change that is advised, or that is worth most.

    Args:
        asked: The question.
        more: Thresholds that other evidence adds.
    """
    advice, tone = advice_of(asked)
    return Decision(asked=_question(asked), advice=advice, tone=tone, thresholds=(*_thresholds(asked), *more))


def advice_of(asked: QuestionFigures) -> tuple[str, Tone]:
    """Do it, do it on a condition, do not, or learn something first; never between the lines."""
    one = asked.one
    change = asked.asked
    name = "changing anything" if change is None else SHORT[change.change.name]
    if one.answer in {Answer.MOVE, Answer.QUANTISE}:
        if one.condition is not None:
            return f"Do it, on one condition that is not yet met: {one.condition}.", Tone.CAUTION
        if one.may_lose:
            return (
                f"Do it if you bear the risk: {name} pays as planned, and loses where all goes against it.",
                Tone.CAUTION,
            )
        return f"Do it: {name} pays.", Tone.GOOD
    if one.answer is Answer.NOT_AVAILABLE:
        return "Do not do it: quality does not allow INT8, so there is no saving to be had.", Tone.BAD
    if one.answer is Answer.STAY:
        return f"Do not do it: {name} does not pay.", Tone.BAD
    first = next(iter(one.reasons), "what is known does not decide it")
    return f"Do not decide yet: {first}.", Tone.CAUTION


def _question(asked: QuestionFigures) -> str:
    one, change = asked.one, asked.asked
    if change is None:
        return f"Shall {one.model} be served as it is?"
    stay, after = asked.stay.column, asked.fleet(change.change.name)
    if after is None:
        return f"Shall {one.model} be served as it is?"
    is_same = stay.variant == after.column.variant
    quantised = "" if is_same else f"quantised to {after.column.variant}"
    if change.change.name is ColumnName.QUANTISE:
        return f"Shall {one.model} be {quantised or 'left as it is'} on {stay.target}?"
    moved = f"moved from {_place(asked, stay.target)} to {after.column.target}"
    if stay.target == after.column.target:
        moved = f"bought elsewhere or in another way: {after.column.fleet.provider} {after.column.fleet.purchase}"
    return f"Shall {one.model} be {' and '.join(part for part in (quantised, moved) if part)}?"


def _place(asked: QuestionFigures, target: str) -> str:
    return f"{target}, {asked.stay.column.variant}"


def _thresholds(asked: QuestionFigures) -> Iterator[Words]:
    change = asked.asked
    if change is None:
        return
    name = change.change.name
    rests_on = evidence_key(asked.key, name)
    tone, told = _quality(asked, change)
    yield words(f"quality: {told}", tone, rests_on=rests_on)
    yield _promise(asked, name, rests_on)
    yield _worth(asked, change, rests_on)
    horizon, payback = asked.one.horizon_years, change.change.payback_years
    tone = _missed(change.saving) if payback is None else Tone.GOOD
    at_bound = ", at the bound" if tone is Tone.CAUTION else ""
    pays = f"pays back within {horizon} years: {change.payback.text}{at_bound}"
    yield words(pays, tone, rests_on=rests_on)


def _quality(asked: QuestionFigures, change: ChangeFigures) -> tuple[Tone, str]:
    """What a change does not touch, no gate can pass."""
    after = asked.fleet(change.change.name)
    if after is not None and after.column.variant == asked.stay.column.variant:
        return Tone.NEUTRAL, f"{after.column.variant} is served before and after, so that no gate was asked"
    return _gate(change.change.gate)


def _missed(limited: Figure) -> Tone:
    """What is missed by a figure that may be larger is not missed for certain."""
    return Tone.CAUTION if limited.bound is Bound.AT_LEAST else Tone.BAD


def _gate(gate: str) -> tuple[Tone, str]:
    known = {str(name): told for name, told in _GATES.items()}
    return known.get(gate, (Tone.CAUTION, f"the gate says {gate}"))


def _promise(asked: QuestionFigures, name: ColumnName, rests_on: str) -> Words:
    fleet = asked.fleet(name)
    sizing = None if fleet is None else fleet.column.sizing
    promise = f"promise: {asked.one.slo}"
    if sizing is None or sizing.keeps_slo is None or sizing.simulated_s is None:
        return words(f"{promise}, sized for and not simulated", Tone.CAUTION, rests_on=rests_on)
    reached = milliseconds(sizing.simulated_s)
    if sizing.keeps_slo:
        return words(f"{promise}, kept in simulation: {reached}", Tone.GOOD, rests_on=rests_on)
    return words(f"{promise}, missed in simulation: {reached}", Tone.BAD, rests_on=rests_on)


def _worth(asked: QuestionFigures, change: ChangeFigures, rests_on: str) -> Words:
    """Above nothing as planned, and at the unfavourable ends of all that is uncertain."""
    npv, required = change.change.npv, f"net present value above 0 over {asked.one.horizon_years} years"
    if npv.planned <= 0:
        return words(f"{required}: {change.npv.text}", _missed(change.npv), rests_on=rests_on)
    if npv.low is None:
        return words(f"{required}: {change.npv.text}; without a lower limit", Tone.CAUTION, rests_on=rests_on)
    tone = Tone.GOOD if npv.low > 0 else Tone.CAUTION
    return words(
        f"{required}: {change.npv.text}, at the unfavourable ends {change.npv_low.text}", tone, rests_on=rests_on
    )
