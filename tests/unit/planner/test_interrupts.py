"""Ctrl-C and SIGTERM wait for a transaction, and for nothing else."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.builders import make_environment, make_plan

from harness.environment import Observer
from harness.vocabulary import RunState
from planner.interrupts import deferred, install
from planner.store import Store


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    install()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_interrupts_at_once_outside_a_deferring_block(number: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_for_the_end_of_the_outermost_block(number: int) -> None:
    reached = []

    with pytest.raises(KeyboardInterrupt), deferred():  # noqa: PT012 - what is reached is the point
        with deferred():
            signal.raise_signal(number)
            reached.append("inner")
        reached.append("outer")

    assert reached == ["inner", "outer"]


def test_an_interrupt_is_raised_once() -> None:
    with pytest.raises(KeyboardInterrupt), deferred():
        signal.raise_signal(signal.SIGTERM)

    with deferred():
        pass


def test_an_ignored_ctrl_c_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    install()

    signal.raise_signal(signal.SIGINT)


def test_a_transaction_that_is_interrupted_is_whole_and_the_database_can_be_written(tmp_path: Path) -> None:
    with Store.open(tmp_path / "results.db") as store:
        run = store.create_run(make_plan(), make_environment(), observer=Observer.HEADLESS, planner_version="0")

        with pytest.raises(KeyboardInterrupt), store.writing(run):
            signal.raise_signal(signal.SIGTERM)

        store.finish(run, RunState.INTERRUPTED, 130)
        assert store.load(run).state is RunState.INTERRUPTED
