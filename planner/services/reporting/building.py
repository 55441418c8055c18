"""Makes a report from a stored plan. The plan is never made again: what it says is laid out, and checked."""

from datetime import UTC, datetime

from harness.errors import UsageError
from planner.errors import StoreError
from planner.reports.calculation import Calculation
from planner.reports.document import Notice, Report, Section
from planner.reports.figures import Tone
from planner.services.plans.document import PlanDocument
from planner.services.plans.keeping import decode_plan
from planner.services.plans.questions import Ground
from planner.services.reporting.calculating import calculation_of
from planner.services.reporting.checking import differences
from planner.services.reporting.evidence import evidence_of
from planner.services.reporting.first_page import exchange_notices, first_page
from planner.services.reporting.keys import question_keys
from planner.services.reporting.language_models import language_model_section
from planner.services.reporting.notices import cut, listed, plan_notices
from planner.services.reporting.purse import Purse
from planner.services.reporting.question_figures import QuestionFigures, figures_of
from planner.services.reporting.question_section import question_sections
from planner.services.reporting.register import register_section
from planner.services.reporting.risks import risks_section
from planner.services.reporting.stored_ground import REFUSALS, AskedAgain, ask_again, ground_of
from planner.services.reporting.wishes import ReportWishes
from planner.store.plan_records import StoredPlan
from planner.store.repository import Store
from planner.version import planner_version


def build_report(
    store: Store | None,
    stored: StoredPlan,
    *,
    wishes: ReportWishes,
    made_at: datetime,
    notices: tuple[Notice, ...] = (),
    after_first: tuple[Section, ...] = (),
    more: tuple[Section, ...] = (),
) -> Report:
    """The report of a plan.

    Args:
        store: Where its runs are; None: nowhere, and the report says what that leaves out.
        stored: The plan.
        wishes: A title, another currency.
        made_at: Now, with its time zone: the age of prices is counted to its day in UTC.
        notices: For the first page, beside those that the plan gives rise to.
        after_first: Sections right after the first page.
        more: Sections at the end.

    Raises:
        StoreError: if the stored plan is damaged.
        UsageError: if amounts are to be converted to the currency that they are in, or are in several.
    """
    try:
        return _built(
            store, stored, wishes=wishes, made_at=made_at, notices=notices, after_first=after_first, more=more
        )
    except (ValueError, ArithmeticError, IndexError) as error:  # what it holds is no date, no amount, or no fleet
        raise StoreError(f"the stored plan {stored.plan_id} is damaged: {error!s:.200}") from error


def _built(
    store: Store | None,
    stored: StoredPlan,
    *,
    wishes: ReportWishes,
    made_at: datetime,
    notices: tuple[Notice, ...],
    after_first: tuple[Section, ...],
    more: tuple[Section, ...],
) -> Report:
    plan = decode_plan(stored)
    moment = made_at.astimezone(UTC)
    questions = _questions(plan, wishes)
    evidence = evidence_of(store, plan)
    calculations, again, lacking = _again(store, stored, questions, gone=evidence.gone)
    first = first_page(
        plan,
        questions,
        notices=(
            *notices,
            *evidence.notices,
            *lacking,
            *plan_notices(plan, questions, today=moment.date(), runs=evidence.runs),
            *exchange_notices(plan, wishes.exchange),
        ),
        thresholds=evidence.thresholds,
        today=moment.date(),
        exchange=wishes.exchange,
    )
    return Report(
        title=_title(plan, wishes),
        plan=stored.plan_id,
        runs=plan.runs,
        made_at=moment.isoformat(timespec="seconds"),
        as_of=plan.as_of,
        planner_version=planner_version(),
        currency=_currency(plan, questions, wishes),
        headline=plan.headline,
        sections=(
            first,
            *after_first,
            *(section for asked in questions for section in question_sections(asked, again, as_of=plan.as_of)),
            *_language_models(plan, wishes),
            *evidence.sections,
            *((register_section(questions, stated_on=f"{stored.created_at:%Y-%m-%d}"),) if questions else ()),
            risks_section(questions, plan.language_models, today=moment.date()),
            *more,
        ),
        calculations=calculations,
    )


def _questions(plan: PlanDocument, wishes: ReportWishes) -> tuple[QuestionFigures, ...]:
    exchange = wishes.exchange
    priced = {one.currency for one in plan.projections}
    priced |= {choice.currency for one in plan.language_models for choice in one.choices}
    if exchange is not None and exchange.currency in priced:
        raise UsageError(f"--currency {exchange.currency}: amounts of this plan are in {exchange.currency} already")
    if exchange is not None and len(priced) > 1:
        raise UsageError(
            f"--currency {exchange.currency}: amounts of this plan are in {', '.join(sorted(priced))}, and one rate "
            "converts one currency"
        )
    keys = question_keys(one.model for one in plan.projections)
    return tuple(
        figures_of(key, one, Purse(own=one.currency, exchange=exchange))
        for key, one in zip(keys, plan.projections, strict=True)
    )


def _again(
    store: Store | None, stored: StoredPlan, questions: tuple[QuestionFigures, ...], *, gone: tuple[str, ...]
) -> tuple[tuple[Calculation, ...], AskedAgain, tuple[Notice, ...]]:
    """The sums, the questions asked again, and what of both is lacking; that a run is gone was said already."""
    try:
        ground = ground_of(stored)
    except REFUSALS as error:
        told = f"What this plan was asked with cannot be read again: {cut(str(error))}"
        nothing = AskedAgain(questions={}, reasons=(str(error),))
        return (), nothing, (Notice(tone=Tone.CAUTION, text=told),)
    again = ask_again(store, ground)
    reasons = [reason for reason in again.reasons if not any(repr(run) in reason for run in gone)]
    found, lacking = [], [Notice(tone=Tone.CAUTION, text=_lost(reason)) for reason in reasons]
    for asked in questions:
        sums = _sums(asked, ground)
        if isinstance(sums, Calculation):
            found.append(sums)
        else:
            lacking.append(Notice(tone=Tone.CAUTION, text=f"{asked.one.model}: its sums are not laid out: {cut(sums)}"))
    return tuple(found), again, tuple(lacking)


def _sums(asked: QuestionFigures, ground: Ground) -> Calculation | str:
    """The sums, where they come to what the plan says; else why not."""
    try:
        sums = calculation_of(asked, ground)
        wrong = differences(sums)
    except REFUSALS as error:
        return str(error)
    return listed(wrong) if wrong else sums


def _lost(reason: str) -> str:
    return f"Evidence behind this plan cannot be looked at again; figures are those that it kept: {cut(reason)}"


def _language_models(plan: PlanDocument, wishes: ReportWishes) -> tuple[Section, ...]:
    keys = question_keys(one.model for one in plan.language_models)
    return tuple(
        language_model_section(key, one, wishes.exchange) for key, one in zip(keys, plan.language_models, strict=True)
    )


def _title(plan: PlanDocument, wishes: ReportWishes) -> str:
    if wishes.title is not None and wishes.title.strip():
        return wishes.title
    models = [*(one.model for one in plan.projections), *(one.model for one in plan.language_models)]
    return f"What INT8 is worth: {listed(models)}"


def _currency(plan: PlanDocument, questions: tuple[QuestionFigures, ...], wishes: ReportWishes) -> str:
    if wishes.exchange is not None:
        return wishes.exchange.currency
    found = [asked.purse.currency for asked in questions]
    found += [choice.currency for one in plan.language_models for choice in one.choices]
    return found[0] if found else "USD"
