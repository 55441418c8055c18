"""The command line in a folder of its own, and the database that it finds there."""

import signal
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from helpers.command_line import Answer, Ask, CommandLine
from helpers.stores import open_store

from planner.__main__ import main
from planner.store import Store


@pytest.fixture
def planner(tmp_path: Path) -> CommandLine:
    """`planner(*arguments)` runs it and returns what it answers."""
    return CommandLine(folder=tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The database of that folder."""
    with open_store(tmp_path / "results.db") as opened:
        yield opened


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Ask]:
    """`ask(*arguments)` answers like `planner`, in a folder of its own and in this process: quick once it is warm."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLANNER_DB", raising=False)
    monkeypatch.setenv("COLUMNS", "120")

    def answer(*arguments: str) -> Answer:
        code = main(arguments)
        return CompletedProcess(arguments, code, *capsys.readouterr())

    before = signal.getsignal(signal.SIGTERM)
    yield answer
    signal.signal(signal.SIGTERM, before)
