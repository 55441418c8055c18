"""Shares of a round from made counter files, and the real files of this machine."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import MeasurementError
from harness.meters.host import HostCounters, process_cpu_s, read_host_counters, reading_between

TICKS = os.sysconf("SC_CLK_TCK")
seconds = st.floats(0, 1e6, allow_nan=False)


def a_root(root: Path, **files: str) -> Path:
    places = {
        "stat": "proc/stat",
        "pressure": "proc/pressure/cpu",
        "cpuinfo": "proc/cpuinfo",
        "clock0": "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq",
        "clock1": "sys/devices/system/cpu/cpufreq/policy1/scaling_cur_freq",
    }
    for name, text in files.items():
        place = root / places[name]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return root


def a_stat(**seconds_of: int) -> str:
    names = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice")
    numbers = " ".join(str(seconds_of.get(name, 0) * TICKS) for name in names)
    return f"cpu  {numbers}\ncpu0 {numbers}\ncpu1 {numbers}\nintr 5 0\nctxt 7\n"


def counters(
    *, busy_s: float | None = 0.0, steal_s: float | None = 0.0, pressure_s: float | None = 0.0, cores: int = 2
) -> HostCounters:
    return HostCounters(cores=cores, busy_s=busy_s, steal_s=steal_s, pressure_s=pressure_s, frequency_hz=None)


def test_busy_time_counts_interrupts_and_steal_but_neither_waiting_nor_guests_twice(tmp_path: Path) -> None:
    stat = a_stat(user=100, nice=20, system=30, idle=7000, iowait=900, irq=4, softirq=5, steal=6, guest=50)

    snapshot = read_host_counters(root=a_root(tmp_path, stat=stat))

    assert snapshot.cores == 2
    assert snapshot.busy_s == pytest.approx(165)
    assert snapshot.steal_s == pytest.approx(6)


def test_the_foreign_share_is_what_neither_workers_nor_parent_used() -> None:
    reading = reading_between(
        counters(busy_s=10.0, steal_s=1.0, pressure_s=3.0),
        counters(busy_s=11.0, steal_s=1.1, pressure_s=3.25),
        own_cpu_s=0.6,
        parent_cpu_s=0.1,
        wall_s=0.5,
    )

    assert reading.foreign_cpu_share == pytest.approx(0.3)
    assert reading.steal_share == pytest.approx(0.1)
    assert reading.pressure_share == pytest.approx(0.5)
    assert reading.parent_cpu_s == 0.1


@given(before=seconds, added=seconds, own=seconds, parent=seconds, wall=st.floats(0.001, 1e6))
def test_a_share_lies_between_nothing_and_everything(
    before: float, added: float, own: float, parent: float, wall: float
) -> None:
    reading = reading_between(
        counters(busy_s=before),
        counters(busy_s=before + added),
        own_cpu_s=own,
        parent_cpu_s=parent,
        wall_s=wall,
    )

    assert reading.foreign_cpu_share is not None
    assert 0 <= reading.foreign_cpu_share <= 1


def test_without_the_workers_own_time_no_load_is_called_foreign() -> None:
    reading = reading_between(counters(), counters(busy_s=1.0), own_cpu_s=None, parent_cpu_s=0.0, wall_s=1.0)

    assert reading.foreign_cpu_share is None
    assert reading.steal_share == 0


def test_cores_that_come_or_go_within_a_round_leave_it_without_shares_of_cores() -> None:
    reading = reading_between(
        counters(cores=4), counters(cores=2, busy_s=1.0), own_cpu_s=0.0, parent_cpu_s=0.0, wall_s=1.0
    )

    assert (reading.foreign_cpu_share, reading.steal_share) == (None, None)
    assert reading.pressure_share == 0


@pytest.mark.parametrize("wall_s", [0.0, -1.0, float("nan")])
def test_a_round_without_length_is_refused(wall_s: float) -> None:
    with pytest.raises(MeasurementError, match="no host reading"):
        reading_between(counters(), counters(), own_cpu_s=0.0, parent_cpu_s=0.0, wall_s=wall_s)


def test_pressure_is_read_as_seconds_in_which_some_task_waited(tmp_path: Path) -> None:
    pressure = "some avg10=1.00 avg60=0.50 avg300=0.10 total=2500000\nfull avg10=0.00 total=9\n"

    assert read_host_counters(root=a_root(tmp_path, pressure=pressure)).pressure_s == 2.5


def test_clocks_are_averaged_over_cores_and_over_the_round(tmp_path: Path) -> None:
    before = read_host_counters(root=a_root(tmp_path, stat=a_stat(), clock0="2000000\n", clock1="3000000\n"))
    after = read_host_counters(root=a_root(tmp_path, clock0="3000000\n", clock1="<unknown>\n"))

    reading = reading_between(before, after, own_cpu_s=0.0, parent_cpu_s=0.0, wall_s=1.0)

    assert reading.frequency_hz == pytest.approx(2.75e9)


def test_cpuinfo_gives_the_clock_only_where_the_cpu_counts_its_cycles(tmp_path: Path) -> None:
    measured = "flags\t: fpu aperfmperf\ncpu MHz\t\t: 3500.500\nflags\t: fpu aperfmperf\ncpu MHz\t\t: 2500.500\nend\n"
    nominal = "flags\t: fpu hypervisor\ncpu MHz\t\t: 2596.136\nend\n"

    counted = read_host_counters(root=a_root(tmp_path / "metal", cpuinfo=measured))
    constant = read_host_counters(root=a_root(tmp_path / "guest", cpuinfo=nominal))

    assert counted.frequency_hz == pytest.approx(3.0005e9)
    assert constant.frequency_hz is None


def test_a_machine_that_tells_nothing_yields_nothing(tmp_path: Path) -> None:
    silent = read_host_counters(root=tmp_path)

    reading = reading_between(silent, silent, own_cpu_s=0.0, parent_cpu_s=0.01, wall_s=1.0)

    assert (reading.foreign_cpu_share, reading.steal_share) == (None, None)
    assert (reading.pressure_share, reading.frequency_hz) == (None, None)
    assert reading.parent_cpu_s == 0.01


@pytest.mark.skipif(sys.platform != "linux", reason="these counters are Linux's")
def test_the_counters_of_this_machine_only_grow() -> None:
    before, after = read_host_counters(), read_host_counters()

    assert before.cores >= 1
    assert before.busy_s is not None
    assert after.busy_s is not None
    assert after.busy_s >= before.busy_s > 0


@pytest.mark.skipif(sys.platform != "linux", reason="the CPU clock of another process is Linux's")
def test_the_cpu_time_of_a_process_keeps_that_of_threads_that_have_ended() -> None:
    started_s = process_cpu_s(os.getpid())
    thread = threading.Thread(target=sum, args=(range(3_000_000),))
    thread.start()
    thread.join()

    own_s, read_s, later_s = time.process_time(), process_cpu_s(os.getpid()), time.process_time()

    assert started_s is not None
    assert read_s is not None
    assert started_s < own_s <= read_s <= later_s


def test_a_process_that_is_gone_has_no_cpu_time() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()

    assert process_cpu_s(child.pid) is None
