"""What is not here, as a value.

A counter that does not exist, or may not be read, is the normal case on half of all machines.
So absence is returned with its reason and never raised.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """An instrument or device that is not here. `reason` is a sentence for the reader, `hint` what would help."""

    reason: str
    hint: str | None = None


def text_or_none(path: Path) -> str | None:
    """The whole text of a small kernel file, or None where it is missing or may not be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
