"""The JSON form of a report, and the schema that it keeps (JSON Schema, draft 2020-12).

Every object is a class of `planner.reports` with its own field names. Blocks, cells and charts say their `kind`.
Decimals are strings, so that no reader rounds them; other numbers are numbers, and null where they are not finite.
"""

import dataclasses
import math
import types
import typing
from decimal import Decimal
from enum import Enum

import msgspec

from planner.reports import calculation, chart_model, document, figures
from planner.reports.document import SCHEMA, Report

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
_KINDS: dict[type, str] = {
    document.Paragraph: "paragraph",
    document.Bullets: "bullets",
    document.Notice: "notice",
    document.Commands: "commands",
    document.KeyFigures: "key-figures",
    document.Decision: "decision",
    document.Drawing: "drawing",
    document.Table: "table",
    figures.Figure: "figure",
    figures.Words: "words",
    chart_model.Waterfall: "waterfall",
    chart_model.Lines: "lines",
    chart_model.Bars: "bars",
    chart_model.Distribution: "distribution",
}
"""What may stand in for one another; the rest is known by its place."""
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_DECIMAL = r"^-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?$"
_PLAIN: dict[object, Json] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": ["number", "null"]},
    bool: {"type": "boolean"},
    Decimal: {"type": "string", "pattern": _DECIMAL},
    type(None): {"type": "null"},
}


def render(report: Report) -> bytes:
    """The whole report, indented; it keeps `json_schema()`."""
    return msgspec.json.format(msgspec.json.encode(_plain(report)), indent=1) + b"\n"


def json_schema() -> dict[str, Json]:
    """The schema of what `render` writes, made from the classes themselves."""
    known: dict[str, Json] = {}
    _refer(Report, known)
    top = typing.cast("dict[str, Json]", known.pop(Report.__name__))
    properties = typing.cast("dict[str, Json]", top["properties"])
    properties["schema"] = {"const": SCHEMA}
    return {"$schema": _DRAFT, "$id": SCHEMA, "title": "A report of planner", **top, "$defs": known}


def _plain(value: object) -> Json:
    if isinstance(value, str):
        return _whole(str(value))
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind: dict[str, Json] = {"kind": _KINDS[type(value)]} if type(value) in _KINDS else {}
        return kind | {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise TypeError(f"a report holds no {type(value).__name__}")


def _whole(text: str) -> str:
    """Halves of characters cannot be written."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _refer(one: type, known: dict[str, Json]) -> Json:
    """A reference to a class' schema, which is added to those known."""
    name = one.__name__
    if name not in known:
        known[name] = {}  # while it is made: classes may hold themselves
        hints = typing.get_type_hints(one, vars(calculation) | vars(chart_model) | vars(document) | vars(figures))
        properties: dict[str, Json] = {"kind": {"const": _KINDS[one]}} if one in _KINDS else {}
        properties |= {field.name: _schema(hints[field.name], known) for field in dataclasses.fields(one)}
        told = (one.__doc__ or name).strip().split("\n")[0]
        known[name] = {
            "description": told,
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{name}"}


def _schema(hint: object, known: dict[str, Json]) -> Json:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [member.value for member in hint]}
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _refer(hint, known)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        return {"anyOf": [_schema(part, known) for part in parts]}
    if origin is tuple:
        return {"type": "array", "items": _schema(parts[0], known)}
    raise TypeError(f"a report's schema has no word for {hint!r:.80}")
