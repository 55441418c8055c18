"""Strangers' text before any form draws it: nothing in it can move a cursor, end a line, or turn the text beside it.

What only one form obeys (markup, formulas) is that form's own affair.
"""

import unicodedata

REPLACED = "\N{REPLACEMENT CHARACTER}"
# Without them Persian words and many emoji fall apart; they turn and hide nothing.
_KEPT = frozenset({"\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"})
_LINE_ENDS = frozenset({"\n", "\r", "\t", "\v", "\f", "\x85"})
BREAK = "\N{ZERO WIDTH SPACE}"
_STEP = 8


def harmless(text: str) -> str:
    """On one line: line ends and tabs as spaces; control, format and bidi characters, and halves of pairs, as `�`."""
    return text if text.isascii() and text.isprintable() else "".join(map(_character, text))


def shortened(text: str, most: int) -> str:
    """At most so many characters, with `…` for the rest."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def breakable(text: str, most: int) -> str:
    """With a `BREAK` after every few characters of a word of more than `most`, so that it can be wrapped."""
    if len(text) <= most:
        return text
    return " ".join(word if len(word) <= most else _wrapped(word) for word in text.split(" "))


def _character(one: str) -> str:
    if one in _LINE_ENDS:
        return " "
    category = unicodedata.category(one)
    if category in {"Zl", "Zp"}:
        return " "
    return REPLACED if category[0] == "C" and one not in _KEPT else one


def _wrapped(word: str) -> str:
    return BREAK.join(word[start : start + _STEP] for start in range(0, len(word), _STEP))
