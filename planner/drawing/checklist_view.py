"""Draws a checklist: each point with its sign, what is known of it, who vouches, what is left to do."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.services.checklist.document import AttestedBy, Checklist, PointRecord, State
from planner.wording.marks import signed
from planner.wording.text import plain

_SIGNS = {State.EVIDENCED: "✓", State.ATTESTED: "✓", State.OPEN: "~", State.REFUTED: "✗"}


def checklist_screen(found: Checklist) -> Iterator[RenderableType]:
    """The ten points, then the counts."""
    yield Text(plain(f"run {found.run}: {found.workload}, {found.candidate or 'no candidate'}"), style="bold")
    against = "" if found.baseline is None else f"against {found.baseline}, "
    plan = "no plan named" if found.plan is None else f"plan {found.plan}"
    yield Text(plain(f"{against}on {found.device}, {plan}"), style="dim")
    for note in found.notes:
        yield signed("!", note)
    yield Text()
    yield _table(found)
    yield Text()
    yield Text(found.summary)


def _table(found: Checklist) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("point", "state"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what is known", overflow="fold")
    for one in found.points:
        table.add_row(Text(one.point), signed(_SIGNS[one.state], str(one.state)), _known(one))
    return table


def _known(one: PointRecord) -> Table:
    grid = Table.grid()
    grid.add_column(overflow="fold")
    grid.add_row(Text(plain(one.title), style="bold"))
    grid.add_row(Text(plain(one.sentence)))
    if one.rests_on:
        grid.add_row(Text(plain(f"rests on {', '.join(one.rests_on)}"), style="dim"))
    if one.attested is not None:
        grid.add_row(Text(plain(_word(one.attested, is_beside=one.state is State.REFUTED))))
    if one.todo is not None:
        grid.add_row(Padding(Text(plain(f"→ {one.todo}")), (0, 0, 0, 2)))
    return grid


def _word(given: AttestedBy, *, is_beside: bool) -> str:
    said = "accepted" if is_beside else "attested"
    return f"{said} by {given.by} on {given.day}: {given.note}"
