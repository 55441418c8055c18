"""The cells that native charts are fed by: a block for every chart on one sheet, formulas where a figure is live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from planner.reports.chart_model import (
    Axis,
    Bar,
    Bars,
    Chart,
    Distribution,
    Lines,
    Point,
    Scale,
    Series,
    Step,
    Waterfall,
)
from planner.reports.workbook.grid import Grid, Kind, Look, Value, place
from planner.reports.workbook.names import quoted
from planner.reports.workbook.native import DOWN, PALETTE, TOTAL, UP, Native, Strand
from planner.reports.workbook.number_formats import as_number
from planner.reports.workbook.texts import clean

_EPOCH = 25_569
"""1970-01-01 as workbooks count days."""
_NUMBER = Look(kind=Kind.FORMULA, number="#,##0.00####")
_TEXT, _HEAD, _NOTE = Look(kind=Kind.LABEL), Look(kind=Kind.HEAD), Look(kind=Kind.NOTE)


@dataclass(slots=True, kw_only=True)
class ChartCells:
    """The sheet of the charts' cells. `sums`: rows of cells whose values a line may have, by those values."""

    grid: Grid
    live: Mapping[str, str]
    sums: Mapping[tuple[float, ...], Sequence[str]] = field(default_factory=dict)
    row: int = 0

    def feed(self, chart: Chart) -> Native:
        """Write a chart's cells; what to draw from them."""
        self.grid.put(self.row, 0, clean(chart.title), Look(kind=Kind.SECTION), to_column=7)
        self.grid.put(self.row + 1, 0, clean(chart.told), _NOTE)
        self.row += 2
        match chart:
            case Waterfall():
                return self._waterfall(chart)
            case Bars():
                return self._bars(chart)
            case Lines():
                return self._lines(chart)
            case Distribution():
                return self._distribution(chart)

    def _waterfall(self, chart: Waterfall) -> Native:
        """Columns between two levels each; below nothing and above it, so that a step may cross."""
        self._heads("step", "amount", "from", "to", "lift", "total", "down", "up", "total −", "down −", "up −")
        first, ground, sign = self.row, 0.0, "-" if _falls(chart) else "+"
        steps = list(chart.steps)
        for index, step in enumerate(steps):
            if index == len(steps) - 1 and self._is_torn(chart):
                ground = self._rest(step, ground)
            amount = as_number(step.amount.value or 0)
            begin = 0.0 if step.is_total else ground
            ground = float(amount) if step.is_total else ground + (-amount if sign == "-" else amount)
            level = place(self.row, 1) if step.is_total else f"{place(self.row, 2)}{sign}{place(self.row, 1)}"
            above = "0" if step.is_total or self.row == first else place(self.row - 1, 3)
            self.grid.put(self.row, 0, clean(step.label), _TEXT)
            self.number(self.row, 1, amount, self.live.get(step.amount.key))
            self._step((begin, above), (ground, level), is_total=step.is_total)
        rows = (first, self.row - 1)
        self.row += 1
        names = (("lift", None), ("total", TOTAL), ("down", DOWN), ("up", UP), *((f"{n} −", c) for n, c in _SIGNED))
        strands = tuple(
            self._strand(name, rows, category=0, column=4 + index, colour=colour)
            for index, (name, colour) in enumerate(names)
        )
        return Native(
            kind="column", title=chart.title, told=chart.told, x=Axis(title=""), y=chart.axis, strands=strands
        )

    def _is_torn(self, chart: Waterfall) -> bool:
        """Whether both totals follow the inputs, and a step between them does not."""
        ends = [step.amount.key in self.live for step in chart.steps if step.is_total]
        return len(ends) > 1 and all(ends) and any(step.amount.key not in self.live for step in chart.steps)

    def _rest(self, total: Step, ground: float) -> float:
        """Before the last total: what it differs by once an input is changed, for causes are not reckoned anew."""
        end, above = float(total.amount.value or 0), place(self.row - 1, 3)
        self.grid.put(self.row, 0, "inputs changed since", _TEXT)
        self.number(self.row, 1, round(end - ground, 2), f"ROUND({self.live[total.amount.key]}-{above},2)")
        self._step(
            (ground, above),
            (ground + round(end - ground, 2), f"{place(self.row, 2)}+{place(self.row, 1)}"),
            is_total=False,
        )
        return end

    def _step(self, begin: tuple[float, str], end: tuple[float, str], *, is_total: bool) -> None:
        """The two levels of a step, as values and formulas, and the columns drawn of them."""
        self.number(self.row, 2, *begin)
        self.number(self.row, 3, *end)
        _parts(self, self.row, begin[0], end[0], is_total=is_total)
        self.row += 1

    def _bars(self, chart: Bars) -> Native:
        self._heads("", "low", "high", "parted at", "lift", "to there", "beyond", "low end", "high end")
        first, rule = self.row, next((one.at for one in chart.rules), None)
        for bar in reversed(chart.bars):  # a bar chart begins at the bottom
            self._bar(bar, rule)
        rows = (first, self.row - 1)
        self.row += 1
        strands = tuple(
            self._strand(name, rows, category=0, column=column, colour=colour)
            for name, column, colour in (("", 4, None), ("to there", 5, PALETTE[0]), ("beyond", 6, PALETTE[1]))
        )
        told = "; ".join(clean(one.label) for one in chart.rules[:1])
        title = f"{chart.title} (parted at: {told})" if told else chart.title
        low, high = min((b.low for b in chart.bars), default=0), max((b.high for b in chart.bars), default=1)
        room = 0.08 * ((high - low) or 1)
        is_far = low > 0 and not chart.axis.starts_at_zero and chart.axis.scale is Scale.LINEAR
        least = low - room if is_far and low - room > 0 else None
        return Native(
            kind="bar", title=title, told=chart.told, x=Axis(title=""), y=chart.axis, strands=strands, least=least
        )

    def _bar(self, bar: Bar, rule: float | None) -> None:
        row = self.row
        parted = bar.point if bar.point is not None else rule
        parted = min(max(parted, bar.low), bar.high) if parted is not None else bar.high
        label = f"{clean(bar.label)[:60]} ({clean(bar.low_text)} to {clean(bar.high_text)})"
        self.grid.put(row, 0, label, _TEXT)
        for column, value in enumerate((bar.low, bar.high, parted), start=1):
            self.grid.put(row, column, value, _NUMBER)
        low, high, middle = place(row, 1), place(row, 2), place(row, 3)
        crosses = bar.low < 0 < bar.high
        lift = 0.0 if crosses else bar.low
        self.number(row, 4, lift, f"IF(AND({low}<0,{high}>0),0,{low})")
        below, beyond = (bar.low, bar.high) if crosses else (parted - bar.low, bar.high - parted)
        self.number(row, 5, below, f"IF(AND({low}<0,{high}>0),{low},{middle}-{low})")
        self.number(row, 6, beyond, f"IF(AND({low}<0,{high}>0),{high},{high}-{middle})")
        self.grid.put(row, 7, clean(bar.low_text), _TEXT)
        self.grid.put(row, 8, clean(bar.high_text), _TEXT)
        self.row += 1

    def _lines(self, chart: Lines) -> Native:
        strands = []
        for index, series in enumerate(chart.series):
            strands.extend(self._series(series, PALETTE[index % len(PALETTE)], is_date=chart.x.scale is Scale.DATE))
        ys = [p.y for series in chart.series for p in series.points if p.y is not None]
        xs = [p.x for series in chart.series for p in series.points]
        for rule in chart.rules if ys and xs else ():
            ends = (
                ((rule.at, min(ys)), (rule.at, max(ys))) if rule.is_of_x else ((min(xs), rule.at), (max(xs), rule.at))
            )
            line = Series(name=rule.label, points=tuple(Point(x=x, y=y) for x, y in ends), is_dashed=True)
            strands.extend(self._series(line, PALETTE[-1], is_date=chart.x.scale is Scale.DATE))
        return Native(
            kind="scatter",
            title=chart.title,
            told=chart.told,
            x=chart.x,
            y=chart.y,
            strands=tuple(strands),
            ends=(min(xs), max(xs)) if xs and chart.x.scale is Scale.LINEAR and min(xs) < max(xs) else None,
        )

    def _series(self, series: Series, colour: str, *, is_date: bool) -> list[Strand]:
        """A line, and the two ends of what it may be."""
        points = _stepped(series.points) if series.is_stepped else series.points
        has_ends = any(point.low is not None and point.high is not None for point in points)
        self._heads(clean(series.name), "value", *(("low", "high") if has_ends else ()))
        cells = self.sums.get(tuple(point.y for point in points if point.y is not None), ())
        first = self.row
        for index, point in enumerate(points):
            x = point.x + _EPOCH if is_date else point.x
            self.grid.put(self.row, 0, x, Look(kind=Kind.LABEL, number="yyyy-mm-dd" if is_date else "General"))
            if point.y is not None:
                self.number(self.row, 1, point.y, cells[index] if len(cells) == len(points) else None)
            for column, end in ((2, point.low), (3, point.high)):
                if has_ends and end is not None:
                    self.grid.put(self.row, column, end, _NUMBER)
            self.row += 1
        rows = (first, self.row - 1)
        self.row += 1
        name, dashed, dots = series.name, series.is_dashed, series.has_dots
        found = [self._strand(name, rows, category=0, column=1, colour=colour, is_dashed=dashed, has_dots=dots)]
        for column, side in ((2, "low"), (3, "high")) if has_ends else ():
            strand = self._strand(f"{name}, {side}", rows, category=0, column=column, colour=colour, is_dashed=True)
            found.append(strand)
        return found

    def _distribution(self, chart: Distribution) -> Native:
        strands = []
        for index, spread in enumerate(chart.spreads):
            points = [Point(x=spread.bins[0].low, y=0.0)] if spread.bins else []
            for one in spread.bins:
                points += [Point(x=one.low, y=one.share), Point(x=one.high, y=one.share)]
            points += [Point(x=spread.bins[-1].high, y=0.0)] if spread.bins else []
            colour = PALETTE[index % len(PALETTE)]
            strands.extend(self._series(Series(name=spread.name, points=tuple(points)), colour, is_date=False))
            top = max((one.share for one in spread.bins), default=1.0)
            for rule in spread.quantiles:
                ends = (Point(x=rule.at, y=0.0), Point(x=rule.at, y=top))
                line = Series(name=f"{spread.name} {rule.label}", points=ends, is_dashed=True)
                strands.extend(self._series(line, colour, is_date=False))
        y = Axis(title="share of all", starts_at_zero=True)
        return Native(kind="scatter", title=chart.title, told=chart.told, x=chart.axis, y=y, strands=tuple(strands))

    def _heads(self, *words: str) -> None:
        for column, word in enumerate(words):
            self.grid.put(self.row, column, word, _HEAD)
        self.row += 1

    def number(self, row: int, column: int, value: Value, formula: str | None) -> None:
        """A number, reckoned where a formula is named."""
        if formula is None:
            self.grid.put(row, column, value, _NUMBER)
        else:
            self.grid.reckon(row, column, formula, value=value, look=_NUMBER)

    def _strand(
        self,
        name: str,
        rows: tuple[int, int],
        *,
        category: int,
        column: int,
        colour: str | None,
        is_dashed: bool = False,
        has_dots: bool = False,
    ) -> Strand:
        def area(of: int) -> str:
            ends = (place(row, of, is_fixed=True) for row in rows)
            return f"={quoted(self.grid.name)}!{':'.join(ends)}"

        return Strand(
            name=clean(name)[:60],
            categories=area(category),
            values=area(column),
            colour=colour,
            is_dashed=is_dashed,
            has_dots=has_dots,
        )


