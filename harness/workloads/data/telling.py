"""Makes what others wrote fit for a message: file names, names inside of files, errors of other libraries."""

import os
from collections.abc import Sequence
from pathlib import Path

from harness.foreign_errors import telling_sentence
from harness.workloads.strictness import nearest, shown

_LONGEST = 200
_MOST_NAMES = 12


def shown_path(path: Path) -> str:
    """A path: bytes that are no text, and control characters, become escapes."""
    return _plain(os.fsencode(path).decode(errors="backslashreplace"))


def sentence_of(error: BaseException) -> str:
    """What another library says is wrong, on one line; its kind where it says nothing."""
    return _plain(telling_sentence(error))[:_LONGEST]


def shown_names(names: Sequence[str]) -> str:
    """Names out of a file, `'a', 'b'`, never long."""
    more = ", …" if len(names) > _MOST_NAMES else ""
    return (", ".join(shown(name) for name in names[:_MOST_NAMES]) or "nothing") + more


def nearest_name(word: str, names: Sequence[str]) -> str:
    """` (did you mean text?)`, or nothing."""
    return nearest(word, [name for name in names if name.isprintable()])


def _plain(text: str) -> str:
    return text if text.isprintable() else "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text)
