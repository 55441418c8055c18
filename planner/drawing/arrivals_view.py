"""Draws how requests arrive beyond single calls: offline throughput and the server's rates, in brief and in full."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from harness.vocabulary import LevelOutcome, ServerRatio, ServerRules
from planner.services.arrivals import LevelFigures, OfflineFigures, ServedArm, ServerFigures
from planner.services.run_document import RunDocument
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain

_Row = TypeVar("_Row", OfflineFigures, ServedArm)
_BAR = 16
_BAR_FROM = 100
_DIFFERS = "≠"
_SIGNS = {LevelOutcome.HOLDS: "✓", LevelOutcome.MISSES: "✗", LevelOutcome.UNDECIDED: "~"}


def arrivals_in_brief(document: RunDocument, width: int) -> Iterator[RenderableType]:
    """A table for each of the scenarios that was asked for."""
    if document.offline:
        yield Text()
        yield _offline(document.offline, width)
    if document.server is not None:
        yield Text()
        yield _rates(document.server, width)


def arrivals_in_full(document: RunDocument) -> Iterator[RenderableType]:
    """Every level of every arm, with the check against theory."""
    for served in document.server.arms if document.server else ():
        yield Text()
        yield levels_table(served)


def rules_in_words(rules: ServerRules) -> str:
    """The promise and the server: `p99 ≤ 20 ms · batches of at most 8, waiting at most 2 ms · 2 instances`."""
    parts = [rules.slo.label]
    if rules.max_batch > 1:
        waits = f", waiting at most {quantities.duration(rules.max_delay_s)}" if rules.max_delay_s else ""
        parts.append(f"batches of at most {rules.max_batch}{waits}")
    if rules.instances > 1:
        parts.append(f"{rules.instances} instances")
    return " · ".join(parts)


def _offline(figures: tuple[OfflineFigures, ...], width: int) -> Table:
    table = _table(
        "offline · everything is there beforehand · samples a second, each at its best load: higher is better"
    )
    is_wide = width >= _BAR_FROM
    for name in ("", "throughput", *([" "] if is_wide else []), "against its baseline", "best load"):
        table.add_column(name, justify="right" if name == "throughput" else "left")
    most = max(one.throughput for one in figures)
    for label, one in _grouped(table, figures):
        bar = [Text(quantities.bar(one.throughput, of=most, width=_BAR), style="cyan")] if is_wide else []
        table.add_row(label, quantities.rate(one.throughput), *bar, against_baseline(one), one.load.label)
    return table


def _grouped(table: Table, rows: Iterable[_Row]) -> Iterator[tuple[Text, _Row]]:
    """Rows with the labels of their arms, each runtime announced by a line of its own."""
    before = None
    for row in rows:
        runtime, _, label = row.arm.partition("/")
        if runtime != before:
            table.add_row(Text(plain(runtime), style="bold"))
            before = runtime
        yield Text(plain(f"  {label}")), row


def against_baseline(one: OfflineFigures) -> str:
    """The ratio of throughputs with its interval, or why it has none."""
    if one.baseline is None:
        return "baseline"
    if one.interval is not None:
        return quantities.ratio(one.interval)
    if one.ratio is None:
        return quantities.ABSENT
    why = "too few pairs of blocks" if one.is_like_baseline else "best loads differ"
    return f"{one.ratio:.2f}× ({why}: no interval)"


def _rates(server: ServerFigures, width: int) -> Table:
    table = _table(
        f"server · random arrivals · {rules_in_words(server.rules)} · highest rate that holds: higher is better"
    )
    is_wide = width >= _BAR_FROM
    for name in ("", "holds", *([" "] if is_wide else []), "misses from", "against its baseline"):
        table.add_column(name, justify="right" if name in {"holds", "misses from"} else "left")
    most = max((one.rate.held_rate_per_s for one in server.arms), default=0.0)
    for label, one in _grouped(table, server.arms):
        bar = [Text(quantities.bar(one.rate.held_rate_per_s, of=most, width=_BAR), style="cyan")] if is_wide else []
        holds = quantities.rate(one.rate.held_rate_per_s) if one.rate.held_rate_per_s else "none"
        mark = " (disturbed)" if one.rate.is_contaminated else ""
        misses = quantities.rate(one.rate.missed_rate_per_s)
        table.add_row(label, holds, *bar, misses, f"{_served_ratio(one.against_baseline)}{mark}")
    return table


def _served_ratio(ratio: ServerRatio | None) -> str:
    if ratio is None:
        return "baseline"
    if ratio.point is None:
        return quantities.ABSENT
    bounds = ("?" if one is None else f"{one:.2f}" for one in (ratio.lower, ratio.upper))
    return f"{ratio.point:.2f}× ({'–'.join(bounds)})"


def levels_table(served: ServedArm) -> Table:
    """Every level; a wait that theory does not foretell from its service is marked."""
    differs = f"; {_DIFFERS}: outside the mean wait's interval" if any(map(_differs, served.levels)) else ""
    table = _table(f"server levels of {served.arm}, as tried; mean wait beside theory (Pollaczek–Khinchine){differs}")
    for name in ("", "rate", "requests", "too late", "quantile", "busy", "batch", "wait", "theory", "issue p99"):
        table.add_column(name, justify="right" if name else "left", overflow="fold")
    for one in served.levels:
        found = one.quantile
        bound = "?" if found.upper_s is None else quantities.duration(found.upper_s)
        table.add_row(
            signed(_SIGNS[one.outcome], f"{one.outcome}{', disturbed' if one.is_contaminated else ''}"),
            quantities.rate(one.rate_per_s),
            f"{one.requests:,}",
            quantities.share(one.exceedance_share),
            f"p{100 * found.p:g} {quantities.duration(found.point_s)} ≤ {bound}",
            quantities.share(one.utilisation, digits=0),
            f"{one.mean_batch:.2f}",
            quantities.duration(one.mean_wait_s),
            f"{_DIFFERS if _differs(one) else ''} {quantities.duration(one.predicted_wait_s)}".strip(),
            quantities.duration(one.issue_p99_s),
        )
    return table


def _differs(level: LevelFigures) -> bool:
    """Whether the queue was not the one that theory knows: its calls slow one another, or others do."""
    predicted, lower, upper = level.predicted_wait_s, level.mean_wait_lower_s, level.mean_wait_upper_s
    return predicted is not None and lower is not None and upper is not None and not lower <= predicted <= upper


def _table(title: str) -> Table:
    return Table(
        title=plain(title), title_justify="left", title_style="italic", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
