"""A machine loaded on purpose: one busy process for each core, for as long as the context lasts."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

_BUSY = "while True: pass"


@contextlib.contextmanager
def busy(processes: int | None = None) -> Iterator[int]:
    """So many busy processes, one for each core unless told otherwise; yields their number."""
    count = processes if processes is not None else len(os.sched_getaffinity(0))
    running = [subprocess.Popen([sys.executable, "-I", "-c", _BUSY]) for _ in range(count)]
    try:
        yield count
    finally:
        for one in running:
            one.kill()
            one.wait()
