"""8. Whether a short peak of memory is seen: 64 MiB of native memory, held for 0, 1, 5 and 20 ms.

Ours is the kernel's own peak, reset for each phase. The peers are a sampler (optimum-benchmark's tracker) and Python's
tracemalloc, which Neural Compressor uses. Each looks at the same allocation in a process of its own.
"""

import mmap
import os
import sys
import time
from collections.abc import Sequence

from benchmarks import peers
from benchmarks.comparison import Context, Found
from benchmarks.figures import rate
from benchmarks.peers import Answer
from benchmarks.result import BenchmarkError, Outcome, Quantity, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_least, at_most
from harness.meters.memory import read_memory, reset_peak

_SIZE = 64 * 2**20
_HOLDS_S = (0.0, 0.001, 0.005, 0.020)
_SEEN = 0.98  # of its size: what is seen less of is not seen
_BATCH_PAGES = 32  # in which the kernel counts, a CPU: see harness.meters.memory
_READINGS = 2  # before and after
_SAMPLER, _TRACER = "optimum-benchmark, a sample every 10 ms", "tracemalloc"


def run(context: Context) -> Found:
    """Ours, then the peers; the order does not matter, as each looks at its own allocations."""
    found = Found()
    repeats = context.times(20, 3)
    ours = [[_peak_of(hold_s) for _ in range(repeats)] for hold_s in _HOLDS_S]
    context.narrate("optimum-benchmark's tracker and tracemalloc")
    asked = {"size_bytes": _SIZE, "hold_s": _HOLDS_S, "repeats": repeats}
    answer = found.ask(_SAMPLER, lambda: peers.ask(peers.HUGGING_FACE, "memory_sampler.py", asked))
    sampled, traced = _told(answer, "sampler"), _told(answer, "tracemalloc")
    for place, hold_s in enumerate(_HOLDS_S):
        found.rows.append(_row(f"{1e3 * hold_s:.0f} ms", ours[place], sampled[place], _SAMPLER))
    everything = [seen for of_hold in ours for seen in of_hold]
    all_traced = None if answer is None else [seen for of_hold in traced for seen in of_hold or ()]
    found.rows.append(_row("0 to 20 ms", everything, all_traced, _TRACER))
    found.rows.append(_error_row(everything))
    return found


def _told(answer: Answer | None, name: str) -> Sequence[Sequence[float] | None]:
    """What a peer saw, by length of hold; `None` for each where it is absent."""
    return [None] * len(_HOLDS_S) if answer is None else answer.told[name]


def _peak_of(hold_s: float) -> float:
    """Bytes that the harness's meter says were added at the peak.

    Raises:
        BenchmarkError: this machine does not tell.
    """
    failure = reset_peak()
    before = read_memory("before", 0)
    with mmap.mmap(-1, _SIZE) as pages:
        pages[:: mmap.PAGESIZE] = b"\1" * len(range(0, _SIZE, mmap.PAGESIZE))
        if hold_s:
            time.sleep(hold_s)
    after = read_memory("allocation", 0, reset_failure=failure)
    if after.peak_bytes is None or before.resident_bytes is None:
        raise BenchmarkError(f"the memory peak cannot be read here: {after.reason or before.reason}")
    return after.peak_bytes - before.resident_bytes


def _row(held: str, ours: Sequence[float], theirs: Sequence[float] | None, peer: str) -> Row:
    seen = rate(sum(one >= _SEEN * _SIZE for one in ours), len(ours))
    return Row(
        what=f"peaks of 64 MiB seen, held for {held}",
        ours=seen,
        peer=None if theirs is None else rate(sum(one >= _SEEN * _SIZE for one in theirs), len(theirs)),
        peer_name=peer,
        target="100 %",
        outcome=at_least(seen.value if seen else None, 1.0) if theirs is not None else Outcome.PEER_ABSENT,
        in_readme=True,
    )


def _error_row(ours: Sequence[float]) -> Row:
    """How far off the worst of ours is."""
    errors = [abs(one - _SIZE) for one in ours]
    pages = _READINGS * _BATCH_PAGES * len(os.sched_getaffinity(0))
    return Row(
        what="largest error of a peak",
        ours=Quantity(value=max(errors), unit=Unit.BYTES),
        target=f"≤ {pages} pages",
        outcome=at_most(max(errors), pages * mmap.PAGESIZE),
        note=f"{max(errors) / mmap.PAGESIZE:.0f} pages of {mmap.PAGESIZE} bytes; each of two readings may be off by "
        f"{_BATCH_PAGES} a CPU",
        in_readme=True,
    )


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
