"""The cache of peaks: what was kept is found again, and nothing else is believed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from helpers.builders import make_cpu, make_environment
from helpers.limits import make_peaks

from harness.environment import Environment, PackageVersion
from harness.errors import ArtifactError
from planner.services.machine_peaks import PeakCache

HERE = make_environment()
NOW = datetime(2026, 1, 3, tzinfo=UTC)


@pytest.fixture
def cache(tmp_path: Path) -> PeakCache:
    """An empty one, on the day after the peaks were measured."""
    return PeakCache(root=tmp_path, now=lambda: NOW)


def test_what_was_kept_is_found_again_and_nothing_lies_beside_it(cache: PeakCache) -> None:
    path = cache.keep(make_peaks(), HERE)

    assert cache.find(HERE, 1) == make_peaks()
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("environment", "threads"),
    [
        (HERE, 2),
        (make_environment(host_id="ba9876543210"), 1),
        (make_environment(cpu=make_cpu(model="Another CPU")), 1),
        (make_environment(packages=(PackageVersion(name="numpy", version="9"),)), 1),
    ],
)
def test_peaks_of_another_host_processor_thread_count_or_version_are_not_ours(
    cache: PeakCache,
    environment: Environment,
    threads: int,
) -> None:
    path = cache.keep(make_peaks(), HERE)
    path.rename(cache.place(environment, threads))  # also not where somebody gives the file our name

    assert cache.find(environment, threads) is None


def damage(change: Callable[[Any], object]) -> Callable[[bytes], bytes]:
    """A change of the file's JSON."""

    def changed(content: bytes) -> bytes:
        document = json.loads(content)
        change(document)
        return json.dumps(document).encode()

    return changed


@pytest.mark.parametrize(
    "injury",
    [
        lambda _: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"numpy", b"\xff\xfe"),
        lambda _: b"[" * 100_000,
        lambda content: content + b" " * 2**20,
        damage(lambda one: one.update(schema="planner.peaks/9")),
        damage(lambda one: one["peaks"].update(rates=[])),
        damage(lambda one: one["peaks"].update(bandwidths=[])),
        damage(lambda one: one["peaks"].update(measured_at="yesterday")),
        damage(lambda one: one["peaks"].update(measured_at="2027-01-01T00:00:00+00:00")),
        damage(lambda one: one["peaks"].update(measured_at="2026-01-01T00:00:00")),
        damage(lambda one: one["peaks"].update(foreign_cpu_share=7.0)),
        damage(lambda one: one["peaks"]["rates"][0].update(best=1e30)),
        damage(lambda one: one["peaks"]["rates"][0].update(best=-1.0)),
        damage(lambda one: one["peaks"]["rates"][0].update(median=2e11)),
        damage(lambda one: one["peaks"]["caches"].update(total_bytes=0)),
        damage(lambda one: one["peaks"].pop("cpu")),
    ],
    ids=range(17),
)
def test_a_damaged_or_absurd_file_is_as_good_as_none(cache: PeakCache, injury: Callable[[bytes], bytes]) -> None:
    path = cache.keep(make_peaks(), HERE)
    path.write_bytes(injury(path.read_bytes()))

    assert cache.find(HERE, 1) is None


def test_new_peaks_take_the_place_of_damaged_ones(cache: PeakCache) -> None:
    path = cache.keep(make_peaks(), HERE)
    path.write_bytes(b"{")

    cache.keep(make_peaks(took_s=1.0), HERE)

    assert cache.find(HERE, 1) == make_peaks(took_s=1.0)


def test_a_cache_that_cannot_be_written_says_where_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "peaks").write_text("a file is in the way")

    with pytest.raises(ArtifactError, match="set PLANNER_CACHE to another folder"):
        PeakCache(root=tmp_path).keep(make_peaks(), HERE)
