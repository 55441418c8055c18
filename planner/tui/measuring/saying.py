"""Files for what a run that the app starts says on standard error: under the state folder, of which the newest stay.

A run that ends well forgets its own. One that failed is looked into later, and one that the app let go still writes
when nobody is here to forget it: those stay, until newer ones take their places.
"""

import contextlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from harness.errors import HarnessError
from planner.settings import log_folder

MOST = 20
_KEPT = "app"
_PREFIX, _SUFFIX = "bench-", ".log"


def open_log() -> tuple[int, Path]:
    """A new empty file, and the descriptor to write to it.

    Raises:
        HarnessError: nothing can be written there.
    """
    folder = log_folder(_KEPT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _leave_the_newest(folder, MOST - 1)
        began = f"{_PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S}-"  # so that names are in the order of time
        descriptor, name = tempfile.mkstemp(prefix=began, suffix=_SUFFIX, dir=folder)
    except OSError as error:
        told = f"no log can be written to {folder}: {error.strerror}: free the disk, or name a folder in PLANNER_STATE"
        raise HarnessError(told) from error
    return descriptor, Path(name)


def brief(path: Path) -> str:
    """A path as one types it in a shell: from the home folder, where it lies there."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _leave_the_newest(folder: Path, most: int) -> None:
    """Remove the others. Whoever still writes to one goes on, and does not notice."""
    for file in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}"))[:-most]:
        with contextlib.suppress(OSError):
            file.unlink()
