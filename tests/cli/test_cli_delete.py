"""`planner delete`: asks where somebody can answer, and refuses where nobody can."""

import fcntl
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.builders import make_plan
from helpers.command_line import Answer, CommandLine, refuses
from helpers.runs import create_full_run
from helpers.stores import open_store

from harness.environment import Observer, read_environment
from planner.store import Store


def answer_on_a_terminal(planner: CommandLine, *arguments: str, typed: str) -> Answer:
    """Run `planner` with a terminal as its standard input, on which somebody types."""
    master, terminal = pty.openpty()
    try:
        os.write(master, typed.encode())
        return subprocess.run(
            [sys.executable, "-P", "-m", "planner", *arguments],
            cwd=planner.folder,
            env=planner.environment,
            stdin=terminal,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(master)
        os.close(terminal)


def runs_left(folder: Path) -> int:
    """How many runs the database of the folder holds."""
    with open_store(folder / "results.db") as store:
        return len(store.runs())


def test_without_a_terminal_nothing_is_deleted_and_the_way_out_is_named(
    planner: CommandLine, store: Store, tmp_path: Path
) -> None:
    run_id = create_full_run(store)
    store.close()
    assert "--yes" in refuses(planner("delete", run_id))
    assert runs_left(tmp_path) == 1


def test_with_yes_it_deletes_without_asking(planner: CommandLine, store: Store, tmp_path: Path) -> None:
    run_id = create_full_run(store)
    store.close()
    answer = planner("delete", run_id[:4], "--yes")
    assert answer.returncode == 0
    assert run_id in answer.stdout
    assert runs_left(tmp_path) == 0


@pytest.mark.parametrize(("typed", "left"), [("y\n", 0), ("\n", 1), ("no\n", 1), ("\x04", 1)])
def test_on_a_terminal_it_names_what_will_be_lost_and_asks(
    planner: CommandLine, store: Store, tmp_path: Path, typed: str, left: int
) -> None:
    run_id = create_full_run(store, rounds=3)
    store.close()
    answer = answer_on_a_terminal(planner, "delete", run_id, typed=typed)
    assert answer.returncode == 0
    assert "3 rounds" in answer.stderr
    assert "toy" in answer.stderr
    assert runs_left(tmp_path) == left


def test_a_run_that_is_measured_now_is_not_taken_away(planner: CommandLine, store: Store) -> None:
    here = read_environment(Observer.HEADLESS)
    run_id = store.create_run(make_plan(), here, observer=Observer.HEADLESS, planner_version="0.1.0")
    store.close()
    with planner.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "right now" in refuses(planner("delete", run_id, "--yes"))


def test_a_run_that_is_not_there_is_refused(planner: CommandLine, store: Store) -> None:
    store.close()
    assert "planner runs" in refuses(planner("delete", "0a0a", "--yes"))
