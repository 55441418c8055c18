"""Charts of a report in text: bars of blocks, lines and distributions as rows of blocks; the sentence says the rest."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from planner.reports.chart_model import Axis, Bars, Chart, Distribution, Lines, Point, Scale, Series, Waterfall
from planner.reports.figures import SIGNS
from planner.wording.text import plain

_BLOCKS = "▁▂▃▄▅▆▇█"
_MOST_LABEL, _LEAST_BAR, _MOST_BAR = 28, 8, 48


def chart_lines(chart: Chart) -> Iterator[RenderableType]:
    """Title, sentence, drawing."""
    yield Text(plain(chart.title), style="bold")
    yield Text(plain(chart.told))
    match chart:
        case Waterfall():
            yield _Spans(_of_waterfall(chart))
        case Bars():
            yield _Spans(_of_bars(chart))
        case Lines():
            yield _Sparks([(one.name, one) for one in chart.series], chart)
        case Distribution():
            yield _Shares(chart)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """A bar from one value to another, with what stands before and behind it."""

    label: str
    before: str
    low: float
    high: float
    after: str
    point: float | None = None
    is_total: bool = False


def _of_waterfall(chart: Waterfall) -> list[_Span]:
    """A total stands on the ground, a change on the one before it."""
    spans, level = [], 0.0
    for step in chart.steps:
        start = 0.0 if step.is_total else level
        level = start + float(step.amount.value or 0)
        low, high = min(start, level), max(start, level)
        spans.append(
            _Span(label=step.label, before="", low=low, high=high, after=step.amount.text, is_total=step.is_total)
        )
    return spans


def _of_bars(chart: Bars) -> list[_Span]:
    return [
        _Span(
            label=f"{SIGNS[one.tone]} {one.label}".strip(),
            before=one.low_text,
            low=min(one.low, one.high),
            high=max(one.low, one.high),
            after=one.high_text,
            point=one.point,
        )
        for one in chart.bars
    ]


class _Spans:
    """Bars over one axis."""

    def __init__(self, spans: Sequence[_Span]) -> None:
        self._spans = spans

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console
        sides = max((len(one.before) + len(one.after) for one in self._spans), default=0)
        labels = min(_MOST_LABEL, max((len(one.label) for one in self._spans), default=0))
        width = max(_LEAST_BAR, min(_MOST_BAR, options.max_width - sides - labels - 6))
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(overflow="fold", max_width=_MOST_LABEL)
        if any(one.before for one in self._spans):
            table.add_column(justify="right", overflow="fold")
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        ends = [end for one in self._spans for end in (one.low, one.high) if math.isfinite(end)]
        low, high = min(ends, default=0.0), max(ends, default=0.0)
        for one in self._spans:
            bar = Text(_bar(one, low, (high - low) / width or 1.0, width), style="blue" if one.is_total else "cyan")
            cells = [Text(plain(one.label), style="bold" if one.is_total else ""), bar, Text(plain(one.after))]
            if len(table.columns) > len(cells):
                cells.insert(1, Text(plain(one.before)))
            table.add_row(*cells)
        yield table


def _bar(one: _Span, low: float, per_block: float, width: int) -> str:
    if not (math.isfinite(one.low) and math.isfinite(one.high)):
        return ""
    first = min(int((one.low - low) / per_block), width - 1)
    last = max(min(round((one.high - low) / per_block), width), first + 1)
    blocks = [" "] * first + ["█" if one.point is None else "━"] * (last - first) + [" "] * (width - last)
    if one.point is not None and math.isfinite(one.point):
        blocks[max(first, min(last - 1, int((one.point - low) / per_block)))] = "●"
    return "".join(blocks)


class _Sparks:
    """A row of blocks for each line, all over the same axes."""

    def __init__(self, series: Sequence[tuple[str, Series]], chart: Lines) -> None:
        self._series, self._chart = series, chart

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console
        points = [point for _, one in self._series for point in one.points]
        across = [one for one in (_on(self._chart.x, point.x) for point in points) if one is not None]
        up = [one for one in (_on(self._chart.y, point.y) for point in points) if one is not None]
        if not across or not up:
            return
        labels = min(_MOST_LABEL, max(len(name) for name, _ in self._series))
        width = max(_LEAST_BAR, min(_MOST_BAR, options.max_width - labels - 2))
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(overflow="fold", max_width=_MOST_LABEL)
        table.add_column(no_wrap=True, style="cyan")
        low, high = (0.0 if self._chart.y.starts_at_zero else min(up)), max(up)
        for name, one in self._series:
            places = [min(across) + (max(across) - min(across)) * (at + 0.5) / width for at in range(width)]
            heights = [_height(one, place, self._chart) for place in places]
            table.add_row(Text(plain(name)), "".join(_block(height, low, high) for height in heights))
        yield table


def _on(axis: Axis, value: float | None) -> float | None:
    """Where a value stands on an axis, before it is scaled to the width."""
    if value is None or not math.isfinite(value):
        return None
    if axis.scale is Scale.LOG:
        return math.log10(value) if value > 0 else None
    return float(value)


def _height(series: Series, place: float, chart: Lines) -> float | None:
    """Of a line at a place: of the point before it where it is stepped, else straight between the two about it."""
    placed = [(x, point) for point in series.points if (x := _on(chart.x, point.x)) is not None]
    before = [pair for pair in placed if pair[0] <= place]
    after = [pair for pair in placed if pair[0] >= place]
    if not before or (not after and not series.is_stepped):
        return None
    start = _on(chart.y, before[-1][1].y)
    if series.is_stepped or start is None or not after:
        return start
    return _between(before[-1], after[0], place, chart)


def _between(one: tuple[float, Point], other: tuple[float, Point], place: float, chart: Lines) -> float | None:
    start, end = _on(chart.y, one[1].y), _on(chart.y, other[1].y)
    if start is None or end is None or other[0] == one[0]:
        return start
    return start + (end - start) * (place - one[0]) / (other[0] - one[0])


def _block(value: float | None, low: float, high: float) -> str:
    if value is None:
        return " "
    share = 0.5 if high <= low else (value - low) / (high - low)
    return _BLOCKS[round((len(_BLOCKS) - 1) * max(0.0, min(1.0, share)))]


class _Shares:
    """A row of blocks for each distribution, over one axis."""

    def __init__(self, chart: Distribution) -> None:
        self._chart = chart

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console
        edges = [edge for one in self._chart.spreads for part in one.bins for edge in (part.low, part.high)]
        placed = [place for place in (_on(self._chart.axis, edge) for edge in edges) if place is not None]
        if not placed:
            return
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(overflow="fold", max_width=_MOST_LABEL)
        table.add_column(no_wrap=True, style="cyan")
        labels = min(_MOST_LABEL, max(len(one.name) for one in self._chart.spreads))
        width = max(_LEAST_BAR, min(_MOST_BAR, options.max_width - labels - 2))
        low, step = min(placed), (max(placed) - min(placed)) / width or 1.0
        for one in self._chart.spreads:
            shares = [0.0] * width
            for part in one.bins:
                middle = _on(self._chart.axis, (part.low + part.high) / 2)
                if middle is not None:
                    shares[max(0, min(width - 1, int((middle - low) / step)))] += part.share
            most = max(shares)
            table.add_row(
                Text(plain(one.name)), "".join(_block(share, 0.0, most) if share > 0 else " " for share in shares)
            )
        yield table
