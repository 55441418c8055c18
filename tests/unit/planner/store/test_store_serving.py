"""The server scenario in the store: levels with their samples, rates, and what resuming drops."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from helpers.builders import FP32, INT8
from helpers.runs import create_run
from helpers.server import make_level, make_rate, make_rules
from helpers.stores import open_store

from harness.vocabulary import LevelOutcome, Scenario
from planner.errors import StoreError
from planner.store import Store
from planner.store.archive import export_runs, import_runs


def _served(store: Store) -> str:
    run_id = create_run(store, scenarios=(Scenario.SERVER,), server=make_rules())
    store.record_server_level(run_id, make_level(index=1, outcome=LevelOutcome.MISSES, rate_per_s=103.0))
    store.record_server_level(run_id, make_level(index=0))
    store.record_server_level(run_id, make_level(arm=INT8))
    store.record_server_rate(run_id, make_rate(arm=INT8, missed_rate_per_s=None, point_per_s=None))
    store.record_server_rate(run_id, make_rate())
    return run_id


def test_levels_come_back_with_their_samples_by_arm_and_index(store: Store) -> None:
    run_id = _served(store)

    levels = store.server_levels(run_id)

    assert [(one.arm, one.index) for one in levels] == [(FP32, 0), (FP32, 1), (INT8, 0)]
    assert levels[0] == make_level()


def test_a_rate_of_an_arm_that_the_run_does_not_have_is_told_as_damage(tmp_path: Path) -> None:
    with open_store(tmp_path / "results.db") as store:
        run_id = _served(store)
    with closing(sqlite3.connect(tmp_path / "results.db")) as database, database:
        database.execute("UPDATE server_rates SET rate = replace(rate, ?, '<b>')", (INT8,))

    with open_store(tmp_path / "results.db") as store, pytest.raises(StoreError, match="<b>' is no arm of its run"):
        store.load(run_id)


def test_a_run_holds_figures_without_samples_in_the_plans_order(store: Store) -> None:
    run_id = _served(store)

    run = store.load(run_id)

    assert [(one.arm, one.index) for one in run.server_levels] == [(FP32, 0), (FP32, 1), (INT8, 0)]
    assert {len(one.latencies_ns) + len(one.waits_ns) + len(one.batch_sizes) for one in run.server_levels} == {0}
    assert [one.arm for one in run.server_rates] == [FP32, INT8]
    assert run.server_rates[0] == make_rate()
    assert run.plan.server == make_rules()


def test_reopening_keeps_levels_and_drops_the_rates_that_are_concluded_from_them(store: Store) -> None:
    run_id = _served(store)

    store.reopen(run_id)

    run = store.load(run_id)
    assert len(run.server_levels) == 3
    assert run.server_rates == ()


def test_a_level_with_half_a_sample_is_refused(store: Store) -> None:
    run_id = create_run(store, scenarios=(Scenario.SERVER,), server=make_rules())

    with pytest.raises(StoreError, match="broken sample"):
        store.record_server_level(run_id, make_level(waits_ns=b"\x00" * 12))


def test_an_archive_carries_levels_with_every_sample(store: Store, tmp_path: Path) -> None:
    run_id = _served(store)
    export_runs(store, [run_id], tmp_path / "runs.zip")

    with open_store(tmp_path / "other.db") as other:
        import_runs(other, tmp_path / "runs.zip")

        assert other.server_levels(run_id) == store.server_levels(run_id)
        assert other.load(run_id).server_rates == store.load(run_id).server_rates
