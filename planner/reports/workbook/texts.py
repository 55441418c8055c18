"""Text from strangers, as a cell, a footer or a formula may hold it."""

MOST = 32_767
"""Units of UTF-16 that a cell holds (Excel's limit)."""
_CUT = " […]"
_REPLACED = "\N{REPLACEMENT CHARACTER}"
_TAB, _LINE_FEED, _CARRIAGE_RETURN = 0x9, 0xA, 0xD


def clean(text: str) -> str:
    """The text with what XML 1.0 does not allow replaced, and cut where a cell would not hold it."""
    allowed = "".join(one if _is_allowed(ord(one)) else _REPLACED for one in text)
    if _units(allowed) <= MOST:
        return allowed
    room, kept = MOST - len(_CUT), []
    for one in allowed:
        room -= _units(one)
        if room < 0:
            break
        kept.append(one)
    return "".join(kept) + _CUT


def in_chart(text: str, *, most: int = 120) -> str:
    """Text of a title, an axis or a legend, where `=` in front, or a `!` before a place, would name a cell."""
    told = clean(text)[:most].replace("!", "\N{FULLWIDTH EXCLAMATION MARK}")
    return f" {told}" if told.startswith("=") else told


def in_footer(text: str, *, most: int = 60) -> str:
    """Text for a header or a footer, where `&` begins a command."""
    line = " ".join(clean(text).split())
    return (line if len(line) <= most else line[: most - 1] + "…").replace("&", "&&")


def in_formula(text: str) -> str:
    """Text as a formula quotes it; longer ones than formulas may hold are cut."""
    return '"' + clean(text)[:200].replace('"', '""') + '"'


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _is_allowed(code: int) -> bool:
    """https://www.w3.org/TR/xml/#charsets."""
    return (
        code in {_TAB, _LINE_FEED, _CARRIAGE_RETURN}
        or 0x20 <= code <= 0xD7FF  # noqa: PLR2004 - the standard's own bounds, as in the next lines
        or 0xE000 <= code <= 0xFFFD  # noqa: PLR2004
        or 0x10000 <= code <= 0x10FFFF  # noqa: PLR2004
    )
