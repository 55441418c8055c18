"""Draws native charts from cells, so that they move with the inputs. Told in words for those who do not see them."""

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from planner.reports.chart_model import Axis, Scale
from planner.reports.workbook.native import Native, Strand
from planner.reports.workbook.styles import FAINT, LINE
from planner.reports.workbook.texts import clean, in_chart

_WIDTH, _HEIGHT = 760, 370  # pixels
_MOST_YEARS = 12
_FONT = {"name": "Calibri", "size": 9, "color": FAINT}


def draw(book: Workbook, sheet: Worksheet, native: Native, *, row: int, column: int = 0, width: int = _WIDTH) -> None:
    """A chart with its upper left corner at that cell."""
    kinds = {
        "column": {"type": "column", "subtype": "stacked"},
        "bar": {"type": "bar", "subtype": "stacked"},
        "tornado": {"type": "bar"},
        "scatter": {"type": "scatter", "subtype": "straight"},
    }
    chart = book.add_chart(kinds[native.kind])
    for strand in native.strands:
        chart.add_series(_series(strand, native.kind))
    chart.set_title({"name": in_chart(native.title), "name_font": {"size": 11, "bold": True}, "overlay": False})
    _set_axes(chart, native)
    chart.set_size({"width": width, "height": _HEIGHT})
    chart.show_na_as_empty_cell()
    if native.kind in {"scatter", "tornado"}:
        chart.set_legend({"position": "bottom", "font": _FONT})
    else:
        chart.set_legend({"none": True})
    told = {"description": clean(native.told)[:2000], "object_position": 1, "y_offset": 4}
    sheet.insert_chart(row, column, chart, told)


def _series(strand: Strand, kind: str) -> dict[str, object]:
    found: dict[str, object] = {
        "name": in_chart(strand.name) or "lift",
        "categories": strand.categories,
        "values": strand.values,
    }
    if kind == "scatter":
        found["line"] = {
            "color": strand.colour,
            "width": 1.25 if strand.is_dashed else 2.25,
            "dash_type": "dash" if strand.is_dashed else "solid",
        }
        size = {"type": "circle", "size": 6, "fill": {"color": strand.colour}, "border": {"color": strand.colour}}
        found["marker"] = size if strand.has_dots else {"type": "none"}
        return found
    is_drawn = strand.colour is not None
    found["fill"] = {"color": strand.colour} if is_drawn else {"none": True}
    found["border"] = {"none": True}
    found["gap"] = 45
    if kind == "tornado":
        found["overlap"] = 100  # both ends of an input stand on one line
    return found


def _set_axes(chart: Chart, native: Native) -> None:
    x, y = _axis(native.x), _axis(native.y)
    if native.kind == "scatter":
        ends = {} if native.ends is None else {"min": native.ends[0], "max": native.ends[1]}
        steps = {"major_unit": 1} if native.ends and _is_counted(native) else {}
        chart.set_x_axis(x | ends | steps | {"label_position": "low"})
        chart.set_y_axis(y | {"label_position": "low"})
        return
    if native.least is not None:
        y["min"] = native.least
    categories = {
        "num_font": _FONT,
        "line": {"color": FAINT},
        "label_position": "low",
        "major_gridlines": {"visible": False},
    }
    if native.kind == "column":
        chart.set_x_axis(categories)
        chart.set_y_axis(y)
        return
    chart.set_x_axis(y)
    chart.set_y_axis(categories)


def _is_counted(native: Native) -> bool:
    """Whether the axis counts years one by one."""
    return native.ends is not None and native.x.title.startswith("year") and native.ends[1] <= _MOST_YEARS


def _axis(axis: Axis) -> dict[str, object]:
    unit = f"{axis.title} ({axis.unit})" if axis.unit else axis.title
    found: dict[str, object] = {
        "name": in_chart(unit),
        "name_font": _FONT | {"bold": False},
        "num_font": _FONT,
        "line": {"color": LINE},
        "major_gridlines": {"visible": True, "line": {"color": LINE, "width": 0.5}},
    }
    found["num_format"] = {Scale.DATE: "yyyy-mm", Scale.LOG: "General", Scale.LINEAR: "General"}[axis.scale]
    if axis.unit and axis.scale is Scale.LINEAR and len(axis.unit) == len("USD"):
        found["num_format"] = "#,##0"
    if axis.scale is Scale.LOG:
        found["log_base"] = 10
    if axis.starts_at_zero:
        found["min"] = 0
    return found
