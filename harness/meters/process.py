"""What a block of calls cost its own process: CPU time and context switches.

Read inside the worker, once before and once after a block, never per call: a reading takes a few
microseconds. Both counters span all threads, also those that have ended.
"""

import resource
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockCounters:
    """Totals since the process started, or what a block added to them.

    An involuntary switch means that something else wanted the core while a call ran.
    """

    cpu_ns: int
    voluntary_switches: int
    involuntary_switches: int

    def since(self, before: "BlockCounters") -> "BlockCounters":
        """What was added between an earlier reading and this one."""
        return BlockCounters(
            cpu_ns=self.cpu_ns - before.cpu_ns,
            voluntary_switches=self.voluntary_switches - before.voluntary_switches,
            involuntary_switches=self.involuntary_switches - before.involuntary_switches,
        )


def read_block_counters() -> BlockCounters:
    """The totals of this process now. CPU time is user and system, in nanoseconds."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return BlockCounters(
        cpu_ns=time.process_time_ns(),
        voluntary_switches=usage.ru_nvcsw,
        involuntary_switches=usage.ru_nivcsw,
    )
