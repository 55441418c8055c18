"""Every arm of a live run: how far it is, its last median, its ratio with the interval drawn, its quality so far."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.run_events import Standing
from harness.vocabulary import Gate, Speed, place_of
from planner.tui.measuring.standing import ArmNow, ArmState, LiveRun
from planner.tui.widgets.series import letter_of
from planner.wording import quantities
from planner.wording.text import plain

_RATIO = 20
_LEAST_BAR, _MOST_BAR = 10, 34
_FIXED = 2 + 9 + _RATIO + 9 + 5  # letter, now, ratio, quality, room between
_NAME = 25
_SPEED_SIGNS = {
    Speed.FASTER: ("✓", "green"),
    Speed.SLOWER: ("✗", "red"),
    Speed.EQUIVALENT: ("=", "yellow"),
}
_GATE_SIGNS = {
    Gate.ACCEPTED: ("✓", "green"),
    Gate.REJECTED: ("✗", "red"),
    Gate.UNPROVEN: ("~", "yellow"),
    Gate.NOT_MEASURED: ("~", "yellow"),
}
_KEY = "✓ faster ✗ slower = equal … not settled · quality: ✓ accepted ~ unproven ✗ rejected"
_KEY_FROM = 84


def arms_of(run: LiveRun, *, width: int, colours: Sequence[str]) -> RenderableType:
    """A row an arm, and a line for each load before the present one."""
    load = run.load
    found = {one.candidate: one for one in run.standings.get(load.label if load is not None else "", ())}
    bar = max(0, min(_MOST_BAR, width - _FIXED - _NAME))
    top = max([2.0, *(one.ratio.upper for one in found.values() if one.ratio is not None)])
    table = _table(bar if bar >= _LEAST_BAR else 0, top)
    places = [place_of(arm.ahead.runtime, arm.ahead.device) for arm in run.arms.values()]
    before = None
    for number, (name, arm) in enumerate(run.arms.items()):
        if len(set(places)) > 1 and places[number] != before:
            before = places[number]
            table.add_row(Text(), Text(plain(before), style="bold"))
        letter = Text(letter_of(number), style=f"bold {colours[number % len(colours)]}")
        cells = [letter, _name(arm), _now(arm), _ratio(arm, found.get(name))]
        if bar >= _LEAST_BAR:
            cells.append(_drawn(found.get(name), top, bar, colours[number % len(colours)]))
        table.add_row(*cells, _quality(arm))
    return Group(table, *_earlier(run), *([Text(_KEY, style="dim")] if width >= _KEY_FROM else []))


def _table(bar: int, top: float) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim", expand=False)
    table.add_column("", width=1)
    table.add_column("candidate", width=_NAME, no_wrap=True, overflow="ellipsis")
    table.add_column("median", width=9, justify="right", no_wrap=True, overflow="ellipsis")
    table.add_column("speed-up", width=_RATIO, no_wrap=True, overflow="ellipsis")
    if bar:
        end = f"{top:.1f}×"
        one = _at(1.0, top, bar)
        scale = f"{'0':{max(1, one - 1)}}{'1×':{max(2, bar - one - len(end) + 1)}}{end}"
        table.add_column(scale[:bar], width=bar, no_wrap=True)
    table.add_column("quality", width=9, justify="right", no_wrap=True, overflow="ellipsis")
    return table


def _name(arm: ArmNow) -> Text:
    return Text(plain(arm.ahead.label), style="red" if arm.state is ArmState.FAILED else "")


def _now(arm: ArmNow) -> Text:
    if arm.state is ArmState.FAILED:
        return Text("✗ failed", style="red")
    if arm.median_s is not None:
        return Text(quantities.duration(arm.median_s))
    if arm.share is not None:
        return Text(f"{arm.share:.0%}", style="dim")
    return Text("…" if arm.state is ArmState.TIMED else str(arm.state), style="dim")


def _ratio(arm: ArmNow, standing: Standing | None) -> Text:
    if arm.ahead.is_baseline:
        return Text("1×  the baseline", style="dim")
    if standing is None or standing.ratio is None:
        return Text("…" if arm.median_s is not None else "", style="dim")
    sign, style = _SPEED_SIGNS.get(standing.speed, ("…", "dim"))
    mark = sign if standing.is_settled else "…"
    return Text(f"{mark} {quantities.ratio(standing.ratio)}", style=style if standing.is_settled else "")


def _quality(arm: ArmNow) -> Text:
    sign, style = _GATE_SIGNS[arm.gate] if arm.gate is not None else ("", "")
    figure = quantities.share(arm.accuracy, digits=1) if arm.accuracy is not None else "–" if arm.gate else ""
    return Text(f"{sign} {figure}".strip(), style=style)


def _drawn(one: Standing | None, top: float, width: int, colour: str) -> Text:
    cells = ["·"] * width
    cells[_at(1.0, top, width)] = "│"
    text = Text("".join(cells), style="dim")
    if one is None or one.ratio is None:
        return text
    low, point, high = (_at(value, top, width) for value in (one.ratio.lower, one.ratio.point, one.ratio.upper))
    drawn = ["━"] * (high - low + 1)
    drawn[point - low] = "█"
    return Text.assemble(text[:low], ("".join(drawn), colour), text[high + 1 :])


def _at(value: float, top: float, width: int) -> int:
    return min(width - 1, max(0, round(value / top * (width - 1))))


def _earlier(run: LiveRun) -> list[Text]:
    present = run.load.label if run.load is not None else ""
    letters = {name: letter_of(number) for number, name in enumerate(run.arms)}
    lines = []
    for label, found in run.standings.items():
        if label != present:
            parts = [f"{letters.get(one.candidate, '?')} {one.ratio.point:.2f}×" for one in found if one.ratio]
            lines.append(Text(f"{label} was  {'  '.join(parts)}", style="dim", no_wrap=True, overflow="ellipsis"))
    return lines
