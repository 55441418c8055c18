"""The figures that a file shows, as JSON for machines; those of rows that are left out stand in the CSV files."""

import json
import math
from collections.abc import Iterator
from decimal import Decimal

from planner.reports.document import Block, Report, Table, figures_of
from planner.reports.figures import Figure, Number

_UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def figures_json(report: Report) -> str:
    """An object by key, in ASCII, without anything that could end or open an element. Exact decimals are strings."""
    found = {one.key: _written(one) for block in report.blocks() for one in _shown(block)}
    return json.dumps(found, ensure_ascii=True, separators=(",", ":"), allow_nan=False).translate(_UNSAFE)


def _shown(block: Block) -> Iterator[Figure]:
    if not isinstance(block, Table):
        yield from figures_of(block)
        return
    top, _, bottom = block.top_and_bottom()
    yield from (cell for row in (*top, *bottom) for cell in row.cells if isinstance(cell, Figure))


def _written(figure: Figure) -> dict[str, str | float | None]:
    return {
        "value": _number(figure.value),
        "unit": figure.unit,
        "text": figure.text,
        "mark": figure.mark,
        "bound": figure.bound,
    }


def _number(value: Number | None) -> str | float | None:
    if isinstance(value, Decimal):
        return str(value)
    return None if value is None or not math.isfinite(value) else value
