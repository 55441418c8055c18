"""A store in a temporary folder, with a clock that moves one minute at every look."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from planner.store import Store


@pytest.fixture
def clock() -> Callable[[], datetime]:
    minutes = count()
    return lambda: datetime(2026, 1, 2, 3, 4, tzinfo=UTC) + timedelta(minutes=next(minutes))


@pytest.fixture
def store(tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[Store]:
    with Store.open(tmp_path / "results.db", now=clock) as opened:
        yield opened


@pytest.fixture
def other() -> Iterator[Store]:
    """A second store, empty and in memory."""
    with Store.open("sqlite://") as opened:
        yield opened
