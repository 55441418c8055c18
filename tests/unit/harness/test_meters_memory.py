"""The kernel's peak, read for real in processes of their own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.meters.memory import read_memory, reset_peak

SIZE = 64 * 2**20
# The kernel counts pages in batches of 32 or more a CPU.
TOLERANCE = 2**20

CHILD = f"""
import json, mmap, resource, sys, time
from harness.meters.memory import read_memory, reset_peak

failure = reset_peak()
before = read_memory("idle", 0, reset_failure=failure)
block = mmap.mmap(-1, {SIZE})
for offset in range(0, {SIZE}, mmap.PAGESIZE):
    block[offset] = 1
until_ns = time.perf_counter_ns() + int(sys.argv[1])
while time.perf_counter_ns() < until_ns:
    pass
block.close()
after = read_memory("spike", 0)
reset_peak()
later = read_memory("calm", 0)
print(json.dumps({{
    "before_resident": before.resident_bytes, "spike_peak": after.peak_bytes,
    "spike_resident": after.resident_bytes, "calm_peak": later.peak_bytes,
    "inherited": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
}}))
"""

PARENT = """
import subprocess, sys
ballast = bytearray(256 * 2**20)
for offset in range(0, len(ballast), 4096):
    ballast[offset] = 1
subprocess.run([sys.executable, *sys.argv[1:]], check=True)
"""

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's peak is Linux's")


def figures_of(*arguments: str) -> dict[str, int]:
    answer = subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True)
    figures: dict[str, int] = json.loads(answer.stdout)
    return figures


def a_proc(root: Path, status: str) -> Path:
    (root / "self").mkdir(parents=True)
    (root / "self" / "status").write_text(status)
    (root / "self" / "clear_refs").write_text("")
    return root


@on_linux
@pytest.mark.parametrize("hold_ns", [0, 1_000_000, 5_000_000])
def test_a_peak_that_lasts_milliseconds_is_seen_whole(hold_ns: int) -> None:
    figures = figures_of("-c", CHILD, str(hold_ns))

    assert abs(figures["spike_peak"] - figures["before_resident"] - SIZE) < TOLERANCE
    assert figures["spike_resident"] < figures["spike_peak"] - SIZE + 2 * TOLERANCE


@on_linux
def test_a_reset_forgets_the_peak_of_the_phase_before() -> None:
    figures = figures_of("-c", CHILD, "0")

    assert figures["calm_peak"] < figures["spike_peak"] - SIZE + 2 * TOLERANCE


@on_linux
def test_the_memory_of_a_large_parent_is_not_charged_to_its_child() -> None:
    figures = figures_of("-c", PARENT, "-c", CHILD, "0")

    assert figures["inherited"] > 200 * 2**20, "the trap is set: ru_maxrss carries the parent's peak"
    assert figures["spike_peak"] < 200 * 2**20
    assert abs(figures["spike_peak"] - figures["before_resident"] - SIZE) < TOLERANCE


def test_kernel_kilobytes_become_bytes(tmp_path: Path) -> None:
    proc = a_proc(tmp_path, "Name:\tpython\nVmHWM:\t    2048 kB\nVmRSS:\t    1000 kB\n")

    assert reset_peak(proc=proc) is None
    reading = read_memory("infer", 2, proc=proc)

    assert (reading.phase, reading.launch) == ("infer", 2)
    assert (reading.peak_bytes, reading.resident_bytes) == (2_097_152, 1_024_000)
    assert reading.reason is None


def test_a_peak_that_could_not_be_reset_is_withheld_with_the_reason(tmp_path: Path) -> None:
    proc = a_proc(tmp_path, "VmHWM: 2048 kB\nVmRSS: 1000 kB\n")
    (proc / "self" / "clear_refs").unlink()

    failure = reset_peak(proc=proc)
    reading = read_memory("infer", 0, reset_failure=failure, proc=proc)

    assert reading.peak_bytes is None
    assert reading.resident_bytes == 1_024_000
    assert reading.reason is not None
    assert "cannot be reset" in reading.reason


def test_a_system_without_proc_yields_a_reason_and_no_figure(tmp_path: Path) -> None:
    reading = read_memory("infer", 0, proc=tmp_path)

    assert (reading.peak_bytes, reading.resident_bytes) == (None, None)
    assert reading.reason is not None
    assert "Linux only" in reading.reason


def test_a_status_without_memory_lines_yields_a_reason(tmp_path: Path) -> None:
    reading = read_memory("infer", 0, proc=a_proc(tmp_path, "Name:\tkthreadd\n"))

    assert reading.peak_bytes is None
    assert reading.reason == "this kernel states neither VmHWM nor VmRSS"
