"""Makes a report: a stored plan, on its own day or another, with the checklists of its runs, in the forms asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from planner.errors import RunNotFoundError
from planner.reports.document import Notice, Report, Section
from planner.reports.forms import CSV, FORMS, Form, draw, draw_cut_tables
from planner.services.checklist.document import Checklist
from planner.services.checklist.making import checklist_of
from planner.services.checklist.section import checklist_section
from planner.services.checklist.subject import projections_of
from planner.services.plans.document import PlanDocument
from planner.services.plans.keeping import decode_plan
from planner.services.reporting.building import build_report
from planner.services.reporting.replayed import replayed
from planner.services.reporting.wishes import ReportWishes
from planner.store.plan_records import StoredPlan
from planner.store.repository import Store

Tell = Callable[[str], None]


def _say_nothing(_: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """What report is wanted.

    Attributes:
        wishes: Its title and currency.
        made_at: The moment that it bears.
        day: Whose prices count; None: the plan's own.
        today: No later day can be asked for.
        tell: Hears what is done.
    """

    wishes: ReportWishes = field(default_factory=ReportWishes)
    made_at: datetime
    day: date | None = None
    today: date
    tell: Tell = _say_nothing


def make_report(store: Store, stored: StoredPlan, request: ReportRequest) -> Report:
    """The report of a plan.

    Raises:
        PricingError: if the plan has no answer at the prices of the day that is asked for.
        StoreError: if the plan is damaged.
        UsageError: if its amounts cannot be told in the currency that is asked for.
    """
    after_first: tuple[Section, ...] = ()
    notices: tuple[Notice, ...] = ()
    plans = [decode_plan(stored)]
    if request.day is not None:
        request.tell(f"plan {stored.plan_id} at the prices of {request.day}")
        found = replayed(store, stored, request.day, today=request.today, exchange=request.wishes.exchange)
        stored, after_first, notices = found.stored, (found.section,), (found.notice,)
        plans.insert(0, decode_plan(stored))
    request.tell(f"the report of plan {stored.plan_id}")
    checklists, missing = checklists_of(store, *plans)
    return build_report(
        store,
        stored,
        wishes=request.wishes,
        made_at=request.made_at,
        after_first=after_first,
        more=(checklist_section(checklists, missing=missing, without=_without_run(decode_plan(stored))),),
        notices=notices,
    )


def checklists_of(store: Store, *plans: PlanDocument) -> tuple[tuple[Checklist, ...], tuple[str, ...]]:
    """A checklist for each run of a plan, and those runs that are not there any more.

    Args:
        store: Where the runs are.
        plans: The plan, at the prices of one day or of several: of a run the first is asked that rests on it.
    """
    found: list[Checklist] = []
    missing: list[str] = []
    for run in dict.fromkeys(run for plan in plans for run in plan.runs):
        plan = next((one for one in plans if projections_of(run, one)), plans[0])
        try:
            found.append(checklist_of(store, run, plan=plan))
        except RunNotFoundError:
            missing.append(run)
    return tuple(found), tuple(missing)


def _without_run(plan: PlanDocument) -> tuple[str, ...]:
    """Models of the plan that none of its runs measured: the checklists are of others."""
    measured = [id(one) for run in plan.runs for one in projections_of(run, plan)]
    return tuple(one.model for one in plan.projections if id(one) not in measured)


def draw_report(report: Report, names: Sequence[str], *, tell: Tell = _say_nothing) -> dict[str, bytes]:
    """The files of a report in the forms of these names, by their names within its folder.

    Tables that forms for people cut are among them as CSV.

    Raises:
        ReportError: if a form cannot be drawn.
    """
    files: dict[str, bytes] = {}
    for form in (FORMS[name] for name in dict.fromkeys(names)):
        tell(f"drawing {form.title}")
        files.update(draw(form, report))
    if CSV not in names:
        files.update(draw_cut_tables(report))
    return files


def draw_alone(report: Report, form: Form, *, tell: Tell = _say_nothing) -> bytes:
    """The one file of a form, without any beside it.

    Raises:
        ReportError: if it cannot be drawn.
    """
    tell(f"drawing {form.title}")
    (content,) = draw(form, report).values()
    return content
