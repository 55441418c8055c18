"""Names that a workbook accepts: of cells, of sheets. Whatever a thing is called, its name is harmless and unique."""

import re

from planner.reports.workbook.texts import clean

MOST_OF_SHEET = 31
_MOST_OF_NAME = 250  # Excel takes 255; the rest is for a number that makes it unique
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_]+")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]{1,7}|[Rr]([0-9]+)?([Cc]([0-9]+)?)?|[Cc]([0-9]+)?")
"""`A1`, `q1`, `XFD1048576`, and of the other style `R`, `C`, `R1`, `c2`, `R1C1`, `RC3`: all read as places."""
_WORDS = {"true", "false", "null"}
_NOT_IN_SHEET = set("[]:*?/\\'\"!{}=")
_BMP = 0xFFFF  # characters beyond count twice
_RESERVED_SHEET = "history"


def cell_name(wanted: str, *, taken: set[str]) -> str:
    """A name for a cell that is no place, no word of the formula language, and none of `taken`, where it is noted.

    Excel's rules: it begins with a letter or `_`, holds letters, digits, `_`, and case makes no difference.
    """
    name = _NOT_IN_NAME.sub("_", wanted)[:_MOST_OF_NAME] or "_"
    if not name[0].isalpha() or _LIKE_A_CELL.fullmatch(name) or name.lower() in _WORDS:
        name = f"_{name}" if name[0] == "_" or not name[0].isdigit() else f"n_{name}"
    if _LIKE_A_CELL.fullmatch(name):
        name = f"n_{name}"
    return _unique(name, taken, most=_MOST_OF_NAME)


def sheet_name(wanted: str, *, taken: set[str]) -> str:
    """A name for a sheet: at most 31 characters, none that formulas give a meaning, unique whatever the case."""
    kept = (
        one if one.isprintable() and ord(one) <= _BMP and one not in _NOT_IN_SHEET else " " for one in clean(wanted)
    )
    name = " ".join("".join(kept).split())
    if not name or name.lower() == _RESERVED_SHEET:
        name = f"{name} sheet".strip()
    return _unique(name[:MOST_OF_SHEET].rstrip(" ,·-") or name[:MOST_OF_SHEET], taken, most=MOST_OF_SHEET)


def _unique(name: str, taken: set[str], *, most: int) -> str:
    unique, count = name, 1
    while unique.lower() in taken:
        count += 1
        tail = f"_{count}"
        unique = name[: most - len(tail)] + tail
    taken.add(unique.lower())
    return unique


def quoted(sheet: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"
