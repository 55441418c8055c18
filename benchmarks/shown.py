"""A result on a terminal: both sides, ratio, target, met or missed."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table

from benchmarks.result import Outcome, Result, Row
from benchmarks.wording import quantity

_STYLES = {Outcome.MET: "green", Outcome.MISSED: "red", Outcome.NOT_IDENTIFIED: "yellow", Outcome.PEER_ABSENT: "yellow"}


def shown_result(result: Result) -> RenderableType:
    """The table of one comparison, what it rests on, and who was absent."""
    table = Table(title=f"{result.number}. {result.title}", title_justify="left", box=None, pad_edge=False)
    for heading in ("what", "planner", "peer", "peer's figure", "planner / peer", "target", "result"):
        table.add_column(heading, overflow="fold")
    for row in result.rows:
        table.add_row(*_cells(row), style=None)
    notes = [f"{row.peer_name or row.what}: {row.note}" for row in result.rows if row.note]
    notes.extend(f"peer absent: {peer}: {reason}" for peer, reason in result.absent.items())
    if result.is_quick:
        notes.append("a quick run, which only shows that the comparison works: not to be quoted")
    notes.append(f"{result.duration_s:.0f} s · {result.started_at} · {result.command}")
    return Group(table, *(Padding(note, (0, 0, 0, 2)) for note in notes))


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.what,
        quantity(row.ours),
        row.peer_name,
        quantity(row.peer),
        quantity(row.ratio),
        row.target or "",
        str(row.outcome or ""),
    )
