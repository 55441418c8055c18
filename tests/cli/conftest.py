"""The command line in a folder of its own, and the database that it finds there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.command_line import CommandLine

from planner.store import Store


@pytest.fixture
def planner(tmp_path: Path) -> CommandLine:
    """`planner(*arguments)` runs it and returns what it answers."""
    return CommandLine(folder=tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The database of that folder."""
    with Store.open(tmp_path / "results.db") as opened:
        yield opened
