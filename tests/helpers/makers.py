"""Makers of workloads in a moment, for tests of how preparing goes: whole, failing, or cut off."""

from collections.abc import Callable
from pathlib import Path

from helpers.fake_workload import write_fake_workload

from harness.errors import WorkloadError


def make_fake(folder: Path, *, report: Callable[[str], None]) -> None:
    """A whole workload."""
    report("making")
    write_fake_workload(folder, classes=2, samples=20, calibration_samples=4)


def make_half(folder: Path, *, report: Callable[[str], None]) -> None:
    """Some of its files, and then a source that is not there."""
    report("making")
    (folder / "test.npz").write_bytes(b"some of it")
    raise WorkloadError("the weights package is not installed")


def make_undescribed(folder: Path, *, report: Callable[[str], None]) -> None:
    """A description that says nothing."""
    report("making")
    (folder / "workload.toml").write_text("schema = 2\n", encoding="utf-8")
