"""Does the memory peak see what is there? An allocation of known size, held for a known time."""

import mmap
import time

from harness.meters.memory import read_memory, reset_peak
from harness.vocabulary.selftest import MemoryProbe

_PHASE = "probe"


def probe_memory_peak(size_bytes: int, *, hold_s: float) -> MemoryProbe:
    """Allocate so many bytes, touch every page, hold them, give them back, and read the peak.

    The pages come from the kernel and go back to it, so that no allocator keeps them for the next probe.
    """
    failure = reset_peak()
    before = read_memory(_PHASE, 0)
    with mmap.mmap(-1, size_bytes) as pages:
        pages[:: mmap.PAGESIZE] = b"\1" * len(range(0, size_bytes, mmap.PAGESIZE))
        if hold_s:
            time.sleep(hold_s)
    after = read_memory(_PHASE, 0, reset_failure=failure)
    is_known = after.peak_bytes is not None and before.resident_bytes is not None
    return MemoryProbe(
        size_bytes=size_bytes,
        hold_s=hold_s,
        seen_bytes=after.peak_bytes - before.resident_bytes
        if after.peak_bytes is not None and before.resident_bytes is not None
        else None,
        page_bytes=mmap.PAGESIZE,
        reason=None if is_known else after.reason or before.reason,
    )
