"""What the whole machine did over a round: foreign load, steal, pressure, clock speed.

Read by the parent at both ends of a round of at least 0.5 s: the kernel counts busy time in
ticks of 10 ms, and shorter rounds see nothing. Only counters are read here; whether a round is
contaminated is for the rules of the plan.
"""

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from harness.errors import MeasurementError
from harness.meters.absence import text_or_none
from harness.vocabulary import HostReading

ROOT = Path("/")
# Fields of a `cpu` line. `guest` and `guest_nice` follow, and are already counted within `user`
# and `nice`; idle and iowait are not work. Source: proc_stat(5).
USER, NICE, SYSTEM, IRQ, SOFTIRQ, STEAL = 0, 1, 2, 5, 6, 7
CLOCKS_SAMPLED = 16  # a clock costs 10 to 20 µs to read, and a server has hundreds
CPUINFO_CHARACTERS = 65_536  # some 25 CPUs: the kernel makes this text anew, CPU by CPU, on every read


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCounters:
    """The machine's counters at one moment, since boot; what it does not tell is None.

    `busy_s` and `steal_s` are CPU seconds over all online cores, `pressure_s` is wall time in
    which some task waited for a CPU, `frequency_hz` the mean clock of the cores at that moment.
    """

    cores: int
    busy_s: float | None
    steal_s: float | None
    pressure_s: float | None
    frequency_hz: float | None


def read_host_counters(*, root: Path = ROOT) -> HostCounters:
    """Take a snapshot. Costs well under a millisecond; a missing counter is None."""
    cores, busy_s, steal_s = _cpu_time(text_or_none(root / "proc/stat"))
    return HostCounters(
        cores=cores,
        busy_s=busy_s,
        steal_s=steal_s,
        pressure_s=_pressure_s(text_or_none(root / "proc/pressure/cpu")),
        frequency_hz=_frequency_hz(root),
    )


def reading_between(
    before: HostCounters,
    after: HostCounters,
    *,
    own_cpu_s: float | None,
    parent_cpu_s: float,
    wall_s: float,
) -> HostReading:
    """What the machine did between two snapshots.

    The foreign share is (busy - own - parent) / wall / cores, not below 0. Busy time comes in
    ticks and own time in nanoseconds, so that a quiet round of 0.5 s may read as much as 1 to 2 %.

    Args:
        before: The snapshot at the start of the round.
        after: The snapshot at its end.
        own_cpu_s: CPU seconds of all workers over the round, or None if one could not be read.
        parent_cpu_s: CPU seconds of the supervising process over the round.
        wall_s: Length of the round in seconds.

    Raises:
        MeasurementError: The round has no length.
    """
    if not (math.isfinite(wall_s) and wall_s > 0):
        raise MeasurementError(f"a round of {wall_s} s has no host reading: time passes forwards")
    capacity_s = wall_s * after.cores if after.cores == before.cores else None
    busy_s = _added(before.busy_s, after.busy_s)
    foreign_s = None if busy_s is None or own_cpu_s is None else busy_s - own_cpu_s - parent_cpu_s
    clocks = [hz for hz in (before.frequency_hz, after.frequency_hz) if hz is not None]
    return HostReading(
        foreign_cpu_share=_share(foreign_s, capacity_s),
        steal_share=_share(_added(before.steal_s, after.steal_s), capacity_s),
        pressure_share=_share(_added(before.pressure_s, after.pressure_s), wall_s),
        frequency_hz=fmean(clocks) if clocks else None,
        parent_cpu_s=parent_cpu_s,
    )


def process_cpu_s(pid: int) -> float | None:
    """CPU seconds of a process over all its threads, or None if it is gone or cannot be read.

    Read from the process's own CPU clock: nanoseconds, with threads that have ended, and up to
    date while it runs. `/proc/PID/stat` rounds to ticks of 10 ms; `/proc/PID/task/*/schedstat`
    forgets ended threads and lags behind running ones. A child stays readable until it is reaped.
    """
    # clock_getcpuclockid(3) does this sum in every Linux libc; source: CPUCLOCK_SCHED = 2 and
    # MAKE_PROCESS_CPUCLOCK in the kernel's include/linux/posix-timers_types.h.
    clock = (~pid << 3) | 2
    try:
        return time.clock_gettime_ns(clock) / 1e9
    except OSError:
        return None


def _added(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


def _share(part_s: float | None, whole_s: float | None) -> float | None:
    # Parts and wall time are not read at one instant: a share a hair outside 0 to 1 is rounding.
    return None if part_s is None or not whole_s else min(1.0, max(0.0, part_s / whole_s))


def _cpu_time(stat: str | None) -> tuple[int, float | None, float | None]:
    """Online cores, busy seconds and stolen seconds from the text of /proc/stat."""
    rows = [line.split() for line in (stat or "").splitlines() if line.startswith("cpu")]
    cores = sum(row[0] != "cpu" for row in rows)
    totals = next((row[1:] for row in rows if row[0] == "cpu"), [])
    if len(totals) <= STEAL:
        return cores, None, None
    tick_s = 1 / os.sysconf("SC_CLK_TCK")
    busy = sum(int(totals[field]) for field in (USER, NICE, SYSTEM, IRQ, SOFTIRQ, STEAL))
    return cores, busy * tick_s, int(totals[STEAL]) * tick_s


def _pressure_s(pressure: str | None) -> float | None:
    """Seconds in which some task waited for a CPU. Source: the kernel's accounting/psi.rst."""
    for line in (pressure or "").splitlines():
        if line.startswith("some ") and "total=" in line:
            return int(line.rpartition("total=")[2]) / 1e6
    return None


def _frequency_hz(root: Path) -> float | None:
    """Mean clock of the cores, or None where only a nominal figure is known.

    Without cpufreq and without the `aperfmperf` counters, as in most virtual machines, the "cpu
    MHz" of /proc/cpuinfo is the constant found at boot, and no measurement.
    """
    files = sorted((root / "sys/devices/system/cpu/cpufreq").glob("policy*/scaling_cur_freq"))
    texts = [text_or_none(file) or "" for file in files[:: math.ceil(len(files) / CLOCKS_SAMPLED) or 1]]
    clocks_hz = [int(text) * 1e3 for text in texts if text.strip().isdecimal()]
    clocks_hz = clocks_hz or _cpuinfo_clocks_hz(root)
    return fmean(clocks_hz) if clocks_hz else None


def _cpuinfo_clocks_hz(root: Path) -> list[float]:
    try:
        with (root / "proc/cpuinfo").open(encoding="utf-8", errors="replace") as file:
            lines = file.read(CPUINFO_CHARACTERS).splitlines()[:-1]  # the last may be cut short
    except OSError:
        return []
    if not any(line.startswith("flags") and "aperfmperf" in line for line in lines):
        return []
    return [float(line.rpartition(":")[2]) * 1e6 for line in lines if line.startswith("cpu MHz")]
