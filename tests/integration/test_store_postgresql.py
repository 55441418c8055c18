"""The same store on PostgreSQL. Runs where PLANNER_TEST_POSTGRESQL names an empty database to fill."""

import os
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from helpers.builders import FP32, make_memory
from helpers.runs import create_full_run

from planner.errors import RunNotFoundError, StoreError
from planner.store import Store
from planner.store.archive import export_runs, import_runs
from planner.store.table_base import VERSION_TABLE, Base

URL = os.environ.get("PLANNER_TEST_POSTGRESQL", "")
pytestmark = pytest.mark.skipif(not URL, reason="PLANNER_TEST_POSTGRESQL names no database")


def test_runs_travel_between_a_file_and_a_server(tmp_path: Path) -> None:
    with Store.open(URL) as server, Store.open(tmp_path / "results.db") as file:
        first, second = create_full_run(server), create_full_run(server)
        export_runs(server, [first, second], tmp_path / "runs.zip")
        import_runs(file, tmp_path / "runs.zip")
        server.delete(first)

        outcome = import_runs(server, tmp_path / "runs.zip")

        assert (outcome.imported, outcome.already_present) == ((first,), (second,))
        assert server.load(first) == file.load(first)
        assert server.rounds(second) == file.rounds(second)
        assert set(file.runs()) <= set(server.runs())
        assert server.resolve("latest") == second
        server.reopen(second)
        assert server.load(second).verdicts == ()
        server.delete(first)
        server.delete(second)


def test_what_is_wrong_is_said_as_it_is_for_a_file() -> None:
    with Store.open(URL) as server:
        run_id = create_full_run(server)
        with pytest.raises(StoreError, match="only arms of its plan"):
            server.record_memory(run_id, "nothing/fp32", make_memory())
        server.delete(run_id)
        with pytest.raises(RunNotFoundError, match="there is no run"):
            server.record_memory(run_id, FP32, make_memory())


def test_the_tables_are_the_ones_in_code() -> None:
    with Store.open(URL) as server, server._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, Base.metadata) == []
