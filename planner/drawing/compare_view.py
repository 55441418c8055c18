"""Draws two runs side by side: medians, speed-ups and accuracy of both, and what differs between their conditions."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.vocabulary import LatencyQuantile, LoadPoint, RatioInterval, Scenario, Verdict
from planner.services.comparing import CandidatePair, ComparedRun, RunsCompared
from planner.services.conditions import MODULE
from planner.wording import quantities
from planner.wording.marks import marked, signed
from planner.wording.text import plain

_Pair = TypeVar("_Pair")


def compared(found: RunsCompared) -> Iterator[RenderableType]:
    """Everything that both runs found."""
    yield from _head(found)
    if found.timings:
        yield from ("", _timings(found), _CAUTION)
    if found.candidates:
        yield from ("", _candidates(found))
    if found.qualities:
        yield from ("", _qualities(found))
    if not (found.timings or found.candidates or found.qualities):
        yield Text("\nneither run has a figure yet: `planner resume` goes on with one that was interrupted")
    if found.differences:
        yield from ("", _differences(found))


_CAUTION = Text(
    "The runs happened at different times, so their blocks cannot be paired: the ratio of two medians has no "
    "interval, and a difference may be the machine's. Only a speed-up within a run has one.",
    style="dim",
)


def _head(found: RunsCompared) -> Iterator[Text]:
    yield Text(plain(found.first.workload), style="bold")
    for side in (found.first, found.second):
        yield _side(side)
    if found.are_like:
        yield signed("✓", "like conditions: nothing that is known to decide speed differs")
    elif any(one.field == MODULE for one in found.differences):
        yield signed("!", f"two models: the function made another PyTorch module ({MODULE} below)")
    else:
        unlike = sum(one.makes_unlike for one in found.differences)
        yield signed("!", f"unlike conditions ({unlike} below): do not put a change of speed down to the model")


def _side(side: ComparedRun) -> Text:
    when = datetime.fromisoformat(side.started_at)
    text = Text(f"run {side.run}  ")
    if side.is_simulated:
        text.append("SIMULATED  ", style="bold red")
    return text.append(plain(f"{when:%Y-%m-%d %H:%M} UTC · {side.state} · {side.cpu}"))


def _timings(found: RunsCompared) -> Table:
    table = _table(
        f"p50 of one call, with its bounds · ratio above 1: {found.second.run} is faster",
        ("", found.first.run, found.second.run, "ratio"),
    )
    for heading, pairs in _grouped(found.timings, lambda pair: (pair.arm, pair.load)):
        table.add_row(Text(heading, style="bold"))
        for pair in pairs:
            ratio = quantities.ABSENT if pair.ratio is None else f"{pair.ratio:.2f}×"
            table.add_row(_label(pair.arm), _median(pair.first), _median(pair.second), ratio)
    return table


def _median(quantile: LatencyQuantile | None) -> RenderableType:
    if quantile is None:
        return quantities.ABSENT
    if quantile.lower_s is None or quantile.upper_s is None:
        bounds = "no bounds"
    else:
        bounds = f"{quantities.duration(quantile.lower_s)} – {quantities.duration(quantile.upper_s)}"
    return Group(quantities.duration(quantile.point_s), Text(bounds, style="dim"))


def _candidates(found: RunsCompared) -> Table:
    table = _table(
        "speed-up over the baseline of the same run, with its interval, and the verdict",
        ("", found.first.run, found.second.run, "intervals"),
    )
    for heading, pairs in _grouped(found.candidates, lambda pair: (pair.candidate, pair.load)):
        table.add_row(Text(heading, style="bold"))
        for pair in pairs:
            sides = (_judged(pair.first, pair.first_verdict), _judged(pair.second, pair.second_verdict))
            table.add_row(_label(pair.candidate), *sides, _overlap(pair))
    return table


def _judged(ratio: RatioInterval | None, verdict: Verdict | None) -> RenderableType:
    words = [marked(verdict.speed), marked(verdict.gate)] if verdict else [Text("not judged", style="dim")]
    return Group(Text(quantities.ratio(ratio)), *words)


def _overlap(pair: CandidatePair) -> Text:
    if pair.do_intervals_overlap is None:
        return Text(quantities.ABSENT)
    return signed("✓", "overlap") if pair.do_intervals_overlap else signed("!", "apart")


def _qualities(found: RunsCompared) -> Table:
    table = _table("accuracy", ("", found.first.run, found.second.run, "points"))
    for pair in found.qualities:
        shares = (quantities.share(pair.first), quantities.share(pair.second))
        table.add_row(Text(plain(pair.arm)), *shares, quantities.points(pair.difference))
    return table


def _differences(found: RunsCompared) -> Table:
    table = _table(
        "what differs · ! makes the runs unlike, ~ is worth knowing", ("", found.first.run, found.second.run)
    )
    for one in found.differences:
        name = signed("!" if one.makes_unlike else "~", one.field)
        table.add_row(name, *(Text(plain(value or quantities.ABSENT)) for value in (one.before, one.after)))
    return table


def _table(title: str, headings: Sequence[str]) -> Table:
    table = Table(
        title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold"
    )
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _grouped(
    pairs: Iterable[_Pair], key: Callable[[_Pair], tuple[str, LoadPoint | None]]
) -> Iterator[tuple[str, list[_Pair]]]:
    """Pairs under a heading for each runtime and load, in the order in which they come."""
    groups: dict[str, list[_Pair]] = {}
    for pair in pairs:
        arm, load = key(pair)
        told = load.label if load else Scenario.SERVER
        groups.setdefault(plain(f"{arm.partition('/')[0]}, {told}"), []).append(pair)
    return iter(groups.items())


def _label(arm: str) -> Text:
    return Text(plain(f"  {arm.partition('/')[2]}"))
