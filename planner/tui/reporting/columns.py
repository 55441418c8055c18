"""The columns of plans and of points."""

from datetime import datetime

from rich.text import Text

from planner.services.checklist.document import Point, PointRecord, State
from planner.store.plan_records import PlanSummary
from planner.tui.reporting.points import SIGNS
from planner.tui.widgets.grid import GridColumn
from planner.wording.marks import signed
from planner.wording.moments import short
from planner.wording.text import plain

_ASKED = 40  # characters: the whole of it stands beside the list
_WORST_FIRST = (State.REFUTED, State.OPEN, State.ATTESTED, State.EVIDENCED)


def plan_columns(now: datetime) -> tuple[GridColumn[PlanSummary], ...]:
    """Name, moment, day of its prices, answer."""
    return (
        GridColumn(title="plan", draw=lambda one: Text(plain(one.plan_id), style="bold")),
        GridColumn(
            title="made (UTC)",
            draw=lambda one: Text(short(one.created_at, now=now)),
            order=lambda one: one.created_at,
            starts_descending=True,
        ),
        GridColumn(title="prices of", draw=lambda one: Text(one.as_of.isoformat())),
        GridColumn(title="answer", draw=lambda one: Text(plain(one.headline))),
    )


def point_columns() -> tuple[GridColumn[PointRecord], ...]:
    """In the order of the list; sorted by state, the worst first."""
    order = list(Point)
    return (
        GridColumn(title="point", draw=lambda one: Text(one.point), order=lambda one: order.index(one.point)),
        GridColumn(
            title="state",
            draw=lambda one: signed(SIGNS[one.state], str(one.state)),
            order=lambda one: _WORST_FIRST.index(one.state),
        ),
        GridColumn(title="what it asks", draw=lambda one: Text(plain(one.title)), width=_ASKED),
        GridColumn(title="vouched for by", draw=lambda one: Text(plain(one.attested.by if one.attested else ""))),
    )
