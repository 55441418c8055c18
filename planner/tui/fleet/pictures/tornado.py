"""The tornado: what one figure alone, from its p10 to its p90, makes of a change's worth; the widest bar on top.

Bars lie about the planned worth: ▒ and red where the figure leaves less than that, █ and green where it leaves more.
At the ends of a bar stands the value of the figure that leads there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_columns import TITLES
from planner.drawing.plan_figures import many
from planner.drawing.plan_uncertainty import told_change
from planner.services.plans.document import ProjectionDocument
from planner.services.plans.uncertain_document import BarDocument, UncertaintyDocument
from planner.tui.fleet.pictures.cash import short_money
from planner.tui.fleet.pictures.colours import GAIN, LOSS, heading
from planner.wording.text import plain

_BARS = 8  # the rest moves nothing that anybody would notice
_MONTH_S = 730 * 3600.0
_NAMES, _ENDS, _GAPS = 36, 8, 8
_LEAST = 12
_LEAST_NAME = 18
_LONG = 1e5  # from here on a figure is told in thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """From the lowest to the highest worth in so many characters, with a middle."""

    low: float
    high: float
    middle: float
    width: int

    def at(self, value: float) -> int:
        """Which character a worth is in."""
        if self.high <= self.low:
            return 0
        return round((self.width - 1) * (value - self.low) / (self.high - self.low))


def tornado(one: ProjectionDocument, found: UncertaintyDocument, *, width: int) -> Iterator[RenderableType]:
    """Of the change that is best, else of the one that is worth most; nothing where nothing moves it."""
    change = told_change(found)
    if change is None:
        return
    planned = next((each.npv.planned for each in one.changes if each.name is change.name), None)
    bars = [each for each in change.tornado if _moves(each)][:_BARS]
    yield heading(f"what moves the worth of: {TITLES[change.name]}", f"{one.currency} over {one.horizon_years} years")
    if planned is None or not bars:
        yield Text("no figure alone moves it", style="dim")
        return
    names = min(_NAMES, max(_LEAST_NAME, width // 3 + 2))
    scale = _scale(bars, planned, max(_LEAST, width - names - 2 * _ENDS - _GAPS))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=names, no_wrap=True, overflow="ellipsis")
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    for each in bars:
        table.add_row(*_row(each, scale))
    table.add_row("", "", _axis(scale), "")
    yield table
    yield Text("▒ less and █ more than planned; beside a bar the figure that leads to its end", style="dim")


def _moves(each: BarDocument) -> bool:
    return each.npv_at_p10 is None or each.npv_at_p90 is None or each.npv_at_p10 != each.npv_at_p90


def _scale(bars: Sequence[BarDocument], planned: Decimal, width: int) -> _Scale:
    ends = [float(end) for each in bars for end in (each.npv_at_p10, each.npv_at_p90) if end is not None]
    ends.append(float(planned))
    return _Scale(low=min(ends), high=max(ends), middle=float(planned), width=width)


def _row(each: BarDocument, scale: _Scale) -> tuple[Text, Text, Text, Text]:
    unit = "" if each.unit == "s" or _is_share(each) else f", {each.unit}" if each.unit else ""
    name = Text(plain(f"{each.subject}{unit}"))
    if each.npv_at_p10 is None or each.npv_at_p90 is None:
        lacks = each.p10 if each.npv_at_p10 is None else each.p90
        told = Text("✗ no fleet keeps the promise", style=LOSS)
        return name, Text(_input(each, lacks), style="dim"), told, Text("")
    ends = sorted(((float(each.npv_at_p10), each.p10), (float(each.npv_at_p90), each.p90)))
    (low, at_low), (high, at_high) = ends
    drawn = _bar(low, high, scale)
    return name, Text(_input(each, at_low), style="dim"), drawn, Text(_input(each, at_high), style="dim")


def _bar(low: float, high: float, scale: _Scale) -> Text:
    text, middle = Text(no_wrap=True), scale.at(scale.middle)
    first, last = scale.at(low), scale.at(high)
    for at in range(scale.width):
        if at == middle:
            text.append("│", style="bold")
        elif first <= at <= last:
            text.append("▒" if at < middle else "█", style=LOSS if at < middle else GAIN)
        else:
            text.append(" ")
    return text


def _axis(scale: _Scale) -> Text:
    """The planned worth below the bars, then the lowest and the highest where there is room for them."""
    line = [" "] * scale.width
    planned = f"planned {short_money(scale.middle)}"
    for word, at in ((planned, scale.at(scale.middle)), (short_money(scale.low), 0), (short_money(scale.high), None)):
        begin = scale.width - len(word) if at is None else min(max(0, at - len(word) // 2), scale.width - len(word))
        about = line[max(0, begin - 2) : begin + len(word) + 2]
        if begin >= 0 and not "".join(about).strip():
            line[begin : begin + len(word)] = word
    return Text("".join(line), style="dim", no_wrap=True)


def _is_share(each: BarDocument) -> bool:
    return not each.unit and each.p90 <= 1.0


def _input(each: BarDocument, value: float) -> str:
    """`242`, `2.0 mo`, `98 %`."""
    if each.unit == "s":
        return f"{value / _MONTH_S:.1f} mo"
    if _is_share(each):
        return f"{100 * value:.3g} %"
    return many(value) if abs(value) < _LONG else short_money(value)
