"""A recording process that is killed loses nothing that it had committed."""

import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import recorder
from helpers.builders import make_arm
from helpers.runs import create_run

from harness.vocabulary import RunState
from planner.store import Store


@pytest.mark.parametrize("seed", range(10))
def test_every_committed_round_survives_a_kill(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "results.db"
    with Store.open(path) as store:
        run_id = create_run(store, arms=(make_arm("fp32"), make_arm("int8-static:per-channel")))

    committed = _record_and_kill(path, run_id, after=random.Random(seed).randint(1, 60))

    with Store.open(path) as store:
        rounds = store.rounds(run_id)
        assert len(rounds) >= committed
        assert rounds == tuple(recorder.recorded_round(index) for index in range(len(rounds)))
        assert store.load(run_id).state is RunState.RUNNING
        store.record_round(run_id, recorder.recorded_round(len(rounds)))
    assert [file.name for file in tmp_path.iterdir()] == ["results.db"]
    with sqlite3.connect(path) as checked:
        assert checked.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    checked.close()


def _record_and_kill(path: Path, run_id: str, *, after: int) -> int:
    """Kill a recorder with SIGKILL once it has reported `after` commits; how many it had reported."""
    command = [sys.executable, str(Path(recorder.__file__)), str(path), run_id]
    search = os.pathsep.join([str(Path(recorder.__file__).parents[1]), *sys.path])
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": search})
    assert process.stdout is not None
    reported = [process.stdout.readline() for _ in range(after)]
    process.kill()
    reported += process.stdout.read().splitlines(keepends=True)
    process.stdout.close()
    process.wait()
    return sum(line.endswith("\n") for line in reported)
