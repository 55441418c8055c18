"""Where text that has no spaces may be broken, and where it ends."""

import re

BREAK = "\N{ZERO WIDTH SPACE}"
_STEP = 8
# The typesetter gives up a document in which one text has more places to break than about 500.
_MOST_BREAKS = 300
# What ends with a sign of punctuation is kept together, unless it is long itself.
_PIECE = re.compile(r"[^_./:=&?,;|-]+[_./:=&?,;|-]?|[_./:=&?,;|-]")


def shortened(text: str, most: int) -> str:
    """At most so many characters, with `…` for the rest."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def breakable(text: str, most: int) -> str:
    """With `BREAK`s in every word of more than `most` characters: after its signs, or often; cut where that is many."""
    if len(text) <= most:
        return text
    broken = " ".join(word if len(word) <= most else _wrapped(word) for word in text.split(" "))
    kept = broken.split(BREAK, _MOST_BREAKS)
    return broken if len(kept) <= _MOST_BREAKS else f"{BREAK.join(kept[:-1])}…"


def _wrapped(word: str) -> str:
    return BREAK.join(_stepped(piece) for piece in _PIECE.findall(word))


def _stepped(piece: str) -> str:
    if len(piece) <= 2 * _STEP:
        return piece
    return BREAK.join(piece[start : start + _STEP] for start in range(0, len(piece), _STEP))
