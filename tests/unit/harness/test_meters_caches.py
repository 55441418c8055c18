"""Cache sizes from what the kernel tells, counted once however many CPUs share them."""

from pathlib import Path

import pytest

from harness.errors import MeasurementError
from harness.meters.caches import ASSUMED_BYTES, read_caches
from harness.vocabulary import CacheSizes

MIB = 2**20


def a_machine(root: Path, *, cpus: int, shared_l3: str = "0-3") -> Path:
    """CPUs with caches of their own up to L2 and one L3."""
    for cpu in range(cpus):
        caches = (
            ("1", "Data", "32K", str(cpu)),
            ("1", "Instruction", "64K", str(cpu)),
            ("2", "Unified", "1024K", str(cpu)),
            ("3", "Unified", "32M", shared_l3),
        )
        for index, told in enumerate(caches):
            folder = root / f"sys/devices/system/cpu/cpu{cpu}/cache/index{index}"
            folder.mkdir(parents=True)
            for name, text in zip(("level", "type", "size", "shared_cpu_list"), told, strict=True):
                (folder / name).write_text(f"{text}\n")
    return root


def test_a_shared_cache_counts_once_and_own_ones_for_each_cpu(tmp_path: Path) -> None:
    root = a_machine(tmp_path, cpus=4)

    assert read_caches((3,), root=root) == CacheSizes(
        last_level_bytes=32 * MIB, total_bytes=33 * MIB, is_assumed=False, told="L3 32 MiB and L2 1 MiB"
    )
    assert read_caches((2, 3), root=root).total_bytes == 34 * MIB


def test_where_nothing_is_told_a_size_is_assumed_and_said(tmp_path: Path) -> None:
    found = read_caches((0,), root=tmp_path)

    assert (found.last_level_bytes, found.is_assumed) == (ASSUMED_BYTES, True)
    assert found.told == "this system does not tell its caches: 64 MiB are assumed"


def test_a_size_that_is_no_size_is_passed_over(tmp_path: Path) -> None:
    root = a_machine(tmp_path, cpus=1)
    (root / "sys/devices/system/cpu/cpu0/cache/index3/size").write_text("much\n")

    assert read_caches((0,), root=root).last_level_bytes == MIB


def test_a_cache_of_nothing_cannot_be_built() -> None:
    with pytest.raises(MeasurementError):
        CacheSizes(last_level_bytes=0, total_bytes=0, is_assumed=False, told="")