_SIGNED = (("total", TOTAL), ("down", DOWN), ("up", UP))


def _falls(chart: Waterfall) -> bool:
    """Whether steps are told as savings: what is taken away from the total before."""
    changes = sum(float(step.amount.value or 0) for step in chart.steps if not step.is_total)
    totals = [float(step.amount.value or 0) for step in chart.steps if step.is_total]
    if len(totals) < 2:  # noqa: PLR2004 - from one total to another
        return False
    return abs(totals[0] - changes - totals[-1]) < abs(totals[0] + changes - totals[-1])


def _stepped(points: Sequence[Point]) -> tuple[Point, ...]:
    """Each keeps its value until the next one."""
    found = list(points[:1])
    for before, point in pairwise(points):
        found += [Point(x=point.x, y=before.y), point]
    return tuple(found)


def _parts(cells: ChartCells, row: int, begin: float, end: float, *, is_total: bool) -> None:
    """What lifts a column, and its part above and below nothing, in the column of its colour."""
    start, stop = place(row, 2), place(row, 3)
    least, most = f"MIN({start},{stop})", f"MAX({start},{stop})"
    low, high = min(begin, end), max(begin, end)
    cells.number(row, 4, max(0.0, low) + min(0.0, high), f"MAX(0,{least})+MIN(0,{most})")
    above, below = max(0.0, high) - max(0.0, low), min(0.0, low) - min(0.0, high)
    up, down = f"MAX(0,{most})-MAX(0,{least})", f"MIN(0,{least})-MIN(0,{most})"
    picked = 0 if is_total else 1 if end < begin else 2
    for index, test in enumerate(("", f"{stop}<{start}", f"{stop}>={start}")):
        if is_total is bool(index):  # a total is no change, nor the other way round
            continue
        for column, part, formula in ((5 + index, above, up), (8 + index, below, down)):
            value = part if index == picked else 0
            cells.number(row, column, value, f"IF({test},{formula},0)" if test else formula)
