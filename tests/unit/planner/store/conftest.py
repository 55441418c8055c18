"""Stores to test with, and an honest archive to tamper with."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from helpers.runs import create_full_run
from helpers.stores import open_store, passing_store

from planner.errors import ArchiveError
from planner.store import Store
from planner.store.archive import export_runs, import_runs
from planner.store.container import ArchiveLimits

RUN = "abcdef01"


@pytest.fixture
def clock() -> Callable[[], datetime]:
    minutes = count()
    return lambda: datetime(2026, 1, 2, 3, 4, tzinfo=UTC) + timedelta(minutes=next(minutes))


@pytest.fixture
def store(tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[Store]:
    with open_store(tmp_path / "results.db", now=clock) as opened:
        yield opened


@pytest.fixture
def other() -> Iterator[Store]:
    """A second store, empty and in memory."""
    with passing_store() as opened:
        yield opened


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one run, as `planner export` writes it."""
    path = tmp_path_factory.mktemp("archives") / "honest.zip"
    with passing_store(new_id=lambda: RUN) as store:
        export_runs(store, [create_full_run(store)], path)
    return path


@pytest.fixture
def refuse(other: Store) -> Callable[..., None]:
    """Asserts that an archive is refused with a message, and that nothing of it is kept."""

    def check(path: Path, message: str, limits: ArchiveLimits | None = None) -> None:
        with pytest.raises(ArchiveError, match=message):
            import_runs(other, path, limits=limits or ArchiveLimits())
        assert other.runs() == ()

    return check
