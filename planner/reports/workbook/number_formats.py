"""How a number is shown: as the report's text shows it, so that a cell that follows the inputs keeps that look."""

import math
import re
from decimal import Decimal

from planner.reports.figures import Figure, Mark
from planner.reports.workbook.texts import clean

_TEXT = re.compile(r"(?P<sign>[\u2212-]?)(?P<whole>\d[\d,]*)(?P<part>\.\d+)?(?P<rest>.*)", re.DOTALL)
_SIGNIFICANT, _MOST_DECIMALS = 3, 12
_MOST_OF_UNIT = 60
_MOST_WHOLE = 15  # digits that a cell holds exactly


def is_number(figure: Figure) -> bool:
    """Whether a cell can hold it; else its text says what it is."""
    return figure.value is not None and math.isfinite(figure.value)


def number_format(figure: Figure, *, has_unit: bool, has_mark: bool = False, is_live: bool = False) -> str:
    """Excel's format for the figure: its decimals, its bound, and where asked for its unit and the word of its mark."""
    lead = f'"{figure.bound} "' if figure.bound else ""
    tail = f"· {figure.mark}" if has_mark and figure.mark not in {None, Mark.DERIVED} else ""
    found = _TEXT.fullmatch(figure.text.removeprefix(figure.bound).strip())
    unit = _quoted(figure.unit if has_unit and figure.unit != "1" else "", tail)
    loose = _loose(figure.value or 0 if is_number(figure) else 0)
    if found is None or figure.value is None or not is_number(figure):
        return _signed(lead, loose, unit)
    shown = Decimal(found["whole"].replace(",", "") + (found["part"] or ""))
    digits = len(found["part"] or ".") - 1
    body = ("#,##0" if "," in found["whole"] or shown < 1000 else "0") + (f".{'0' * digits}" if digits else "")  # noqa: PLR2004
    rest = found["rest"].strip()
    if is_live and any(one.isdigit() for one in rest):  # another figure, which would not follow
        return _signed(lead, body if _is_shown_as(figure.value, shown, digits=digits) else loose, unit)
    if _is_shown_as(figure.value, shown, digits=digits):
        return _signed(lead, body, _quoted(rest if has_unit else "", tail))
    if rest.startswith("%") and _is_shown_as(100 * figure.value, shown, digits=digits):
        return _signed(lead, f"{body}%", _quoted(rest[1:].strip() if has_unit else "", tail))
    return _signed(lead, loose, unit)


def _loose(value: Decimal | float) -> str:
    """Where the text shows another unit (`5.3 months` of a year, `1.97 ms` of seconds): with three digits that tell."""
    if value == int(value):
        return "#,##0"
    first = math.floor(math.log10(abs(float(value))))
    return f"#,##0.{'0' * min(_MOST_DECIMALS, max(2, _SIGNIFICANT - 1 - first))}"


def _is_shown_as(value: Decimal | float, shown: Decimal, *, digits: int) -> bool:
    return abs(abs(Decimal(value)) - shown) <= Decimal("0.5000001").scaleb(-digits)


def _quoted(*words: str) -> str:
    told = " ".join(word for word in words if word)
    harmless = re.sub(r'["\\\s]+', " ", clean(told))[:_MOST_OF_UNIT].strip()
    return f'" {harmless}"' if harmless else ""


def _signed(lead: str, body: str, tail: str) -> str:
    """With a minus sign in place of a hyphen, as the report writes it."""
    return f'{lead}{body}{tail};{lead}"\N{MINUS SIGN}"{body}{tail}'


def as_number(value: Decimal | float) -> float | int:
    """What a cell holds: a whole number where it is one, else the nearest double."""
    if isinstance(value, Decimal) and value == value.to_integral_value() and value.adjusted() < _MOST_WHOLE:
        return int(value)
    return value if isinstance(value, int) and abs(value) < 10**_MOST_WHOLE else float(value)
