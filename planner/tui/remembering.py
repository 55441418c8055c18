"""What the app remembers of its last use: theme, view, and what each view wants. In the platform's config folder.

A file that cannot be read, or says what this version does not know, is as if it were not there; one that cannot be
written costs nothing but the memory.
"""

import contextlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from platformdirs import user_config_path

_FILE = "app.json"
_MOST_BYTES = 1_000_000


@dataclass(slots=True, kw_only=True)
class Memory:
    """What is remembered. `views`: by view, names and values of its own."""

    theme: str | None = None
    view: str | None = None
    views: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, view: str) -> dict[str, str]:
        """What a view remembers; to be written to."""
        return self.views.setdefault(view, {})


def memory_file(environment: Mapping[str, str] = os.environ) -> Path:
    """`$PLANNER_CONFIG/app.json`, else in the user's config folder."""
    named = environment.get("PLANNER_CONFIG")
    return (Path(named) if named else user_config_path("planner")) / _FILE


def recall(file: Path) -> Memory:
    """What is remembered; nothing where there is nothing to read."""
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        if file.stat().st_size <= _MOST_BYTES:
            return msgspec.json.decode(file.read_bytes(), type=Memory)
    return Memory()


def remember(memory: Memory, file: Path) -> None:
    """Write it, whole or not at all."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as stream:
            fresh = Path(stream.name)
            try:
                stream.write(msgspec.json.encode(memory))
                stream.flush()
                fresh.replace(file)
            except OSError:  # a full disk, for one
                fresh.unlink(missing_ok=True)
                raise
