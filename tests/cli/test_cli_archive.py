"""`planner export` and `planner import`: from one database into another, once."""

from pathlib import Path

from helpers.command_line import CommandLine, refuses
from helpers.runs import create_full_run
from helpers.stores import open_store

from planner.store import Store


def test_runs_move_from_one_database_into_another_once(planner: CommandLine, store: Store, tmp_path: Path) -> None:
    run_id = create_full_run(store)
    store.close()
    assert "1 run written to runs.zip" in planner("export", "latest", "--out", "runs.zip").stdout
    assert "1 run imported" in planner("--db", "other.db", "import", "runs.zip").stdout
    again = planner("--db", "other.db", "import", "runs.zip")
    assert again.returncode == 0
    assert "1 run already there" in again.stdout
    with open_store(tmp_path / "other.db") as other:
        assert [run.run_id for run in other.runs()] == [run_id]


def test_a_run_that_is_named_twice_is_exported_once(planner: CommandLine, store: Store) -> None:
    run_id = create_full_run(store)
    store.close()
    assert "1 run written" in planner("export", run_id, "latest", "--out", "runs.zip").stdout


def test_an_existing_file_is_not_overwritten_unless_asked_for(
    planner: CommandLine, store: Store, tmp_path: Path
) -> None:
    create_full_run(store)
    store.close()
    (tmp_path / "runs.zip").write_text("precious")
    assert "runs.zip" in refuses(planner("export", "latest", "--out", "runs.zip"))
    assert (tmp_path / "runs.zip").read_text() == "precious"
    assert planner("export", "latest", "--out", "runs.zip", "--overwrite").returncode == 0


def test_a_file_that_is_no_archive_is_refused(planner: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "runs.zip").write_text("no archive")
    assert "not an archive" in refuses(planner("import", "runs.zip"))


def test_a_file_that_is_not_there_is_refused_and_creates_no_database(planner: CommandLine, tmp_path: Path) -> None:
    assert "nowhere.zip" in refuses(planner("import", "nowhere.zip"))
    assert not (tmp_path / "results.db").exists()
