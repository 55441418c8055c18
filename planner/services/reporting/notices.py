"""What must not be overlooked: each mark of honesty that a plan carries stands on the report's first page."""

from collections.abc import Iterator, Sequence
from datetime import date

from planner.reports.document import Notice
from planner.reports.figures import Tone
from planner.services.plans.document import ColumnDocument, PlanDocument
from planner.services.reporting.case_notices import beyond_cases
from planner.services.reporting.grounds import finding_key
from planner.services.reporting.question_figures import QuestionFigures, evidence_key
from planner.services.reporting.wording import TITLES, band_of, level_of
from pricing.book.lint import OLDEST_DAYS
from pricing.projection.model import Answer, ColumnName
from pricing.sanity.finding import Verdict
from pricing.vocabulary import Gate, Provenance

_MOST_NAMED = 6  # in one notice: a first page has to stay one
_LONGEST = 220  # characters of a reason
_DONE = frozenset({Answer.MOVE, Answer.QUANTISE})  # whose advice names the condition
_FAULTS = frozenset({Verdict.IMPOSSIBLE, Verdict.WRONG, Verdict.PREMISE_FAILS})


def plan_notices(
    plan: PlanDocument, questions: Sequence[QuestionFigures], *, today: date, runs: Sequence[str] = ()
) -> tuple[Notice, ...]:
    """Of all questions, the worst first; what is alike is said once. Of `runs` their gates are told with the runs."""
    found = [
        *_gates(questions, runs),
        *_conditions(questions),
        *beyond_cases(questions),
        *_bounds(questions),
        *_projected(questions),
        *_service(questions),
        *_findings(questions),
        *_old_prices(plan, questions, today),
        *_language_models(plan),
        *_skipped(plan),
    ]
    order = (Tone.BROKEN, Tone.BAD, Tone.CAUTION, Tone.GOOD, Tone.NEUTRAL)
    return tuple(sorted(found, key=lambda one: order.index(one.tone)))


def _columns(questions: Sequence[QuestionFigures]) -> Iterator[tuple[QuestionFigures, ColumnDocument]]:
    for asked in questions:
        for column in asked.one.columns:
            yield asked, column


def _gates(questions: Sequence[QuestionFigures], runs: Sequence[str]) -> Iterator[Notice]:
    told = tuple(f"run {run}, arm " for run in runs)
    red = [
        (asked, column)
        for asked, column in _columns(questions)
        if column.gate == Gate.REJECTED
        and column.name is not ColumnName.STAY
        and not column.rate.evidence.source.startswith(told)
    ]
    if red:
        named = listed([f"{column.variant} of {asked.one.model}" for asked, column in red])
        yield Notice(
            tone=Tone.BAD,
            text=f"The quality gate is red for {named}: no saving is available with it.",
            rests_on=evidence_key(red[0][0].key, red[0][1].name),
        )


def _conditions(questions: Sequence[QuestionFigures]) -> Iterator[Notice]:
    told: dict[str, list[QuestionFigures]] = {}
    for asked in questions:
        if asked.one.condition is not None and asked.one.answer not in _DONE:
            told.setdefault(asked.one.condition, []).append(asked)
    for condition, of in told.items():
        first = of[0].asked
        yield Notice(
            tone=Tone.CAUTION,
            text=f"{listed([asked.one.model for asked in of])}: the saving is there on condition that {condition}.",
            rests_on=None if first is None else evidence_key(of[0].key, first.change.name),
        )


def _bounds(questions: Sequence[QuestionFigures]) -> Iterator[Notice]:
    bounds = [(asked, column) for asked, column in _columns(questions) if column.rate.is_bound]
    if bounds:
        named = listed([f"{column.variant} on {column.target}" for _, column in bounds])
        yield Notice(
            tone=Tone.CAUTION,
            text=f"Only bounds are known of {named}: such a fleet is the smallest that could do, and costs at least "
            "what is shown.",
            rests_on=evidence_key(bounds[0][0].key, bounds[0][1].name),
        )


