"""Text in a chart: made harmless, and never longer than its place. Widths are estimated, by a wide common font.

Nothing here knows which font will be drawn. The advances are those of DejaVu Sans, which few fonts for screens exceed:
text in a narrower font leaves some of its place empty, which harms less than text that runs out of it.
"""

import unicodedata
from functools import lru_cache
from html import escape

SIZE = 12.0
SMALL = 11.0
_ELLIPSIS = "…"
_LONGEST = 400
_REPLACED = {"Cc", "Cs", "Zl", "Zp"}
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NO_CHARACTERS = frozenset("\ufffe\uffff")
_ADVANCES = (
    ("il'jIJ", 0.295),
    (" ,.f/:;\\-|", 0.36),
    ("()[]!tr", 0.41),
    ('*_`sz?c"', 0.53),
    ("m@%W", 1.0),
    ("MOQDHGUNwv#+<=>^~&", 0.82),
)
_NARROW = {character: width for characters, width in _ADVANCES for character in characters}
_USUAL, _CAPITAL, _WIDE, _BOLD = 0.636, 0.7, 1.02, 1.1


def harmless(text: str) -> str:
    """The text in one line, with what a reader cannot see but a screen obeys replaced by `�`: controls, overrides."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_harmless, text))


def _harmless(character: str) -> str:
    if character in "\t\n\r":
        return " "
    is_refused = unicodedata.category(character) in _REPLACED or character in BIDI or character in _NO_CHARACTERS
    return "\ufffd" if is_refused else character


def escaped(text: str) -> str:
    """Harmless, and fit for XML and HTML, as content and as an attribute's value."""
    return escape(harmless(text))


@lru_cache(maxsize=4096)
def _advance(character: str) -> float:
    """In units of the font's size."""
    if character in _NARROW:
        return _NARROW[character]
    if character.isascii():
        return _CAPITAL if character.isupper() else _USUAL
    if unicodedata.combining(character):
        return 0.0
    is_wide = unicodedata.east_asian_width(character) in "WF"
    return _WIDE if is_wide else 0.85 if unicodedata.category(character) in {"So", "Lu", "Sm"} else 0.7


def width_of(text: str, *, size: float = SIZE, is_strong: bool = False) -> float:
    """About how wide a text is, in pixels; rather too much than too little."""
    return sum(map(_advance, text[:_LONGEST])) * size * (_BOLD if is_strong else 1.0)


def shortened(text: str, room: float, *, size: float = SIZE, is_strong: bool = False) -> str:
    """As much of a text as has room, with an ellipsis where some is left out; nothing where that has no room."""
    text = harmless(text)
    if len(text) <= _LONGEST and width_of(text, size=size, is_strong=is_strong) <= room:
        return text
    left = room / (size * (_BOLD if is_strong else 1.0)) - _advance(_ELLIPSIS)
    if left < 0:
        return ""
    kept = 0
    for character in text:
        left -= _advance(character)
        if left < 0:
            break
        kept += 1
    return f"{text[:kept].rstrip()}{_ELLIPSIS}"


def wrapped(text: str, room: float, *, size: float = SIZE) -> tuple[str, ...]:
    """A text in at most two lines, broken between words where it can be."""
    text = harmless(text).strip()
    if width_of(text, size=size) <= room and len(text) <= _LONGEST:
        return (text,)
    kept, used, gap = 0, 0.0, 0
    for index, character in enumerate(text):
        used += _advance(character) * size
        if used > room:
            break
        kept = index + 1
        gap = kept if character in " -/_,:" else gap
    cut = gap if gap > kept // 2 else max(kept, 1)
    return text[:cut].rstrip(), shortened(text[cut:].lstrip(), room, size=size)
