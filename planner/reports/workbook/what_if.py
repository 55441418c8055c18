"""What a change would be worth with one input a little lower or higher: a tornado that moves with the inputs.

Each line reckons the worth anew from the inputs as they are now, one of them moved; counts are rounded up again. The
fleet that is paid beside a new one is taken as it is.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from planner.reports.chart_model import Axis
from planner.reports.figures import Figure
from planner.reports.workbook.grid import Grid, Kind, Look, place
from planner.reports.workbook.model import COUNT, MONEY, PLANNED, Model
from planner.reports.workbook.model_rows import has_purchases
from planner.reports.workbook.names import cell_name, quoted
from planner.reports.workbook.native import PALETTE, Native, Strand
from planner.reports.workbook.reckoning import ReckonedChange, ReckonedFleet, is_foreign
from planner.reports.workbook.texts import clean

SWING = 0.1
CHART_ROWS = 20
_T = "*(1-0.000000000001)"
_FEWER = 1.0 - 1e-12
_COMMON = ("peak", "discount", "labour", "months")
_OF_FLEET = ("rate", "headroom", "price")
_RESULTS = ("instances, staying", "instances after", "paid a year, staying", "paid a year after", "worth")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Input:
    """A moved input: its label, its name as a term of a formula, its value."""

    label: str
    term: str
    value: float


@dataclass(slots=True, kw_only=True)
class WhatIf:
    """The block of one change; `row` is its first."""

    model: Model
    change: ReckonedChange
    grid: Grid
    row: int
    swing: str

    def put(self) -> Native:
        """All its cells; the chart that they feed."""
        inputs = self._inputs()
        names = list(inputs)
        head = self.row + 2 * len(names) + 3
        title = f"{self._after.fleet.title}: what it is worth with one input moved"
        self.grid.put(head - 1, 0, clean(title), Look(kind=Kind.SECTION))
        self._heads(head, ("one input alone", *(inputs[name].label for name in names), *_RESULTS))
        worths = []
        for index, (name, sign) in enumerate((name, sign) for name in names for sign in (-1, 1)):
            worths.append(self._line(head + 1 + index, name, sign, inputs))
        bars = sorted(
            ((name, worths[2 * i], worths[2 * i + 1], head + 1 + 2 * i) for i, name in enumerate(names)),
            key=lambda bar: abs(bar[2] - bar[1]),
        )
        return self._tornado([bar for bar in bars if bar[1] != bar[2]], inputs, last=5 + len(names))

    @property
    def _stay(self) -> ReckonedFleet:
        return self.model.reckoned.stay

    @property
    def _after(self) -> ReckonedFleet:
        return self.model.reckoned.fleets[self.change.change.key]

    def _inputs(self) -> dict[str, _Input]:
        sums, names = self.model.reckoned.calculation, self.model.names
        change = self.change.change
        given = {"peak": sums.peak_per_s, "discount": sums.discount_rate}
        given |= {"labour": change.labour, "months": change.parallel_months}
        found = {
            key: _Input(label=clean(one.label), term=self._term(one.name, one.figure), value=_number(one.figure))
            for key, one in given.items()
        }
        for side, fleet in (("stay", self._stay.fleet), ("after", self._after.fleet)):
            price = fleet.price_per_hour if fleet.running_per_year is None else fleet.running_per_year
            for key, one in (("rate", fleet.rate_per_s), ("headroom", fleet.headroom), ("price", price)):
                label = clean(f"{fleet.key}: {key}")
                value = _number(one.figure)
                found[f"{side} {key}"] = _Input(label=label, term=names[one.name], value=value)
        return found

    def _term(self, name: str, figure: Figure) -> str:
        exchange = self.model.reckoned.calculation.exchange
        own = self.model.names[name]
        is_other = exchange is not None and is_foreign(self.model.reckoned.calculation, figure)
        return f"{own}/{self.model.names[exchange.name]}" if is_other and exchange is not None else own

    def _line(self, row: int, moved: str, sign: int, inputs: dict[str, _Input]) -> float:
        word = "less" if sign < 0 else "more"
        self.grid.put(row, 0, f"{inputs[moved].label}, {word}", Look(kind=Kind.LABEL))
        values, cells = {}, {}
        for column, (key, one) in enumerate(inputs.items(), start=1):
            factor = f"*(1{'+' if sign > 0 else '-'}{self.swing})" if key == moved else ""
            values[key] = one.value * (1 + sign * SWING) if key == moved else one.value
            cells[key] = place(row, column)
            self._reckon(row, column, one.term + factor, values[key], number="#,##0.00####")
        column = 1 + len(inputs)
        paid = []
        for index, (side, fleet) in enumerate((("stay", self._stay), ("after", self._after))):
            count, formula = self._count(fleet, side, values, cells)
            self._reckon(row, column + index, formula, count, number=COUNT)
            price = (values[f"{side} price"], cells[f"{side} price"])
            cost, told = self._paid(fleet, (count, place(row, column + index)), price)
            self._reckon(row, column + 2 + index, told, cost, number=MONEY)
            paid.append(cost)
        stay, after = place(row, column + 2), place(row, column + 3)
        worth, formula = self._worth(values, cells, (paid[0], paid[1]), (stay, after))
        self._reckon(row, column + 4, formula, worth, number=MONEY)
        return worth

    def _count(
        self, fleet: ReckonedFleet, side: str, values: dict[str, float], cells: dict[str, str]
    ) -> tuple[float, str]:
        key, names = fleet.fleet.key, self.model.names
        if fleet.instances.is_stated or fleet.replicas.is_stated:
            return float(fleet.instances.amount or 0), self._at("instances", key)
        rate, headroom = (f"{side} {one}" for one in ("rate", "headroom"))
        needed = values["peak"] / (values[rate] * (1 - values[headroom])) * _FEWER
        each, spares = _number(fleet.fleet.replicas_per_instance.figure), _number(fleet.fleet.spares.figure)
        count = math.ceil(max(1, math.ceil(needed)) / each * _FEWER) + spares
        replicas = f"MAX(1,ROUNDUP({cells['peak']}/({cells[rate]}*(1-{cells[headroom]})){_T},0))"
        terms = names[fleet.fleet.replicas_per_instance.name], names[fleet.fleet.spares.name]
        override = self._at("override", key)
        return count, f"IF(ISNUMBER({override}),{override},ROUNDUP({replicas}/{terms[0]}{_T},0)+{terms[1]})"

    def _paid(self, fleet: ReckonedFleet, counted: tuple[float, str], priced: tuple[float, str]) -> tuple[float, str]:
        (count, instances), (price, cell) = counted, priced
        if fleet.fleet.running_per_year is not None:
            planned = float(fleet.instances.amount or 1)
            return price * count / planned, f"{cell}*{instances}/{self._at('instances', fleet.fleet.key, PLANNED)}"
        given = fleet.fleet.hours_per_year or self.model.reckoned.calculation.hours_per_year
        hours = self._at("hours", fleet.fleet.key) if fleet.are_hours_own else self.model.names[given.name]
        return price * float(fleet.hours or 0) * count, f"{cell}*{hours}*{instances}"

    def _worth(
        self, values: dict[str, float], cells: dict[str, str], paid: tuple[float, float], where: tuple[str, str]
    ) -> tuple[float, str]:
        years, rate = self.model.reckoned.calculation.horizon_years, values["discount"]
        beside = self.model.reckoned.fleets.get(self.change.change.beside or "")
        twice, told = paid[0], where[0]
        if beside is not None:
            twice = min(twice, float(beside.running or 0))
            told = f"MIN({told},{self._at('w_running', beside.fleet.key)})"
        annuity = years if rate == 0 else (1 - (1 + rate) ** -years) / rate
        d = cells["discount"]
        factor = f"IF({d}=0,{years},(1-(1+{d})^-{years})/{d})"
        worth = (paid[0] - paid[1]) * annuity - values["labour"] - twice * values["months"] / 12
        formula = f"({where[0]}-{where[1]})*{factor}-{cells['labour']}-{told}*{cells['months']}/12"
        if has_purchases(self.model.reckoned):
            bought = [_number(one) for one in self.change.change.bought]
            worth += sum(one / (1 + rate) ** year for year, one in enumerate(bought))
            first, second = self._at("bought.0", self.change.change.key), self._at("bought.1", self.change.change.key)
            last = self._at(f"bought.{years}", self.change.change.key).rsplit("!", 1)[1]
            formula += f"+{first}+NPV({d},{second}:{last})"
        return worth, formula

    def _tornado(self, bars: list[tuple[str, float, float, int]], inputs: dict[str, _Input], *, last: int) -> Native:
        base = float(self.change.npv.amount or 0)
        now = self._at("w_npv", self.change.change.key)
        self._heads(self.row, ("one input alone", "worth, less", "worth, more", "change, less", "change, more"))
        column = len(inputs) + len(_RESULTS)
        for index, (name, less, more, scenario) in enumerate(bars, start=1):
            row = self.row + index
            self.grid.put(row, 0, inputs[name].label, Look(kind=Kind.LABEL))
            for offset, worth in enumerate((less, more)):
                self._reckon(row, 1 + offset, place(scenario + offset, column), worth, number=MONEY)
                self._reckon(
                    row, 3 + offset, f"ROUND({place(row, 1 + offset)}-{now},2)", round(worth - base, 2), number=MONEY
                )
        rows = (self.row + 1, self.row + max(1, len(bars)))
        self.row += last + len(inputs)
        return Native(
            kind="tornado",
            title=f"{self._after.fleet.title}: what one input alone changes of its worth",
            told="Bars show by how much the net present value changes where one input is moved.",
            x=Axis(title=""),
            y=Axis(title="change of the net present value", unit=self.model.currency),
            strands=tuple(
                Strand(name=name, categories=self._area(rows, 0), values=self._area(rows, at), colour=PALETTE[at - 3])
                for name, at in (("input less", 3), ("input more", 4))
            ),
        )

    def _at(self, line: str, fleet: str, offset: int = 0) -> str:
        return self.model.grid.at(self.model.rows.of[line], self.model.column(fleet) + offset)

    def _area(self, rows: tuple[int, int], column: int) -> str:
        return f"={quoted(self.grid.name)}!" + ":".join(place(row, column, is_fixed=True) for row in rows)

    def _heads(self, row: int, words: tuple[str, ...]) -> None:
        for column, word in enumerate(words):
            self.grid.put(row, column, word, Look(kind=Kind.HEAD, is_right=column > 0))
        self.grid.heights[row] = 44.0

    def _reckon(self, row: int, column: int, formula: str, value: float, *, number: str) -> None:
        self.grid.reckon(row, column, formula, value=value, look=Look(kind=Kind.FORMULA, number=number, is_right=True))


def what_if(model: Model, grid: Grid) -> Iterator[tuple[int, Native]]:
    """Fill a sheet with a block for every change; where each one's chart stands."""
    if any(one.npv.amount is None or one.npv.is_stated for one in model.reckoned.changes.values()):
        return
    swing = cell_name(f"{model.reckoned.calculation.key}_swing", taken=model.taken)
    model.named[swing] = grid.at(1, 1)
    grid.put(0, 0, clean(f"What if: {model.reckoned.calculation.title}")[:200], Look(kind=Kind.TITLE), to_column=8)
    grid.put(1, 0, "each input alone is moved by", Look(kind=Kind.LABEL, is_strong=True))
    grid.put(1, 1, SWING, Look(kind=Kind.INPUT, number="0.0##%", is_right=True))
    row = 3
    for change in model.reckoned.changes.values():
        block = WhatIf(model=model, change=change, grid=grid, row=row + CHART_ROWS, swing=swing)
        yield row, block.put()
        row += CHART_ROWS + 3 * 10 + 7


def _number(figure: Figure) -> float:
    return float(figure.value or 0)
