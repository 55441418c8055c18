"""What the machine did over a stretch in which workers were measured, and whether somebody else had a part in it."""

import os
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from harness.meters.host import HostCounters, read_host_counters, reading_between
from harness.supervisor.process import WorkerProcess
from harness.vocabulary import HostReading

_SHORTEST_TELLING_S = 0.2  # the host's counters tick every 10 ms: a shorter stretch says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class HostWatch:
    """The counters at the beginning of a stretch. Workers count as our own load, measured or waiting."""

    workers: tuple[WorkerProcess, ...]
    host: HostCounters
    workers_cpu_s: float
    parent_cpu_s: float
    clock_s: float

    @classmethod
    def begin(cls, workers: Collection[WorkerProcess]) -> Self:
        """Read the counters now."""
        times = os.times()
        return cls(
            workers=tuple(workers),
            host=read_host_counters(),
            workers_cpu_s=sum(worker.cpu_s() for worker in workers),
            parent_cpu_s=times.user + times.system,
            clock_s=time.monotonic(),
        )

    @property
    def elapsed_s(self) -> float:
        """Since it began."""
        return time.monotonic() - self.clock_s

    def end(self) -> tuple[HostReading, float]:
        """What the machine did since, and the seconds it took."""
        after = HostWatch.begin(self.workers)
        wall_s = after.clock_s - self.clock_s
        own_cpu_s = after.workers_cpu_s - self.workers_cpu_s if wall_s >= _SHORTEST_TELLING_S else None
        reading = reading_between(
            self.host,
            after.host,
            own_cpu_s=own_cpu_s,
            parent_cpu_s=after.parent_cpu_s - self.parent_cpu_s,
            wall_s=wall_s,
        )
        return reading, wall_s


def is_contaminated(host: HostReading, *, limit: float, is_simulated: bool) -> bool:
    """Whether others used more of the machine than the limit; no load slows a scripted clock."""
    if is_simulated or host.foreign_cpu_share is None:
        return False
    return host.foreign_cpu_share > limit
