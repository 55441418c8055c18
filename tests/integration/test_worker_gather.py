"""Several real workers asked at once: none waits for another, and the failure of one is its own."""

import os
import select
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.builders import make_arm
from helpers.fake_workload import write_fake_workload

from harness.errors import WorkerError
from harness.events import Advanced, Command, Evaluate, Evaluated, Load, Loaded, Prove
from harness.supervisor.gather import Answer, Errand, gather
from harness.supervisor.process import WorkerProcess, WorkerRefusedError

_PATIENCE_S = 60.0


class _Office:
    """Starts workers by name when their turn comes, and remembers which."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.workers: dict[str, WorkerProcess] = {}

    def errand(self, arm: str, command: Command, *, timeout_s: float = _PATIENCE_S) -> Errand:
        return Errand(arm=arm, worker=self._starter(arm), command=command, timeout_s=timeout_s)

    def _starter(self, arm: str) -> Callable[[], WorkerProcess]:
        def start() -> WorkerProcess:
            if arm not in self.workers:
                self.workers[arm] = WorkerProcess(arm, log=self._folder / f"{arm}.log")
            return self.workers[arm]

        return start


@pytest.fixture
def office(tmp_path: Path) -> Iterator[_Office]:
    found = _Office(tmp_path / "logs")
    yield found
    for worker in found.workers.values():
        worker.close()


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.setenv("PLANNER_FAKE_RUNTIME", "1")
    workload = write_fake_workload(tmp_path / "workload", samples=60)
    model = str(workload / "model.fake.json")
    return Load(arm=make_arm(), workload=str(workload), artifact=model, batches=(1,), launch=0)


def test_an_arm_that_hangs_after_its_greeting_keeps_no_other_waiting(office: _Office, load: Load) -> None:
    slow = office.errand("slow", load)
    greeted = slow.worker()
    select.select([greeted.descriptor], [], [], _PATIENCE_S)
    os.kill(greeted.pid, signal.SIGSTOP)
    others = [office.errand("first", load), office.errand("failing", Prove()), office.errand("last", load)]

    answers: list[Answer] = []
    for answer in gather([slow, *others], at_once=2):
        answers.append(answer)
        if len(answers) == len(others):
            os.kill(greeted.pid, signal.SIGCONT)

    assert [answer.arm for answer in answers] == ["first", "failing", "last", "slow"]
    assert [isinstance(answer.event, Loaded) for answer in answers] == [True, False, True, True]
    assert isinstance(answers[1].error, WorkerRefusedError)


def test_no_more_workers_are_started_than_there_is_room_for(office: _Office, load: Load) -> None:
    errands = [office.errand(f"arm {number}", load) for number in range(4)]

    started = [len(office.workers) for _ in gather(errands, at_once=2)]

    assert started == sorted(started)
    assert started[0] == 2
    assert started[-1] == 4


def test_progress_is_handed_on_as_it_comes_and_one_final_event_follows(office: _Office, load: Load) -> None:
    list(gather([office.errand("arm", load)], at_once=1))

    answers = list(gather([office.errand("arm", Evaluate(batch=1))], at_once=1))

    assert [type(answer.event) for answer in answers] == [Advanced, Advanced, Advanced, Evaluated]
    assert [answer.event.done for answer in answers if isinstance(answer.event, Advanced)] == [0, 20, 40]


def test_a_silent_arm_is_ended_and_the_others_are_answered(office: _Office, load: Load) -> None:
    silent = office.errand("silent", load, timeout_s=0.0)
    os.kill(silent.worker().pid, signal.SIGSTOP)

    answers = {answer.arm: answer for answer in gather([silent, office.errand("other", load)], at_once=2)}

    assert isinstance(answers["other"].event, Loaded)
    assert "silent was silent for 0 s and has been ended" in str(answers["silent"].error)
    with pytest.raises(WorkerError, match="SIGKILL"):
        office.workers["silent"].receive(timeout_s=_PATIENCE_S)


def test_an_arm_that_dies_or_was_closed_before_its_turn_is_an_answer(office: _Office, load: Load) -> None:
    dead, closed = office.errand("dead", load), office.errand("closed", load)
    os.kill(dead.worker().pid, signal.SIGKILL)
    closed.worker().close()

    answers = {answer.arm: answer for answer in gather([dead, closed, office.errand("other", load)], at_once=1)}

    assert "was killed (SIGKILL)" in str(answers["dead"].error)
    assert "has been closed" in str(answers["closed"].error)
    assert isinstance(answers["other"].event, Loaded)


def test_nothing_to_ask_is_nothing_to_wait_for() -> None:
    assert list(gather([], at_once=2)) == []
