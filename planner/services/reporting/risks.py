"""Risks, each with what would trigger it and what to do: derived from what the plan says, never made up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from planner.reports.document import Section
from planner.reports.figures import Tone
from planner.services.plans.document import ColumnDocument, FlipDocument
from planner.services.plans.llm_document import LanguageModelDocument
from planner.services.plans.uncertain_document import MeasurementDocument
from planner.services.reporting.blocks import left, row, said, table, words
from planner.services.reporting.notices import price_age
from planner.services.reporting.price_history import flip_key
from planner.services.reporting.question_figures import QuestionFigures, evidence_key
from planner.services.reporting.register import assumption_key
from planner.services.reporting.wording import SHORT, TITLES, band_of, level_of, price, times
from pricing.book.lint import OLDEST_DAYS
from pricing.projection.model import ColumnName
from pricing.vocabulary import Gate, Provenance

RISKS = "risks"
_ACTIONS = {
    "price": "look prices up before signing (planner prices refresh), and replay the plan at them",
    "price ratio": "look prices up before signing (planner prices refresh), and replay the plan at them",
    "load": "plan anew before the load gets there",
    "rate": "measure it on that device, and plan with that run",
    "speed-up": "measure both variants beside one another, and plan with that run",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Risk:
    """What may go wrong, when, and what to do."""

    name: str
    trigger: str
    action: str
    tone: Tone
    rests_on: str


def risks_section(
    questions: Sequence[QuestionFigures], models: Sequence[LanguageModelDocument], *, today: date
) -> Section:
    """Of all questions, and of language models."""
    headings = [
        left("of", "x_Question"),
        left("risk", "x_Risk", is_wide=True),
        left("what would trigger it", "x_Trigger", is_wide=True),
        left("what to do", "x_Action", is_wide=True),
    ]
    rows = [
        row(
            words(asked.one.model),
            words(one.name, one.tone, rests_on=one.rests_on),
            one.trigger,
            one.action,
            key=f"risk.{asked.key}.{number}",
        )
        for asked in questions
        for number, one in enumerate(_risks(asked, today))
    ]
    rows += [
        row(words(model.model), words(name, Tone.CAUTION), trigger, action)
        for model in models
        for name, trigger, action in _of_language_model(model)
    ]
    told = said("Each follows from a figure or a gap of this plan. What nobody looked into is not listed.")
    return Section(
        key=RISKS,
        title="Risks",
        blocks=(told, table("risk-list", "Risks and triggers", headings, rows)),
    )


def _risks(asked: QuestionFigures, today: date) -> Iterator[_Risk]:
    yield from _quality(asked)
    yield from _evidence(asked)
    yield from _service(asked)
    yield from _worth(asked)
    for number, flip in enumerate(asked.one.flips):
        if (found := _flip(asked, number, flip)) is not None:
            yield found
    yield from _prices(asked, today)
    yield from _mix(asked)


def _quality(asked: QuestionFigures) -> Iterator[_Risk]:
    for column in asked.one.columns:
        rests_on = evidence_key(asked.key, column.name)
        if column.name is ColumnName.STAY or column.gate == Gate.ACCEPTED:
            continue
        is_red = column.gate == Gate.REJECTED
        yield _Risk(
            name=f"{TITLES[column.name]}: quality of {column.variant} is {'not allowed' if is_red else 'not proven'}",
            trigger=f"the gate is {column.gate}: "
            + ("it is triggered already" if is_red else "it comes out red when quality is judged"),
            action=_how(asked, "quality") or "judge it on labelled data before anything is switched (planner bench)",
            tone=Tone.BAD if is_red else Tone.CAUTION,
            rests_on=rests_on,
        )


def _evidence(asked: QuestionFigures) -> Iterator[_Risk]:
    for column in asked.one.columns:
        rate, rests_on = column.rate, evidence_key(asked.key, column.name)
        what = f"{TITLES[column.name]}: {column.variant} on {column.target}"
        act = _how(asked, "rate", column.target) or f"measure it on {column.target}, and plan with that run"
        if rate.is_bound:
            yield _Risk(
                name=f"{what} is known by a bound alone",
                trigger="one replica really serves less than the bound: then this fleet is larger, and costs more",
                action=act,
                tone=Tone.CAUTION,
                rests_on=rests_on,
            )
        elif rate.evidence.kind == Provenance.PROJECTED:
            yield _Risk(
                name=f"{what} is projected ({level_of(rate.evidence)}{band_of(rate.evidence)})",
                trigger=f"one replica serves less than {price(rate.low)} requests/s there",
                action=act,
                tone=Tone.CAUTION,
                rests_on=rests_on,
            )


def _service(asked: QuestionFigures) -> Iterator[_Risk]:
    for column in asked.one.columns:
        if column.sizing.keeps_slo is False:
            yield _Risk(
                name=f"{TITLES[column.name]}: the promise is missed in simulation",
                trigger=f"{asked.one.slo} at the planned peak: it is triggered already",
                action="add headroom or replicas, or promise less, and plan anew",
                tone=Tone.BAD,
                rests_on=evidence_key(asked.key, column.name),
            )
    if any(_asks_nothing_of_zones(column) for column in asked.one.columns) and _assumes(asked, "fleet.zones", "1"):
        yield _Risk(
            name="the loss of a zone is not survived",
            trigger="a zone of the provider fails: fleet.zones is 1",
            action="state over how many zones the fleet is spread (fleet.zones), and plan anew",
            tone=Tone.CAUTION,
            rests_on=assumption_key("fleet.zones"),
        )
    for column in asked.one.columns:
        if column.fleet.purchase == "spot":
            yield _Risk(
                name=f"{TITLES[column.name]}: instances may be taken back",
                trigger="the provider needs its spot instances elsewhere",
                action="keep enough instances on demand, and plan those",
                tone=Tone.CAUTION,
                rests_on=evidence_key(asked.key, column.name),
            )


def _asks_nothing_of_zones(column: ColumnDocument) -> bool:
    return not dict(column.fleet.steps).get("for the loss of a zone")


def _assumes(asked: QuestionFigures, name: str, text: str) -> bool:
    return any(one.name == name and one.text == text for one in asked.one.assumptions)


def _worth(asked: QuestionFigures) -> Iterator[_Risk]:
    change = asked.asked
    if change is None or change.change.npv.planned <= 0:
        return
    low = change.change.npv.low
    if low is None or low <= 0:
        yield _Risk(
            name=f"{SHORT[change.change.name]} loses money where all that is uncertain is against it",
            trigger=f"all ranges at their unfavourable ends: {change.npv_low.text}",
            action=_how(asked, None) or "narrow what moves it most, then plan anew",
            tone=Tone.CAUTION,
            rests_on=evidence_key(asked.key, change.change.name),
        )


def _flip(asked: QuestionFigures, number: int, flip: FlipDocument) -> _Risk | None:
    if flip.at is None or flip.after is None or not flip.now:
        return None
    side = "falls to" if flip.at < flip.now else "rises to"
    return _Risk(
        name=f"{SHORT[flip.after]} becomes cheaper than {SHORT[flip.before]}",
        trigger=f"{flip.kind}, {flip.subject}: {side} {price(flip.at)} {flip.unit} ({times(flip.at / flip.now)})",
        action=_ACTIONS.get(flip.kind, "plan anew"),
        tone=Tone.NEUTRAL,
        rests_on=flip_key(asked.key, number),
    )


def _prices(asked: QuestionFigures, today: date) -> Iterator[_Risk]:
    oldest = max(asked.one.columns, key=lambda column: price_age(column, today))
    age = price_age(oldest, today)
    yield _Risk(
        name="prices change",
        trigger=f"{oldest.fleet.provider} lists another price than on {oldest.fleet.price_as_of}, {age:,} days ago",
        action="look prices up before signing (planner prices refresh), and replay the plan at them",
        tone=Tone.CAUTION if age > OLDEST_DAYS else Tone.NEUTRAL,
        rests_on=evidence_key(asked.key, oldest.name),
    )


def _mix(asked: QuestionFigures) -> Iterator[_Risk]:
    if asked.one.optimum is None:
        return
    for condition in asked.one.optimum.conditions:
        yield _Risk(
            name="the cheapest mix stands on a condition",
            trigger=f"it does not hold that {condition}",
            action="settle it before the mix is ordered, or plan without it",
            tone=Tone.CAUTION,
            rests_on=f"question.{asked.key}",
        )


def _of_language_model(one: LanguageModelDocument) -> Iterator[tuple[str, str, str]]:
    yield (
        "a bound is not reached",
        "software serves fewer tokens a second than the bound, as all does: a fleet is larger, and costs more",
        "measure tokens a second of the chosen weights on the chosen cards before anything is ordered",
    )
    if one.condition is not None:
        yield "quality is not proven", f"it does not hold that {one.condition}", "judge it on data of your own first"


def _how(asked: QuestionFigures, kind: str | None, subject: str = "") -> str:
    """How the plan says that a figure is learnt; of no kind, what narrows the answer most."""
    found = () if asked.one.uncertainty is None else asked.one.uncertainty.measurements
    if kind is None:
        best = max(found, key=lambda one: one.narrowing, default=None)
        return "" if best is None else _action(best)
    return next((_action(one) for one in found if one.kind == kind and subject in one.subject), "")


def _action(one: MeasurementDocument) -> str:
    return one.how if one.command is None else f"{one.how}: {one.command}"
