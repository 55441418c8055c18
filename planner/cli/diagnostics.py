"""Everything on standard error: narration, warnings, errors. Standard output is data and not touched here."""

import sys

from planner.cli.text import plain


def error(sentence: str) -> None:
    """What went wrong, and what to do."""
    _line(f"planner: {sentence}")


def note(sentence: str) -> None:
    """Something worth knowing while it happens."""
    _line(sentence)


def _line(text: str) -> None:
    sys.stderr.write(f"{plain(text)}\n")
    sys.stderr.flush()
