"""Bandwidth of memory: which bytes count, and how large the arrays are. No figure is asserted."""

import pytest

from harness.errors import MeasurementError
from harness.meters.bandwidth import KERNELS, array_bytes_for, measure_bandwidth
from harness.vocabulary import BandwidthReading

MIB = 2**20


@pytest.mark.parametrize("threads", [1, 2])
def test_every_kernel_counts_the_bytes_that_it_says(threads: int) -> None:
    found = list(measure_bandwidth(threads, array_bytes=MIB, seconds=0.0))

    assert [one.kernel for one in found] == [kernel.name for kernel in KERNELS] == ["add", "copy", "read"]
    assert [one.pass_bytes for one in found] == [3 * MIB, 2 * MIB, MIB]
    assert all(one.threads == threads and one.array_bytes == MIB and one.passes >= 5 for one in found)


def test_arrays_are_four_times_the_last_level_cache_but_leave_most_of_the_memory_alone() -> None:
    assert array_bytes_for(32 * MIB, memory_bytes=None) == 128 * MIB
    assert array_bytes_for(32 * MIB, memory_bytes=16 * 1024 * MIB) == 128 * MIB
    assert 3 * array_bytes_for(1024 * MIB, memory_bytes=1200 * MIB) == 300 * MIB


@pytest.mark.parametrize("rates", [(1e9, 2e9), (float("nan"), 1e9), (1e18, 1e9), (-1.0, -2.0)])
def test_a_bandwidth_that_cannot_be_is_not_built(rates: tuple[float, float]) -> None:
    with pytest.raises(MeasurementError):
        BandwidthReading(
            kernel="add",
            threads=1,
            counted="",
            pass_bytes=1,
            array_bytes=1,
            passes=1,
            best=rates[0],
            median=rates[1],
        )
