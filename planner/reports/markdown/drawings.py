"""Charts as text: what is told of them, and bars of blocks where a chart is made of bars."""

import math
from collections.abc import Iterator

from planner.reports.chart_model import Bars, Chart, Waterfall
from planner.reports.markdown.escaping import inline

_WIDTH = 24
_FULL, _EMPTY = "█", "·"


def drawn(chart: Chart) -> Iterator[str]:
    """Title, sentence, and a table of bars for a waterfall, a tornado, intervals."""
    yield f"**{inline(chart.title)}**"
    yield ""
    yield inline(chart.told)
    match chart:
        case Waterfall(steps=steps) if steps:
            yield from ("", "| | | |", "| :--- | :--- | ---: |")
            spans = _spans(chart)
            bars = _bars(spans)
            for step, bar in zip(steps, bars, strict=True):
                yield f"| {inline(step.label)} | {bar} | {inline(step.amount.text)} |"
        case Bars(bars=bars_of) if bars_of:
            yield from ("", "| | | | |", "| :--- | ---: | :--- | :--- |")
            bars = _bars([(bar.low, bar.high) for bar in bars_of])
            for one, bar in zip(bars_of, bars, strict=True):
                yield f"| {inline(one.label)} | {inline(one.low_text)} | {bar} | {inline(one.high_text)} |"
        case _:
            return


def _spans(chart: Waterfall) -> list[tuple[float, float]]:
    """From where to where each column reaches; a total stands on the ground."""
    spans: list[tuple[float, float]] = []
    level = 0.0
    for step in chart.steps:
        amount = float(step.amount.value or 0)
        start = 0.0 if step.is_total else level
        level = start + amount
        spans.append((min(start, level), max(start, level)))
    return spans


def _bars(spans: list[tuple[float, float]]) -> list[str]:
    """Bars over one axis, each at least one block wide; none where an end is not finite."""
    ends = [end for span in spans for end in span if math.isfinite(end)]
    low, high = min(ends, default=0.0), max(ends, default=0.0)
    per_block = (high - low) / _WIDTH or 1.0
    return [_bar((start - low) / per_block, (end - low) / per_block) for start, end in spans]


def _bar(start: float, end: float) -> str:
    if not (math.isfinite(start) and math.isfinite(end)):
        return ""
    first = min(int(start), _WIDTH - 1)
    last = max(min(round(end), _WIDTH), first + 1)
    return f"`{_EMPTY * first}{_FULL * (last - first)}{_EMPTY * (_WIDTH - last)}`"
