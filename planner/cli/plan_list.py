"""Draws the list of plans."""

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from planner.store.plan_records import PlanSummary
from planner.wording.moments import short
from planner.wording.quantities import ABSENT
from planner.wording.text import plain


def plan_table(plans: Sequence[PlanSummary], *, now: datetime) -> Table:
    """One line a plan, the newest first."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("plan", "made (UTC)", "prices of", "runs", "answer"):
        table.add_column(heading, header_style="dim", overflow="fold", no_wrap=heading != "answer")
    for one in plans:
        runs = ", ".join(one.runs) or ABSENT
        made = short(one.created_at, now=now)
        table.add_row(*(Text(plain(text)) for text in (one.plan_id, made, one.as_of.isoformat(), runs, one.headline)))
    return table
