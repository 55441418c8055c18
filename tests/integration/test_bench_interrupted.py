"""Ctrl-C, SIGTERM, and two runs on one host: what is finished is kept, and nobody is left behind."""

import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from helpers.command_line import refuses
from helpers.committed import Committed
from helpers.fake_bench import FakeBench, wait_until
from helpers.fake_workload import FP32, PER_CHANNEL, make_int8_script, make_script

from harness.runtimes.fake import Fault

UNSTEADY: dict[str, Any] = {"latency_us": 100_000.0, "jitter": 2.0}  # no round settles anything
UNDECIDED = ("--quiet", "--budget", "4m")  # of the scripted clock: some 26 rounds
CALLS_BEFORE_TIMING = 100  # of loading and warming up: at most 16 and 3 times 5


@pytest.fixture
def fake(tmp_path: Path) -> FakeBench:
    return FakeBench(folder=tmp_path)


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_its_rounds_and_goes_on_with_new_processes(
    fake: FakeBench, signal_number: int
) -> None:
    _write_unsteady_workload(fake)
    committed = Committed(fake.database)
    with fake.started(*UNDECIDED) as process:
        wait_until(lambda: committed.look() >= 3, what="three rounds are committed")
        process.send_signal(signal_number)
        stdout, stderr = process.communicate()

    document = fake.document()
    assert process.returncode == 130
    assert fake.processes() == []
    assert (document["state"], document["exit_code"]) == ("interrupted", 130)
    assert f"interrupted; `planner resume {document['run']}` goes on from here" in stdout
    assert stderr == ""
    assert document["measurements"] != []
    _require_it_can_be_resumed(fake)
    committed.require_sound()
    launches = [launch for _, _, launch, _ in committed.rounds]
    assert set(launches) == {0, 1}
    assert launches.count(0) >= 3


@pytest.mark.parametrize("at", ["open", "predict", "call"])
def test_ctrl_c_ends_workers_that_do_not_answer(fake: FakeBench, at: str) -> None:
    hangs = _write_hanging_workload(fake, at=at)
    with fake.started(*UNDECIDED) as process:
        wait_until(hangs.exists, what="the worker hangs")
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate()

    assert process.returncode == 130
    assert fake.processes() == []
    assert "goes on from here" in stdout
    assert fake.document()["state"] == "interrupted"


def test_a_second_ctrl_c_while_workers_are_ended_leaves_none_and_a_run_to_resume(fake: FakeBench) -> None:
    hangs = _write_hanging_workload(fake, at="call", after=CALLS_BEFORE_TIMING)
    with fake.started(*UNDECIDED) as process:
        wait_until(hangs.exists, what="the worker hangs")
        process.send_signal(signal.SIGINT)
        wait_until(lambda: len(fake.processes()) < 3, what="the worker that answers has ended")
        process.send_signal(signal.SIGINT)
        process.communicate()

    assert process.returncode == 130
    fake.require_no_process()
    _require_it_can_be_resumed(fake)


def test_a_second_ctrl_c_while_the_run_is_concluded_leaves_a_run_to_resume(fake: FakeBench) -> None:
    _write_unsteady_workload(fake)
    committed = Committed(fake.database)
    with fake.started(*UNDECIDED) as process:
        wait_until(lambda: committed.look() >= 3, what="three rounds are committed")
        process.send_signal(signal.SIGINT)
        wait_until(lambda: committed.states() == ["interrupted"], what="the run is marked as interrupted")
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate()

    assert process.returncode == 130
    assert stderr in {"planner: interrupted\n", ""}
    assert fake.processes() == []
    _require_it_can_be_resumed(fake)


def test_a_second_run_is_told_who_measures_and_leaves_it_alone(fake: FakeBench, tmp_path: Path) -> None:
    hangs = _write_hanging_workload(fake, at="predict")
    other = FakeBench(folder=tmp_path / "other")
    other.write_workload()
    with fake.started(*UNDECIDED) as process:
        wait_until(hangs.exists, what="the first run measures")

        refusal = refuses(other.bench(PLANNER_HOST_LOCK=str(fake.folder / "host.lock")))

        assert f"another run (process {process.pid}) is measuring on this host: wait for it with --wait" in refusal
        assert process.poll() is None
    assert not other.database.exists()


def test_a_second_run_that_waits_measures_when_the_first_has_ended(fake: FakeBench, tmp_path: Path) -> None:
    hangs = _write_hanging_workload(fake, at="predict")
    other = FakeBench(folder=tmp_path / "other")
    other.write_workload()
    with fake.started(*UNDECIDED) as first:
        wait_until(hangs.exists, what="the first run measures")
        with other.started("--quiet", "--wait", "5m", PLANNER_HOST_LOCK=str(fake.folder / "host.lock")) as second:
            assert _first_line_of_stderr(second) == f"waiting for process {first.pid}, which is measuring on this host"
            first.send_signal(signal.SIGINT)
            first.communicate()
            stdout, _ = second.communicate()

    assert second.returncode == 0
    assert "use fake/" in stdout


def test_ctrl_c_while_waiting_for_the_host_stores_nothing(fake: FakeBench, tmp_path: Path) -> None:
    hangs = _write_hanging_workload(fake, at="predict")
    other = FakeBench(folder=tmp_path / "other")
    other.write_workload()
    with fake.started(*UNDECIDED):
        wait_until(hangs.exists, what="the first run measures")
        with other.started("--quiet", "--wait", "5m", PLANNER_HOST_LOCK=str(fake.folder / "host.lock")) as waiting:
            _first_line_of_stderr(waiting)
            waiting.send_signal(signal.SIGINT)
            _, stderr = waiting.communicate()

    assert (waiting.returncode, stderr) == (130, "planner: interrupted\n")
    assert not other.database.exists()


def _write_unsteady_workload(fake: FakeBench) -> None:
    fake.write_workload({FP32: make_script(**UNSTEADY), PER_CHANNEL: make_int8_script(**UNSTEADY)})


def _write_hanging_workload(fake: FakeBench, *, at: str, after: int = 0) -> Path:
    """A workload whose INT8 worker hangs once; the file appears when it does."""
    marker = fake.folder / "hangs"
    fault = Fault(at=at, kind="hang", after=after, marker=str(marker))
    fake.write_workload({FP32: make_script(**UNSTEADY), PER_CHANNEL: make_int8_script(fault=fault, **UNSTEADY)})
    return marker


def _require_it_can_be_resumed(fake: FakeBench) -> None:
    with closing(sqlite3.connect(fake.database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    document = fake.document()
    assert (document["state"], document["exit_code"]) == ("interrupted", 130)
    assert fake.planner("resume", "--quiet").returncode == 3
    assert fake.document()["state"] == "completed"


def _first_line_of_stderr(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.readline().strip()
