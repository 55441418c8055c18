"""An input for a path: it completes as one types, and says at once whether something is there."""

import asyncio
from itertools import islice
from pathlib import Path

from textual.suggester import Suggester
from textual.validation import ValidationResult, Validator
from textual.widgets import Input

_MOST_ENTRIES = 5000  # of a folder: beyond them completion would make one wait


class PathSuggester(Suggester):
    """The first entry of the folder that begins so."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The rest of the path, where there is one."""
        return await asyncio.to_thread(_completed, value)


def _completed(value: str) -> str | None:
    if not value or value.endswith("/"):
        return None
    path = Path(value).expanduser()
    try:
        found = [entry for entry in islice(path.parent.iterdir(), _MOST_ENTRIES) if entry.name.startswith(path.name)]
        best = min(found, key=lambda entry: entry.name, default=None)
        if best is None:
            return None
        return value + best.name[len(path.name) :] + ("/" if best.is_dir() else "")
    except OSError:
        return None


class IsThere(Validator):
    """Whether something has that path."""

    def validate(self, value: str) -> ValidationResult:
        """Empty is allowed."""
        try:
            is_there = not value.strip() or Path(value.strip()).expanduser().exists()
        except (OSError, ValueError):
            is_there = False
        return self.success() if is_there else self.failure(f"there is no {value}")


class PathInput(Input):
    """Of a file or a folder.

    Args:
        placeholder: Shown while it is empty.
        id: Its name among widgets.
        value: What stands there at first.
        is_new: Nothing has to be there: it is to be written.
    """

    def __init__(self, placeholder: str, *, id: str, value: str = "", is_new: bool = False) -> None:  # noqa: A002 - Textual's own word
        super().__init__(
            value,
            placeholder=placeholder,
            id=id,
            compact=True,
            suggester=PathSuggester(),
            validators=[] if is_new else [IsThere()],
        )
