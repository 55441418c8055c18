"""Cash year by year: what each change has gained or lost so far, and when it has paid for itself."""

from collections.abc import Iterator
from itertools import accumulate

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_columns import TITLES
from planner.drawing.plan_figures import signed_amount, years
from planner.services.plans.document import ChangeDocument, ProjectionDocument
from planner.tui.fleet.pictures.colours import COLOURS, GAIN, LETTERS, LOSS, heading, legend
from planner.tui.fleet.pictures.line_chart import Chart, Series, line_chart

_HEIGHT = 9
_WIDEST = 76


def cash_curve(one: ProjectionDocument, *, width: int) -> Iterator[RenderableType]:
    """The curve, then its figures; nothing where there is no change."""
    if not one.changes:
        return
    yield heading("cash so far", f"{one.currency}, not discounted, of the likely case")
    yield legend(*(change.name for change in one.changes))
    last = max(len(change.flows) for change in one.changes) - 1
    chart = Chart(
        series=tuple(_series(change) for change in one.changes),
        x_ticks=tuple((float(year), _year(year)) for year in range(last + 1)),
        y_word=short_money,
    )
    yield from line_chart(chart, width=min(width, _WIDEST), height=_HEIGHT)
    yield _figures(one, last)


def _series(change: ChangeDocument) -> Series:
    sums = accumulate(float(flow) for flow in change.flows)
    return Series(
        letter=LETTERS[change.name], style=COLOURS[change.name], points=tuple((float(x), y) for x, y in enumerate(sums))
    )


def _figures(one: ProjectionDocument, last: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for year in range(last + 1):
        table.add_column(_year(year), justify="right", header_style="dim", no_wrap=True)
    table.add_column("paid back", header_style="dim", no_wrap=True)
    for change in one.changes:
        sums = accumulate(change.flows)
        cells = [Text(signed_amount(value, "").strip(), style=GAIN if value >= 0 else LOSS) for value in sums]
        cells += [Text("")] * (last + 1 - len(cells))
        table.add_row(TITLES[change.name], *cells, _paid_back(change, one.horizon_years))
    return table


def _paid_back(change: ChangeDocument, horizon: int) -> str:
    return f"✗ not in {horizon} y" if change.payback_years is None else f"✓ {years(change.payback_years, horizon)}"


def _year(year: int) -> str:
    return f"year {year}" if year else "now"


def short_money(value: float) -> str:
    """`1.2M`, `−320k`, `0`."""
    size = abs(value)
    for least, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if size >= least:
            return f"{value / least:.3g}{letter}".replace("-", "−")
    return f"{value:.3g}".replace("-", "−")
