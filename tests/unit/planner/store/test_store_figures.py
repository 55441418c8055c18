"""Figures of many runs: which runs, what of each, and a fixed number of queries."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from helpers.builders import DIGEST, FP32, INT8
from helpers.histories import PastRun, record_run, record_runs
from helpers.runs import create_full_run
from sqlalchemy import event

from harness.vocabulary import Gate, RunState, Speed
from planner.store import Store


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    seen: list[str] = []

    def see(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(store._engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(store._engine, "before_cursor_execute", see)


def test_completed_runs_of_a_workload_come_oldest_first(store: Store) -> None:
    first, _, second = record_runs(store, [PastRun(), PastRun(state=RunState.FAILED), PastRun()])
    record_run(store, PastRun(), is_simulated=True)
    record_run(store, PastRun(), workload_digest="0f" * 32)
    found = store.conditions(DIGEST)
    assert [one.run_id for one in found] == [first, second]
    assert found[0].plan == store.load(first).plan
    assert found[0].environment == store.load(first).environment


def test_every_figure_says_which_run_and_arm_it_belongs_to(store: Store) -> None:
    runs = record_runs(store, [PastRun(speed_up=2.0), PastRun(speed_up=None, accuracy=None)])
    found = store.figures(runs)
    assert [(one.run_id, one.ratio and one.ratio.point) for one in found.ratios] == sorted(
        [(runs[0], 2.0), (runs[1], None)]
    )
    assert {(one.run_id, one.arm) for one in found.answers} == {(runs[0], FP32), (runs[0], INT8)}
    assert {(one.arm, one.batch, one.threads, one.p50_s) for one in found.latencies} == {
        (FP32, 1, 2, 0.001),
        (INT8, 1, 2, 0.0005),
    }
    assert {(one.speed, one.gate) for one in found.verdicts} == {(Speed.FASTER, Gate.ACCEPTED)}
    assert {one.worst_recall for one in found.answers} == {0.8}
    assert {one.data_digest for one in found.answers} == {DIGEST}


def test_what_could_not_be_read_is_no_figure(store: Store) -> None:
    run_id = create_full_run(store)
    assert {one.phase for one in store.figures([run_id]).memory} == {"infer"}


def test_runs_that_are_not_asked_for_are_not_in_it(store: Store) -> None:
    first, _ = record_runs(store, [PastRun(), PastRun()])
    found = store.figures([first])
    for kind in (found.latencies, found.ratios, found.verdicts, found.answers, found.artifacts, found.proofs):
        assert {one.run_id for one in kind} == {first}


@pytest.mark.parametrize("count", [1, 4])
def test_more_runs_need_no_more_queries_and_no_raw_samples(store: Store, count: int) -> None:
    runs = record_runs(store, [PastRun()] * count)
    with counted(store) as statements:
        store.conditions(DIGEST)
        store.figures(runs)
    selects = [one for one in statements if one.startswith("SELECT")]
    assert len(selects) == 9
    assert not any("rounds" in one or "warm_ups" in one or "payload" in one for one in selects)
