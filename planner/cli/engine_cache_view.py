"""Draws the engines that lie in the cache, with the timings of their builders."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from planner.services.engine_cache import ENGINE, TIMINGS, EngineEntry
from planner.wording import quantities
from planner.wording.moments import age, short
from planner.wording.text import plain

_KEY_DIGITS = 12


def engine_table(entries: Sequence[EngineEntry], *, now: datetime) -> Table:
    """A row for each engine and each file of timings."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("engine", "precision, target", "size", "made (UTC)", "by"):
        is_short = heading not in {"precision, target", "by"}
        table.add_column(heading, no_wrap=is_short, overflow="fold", justify="right" if heading == "size" else "left")
    for entry in entries:
        table.add_row(
            Text(plain(entry.key[:_KEY_DIGITS])),
            _what(entry),
            quantities.size(entry.size_bytes),
            made_at(entry.made_at, now=now),
            Text(plain(entry.made_by or quantities.ABSENT)),
        )
    return table


def made_at(moment: datetime | None, *, now: datetime) -> RenderableType:
    """A moment, and how long ago that is."""
    if moment is None:
        return quantities.ABSENT
    return Group(short(moment, now=now), Text(age(moment, now=now), style="dim"))


def counted_engines(entries: Sequence[EngineEntry]) -> Iterator[str]:
    """`2 engines`, `1 timing cache`; nothing of what there is none of."""
    for kind, name in ((ENGINE, "engine"), (TIMINGS, "timing cache")):
        count = sum(entry.kind == kind for entry in entries)
        if count:
            yield f"{count} {name}{'s' * (count != 1)}"


def _what(entry: EngineEntry) -> RenderableType:
    told = entry.precision or ("unreadable" if entry.kind == ENGINE else "timings")
    where = entry.target or "target unknown"

    lines = [
        Text(plain(f"{told}, {where}")),
        *([Text(plain(f"timed on {entry.gpu}"), style="dim")] if entry.gpu else []),
    ]
    return Group(*lines)
