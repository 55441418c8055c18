"""Everything on standard output: tables, text and JSON. The only module that prints data."""

import os
import sys
from typing import Any

import msgspec
from rich.console import Console, RenderableType

from planner.cli import channels

_PLAIN_WIDTH = 150  # for pipes and logs: wide enough that no table wraps
# JSON writes the first 32 control characters as escapes; terminals obey these, too.
_LATE_CONTROLS = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


def show(*renderables: RenderableType) -> None:
    """Draw tables and text; without colour and at a fixed width when nobody looks at a terminal."""
    console = console_for_data()
    for renderable in renderables:
        console.print(renderable)


def show_json(value: Any) -> None:  # noqa: ANN401 - whatever msgspec can encode
    """Print a value as indented JSON."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    sys.stdout.write(text.translate(_LATE_CONTROLS) + "\n")


def show_text(text: str) -> None:
    """Print text as it is."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def show_line(text: bytes) -> None:
    """Print one line of JSON at once: somebody reads along.

    Where nobody does any more, this and whatever follows is said to nobody: the work that is told of goes on.
    """
    try:
        sys.stdout.write(text.decode().translate(_LATE_CONTROLS) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        channels.silence()


def show_bytes(content: bytes) -> None:
    """Write a file's content as it is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def is_terminal() -> bool:
    """Whether somebody looks at standard output."""
    return sys.stdout.isatty()


def width() -> int:
    """Columns of standard output."""
    return console_for_data().width


def console_for_data() -> Console:
    """The console of standard output. Markup is off: names of files and models may hold brackets."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PLAIN_WIDTH
    return _Console(width=width, markup=False, highlight=False, emoji=False, soft_wrap=False)


class _Console(Console):
    """Where nobody reads on, rich would end the program with 1, which means that something does not hold."""

    def on_broken_pipe(self) -> None:
        """Leave it to the outermost door."""
        raise BrokenPipeError
