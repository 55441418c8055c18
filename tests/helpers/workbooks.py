"""Reads a workbook's XML, and reckons its formulas anew with `formulas`, which shares no line with what wrote them."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
from formulas import Parser

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
Value = str | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCell:
    """A cell as it is stored."""

    formula: str | None
    value: Value
    style: int


@dataclass(slots=True, kw_only=True)
class ReadBook:
    """A workbook's sheets in order, their cells by place, and the places of its names."""

    sheets: dict[str, dict[str, ReadCell]]
    names: dict[str, tuple[str, str]]
    parts: dict[str, bytes]

    def formulas(self) -> dict[tuple[str, str], ReadCell]:
        return {
            (sheet, where): cell
            for sheet, cells in self.sheets.items()
            for where, cell in cells.items()
            if cell.formula is not None
        }

    def texts(self, sheet: str) -> list[str]:
        return [cell.value for cell in self.sheets[sheet].values() if isinstance(cell.value, str)]


def read_book(data: bytes) -> ReadBook:
    """Every part of it."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = {name: archive.read(name) for name in archive.namelist()}
    shared = [
        _text(item)
        for item in ET.fromstring(parts["xl/sharedStrings.xml"]).findall("m:si", _NS)  # noqa: S314 - ours
    ]
    book = ET.fromstring(parts["xl/workbook.xml"])  # noqa: S314
    titles = [sheet.attrib["name"] for sheet in book.findall("m:sheets/m:sheet", _NS)]
    sheets = {
        title: _cells(ET.fromstring(parts[f"xl/worksheets/sheet{index}.xml"]), shared)  # noqa: S314
        for index, title in enumerate(titles, start=1)
    }
    names = {}
    for one in book.findall("m:definedNames/m:definedName", _NS):
        if one.text and not one.attrib["name"].startswith("_xlnm"):
            sheet, where = one.text.rsplit("!", 1)
            names[one.attrib["name"]] = (sheet.strip("'").replace("''", "'"), where.replace("$", ""))
    return ReadBook(sheets=sheets, names=names, parts=parts)


def _text(item: ET.Element) -> str:
    """With the escapes of characters that XML would change."""
    text = "".join(part.text or "" for part in item.iter(f"{{{_NS['m']}}}t"))
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _cells(sheet: ET.Element, shared: list[str]) -> dict[str, ReadCell]:
    found = {}
    for cell in sheet.iter(f"{{{_NS['m']}}}c"):
        formula, stored, kind = cell.find("m:f", _NS), cell.find("m:v", _NS), cell.get("t")
        text = None if stored is None else stored.text or ""
        value: Value = text
        if text is not None and kind == "s":
            value = shared[int(text)]
        elif text is not None and kind in {None, "n"}:
            value = float(text)
        told = None if formula is None else formula.text or ""
        found[cell.attrib["r"]] = ReadCell(formula=told, value=value, style=int(cell.get("s", "0")))
    return found


@cache
def compiled(formula: str) -> Any:  # noqa: ANN401 - of a library without types
    """The formula as a function; each is read once, as that takes milliseconds."""
    return Parser().ast(f"={formula}")[1].compile()


@dataclass(slots=True, kw_only=True)
class Reckoner:
    """Reckons cells anew, with the named inputs changed."""

    book: ReadBook
    changed: Mapping[str, float] = field(default_factory=dict)
    _known: dict[tuple[str, str], Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in self.changed.items():
            self._known[self.book.names[name]] = value

    def named(self, name: str) -> Value:
        return self.value(*self.book.names[name])

    def value(self, sheet: str, where: str) -> Value:
        key = (sheet, where)
        if key not in self._known:
            cell = self.book.sheets[sheet].get(where)
            if cell is None or cell.formula is None:
                self._known[key] = None if cell is None else cell.value
            else:
                self._known[key] = self._reckoned(sheet, cell.formula)
        return self._known[key]

    def _reckoned(self, sheet: str, formula: str) -> Value:
        function = compiled(formula)
        result = function(*(self._input(sheet, one) for one in function.inputs))
        value = np.asarray(result, dtype=object).ravel()[0]
        return value if isinstance(value, str) or value is None else float(value)

    def _input(self, sheet: str, told: str) -> object:
        by_name = {name.upper(): where for name, where in self.book.names.items()}
        if told.upper() in by_name:
            return self.value(*by_name[told.upper()])
        if "!" in told:
            other, told = told.rsplit("!", 1)
            sheet = next(one for one in self.book.sheets if one.upper() == other.strip("'").replace("''", "'"))
        if ":" not in told:
            return self.value(sheet, told)
        (column, first), (_, last) = (re.fullmatch(r"([A-Z]+)(\d+)", end).groups() for end in told.split(":"))  # type: ignore[union-attr] # our own places
        return np.array([[self.value(sheet, f"{column}{row}")] for row in range(int(first), int(last) + 1)])
