"""Everything on standard error: narration, warnings, errors. Standard output is data and not touched here."""

import contextlib
import os
import sys
import textwrap

from planner.wording.text import plain

_CONTINUED = "    "
_LEAST_WIDTH = 30
_USUAL_WIDTH = 80


def error(sentence: str) -> None:
    """What went wrong, and what to do."""
    _line(f"planner: {sentence}")


def note(sentence: str) -> None:
    """Something worth knowing while it happens."""
    _line(sentence)


def _line(text: str) -> None:
    sys.stderr.write(f"{_folded(plain(text))}\n")
    sys.stderr.flush()


def _folded(text: str) -> str:
    """Broken between words at the terminal's width; in a pipe or a log a sentence stays one line, easy to search."""
    if not sys.stderr.isatty():
        return text
    width = max(_LEAST_WIDTH, _columns())
    return "\n".join(_fold(line, width) for line in text.split("\n"))


def _columns() -> int:
    """Of standard error's terminal: standard output may be a file."""
    if os.environ.get("COLUMNS", "").isdecimal():
        return int(os.environ["COLUMNS"])
    with contextlib.suppress(OSError):
        return os.get_terminal_size(sys.stderr.fileno()).columns
    return _USUAL_WIDTH


def _fold(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    indent = line[: len(line) - len(line.lstrip())] + _CONTINUED
    return textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, replace_whitespace=False
    )
