"""Draws how sure a plan is: quantiles as figures and boxes, chances, the tornado, what to measure next."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_figures import amount, many
from planner.services.plans.document import ProjectionDocument
from planner.services.plans.uncertain_document import (
    BarDocument,
    ChanceDocument,
    MeasurementDocument,
    QuantilesDocument,
    UncertainChangeDocument,
    UncertaintyDocument,
)
from planner.wording.marks import signed
from planner.wording.quantities import ABSENT, bar
from planner.wording.text import plain
from pricing.projection.model import ColumnName

_BOX = 24
_BAR = 14
_BARS = 6  # the rest moves nothing that anybody would notice
_MONTH_S = 730 * 3600.0
_SIGNS = {"at least": "≥ ", "at most": "≤ "}
_BOUNDED = {"at least": " at the bound, and may beyond it", "at most": " even at the bound"}
_OPEN = "bounded on neither side"
_WIDE = 100  # columns: from here on there is room for boxes beside the figures


def uncertainty_lines(one: ProjectionDocument, *, width: int) -> Iterator[RenderableType]:
    """All of it; nothing of a plan that was made before there were draws."""
    found = one.uncertainty
    if found is None:
        return
    yield _quantiles(one, found, width=width)
    for change in found.changes:
        yield from chance_lines(change, found.draws)
    told = told_change(found)
    if told is not None:
        yield from _tornado(told, one.currency)
    yield signed("~" if is_open(found) else "✓", f"next: {found.advice}")
    yield Text(plain(f"{found.draws:,} draws, seed {found.seed}: {found.meaning}; {found.demand}"), style="dim")


def is_open(found: UncertaintyDocument) -> bool:
    """Whether something that could be learnt decides, or is worth money."""
    return any(one.decides or one.value for one in found.measurements)


def _quantiles(one: ProjectionDocument, found: UncertaintyDocument, *, width: int) -> Table:
    """A row for each amount, with a box from p10 to p90 on the scale of its kind."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", "", "p50 (p10 to p90)", ""):
        table.add_column(heading, header_style="dim")
    costs = [(column.name, column.cost_per_year, column.side) for column in found.columns]
    savings = [(change.name, change.saving_per_year, change.saving_side) for change in found.changes]
    worths = [(change.name, change.npv, change.npv_side) for change in found.changes]
    for label, rows in (("costs a year", costs), ("saves a year", savings), (f"worth, {one.horizon_years} y", worths)):
        span = _span([quantiles for _, quantiles, _ in rows if quantiles is not None])
        for name, quantiles, side in rows:
            if quantiles is None:
                continue
            drawn = _box(quantiles, *span) if width >= _WIDE else ""
            table.add_row(str(name), label, Text(plain(figures_of(quantiles, side, one.currency))), drawn)
    return table


def figures_of(found: QuantilesDocument, side: str, currency: str) -> str:
    """`≥ 630,822 USD (580,520 to 676,346)`; the sign holds of each of the three."""
    sign = _SIGNS.get(side, "")
    if found.p10 == found.p90:
        return f"{sign}{amount(found.p50, currency)}"
    low, high = (amount(value, "").strip() for value in (found.p10, found.p90))
    open_ends = f", {_OPEN}" if side == _OPEN else ""
    return f"{sign}{amount(found.p50, currency)} ({low} to {high}{open_ends})"


def _span(found: Sequence[QuantilesDocument]) -> tuple[float, float]:
    """From the lowest p10 to the highest p90, nothing included."""
    ends = [0.0, *(float(one.p10) for one in found), *(float(one.p90) for one in found)]
    return min(ends), max(ends)


def _box(found: QuantilesDocument, low: float, high: float) -> str:
    """`·····├──█──┤···`: p10, p50 and p90; │ is nothing."""
    if high <= low:
        return ""

    def place(value: float) -> int:
        return round((_BOX - 1) * (value - low) / (high - low))

    p10, p50, p90 = (place(float(value)) for value in (found.p10, found.p50, found.p90))
    cells = ["·"] * _BOX
    cells[place(0.0)] = "│"
    for at in range(p10, p90 + 1):
        cells[at] = "─"
    if p10 < p90:
        cells[p10], cells[p90] = "├", "┤"
    cells[p50] = "█"
    return "".join(cells)


