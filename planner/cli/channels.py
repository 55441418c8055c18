"""Standard output and standard error as channels: gone before the start, or with nobody at the other end."""

import os
import sys


def silence() -> None:
    """Say nothing more on standard output, also not at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def replace_closed() -> None:
    """A caller may close a channel (`>&-`): what is written there is nobody's, and no file may take its number."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - open until the end
