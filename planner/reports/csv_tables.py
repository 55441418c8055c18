"""The CSV form of a report: a file for every table, all its figures, and its costs in words of FOCUS.

UTF-8, lines ended by CR LF, fields quoted where they must be (RFC 4180). A figure is written as its value, a plain
number: `-123.45`. Its unit stands in the next column, `<column>Unit`; where a column has bounds or marks, those follow
as `<column>Bound` and `<column>Mark`. Where a value is not known the text says why.

Text that a spreadsheet would take for a formula is led by an apostrophe (OWASP, "CSV Injection"): `=`, `+`, `-`, `@`,
tab, CR and LF, and the full-width forms of the signs. Other control characters are left out, and those that turn text
around. Numbers of figures are no text: they keep their sign.

`costs.csv` has a row for every fleet of every question. Of FOCUS 1.2 (https://focus.finops.org/focus-specification/v1-2)
it takes the columns that fit a plan: nothing was billed, so there is no `BilledCost`, no account and no charge period;
`EffectiveCost` is a year's cost with purchases spread over their life, `PricingQuantity` hours of instances. All other
columns begin with `x_`, as FOCUS wants it of custom ones.
"""

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from planner.reports.calculation import Calculation, ChangeSum, FleetSum
from planner.reports.document import Report, Table
from planner.reports.figures import SIGNS, Cell, Figure, Number
from planner.reports.svg.text import BIDI

_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - they are meant
_KEPT = "\t\r\n"
_NOT_IN_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_FIGURES = ("key", "value", "unit", "text", "mark", "bound", "rests_on")
_COSTS = (
    "BillingCurrency",
    "ChargeCategory",
    "ChargeDescription",
    "ChargeFrequency",
    "EffectiveCost",
    "PricingCurrency",
    "PricingQuantity",
    "PricingUnit",
    "ServiceCategory",
    "x_PlanId",
    "x_PricesAsOf",
    "x_QuestionId",
    "x_FleetId",
    "x_UnitPrice",
    "x_Instances",
    "x_Replicas",
    "x_Bound",
    "x_CostPerMillionRequests",
    "x_RequestsPerYear",
    "x_SavingPerYear",
    "x_NetPresentValue",
    "x_PaybackYears",
)


def files(report: Report) -> dict[str, bytes]:
    """The files by their names: `tables/<key>.csv`, `figures.csv`, and `costs.csv` where the report has fleets."""
    found = {f"tables/{table_file(block)}": _table(block) for block in report.blocks() if isinstance(block, Table)}
    found["figures.csv"] = _written(_FIGURES, (_figure_row(one) for one in report.figures().values()))
    if report.calculations:
        found["costs.csv"] = _written(_COSTS, _cost_rows(report))
    return found


def table_file(table: Table) -> str:
    """The name of a table's file; no key leads out of its folder."""
    return f"{_NOT_IN_FILE_NAME.sub('_', table.key).lstrip('.') or 'table'}.csv"


def harmless(text: str) -> str:
    """Text without control characters, and none that a spreadsheet would reckon."""
    kept = "".join(one for one in text if one in _KEPT or not _is_obeyed(one))
    return f"'{kept}" if kept.startswith(_LIKE_A_FORMULA) else kept


def _is_obeyed(character: str) -> bool:
    """Whether a screen obeys it, unseen: a control, half a character, or one that turns the direction of text."""
    return character in BIDI or unicodedata.category(character) in {"Cc", "Cs"}


def number(value: Number) -> str:
    """A value as programs read it: never with an exponent; nothing where it is not finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    return format(Decimal(str(value)), "f")


def _written(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return file.getvalue().encode()


def _table(table: Table) -> bytes:
    """Every row; a row that is shorter than the headings is filled up."""
    columns = [
        [row.cells[index] for row in table.rows if index < len(row.cells)] for index in range(len(table.headings))
    ]
    parts = [_parts(cells) for cells in columns]
    head = _unique(
        f"{harmless(heading.key)}{part}" for heading, own in zip(table.headings, parts, strict=True) for part in own
    )
    rows = ([text for index, own in enumerate(parts) for text in _texts(row.cells, index, own)] for row in table.rows)
    return _written(head, rows)


def _parts(cells: Sequence[Cell]) -> tuple[str, ...]:
    """What the columns of a column end with: its own, and what its figures need beside them."""
    figures = [cell for cell in cells if isinstance(cell, Figure)]
    beside = (
        ("Unit", bool(figures)),
        ("Bound", any(one.bound for one in figures)),
        ("Mark", any(one.mark for one in figures)),
    )
    return ("", *(name for name, is_there in beside if is_there))


def _texts(cells: Sequence[Cell], index: int, parts: Sequence[str]) -> list[str]:
    cell = cells[index] if index < len(cells) else None
    if not isinstance(cell, Figure):
        text = "" if cell is None else f"{SIGNS[cell.tone]} {cell.text}" if SIGNS[cell.tone] else cell.text
        return [harmless(text), *("" for _ in parts[1:])]
    known = {"": _value(cell), "Unit": harmless(cell.unit), "Bound": str(cell.bound), "Mark": str(cell.mark or "")}
    return [known[part] for part in parts]


def _value(figure: Figure) -> str:
    return harmless(figure.text) if figure.value is None else number(figure.value)


def _unique(names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        unique, count = name, 1
        while unique in found:
            count += 1
            unique = f"{name}_{count}"
        found.append(unique)
    return found


def _figure_row(one: Figure) -> list[str]:
    value = "" if one.value is None else number(one.value)
    texts = (one.unit, one.text, one.mark or "", one.bound, one.rests_on or "")
    return [harmless(one.key), value, *(harmless(text) for text in texts)]


def _cost_rows(report: Report) -> Iterator[list[str]]:
    for sums in report.calculations:
        changes = {change.key: change for change in sums.changes}
        for fleet in sums.fleets:
            yield _cost_row(report, sums, fleet, changes.get(fleet.key))


def _cost_row(report: Report, sums: Calculation, fleet: FleetSum, change: ChangeSum | None) -> list[str]:
    hours = (fleet.hours_per_year or sums.hours_per_year).figure
    gains = (None, None, None) if change is None else (change.saving_per_year, change.npv, change.payback_years)
    return [
        harmless(sums.currency),
        "Usage",
        harmless(f"{sums.title}: {fleet.title}, a year at the planned load"),
        "Usage-Based",
        _known(fleet.per_year),
        harmless(fleet.price_per_hour.figure.unit.split("/")[0]),
        _product(fleet.instances, hours),
        "Hours",
        "Compute",
        harmless(report.plan),
        harmless(report.as_of),
        harmless(sums.key),
        harmless(fleet.key),
        _known(fleet.price_per_hour.figure),
        _known(fleet.instances),
        _known(fleet.replicas),
        str(fleet.per_year.bound),
        _known(fleet.per_million),
        _known(sums.requests_per_year.figure),
        *(_known(one) for one in gains),
    ]


def _known(figure: Figure | None) -> str:
    return "" if figure is None or figure.value is None else number(figure.value)


def _product(count: Figure, hours: Figure) -> str:
    """Hours of all instances; a mean of hours has more digits than it means."""
    if count.value is None or hours.value is None:
        return ""
    product = Decimal(str(count.value)) * Decimal(str(hours.value))
    return format(product.quantize(Decimal("0.001")).normalize(), "f")
