"""What a live run says in a few lines: stage, how far, how long, how each candidate stands."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.run_events import Standing
from harness.vocabulary import Speed, Stage
from planner.tui.measuring.standing import LiveRun, Phase
from planner.wording import quantities
from planner.wording.marks import marked
from planner.wording.stages import STAGE_WORDS
from planner.wording.text import plain

_BAR = 30
_SPAN = 22
_ENDS = {
    Phase.DONE: ("✓", "done"),
    Phase.CANCELLED: ("~", "cancelled; what was measured is kept"),
    Phase.FAILED: ("✗", "failed"),
}
_SIGNS = {Speed.FASTER: "✓", Speed.SLOWER: "✗", Speed.EQUIVALENT: "~"}


def head_of(run: LiveRun, *, is_paused: bool) -> RenderableType:
    """Two lines."""
    progress = run.progress
    title = Text(plain(run.title), style="bold")
    if run.began is not None:
        title.append(f"  run {run.began.run}", style="dim")
        if run.began.is_simulated:
            title.append("  SIMULATED", style="bold reverse")
    if is_paused:
        title.append("  ⏸ painting is paused, measuring is not", style="bold")
    if run.phase in _ENDS:
        sign, word = _ENDS[run.phase]
        return Group(title, Text(f"{sign} {word} after {progress.now_s:.0f} s"))
    if run.phase is Phase.WAITING:
        return Group(title, Text("starting …", style="dim"))
    bar = quantities.bar(progress.share, of=1.0, width=_BAR).ljust(_BAR, "·")
    parts = [f"{progress.now_s:5.0f} s  {bar} {progress.share:4.0%}"]
    if run.phase is Phase.CANCELLING:
        parts.append("cancelling: storing what there is")
    elif progress.stage is not None:
        parts.append(STAGE_WORDS[progress.stage])
        parts.extend([progress.load.label] if progress.load is not None else [])
        parts.append(_left(progress.stage, progress.stage_left_s))
    return Group(title, Text("  ".join(part for part in parts if part), no_wrap=True, overflow="ellipsis"))


def _left(stage: Stage, left_s: float | None) -> str:
    if left_s is None:
        return ""
    return f"≤ {left_s:.0f} s left" if stage is Stage.TIME else f"about {left_s:.0f} s left in this step"


def standings_of(run: LiveRun) -> RenderableType:
    """Every candidate under every load so far: its ratio, its interval drawn, and what that says."""
    if not run.standings:
        return Text("candidates appear here as soon as they are timed: ratio above 1 is faster", style="dim")
    shown = [(load, one) for load, found in run.standings.items() for one in found]
    ratios = [one.ratio for _, one in shown if one.ratio is not None]
    top = max([2.0, *(ratio.upper for ratio in ratios)])
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=False)
    for title in ("candidate", "load", "speed-up", f"0 {'1×':^{_SPAN - 6}} {top:.1f}×", "so far"):
        table.add_column(title, no_wrap=True, overflow="ellipsis")
    for load, one in shown:
        table.add_row(Text(plain(one.candidate)), load, quantities.ratio(one.ratio), _drawn(one, top), _said(one))
    return table


def _said(one: Standing) -> Text:
    sign = _SIGNS.get(one.speed, "…")
    return marked(one.speed) if one.is_settled else Text(f"{sign} {one.speed}, not settled", style="dim")


def _drawn(one: Standing, top: float) -> Text:
    cells = ["·"] * _SPAN
    cells[_at(1.0, top)] = "│"
    if one.ratio is not None:
        for cell in range(_at(one.ratio.lower, top), _at(one.ratio.upper, top) + 1):
            cells[cell] = "─"
        cells[_at(one.ratio.point, top)] = "█"
    return Text("".join(cells))


def _at(value: float, top: float) -> int:
    return min(_SPAN - 1, max(0, round(value / top * (_SPAN - 1))))
