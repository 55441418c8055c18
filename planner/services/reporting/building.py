"""STAND-IN, to be replaced by the real builder at the merge: a headline, then what was handed in."""

from collections.abc import Sequence
from datetime import datetime

from planner.reports.document import Notice, Paragraph, Report, Section
from planner.reports.figures import Words
from planner.services.plans.keeping import decode_plan
from planner.services.reporting.wishes import ReportWishes
from planner.store.plan_records import StoredPlan
from planner.store.repository import Store
from planner.version import planner_version


def build_report(
    store: Store | None,  # noqa: ARG001 - the real one reads runs
    stored: StoredPlan,
    *,
    wishes: ReportWishes,
    made_at: datetime,
    after_first: Sequence[Section] = (),
    more: Sequence[Section] = (),
    notices: Sequence[Notice] = (),
) -> Report:
    """A report with nothing but the headline of a plan."""
    document = decode_plan(stored)
    first = Section(key="summary", title="Summary", blocks=(*notices, Paragraph(words=Words(text=document.headline))))
    return Report(
        title=wishes.title or document.headline,
        plan=stored.plan_id,
        runs=document.runs,
        made_at=made_at.isoformat(timespec="seconds"),
        as_of=document.as_of,
        planner_version=planner_version(),
        currency="USD" if wishes.exchange is None else wishes.exchange.currency,
        headline=document.headline,
        sections=(first, *after_first, *more),
    )
