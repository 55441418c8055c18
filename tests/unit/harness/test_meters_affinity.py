"""Binding threads to CPUs: all of them, also those that were there before, or an answer why not."""

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.meters.affinity import pin_all_threads

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads can be bound to CPUs on Linux only")


@pytest.fixture(autouse=True)
def _bound_as_before() -> Iterator[None]:
    before = os.sched_getaffinity(0)
    yield
    pin_all_threads(tuple(before))


@pytest.fixture
def other_thread() -> Iterator[int]:
    """The kernel's number of a thread that was started before anything is bound."""
    started, done = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        done.wait()

    thread = threading.Thread(target=wait)
    thread.start()
    started.wait()
    assert thread.native_id is not None
    yield thread.native_id
    done.set()
    thread.join()


def _last_cpu() -> int:
    return max(os.sched_getaffinity(0))


def test_every_thread_is_bound_also_one_that_ran_before(other_thread: int) -> None:
    cpu = _last_cpu()

    pinned = pin_all_threads((cpu,))

    assert pinned.cpus == (cpu,)
    assert pinned.reason is None
    assert os.sched_getaffinity(other_thread) == {cpu}
    assert os.sched_getaffinity(0) == {cpu}


def test_a_thread_that_has_ended_since_it_was_listed_is_no_obstacle(tmp_path: Path) -> None:
    cpu = _last_cpu()
    for number in (2**22, threading.get_native_id()):  # the first is above any number that Linux gives
        (tmp_path / "self" / "task" / str(number)).mkdir(parents=True)

    pinned = pin_all_threads((cpu,), proc=tmp_path)

    assert (pinned.cpus, pinned.reason) == ((cpu,), None)


@pytest.mark.parametrize("cpus", [(), (1_000_000,), (-1,), (2**70,)])
def test_cpus_that_do_not_exist_are_an_answer_with_a_reason(cpus: tuple[int, ...]) -> None:
    before = os.sched_getaffinity(0)

    pinned = pin_all_threads(cpus)

    assert pinned.cpus == ()
    assert str(pinned.reason).startswith(f"threads cannot be bound to CPUs {cpus}: ")
    assert os.sched_getaffinity(0) == before


def test_without_a_list_of_threads_the_answer_says_so(tmp_path: Path) -> None:
    pinned = pin_all_threads((_last_cpu(),), proc=tmp_path)

    assert pinned.cpus == ()
    assert "No such file" in str(pinned.reason)


def test_where_the_system_cannot_bind_threads_the_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_setaffinity")

    pinned = pin_all_threads((0,))

    assert (pinned.cpus, pinned.reason) == ((), "this system cannot bind threads to CPUs")
