"""Which CPUs a process may run on: all of its threads, also those a runtime started before."""

import contextlib
import os
from pathlib import Path

from harness.events import Pinned


def pin_all_threads(cpus: tuple[int, ...], *, proc: Path = Path("/proc")) -> Pinned:
    """Bind every thread of the calling process to `cpus`; threads started later inherit it.

    Returns:
        Where the process is bound now, with a reason when this system does not let it be.
    """
    if not hasattr(os, "sched_setaffinity"):
        return Pinned(cpus=(), reason="this system cannot bind threads to CPUs")
    try:
        for thread in (proc / "self" / "task").iterdir():
            with contextlib.suppress(ProcessLookupError):  # it has ended since it was listed
                os.sched_setaffinity(int(thread.name), cpus)
    except OSError as error:
        return Pinned(cpus=(), reason=f"threads cannot be bound to CPUs {cpus}: {error.strerror}")
    except (ValueError, OverflowError) as error:
        return Pinned(cpus=(), reason=f"threads cannot be bound to CPUs {cpus}: {error}")
    return Pinned(cpus=tuple(sorted(os.sched_getaffinity(0))))
