"""Peak and resident memory of the calling process, phase by phase, on Linux.

The kernel keeps the peak (`VmHWM`), so that none is missed between two samples. `ru_maxrss` is
never used: it survives fork and exec, and an empty child of a 600 MB parent reports 600 MB.
"""

import os
from pathlib import Path

from harness.vocabulary import MemoryReading

PROC = Path("/proc")
RESET_PEAK = b"5"  # sets VmHWM to the present VmRSS; source: proc_pid_clear_refs(5), Linux 4.0
KIB = 1024  # /proc writes "kB" and means 1,024 bytes; source: proc_pid_status(5)


def reset_peak(*, proc: Path = PROC) -> str | None:
    """Start a new phase: the peak becomes what is resident now.

    Returns:
        None when done, else the reason why the peak still spans everything since the start.
    """
    try:
        descriptor = os.open(proc / "self" / "clear_refs", os.O_WRONLY)
    except OSError as error:
        return f"the memory peak cannot be reset here: {error.strerror}"
    try:
        os.write(descriptor, RESET_PEAK)
    except OSError as error:
        return f"the kernel refused to reset the memory peak: {error.strerror}"
    finally:
        os.close(descriptor)
    return None


def read_memory(phase: str, launch: int, *, reset_failure: str | None = None, proc: Path = PROC) -> MemoryReading:
    """Peak (`VmHWM`) and resident (`VmRSS`) bytes of this process since `reset_peak`.

    The kernel counts pages in batches (32 or more a CPU), so that a figure may be off by some
    100 KiB either way.

    Args:
        phase: What the process did, such as `load` or `infer`.
        launch: Which process generation this is, counted from 0.
        reset_failure: What `reset_peak` returned. With a reason the peak is withheld, because
            it would be that of an earlier phase.
        proc: Where the kernel's process files are.
    """
    try:
        status = (proc / "self" / "status").read_text(encoding="ascii", errors="replace")
    except OSError as error:
        return _absent(phase, launch, f"memory is read from /proc on Linux only: {error.strerror}")
    resident = _bytes_of(status, "VmRSS:")
    peak = _bytes_of(status, "VmHWM:")
    if resident is None or peak is None:
        return _absent(phase, launch, "this kernel states neither VmHWM nor VmRSS")
    return MemoryReading(
        phase=phase,
        launch=launch,
        peak_bytes=None if reset_failure else peak,
        resident_bytes=resident,
        reason=reset_failure,
    )


def _absent(phase: str, launch: int, reason: str) -> MemoryReading:
    return MemoryReading(phase=phase, launch=launch, peak_bytes=None, resident_bytes=None, reason=reason)


def _bytes_of(status: str, key: str) -> int | None:
    for line in status.splitlines():
        if line.startswith(key):
            return int(line.split()[1]) * KIB
    return None
