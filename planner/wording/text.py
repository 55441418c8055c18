"""Makes foreign text safe to print: a file, a model or an archive may name things as it likes."""

import unicodedata

_KEPT = {"\n", "\t"}


def plain(text: str) -> str:
    """The text with control and format characters shown as `?`, so that none reaches the terminal."""
    return "".join(
        character if character in _KEPT or unicodedata.category(character)[0] != "C" else "?" for character in text
    )
