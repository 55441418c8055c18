"""Which row of a calculation's sheet holds what: formulas above name rows below, so rows are dealt out first."""

from collections.abc import Iterator
from dataclasses import dataclass

from planner.reports.workbook.reckoning import Reckoned

FIRST = 5
"""The row of the first block, below title, legend and check."""
CHART_ROWS = 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of a block. `key` finds it, `unit` stands beside its label."""

    key: str
    label: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A block: its title and its lines. `key` finds its head."""

    key: str
    title: str
    lines: tuple[Line, ...]
    has_fleets: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The plan of a sheet: bands in order, and the row of every line and head."""

    bands: tuple[Band, ...]
    of: dict[str, int]
    charts: int
    last: int


def deal(reckoned: Reckoned) -> Rows:
    """Deal out the rows; the charts stand below the results and above the workings."""
    found: dict[str, int] = {}
    row, charts = FIRST, FIRST
    bands = tuple(_bands(reckoned))
    for band in bands:
        if band.key == "workings":
            charts, row = row, row + CHART_ROWS + 1
        found[band.key] = row
        row += 2
        for line in band.lines:
            found[line.key] = row
            row += 1
        row += 1
    return Rows(bands=bands, of=found, charts=charts, last=row)


def year_label(year: int) -> str:
    """Of a flow."""
    return "now" if year == 0 else f"at the end of year {year}"


def _bands(reckoned: Reckoned) -> Iterator[Band]:
    calculation = reckoned.calculation
    money = calculation.currency
    common = [calculation.peak_per_s, calculation.requests_per_year, calculation.hours_per_year]
    common += [calculation.discount_rate, *([calculation.exchange] if calculation.exchange else [])]
    lines = tuple(Line(key=one.name, label=one.label, unit=one.figure.unit) for one in common)
    yield Band(key="common", title="Inputs: the load, and how money is counted", lines=lines, has_fleets=False)
    yield Band(key="fleets", title="Inputs: the fleets", lines=tuple(_fleet_lines(reckoned)))
    if calculation.changes:
        yield Band(key="changes", title="Inputs: what a change costs", lines=tuple(_change_lines(reckoned)))
    yield Band(key="results", title="Results", lines=tuple(_result_lines(reckoned, money)))
    if calculation.changes:
        flows = tuple(_years(reckoned, "flow", "cash flow", money))
        sums = tuple(_years(reckoned, "sum", "cash in all", money))
        yield Band(key="flows", title="Results: cash over the years", lines=(*flows, *sums))
    yield Band(key="workings", title="Workings, unrounded", lines=tuple(_working_lines(reckoned)))


def _fleet_lines(reckoned: Reckoned) -> Iterator[Line]:
    fleets = reckoned.fleets.values()
    first = next(iter(fleets)).fleet
    yield Line(key="rate", label="one replica serves, inside the promise", unit=first.rate_per_s.figure.unit)
    yield Line(key="headroom", label="headroom: the share that stays free at the peak")
    if any(one.replicas.is_stated for one in fleets):
        yield Line(key="replicas_stated", label="replicas, as counted behind one queue or stated", unit="replicas")
    yield Line(key="per_instance", label="replicas that one instance holds", unit="replicas")
    yield Line(key="spares", label="instances beyond those that carry the load", unit="instances")
    if any(one.instances.is_stated for one in fleets):
        yield Line(key="instances_stated", label="instances, as stated", unit="instances")
    yield Line(key="override", label="count of instances, if other than reckoned", unit="instances")
    yield Line(key="price", label="price of an instance", unit=first.price_per_hour.figure.unit)
    if any(one.are_hours_own or one.fleet.hours_per_year for one in fleets):
        yield Line(key="hours", label="hours that an instance is paid for", unit="h a year")
    running = next((one.fleet.running_per_year for one in fleets if one.fleet.running_per_year), None)
    if running is not None:
        yield Line(key="running", label="paid within a year, of so many machines", unit=running.figure.unit)


def _change_lines(reckoned: Reckoned) -> Iterator[Line]:
    change = reckoned.calculation.changes[0]
    yield Line(key="labour", label="labour, once", unit=change.labour.figure.unit)
    yield Line(key="months", label="both fleets are paid for", unit=change.parallel_months.figure.unit)
    if has_purchases(reckoned):
        unit = change.bought[0].unit
        yield from _years(reckoned, "bought", "machines bought (−) and sold", unit)


def _result_lines(reckoned: Reckoned, money: str) -> Iterator[Line]:
    yield Line(key="replicas", label="replicas", unit="replicas")
    yield Line(key="instances", label="instances", unit="instances")
    yield Line(key="per_year", label="cost a year", unit=money)
    yield Line(key="per_million", label="cost of a million requests", unit=money)
    if reckoned.changes:
        yield Line(key="saving", label="saving a year, against staying", unit=money)
        yield Line(key="npv", label=f"net present value, {reckoned.calculation.horizon_years} years", unit=money)
        yield Line(key="payback", label="pays back after", unit="years")


def _working_lines(reckoned: Reckoned) -> Iterator[Line]:
    calculation = reckoned.calculation
    own = own_currency(reckoned)
    yield Line(key="w_instances", label="instances that the load asks for", unit="instances")
    yield Line(key="w_per_year", label="cost a year", unit=own)
    yield Line(key="w_per_million", label="cost of a million requests", unit=own)
    yield Line(key="w_running", label="paid within a year", unit=own)
    if not calculation.changes:
        return
    yield Line(key="w_saving", label="saving a year", unit=own)
    yield Line(key="w_twice", label="paid twice while both fleets run", unit=own)
    yield from _years(reckoned, "w_flow", "cash flow", own)
    yield Line(key="w_npv", label="net present value", unit=own)
    yield from _years(reckoned, "w_sum", "cash in all", own)
    yield from _years(reckoned, "w_back", "paid back for good after, as seen", "years")


def own_currency(reckoned: Reckoned) -> str:
    """Of the sums: the plan's."""
    calculation = reckoned.calculation
    unit = calculation.fleets[0].price_per_hour.figure.unit.split("/")[0]
    return calculation.currency if calculation.exchange is None else unit


def has_purchases(reckoned: Reckoned) -> bool:
    """Whether any change buys or sells machines."""
    return any(one.value for change in reckoned.calculation.changes for one in change.bought)


def _years(reckoned: Reckoned, key: str, label: str, unit: str) -> Iterator[Line]:
    for year in range(reckoned.calculation.horizon_years + 1):
        yield Line(key=f"{key}.{year}", label=f"{label}, {year_label(year)}", unit=unit)
