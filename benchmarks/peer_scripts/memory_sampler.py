"""optimum-benchmark's memory tracker, a process that samples every 10 ms, and tracemalloc, on short native allocations.

Argument: size_bytes, hold_s (a list), repeats. Answers with what each saw, in bytes above what was there before.
"""

import json
import mmap
import sys
import time
import tracemalloc
from importlib import metadata

from optimum_benchmark.trackers.memory import MemoryTracker


def allocate(size, hold_s):
    """The same as `benchmarks/memory_peak.py` does: pages from the kernel, touched, held, given back."""
    with mmap.mmap(-1, size) as pages:
        pages[:: mmap.PAGESIZE] = b"\1" * len(range(0, size, mmap.PAGESIZE))
        if hold_s:
            time.sleep(hold_s)


def sampled(size, hold_s):
    """What the tracker says is the largest resident size, less what it says of nothing."""
    idle, busy = (MemoryTracker(device="cpu", backend="onnxruntime") for _ in range(2))
    with idle.track():
        pass
    with busy.track():
        allocate(size, hold_s)
    return (busy.get_max_memory().max_ram - idle.get_max_memory().max_ram) * 1e6


def traced(size, hold_s):
    """What tracemalloc says is the largest, less what was there."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    allocate(size, hold_s)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - before


def main():
    """Every length of hold, so many times."""
    asked = json.loads(sys.argv[1])
    told = {
        name: [[see(asked["size_bytes"], hold) for _ in range(asked["repeats"])] for hold in asked["hold_s"]]
        for name, see in (("sampler", sampled), ("tracemalloc", traced))
    }
    version = metadata.version("optimum-benchmark")
    print(json.dumps({**told, "versions": {"optimum-benchmark": version}}))


main()
