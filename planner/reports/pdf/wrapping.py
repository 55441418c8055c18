"""Where text that has no spaces may be broken, and where it ends."""

BREAK = "\N{ZERO WIDTH SPACE}"
_STEP = 8


def shortened(text: str, most: int) -> str:
    """At most so many characters, with `…` for the rest."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def breakable(text: str, most: int) -> str:
    """With a `BREAK` after every few characters of a word of more than `most`, so that it can be wrapped."""
    if len(text) <= most:
        return text
    return " ".join(word if len(word) <= most else _wrapped(word) for word in text.split(" "))


def _wrapped(word: str) -> str:
    return BREAK.join(word[start : start + _STEP] for start in range(0, len(word), _STEP))
