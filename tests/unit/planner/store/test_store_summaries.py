"""Lists of runs: order, filters, headlines, names, and a fixed number of queries."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from helpers.builders import FP32, INT8, make_arm, make_comparison, make_ratio, make_verdict
from helpers.runs import create_full_run, create_run
from helpers.stores import open_store
from sqlalchemy import event

from harness.environment import Observer
from harness.vocabulary import Gate, RunState, Speed
from planner.errors import RunNotFoundError, StoreError
from planner.store import Headline, Store

SECOND = "fake/int8-dynamic:per-channel"


def test_an_empty_store_lists_nothing(store: Store) -> None:
    assert store.runs() == ()


def test_runs_are_listed_the_newest_first_and_cut_at_the_limit(store: Store) -> None:
    made = [create_run(store) for _ in range(3)]

    assert [one.run_id for one in store.runs()] == made[::-1]
    assert [one.run_id for one in store.runs(limit=2)] == made[:0:-1]


def test_a_summary_says_what_was_run_where_and_what_came_out(store: Store) -> None:
    run_id = create_full_run(store, rounds=4)

    (one,) = store.runs()

    assert (one.run_id, one.workload, one.baseline) == (run_id, "toy", "fp32")
    assert (one.state, one.exit_code, one.observer) == (RunState.COMPLETED, 0, Observer.HEADLESS)
    assert (one.arms, one.batches, one.is_simulated) == ((FP32, INT8), (1,), False)
    assert (one.cpu, one.host_id, one.planner_version) == ("Example CPU 8000", "0123456789ab", "0.1.0")
    assert (one.rounds, one.verdicts, one.accepted, one.failures) == (4, 1, 1, 1)
    assert one.finished_at is not None
    assert one.best == Headline(
        candidate=INT8,
        baseline=FP32,
        batch=1,
        ratio=2.0,
        lower=1.98,
        upper=2.02,
        speed=Speed.FASTER,
        gate=Gate.ACCEPTED,
        noise=make_verdict().noise,
    )


def test_a_run_without_results_has_no_headline(store: Store) -> None:
    create_run(store)

    (one,) = store.runs()

    assert (one.rounds, one.verdicts, one.accepted, one.failures, one.best) == (0, 0, 0, 0, None)


def test_runs_are_filtered_by_workload_and_state(store: Store) -> None:
    toy, other = create_run(store), create_run(store, workload="other")
    store.finish(other, RunState.COMPLETED, 0)

    assert [one.run_id for one in store.runs(workload="toy")] == [toy]
    assert [one.run_id for one in store.runs(state=RunState.COMPLETED)] == [other]
    assert store.runs(workload="toy", state=RunState.COMPLETED) == ()


def test_the_headline_prefers_what_is_accepted_to_what_is_fastest(store: Store) -> None:
    arms = (make_arm("fp32"), make_arm("int8-static:per-channel"), make_arm("int8-dynamic:per-channel"))
    run_id = create_run(store, arms=arms)
    for arm, ratio, gate in ((INT8, 3.0, Gate.REJECTED), (SECOND, 1.5, Gate.ACCEPTED)):
        store.record_comparison(run_id, make_comparison(candidate=arm, ratio=make_ratio(ratio)))
        store.record_verdict(run_id, make_verdict(candidate=arm, gate=gate))

    (one,) = store.runs()

    assert one.best is not None
    assert (one.best.candidate, one.best.ratio, one.verdicts, one.accepted) == (SECOND, 1.5, 2, 1)


def test_a_verdict_without_a_figure_can_be_the_headline_but_is_the_last_choice(store: Store) -> None:
    run_id = create_run(store, batches=(1, 8))
    store.record_verdict(run_id, make_verdict(speed=Speed.FAILED, gate=Gate.NOT_MEASURED))

    (alone,) = store.runs()
    store.record_comparison(run_id, make_comparison(batch=8, ratio=make_ratio(0.5)))
    store.record_verdict(run_id, make_verdict(batch=8, speed=Speed.SLOWER, gate=Gate.NOT_MEASURED))
    (beside,) = store.runs()

    assert alone.best is not None
    assert (alone.best.speed, alone.best.ratio) == (Speed.FAILED, None)
    assert beside.best is not None
    assert (beside.best.batch, beside.best.ratio) == (8, 0.5)


def test_listing_takes_as_many_queries_for_many_runs_as_for_one(store: Store) -> None:
    create_full_run(store)
    with _counted(store) as one:
        store.runs()
    for _ in range(6):
        create_full_run(store)
    with _counted(store) as many:
        store.runs()

    assert len(one) == len(many) <= 5


def test_a_name_may_be_latest_or_a_whole_identifier_or_a_unique_start_of_one(tmp_path: Path) -> None:
    offered = iter(["abc00001", "abd00002"])
    with open_store(tmp_path / "results.db", new_id=lambda: next(offered)) as store:
        first, second = create_run(store), create_run(store)

        assert store.resolve("latest") == second
        assert store.resolve(first) == first
        assert store.resolve("abc") == first
        assert store.resolve(" ABD ") == second


def test_a_start_that_two_runs_share_lists_the_choices(tmp_path: Path) -> None:
    offered = iter(["abc00001", "abd00002"])
    with open_store(tmp_path / "results.db", new_id=lambda: next(offered)) as store:
        create_run(store), create_run(store)

        with pytest.raises(StoreError, match=r"abd00002 \(.*toy\), abc00001 \(.*toy\): write more"):
            store.resolve("ab")


def test_a_start_that_many_runs_share_lists_only_some(tmp_path: Path) -> None:
    offered = iter(f"abc{number:05x}" for number in range(12))
    with open_store(tmp_path / "results.db", new_id=lambda: next(offered)) as store:
        for _ in range(12):
            create_run(store)

        with pytest.raises(StoreError, match="and more: write more"):
            store.resolve("abc")


@pytest.mark.parametrize("name", ["", "abc", "%", "_", "ab%", "../x", "abcdef012", "none"])
def test_a_name_that_is_no_run_says_what_to_do(store: Store, name: str) -> None:
    create_run(store)
    with pytest.raises(RunNotFoundError, match=r"planner runs|write its identifier"):
        store.resolve(name if name != "abc" else _absent(store))


def test_latest_in_an_empty_store_says_what_to_do(store: Store) -> None:
    with pytest.raises(RunNotFoundError, match="planner bench"):
        store.resolve("latest")


def _absent(store: Store) -> str:
    taken = store.runs()[0].run_id
    return f"{(int(taken, 16) ^ 1):08x}"


@contextmanager
def _counted(store: Store) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(store._engine, "before_cursor_execute", note)
    yield statements
    event.remove(store._engine, "before_cursor_execute", note)