def _projected(questions: Sequence[QuestionFigures]) -> Iterator[Notice]:
    found = [
        (asked, column)
        for asked, column in _columns(questions)
        if column.rate.evidence.kind == Provenance.PROJECTED and not column.rate.is_bound
    ]
    if found:
        named = listed(
            [
                f"{column.variant} on {column.target} ({level_of(column.rate.evidence)}, 90 % band"
                f"{band_of(column.rate.evidence) or ' not known'})"
                for _, column in found
            ]
        )
        yield Notice(
            tone=Tone.CAUTION,
            text=f"Projected, not measured: {named}.",
            rests_on=evidence_key(found[0][0].key, found[0][1].name),
        )


def _service(questions: Sequence[QuestionFigures]) -> Iterator[Notice]:
    for asked, column in _columns(questions):
        where = f"{asked.one.model}, {TITLES[column.name]}"
        if column.sizing.keeps_slo is False:
            yield Notice(
                tone=Tone.BAD,
                text=f"{where}: in simulation the fleet does not keep {asked.one.slo}.",
                rests_on=evidence_key(asked.key, column.name),
            )
        needed = sum(count for _, count in column.fleet.steps)
        if needed > column.fleet.instances:
            yield Notice(
                tone=Tone.CAUTION,
                text=f"{where}: {column.fleet.instances:,} instances were stated and the load asks for {needed:,}: "
                "equal service is not shown.",
                rests_on=evidence_key(asked.key, column.name),
            )


def _findings(questions: Sequence[QuestionFigures]) -> Iterator[Notice]:
    """What does not hold; of several fleets about which the same is said, once."""
    for asked in questions:
        told: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
        for number, one in enumerate(asked.one.findings):
            if one.verdict != Verdict.HOLDS:
                told.setdefault((one.rule, one.verdict, one.sentence), []).append((one.subject, number))
        advised = asked.asked
        decided = {str(ColumnName.STAY), *(() if advised is None else (str(advised.change.name),))}
        for (rule, verdict, sentence), of in told.items():
            is_asked = any(subject in decided for subject, _ in of)
            aside = "" if is_asked else ", which is not what is decided here"
            subjects = listed([subject for subject, _ in of])
            plain = verdict.replace("-", " ")
            yield Notice(
                tone=Tone.BAD if verdict in _FAULTS and is_asked else Tone.CAUTION,
                text=f"{asked.one.model}, rule {rule} on {subjects}{aside}: {plain}: {cut(sentence)}",
                rests_on=finding_key(asked.key, of[0][1]),
            )


def _old_prices(plan: PlanDocument, questions: Sequence[QuestionFigures], today: date) -> Iterator[Notice]:
    old: dict[str, str | None] = {
        choice.price_as_of: None
        for one in plan.language_models
        for choice in one.choices
        if (today - date.fromisoformat(choice.price_as_of)).days > OLDEST_DAYS
    }
    old |= {
        column.fleet.price_as_of: evidence_key(asked.key, column.name)
        for asked, column in _columns(questions)
        if price_age(column, today) > OLDEST_DAYS
    }
    if old:
        oldest = min(old)
        days = (today - date.fromisoformat(oldest)).days
        yield Notice(
            tone=Tone.CAUTION,
            text=f"Prices are stale: of {oldest}, {days:,} days old on the day of this report (limit {OLDEST_DAYS}).",
            rests_on=old[oldest],
        )


def price_age(column: ColumnDocument, today: date) -> int:
    """Days since the price was listed."""
    return (today - date.fromisoformat(column.fleet.price_as_of)).days


def _language_models(plan: PlanDocument) -> Iterator[Notice]:
    for one in plan.language_models:
        if one.condition is not None:
            yield Notice(tone=Tone.CAUTION, text=f"{one.model}: on condition that {one.condition}.")
        yield Notice(
            tone=Tone.CAUTION,
            text=f"{one.model}: bounds only (level {one.level}): rates are at most and costs at least as shown. Which "
            "of two is cheaper, a measurement decides.",
        )


def _skipped(plan: PlanDocument) -> Iterator[Notice]:
    for one in plan.skipped:
        yield Notice(tone=Tone.CAUTION, text=f"{one.name} was left out of the plan: {cut(one.reason)}")


def listed(names: Sequence[str]) -> str:
    """Each name once; of many the first ones, and how many more."""
    once = list(dict.fromkeys(names))
    more = f" and {len(once) - _MOST_NAMED} more" if len(once) > _MOST_NAMED else ""
    return ", ".join(once[:_MOST_NAMED]) + more


def cut(text: str) -> str:
    """A reason that does not take the page."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
