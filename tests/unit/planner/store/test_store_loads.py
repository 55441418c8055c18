"""Runs under several loads: what is kept apart, and what older databases become."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from helpers.builders import (
    FP32,
    INT8,
    make_comparison,
    make_measurement,
    make_ratio,
    make_round,
    make_verdict,
    make_warm_up,
)
from helpers.runs import create_full_run, create_run

from harness.vocabulary import Scenario
from planner.store import Store
from planner.store.engine import close_engine, open_engine
from planner.store.location import locate
from planner.store.schema import HEAD, MIGRATIONS


def test_what_was_timed_at_different_concurrencies_is_kept_apart(store: Store) -> None:
    run_id = create_run(store, concurrencies=(1, 2))
    for concurrency in (2, 1):
        store.record_round(run_id, make_round(concurrency=concurrency))
        store.record_warm_up(run_id, make_warm_up(concurrency=concurrency))
        store.record_measurement(run_id, make_measurement(concurrency=concurrency, throughput=100.0 * concurrency))
        store.record_comparison(run_id, make_comparison(concurrency=concurrency))

    run = store.load(run_id)

    assert [one.concurrency for one in store.rounds(run_id)] == [1, 2]
    assert [one.concurrency for one in run.warm_ups] == [1, 2]
    assert [(one.concurrency, one.throughput) for one in run.measurements] == [(1, 100.0), (2, 200.0)]
    assert [one.concurrency for one in run.comparisons] == [1, 2]


def test_verdicts_are_kept_by_scenario_and_load(store: Store) -> None:
    run_id = create_run(store, concurrencies=(1, 2))
    scenarios = ((Scenario.SERVER, 1), (Scenario.CONCURRENCY, 2), (Scenario.SINGLE_STREAM, 1))
    for scenario, concurrency in scenarios:
        store.record_verdict(run_id, make_verdict(scenario=scenario, concurrency=concurrency))

    run = store.load(run_id)

    assert {(one.scenario, one.concurrency) for one in run.verdicts} == set(scenarios)
    assert next(one for one in run.verdicts if one.scenario is Scenario.SERVER).load is None


def test_launches_and_their_claim_come_back(store: Store) -> None:
    run_id = create_run(store)
    comparison = make_comparison(launches=5, over_launches=make_ratio(point=2.0, lower=1.8, upper=2.2))

    store.record_comparison(run_id, comparison)

    assert store.load(run_id).comparisons == (comparison,)


def test_a_database_of_the_third_schema_keeps_every_row_when_its_keys_widen(tmp_path: Path) -> None:
    third = _third_schema(tmp_path)

    with Store.open(third) as store:
        (summary,) = store.runs()
        run = store.load(summary.run_id)
        assert (store.migration.before, store.migration.after) == ("0003", HEAD)
        assert len(store.rounds(summary.run_id)) == 2
        assert {one.arm for one in run.measurements} == {FP32, INT8}
        assert {one.concurrency for one in run.measurements} == {1}
        assert [one.scenario for one in run.verdicts] == [Scenario.SINGLE_STREAM]


def test_stepping_back_drops_what_the_third_schema_cannot_hold(tmp_path: Path) -> None:
    with Store.open(tmp_path / "results.db") as store:
        run_id = create_run(store, concurrencies=(1, 2))
        for concurrency in (1, 2):
            store.record_round(run_id, make_round(concurrency=concurrency))

    _step_back(tmp_path / "results.db")

    with closing(sqlite3.connect(tmp_path / "results.db")) as database:
        assert database.execute("SELECT count(*) FROM rounds").fetchone() == (1,)


def _third_schema(folder: Path) -> Path:
    with Store.open(folder / "new.db") as store:
        create_full_run(store)
    shutil.copy(folder / "new.db", folder / "third.db")
    _step_back(folder / "third.db")
    return folder / "third.db"


def _step_back(path: Path) -> None:
    from alembic import command  # noqa: PLC0415 - only a step down needs it
    from alembic.config import Config  # noqa: PLC0415 - likewise

    engine = open_engine(locate(path))
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.downgrade(config, "0003")
    close_engine(engine)