def chance_lines(change: UncertainChangeDocument, draws: int) -> Iterator[RenderableType]:
    """How often a change saves and pays, or why nobody can say."""
    if change.reason is not None:
        yield signed("✗", f"{change.name}: {change.reason}")
        return
    chances = [
        f"{what} {_chance(chance, side, draws)}"
        for what, chance, side in (
            ("saves", change.saves, change.saving_side),
            ("is worth more than it costs", change.pays, change.npv_side),
        )
        if chance is not None
    ]
    text = f"{change.name}: {'; '.join(chances)}" if chances else f"{change.name}: no chance can be told ({_OPEN})"
    if change.condition is not None:
        text += f", on condition that {change.condition}"
    if change.infeasible:
        text += f"; in {_percent(change.infeasible)} of the draws no fleet keeps the promise, and those save nothing"
    yield Text(plain(text))


def _chance(chance: ChanceDocument, side: str, draws: int) -> str:
    """`with a chance of at least 99.3 % ± 0.083`, `in all 10,000 draws`, `in no draw`."""
    if chance.share >= 1.0:
        return f"in all {draws:,} draws" + (", at the bound" if side == "at most" else "")
    if chance.share <= 0.0:
        return f"in no draw{_BOUNDED.get(side, '')}"
    sign = f"{side} " if side in _SIGNS else ""
    return f"with a chance of {sign}{_percent(chance.share)} ± {100 * chance.error:.2g}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def told_change(found: UncertaintyDocument) -> UncertainChangeDocument | None:
    """The change that is best, else the one that is worth most."""
    known = [change for change in found.changes if change.npv is not None]
    best = next((change for change in known if change.name is found.best), None)
    return best or max(known, key=lambda one: Decimal(0) if one.npv is None else one.npv.p50, default=None)


def _tornado(change: UncertainChangeDocument, currency: str) -> Iterator[RenderableType]:
    bars = [one for one in change.tornado if _swing(one) != 0.0][:_BARS]
    if not bars:
        return
    yield Text(plain(f"what {_named(change.name)} is worth, by one figure alone from its p10 to its p90"), style="dim")
    largest = max(_swing(one) or 0.0 for one in bars)
    table = Table.grid(padding=(0, 2, 0, 0))
    for one in bars:
        ends = f"{_end(one.npv_at_p10)} to {_end(one.npv_at_p90)} {currency}"
        index = "" if one.first_order is None else f"{100 * max(0.0, one.first_order):.0f} % of the variance"
        swing = _swing(one)
        drawn = "no fleet keeps the promise at –" if swing is None else bar(swing, of=largest, width=_BAR)
        table.add_row(*(Text(plain(cell)) for cell in (one.subject, _range(one), ends, drawn, index)))
    yield table


def _named(name: ColumnName) -> str:
    return "quantising" if name is ColumnName.QUANTISE else "the move"


def _swing(one: BarDocument) -> float | None:
    """None where an end keeps no promise, and so has no worth."""
    if one.npv_at_p10 is None or one.npv_at_p90 is None:
        return None
    return abs(float(one.npv_at_p90 - one.npv_at_p10))


def _end(value: Decimal | None) -> str:
    return ABSENT if value is None else amount(value, "").strip()


def _range(one: BarDocument) -> str:
    """`242 to 405 requests/s`, `2.0 to 4.8 months`, `98 to 99.8 %`."""
    if one.unit == "s":
        return f"{one.p10 / _MONTH_S:.1f} to {one.p90 / _MONTH_S:.1f} months"
    if not one.unit and one.p90 <= 1.0:
        return f"{100 * one.p10:.3g} to {100 * one.p90:.3g} %"
    return f"{many(one.p10)} to {many(one.p90)} {one.unit}".strip()


def worth_of(one: MeasurementDocument, currency: str) -> str:
    """`12,300 USD ± 400`, `≤ 40,000 USD`, `decides`, `nothing`."""
    if one.value is None:
        return "decides" if one.decides else "not known"
    if not one.value:
        return "nothing"
    most = "≤ " if one.is_at_most else ""
    error = f" ± {one.error:,.0f}" if one.error else ""
    return f"{most}{amount(one.value, currency)}{error}"
