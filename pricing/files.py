"""Reads files that others wrote: bounded in size and depth, every fault one sentence that names the file.

Knows nothing of prices or targets. What a hostile file says is never repeated whole or raw.
"""

import difflib
import os
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pricing.errors import PricingError

MOST_BYTES = 4_000_000  # the shipped price table has 60 kB; a thousand times as many rows belong into a database
_LONGEST_SHOWN = 60
_LONGEST_WORD = 200
_MOST_DOTS = 32  # tomllib takes cubic time for `a.a.a…`


def read_text(path: Path, *, error: type[PricingError], most_bytes: int = MOST_BYTES) -> str:
    """The text of a file, without a byte order mark.

    Args:
        path: The file.
        error: What to raise.
        most_bytes: More are refused.

    Raises:
        PricingError: of the class asked for, if it cannot be read, is too large or is no UTF-8.
    """
    try:
        with open(path, "rb", opener=open_without_waiting) as stream:
            content = stream.read(most_bytes + 1)
    except OSError as fault:
        raise error(f"{path} cannot be read: {fault.strerror or fault}") from fault
    if len(content) > most_bytes:
        raise error(f"{path} is not read: it has more than {most_bytes:,} bytes; split it, or leave out what is old")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise error(f"{path} cannot be read: byte {fault.start:,} is not UTF-8 text; save the file as UTF-8") from fault


def open_without_waiting(path: str, flags: int) -> int:
    """An opener for `open`: a pipe that nobody writes to is empty, and not waited for until somebody does."""
    at_once = getattr(os, "O_NONBLOCK", 0)  # not on Windows, which has no such pipes
    descriptor = os.open(path, flags | at_once)
    if at_once:
        os.set_blocking(descriptor, True)  # one that is written to is read to its end
    return descriptor


def read_toml(path: Path, *, error: type[PricingError]) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        PricingError: of the class asked for, if it cannot be read or is no TOML.
    """
    text = read_text(path, error=error)
    for number, line in enumerate(text.splitlines(), 1):
        # A key stands before `=` or between brackets; a dot in a value costs nothing.
        if line.partition("=")[0].count(".") > _MOST_DOTS:
            raise error(f"{path} line {number} is not read: a key there has more than {_MOST_DOTS} parts")
    try:
        return tomllib.loads(text)
    except RecursionError as fault:
        raise error(f"{path} cannot be read: lists or tables are nested too deeply") from fault
    except tomllib.TOMLDecodeError as fault:
        raise error(f"{path} cannot be read as TOML: {printable(str(fault))}") from fault
    except ValueError as fault:  # Python's own limit for digits
        raise error(f"{path} cannot be read: a number has thousands of digits") from fault


def shown(value: object) -> str:
    """A foreign value in a sentence: quoted, cut, control characters escaped."""
    try:
        text = repr(value) if isinstance(value, str | int | float | bool) else f"a {type(value).__name__}"
    except ValueError:  # Python writes no integer of thousands of digits
        text = "a huge number"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def printable(text: str) -> str:
    """A text with everything that is not printable escaped, and cut."""
    safe = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text[:_LONGEST_WORD])
    return safe if len(text) <= _LONGEST_WORD else f"{safe}…"


def nearest(word: str, known: Iterable[str]) -> str:
    """` (did you mean aws?)`, or nothing where no known word is near. Case does not count."""
    lower = {one.lower(): one for one in known}
    close = difflib.get_close_matches(word[:_LONGEST_WORD].lower(), lower, n=3)
    return f" (did you mean {one_of([lower[one] for one in close])}?)" if close else ""


def one_of(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def require_known(keys: Iterable[str], known: Sequence[str], *, place: str, error: type[PricingError]) -> None:
    """Refuse a key that nothing reads: it is misspelt, and what was meant would be lost in silence.

    Raises:
        PricingError: of the class asked for, with a near match or the keys there are.
    """
    for key in keys:
        if key not in known:
            advice = nearest(key, known) or f"; there are: {', '.join(known)}"
            raise error(f"{place}: {shown(key)} is not known{advice}")
