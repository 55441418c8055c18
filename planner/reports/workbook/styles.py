"""How cells look in the file: one format for every look, made once."""

from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from planner.reports.figures import Mark, Tone
from planner.reports.workbook.grid import Kind, Look

INK, FAINT, LINE, BAND, HEAD = "#1B1F24", "#6A737D", "#C9D1D9", "#24405E", "#E8EDF3"
_BLUE, _YELLOW = "#0000C8", "#FFF9DB"
"""Of inputs, as modellers know them: blue on light yellow; formulas are black."""
MARKS: Final = {
    Mark.MEASURED: "#D5F0DA",
    Mark.PUBLISHED: "#DCE9F9",
    Mark.PROJECTED: "#FDE9D0",
    Mark.ASSUMED: "#EBDDF5",
    Mark.DERIVED: "",
}
"""Fills; the word stands beside each."""
TONES: Final = {
    Tone.GOOD: "#E3F4E4",
    Tone.CAUTION: "#FFF3CD",
    Tone.BAD: "#FBDAD7",
    Tone.BROKEN: "#F5B7B1",
    Tone.NEUTRAL: "",
}
_FONT = "Calibri"
_KINDS: Final[dict[Kind, dict[str, object]]] = {
    Kind.TITLE: {"bold": True, "font_size": 16, "font_color": BAND, "text_wrap": True},
    Kind.SECTION: {"bold": True, "font_size": 11, "font_color": "#FFFFFF", "bg_color": BAND},
    Kind.HEAD: {"bold": True, "bg_color": HEAD, "bottom": 1, "bottom_color": LINE, "text_wrap": True},
    Kind.LABEL: {},
    Kind.NOTE: {"font_color": FAINT, "font_size": 9},
    Kind.TOLD: {"font_color": FAINT, "font_size": 9, "text_wrap": True},
    Kind.INPUT: {"font_color": _BLUE, "bg_color": _YELLOW, "border": 1, "border_color": LINE, "locked": False},
    Kind.FORMULA: {},
    Kind.RESULT: {"bold": True, "top": 4, "top_color": LINE},
    Kind.LINK: {},
    Kind.FIXED: {},
    Kind.PLANNED: {"font_color": FAINT, "italic": True},
    Kind.MARK: {"font_size": 9, "indent": 1},
    Kind.TEXT: {"text_wrap": True},
    Kind.CODE: {"font_name": "Consolas", "font_size": 9, "text_wrap": True},
    Kind.LARGE: {"bold": True, "font_size": 14, "font_color": BAND},
    Kind.FRAME: {"border": 1, "border_color": LINE, "text_wrap": True},
}


class Styles:
    """Formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[Look, Format] = {}

    def of(self, look: Look) -> Format:
        """The format of a look."""
        if look not in self._made:
            self._made[look] = self._book.add_format(_properties(look))
        return self._made[look]


def _properties(look: Look) -> dict[str, object]:
    found: dict[str, object] = {"font_name": _FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}
    found |= _KINDS[look.kind]
    if look.number:
        found["num_format"] = look.number
    if look.kind is Kind.CODE or (look.kind is Kind.TEXT and not look.number):
        found["num_format"] = "@"  # text stays text where somebody edits it
    if look.is_strong:
        found["bold"] = True
    if look.is_right:
        found |= {"align": "right", "indent": 0 if look.kind is Kind.INPUT else 1}
    fill = MARKS[look.mark] if look.mark else TONES[look.tone]
    if fill and look.kind is not Kind.INPUT:
        found["bg_color"] = fill
    return found
