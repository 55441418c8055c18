"""What the host's lock says of runs that are marked as running."""

import fcntl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.environment import Observer
from harness.vocabulary import RunState
from planner.services.host_state import HostState, LockState, read_host_state, with_present_states
from planner.store.records import RunSummary


def make_summary(*, state: RunState = RunState.RUNNING, host_id: str = "here") -> RunSummary:
    """A run in a list."""
    return RunSummary(
        run_id="a0a0a0a0",
        workload="toy",
        workload_digest="5e" * 32,
        baseline="fp32",
        state=state,
        exit_code=None,
        started_at=datetime(2026, 1, 2, tzinfo=UTC),
        finished_at=None,
        observer=Observer.HEADLESS,
        planner_version="0.1.0",
        is_simulated=False,
        arms=("fake/fp32",),
        batches=(1,),
        cpu="Example CPU 8000",
        host_id=host_id,
        rounds=0,
        verdicts=0,
        accepted=0,
        failures=0,
        best=None,
    )


def state_after(summary: RunSummary, lock: LockState) -> RunState:
    """The state that is shown while the lock is as given."""
    host = HostState(lock=lock, place="host.lock")
    (found,) = with_present_states((summary,), host, host_id=lambda: "here")
    return found.state


@pytest.mark.parametrize(
    ("lock", "state"),
    [
        (LockState.FREE, RunState.INTERRUPTED),
        (LockState.HELD, RunState.RUNNING),
        (LockState.UNKNOWN, RunState.RUNNING),
    ],
)
def test_only_a_free_lock_proves_that_a_run_is_over(lock: LockState, state: RunState) -> None:
    assert state_after(make_summary(), lock) is state


def test_a_run_of_another_host_may_still_be_running() -> None:
    assert state_after(make_summary(host_id="elsewhere"), LockState.FREE) is RunState.RUNNING


def test_a_completed_run_stays_completed() -> None:
    assert state_after(make_summary(state=RunState.COMPLETED), LockState.FREE) is RunState.COMPLETED


def test_a_lock_that_was_never_taken_is_free_and_is_not_created(tmp_path: Path) -> None:
    path = tmp_path / "host.lock"
    assert read_host_state(path).lock is LockState.FREE
    assert not path.exists()


def test_a_held_lock_names_its_holder_and_stays_held(tmp_path: Path) -> None:
    path = tmp_path / "host.lock"
    with path.open("w") as file:
        file.write("4711")
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        found = [read_host_state(path) for _ in range(2)]
    assert {(one.lock, one.holder) for one in found} == {(LockState.HELD, "4711")}


def test_looking_does_not_take_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "host.lock"
    path.touch()
    read_host_state(path)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch()
    (tmp_path / "host.lock").symlink_to(tmp_path / "elsewhere")
    assert read_host_state(tmp_path / "host.lock").lock is LockState.UNKNOWN
