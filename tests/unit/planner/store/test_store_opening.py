"""Opening and closing: what is in the way is said in one sentence, and nothing is left behind."""

import os
import sqlite3
from pathlib import Path

import pytest
from helpers.builders import FP32, make_memory, make_round
from helpers.runs import create_full_run, create_run
from sqlalchemy import event, text

from harness.vocabulary import RunState
from planner.errors import StoreError
from planner.store import Store


def test_a_missing_file_is_created_and_stays_alone_after_closing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "results.db") as store:
        create_full_run(store)

    assert [file.name for file in tmp_path.iterdir()] == ["results.db"]


def test_what_was_recorded_is_there_after_reopening(tmp_path: Path) -> None:
    with Store.open(tmp_path / "results.db") as store:
        run_id = create_full_run(store)
        before = (store.load(run_id), store.rounds(run_id))

    with Store.open(tmp_path / "results.db") as store:
        assert (store.load(run_id), store.rounds(run_id)) == before


def test_a_path_a_url_and_text_name_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "a name with spaces, % and ü.db"
    with Store.open(path) as store:
        run_id = create_run(store)

    for address in (str(path), f"sqlite:///{path}"):
        with Store.open(address) as store:
            assert store.resolve("latest") == run_id
            assert store.path == path


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with Store.open("~/results.db"):
        assert (tmp_path / "results.db").exists()


def test_a_store_in_memory_works_and_leaves_nothing() -> None:
    with Store.open("sqlite://") as store:
        run_id = create_full_run(store)
        assert store.path is None
        assert len(store.rounds(run_id)) == 2


def test_a_commit_is_durable_and_references_are_enforced(store: Store) -> None:
    with store.writing() as session:
        read = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in ("synchronous", "foreign_keys")}
        journal = session.execute(text("PRAGMA journal_mode")).scalar()

    assert read == {"synchronous": 2, "foreign_keys": 1}
    assert journal == "wal"


def test_two_stores_on_one_file_see_each_others_runs(tmp_path: Path) -> None:
    with Store.open(tmp_path / "results.db") as one, Store.open(tmp_path / "results.db") as other:
        run_id = create_run(one)
        other.record_round(run_id, make_round())
        assert len(one.rounds(run_id)) == 1

    assert [file.name for file in tmp_path.iterdir()] == ["results.db"]


def test_a_file_that_is_deleted_while_a_run_is_recorded_is_written_again_but_not_by_those_who_only_read(
    tmp_path: Path,
) -> None:
    path = tmp_path / "results.db"
    with Store.open(path) as store:
        before = create_run(store)
    with Store.open_existing(path) as reader:
        reader.load(before)
        whole = path.read_bytes()
        _delete(path)
    assert not [*tmp_path.iterdir()]
    path.write_bytes(whole)
    with Store.open(path) as store:
        run = create_run(store)
        _delete(path)
        store.finish(run, RunState.COMPLETED, 0)
        assert store.write_if_deleted()
        assert not store.write_if_deleted()
    assert [*tmp_path.iterdir()] == [path]
    with Store.open_existing(path) as store:
        assert {one.run_id for one in store.runs()} == {before, run}
        assert store.load(run).state is RunState.COMPLETED


def _delete(path: Path) -> None:
    for file in [*path.parent.iterdir()]:
        file.unlink()


def test_looking_at_a_database_that_is_not_there_does_not_create_it(tmp_path: Path) -> None:
    with pytest.raises(
        StoreError, match=r"there is no database at .*results\.db yet: `planner bench` or `planner plan` makes"
    ):
        Store.open_existing(tmp_path / "results.db")

    assert list(tmp_path.iterdir()) == []


def test_looking_at_a_database_that_is_there_opens_it(tmp_path: Path) -> None:
    Store.open(tmp_path / "results.db").close()
    with Store.open_existing(tmp_path / "results.db") as store:
        assert store.runs() == ()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"the folder .*nowhere does not exist: create it"):
        Store.open(tmp_path / "nowhere" / "results.db")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"is a folder: name a file in it, for example .*results\.db"):
        Store.open(tmp_path)


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=r"file does not exist|cannot be opened"):
        Store.open(tmp_path / "file" / "results.db")


def test_a_link_to_nothing_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "results.db").symlink_to(tmp_path / "gone.db")
    with pytest.raises(StoreError, match="is a link to nothing"):
        Store.open(tmp_path / "results.db")


def test_a_device_is_no_database() -> None:
    with pytest.raises(StoreError, match="is not a regular file"):
        Store.open("/dev/null")


def test_a_name_that_is_too_long_is_an_error_of_the_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path / ("x" * 300))


@pytest.mark.parametrize("content", [b"hello", b"hello" * 1000, b"SQLite format 3\0" + b"\xff" * 2000])
def test_a_file_that_is_no_database_is_refused_and_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)

    with pytest.raises(StoreError, match=r"notes\.txt is (not a database|damaged)"):
        Store.open(path)

    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "results.db"
    path.touch()
    with Store.open(path) as store:
        assert store.runs() == ()


def test_a_damaged_page_is_an_error_of_the_store(tmp_path: Path) -> None:
    path = tmp_path / "results.db"
    with Store.open(path) as store:
        run_id = create_full_run(store, rounds=20)
    content = bytearray(path.read_bytes())
    content[1024:] = os.urandom(len(content) - 1024)
    path.write_bytes(content)

    with pytest.raises(StoreError, match=r"is damaged|lacks a table"), Store.open(path) as store:
        store.load(run_id)


def test_a_database_that_another_program_is_writing_to_is_named(tmp_path: Path) -> None:
    path = tmp_path / "results.db"
    with Store.open(path, busy_s=0.05) as store:
        run_id = create_run(store)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreError, match=r"another program is writing to .*: wait until it has finished"):
            store.record_memory(run_id, FP32, make_memory())
        other.execute("ROLLBACK")
        other.close()
        store.record_memory(run_id, FP32, make_memory())


def test_a_full_database_is_an_error_of_the_store_and_keeps_what_it_has(store: Store) -> None:
    run_id = create_run(store)

    with store.reading() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one() + 30

    def stop_growing(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(store._engine, "checkout", stop_growing)
    with pytest.raises(StoreError, match=r"the disk that holds .* is full: free some space"):
        _record_rounds(store, run_id, 200)

    kept = store.rounds(run_id)
    assert 0 < len(kept) < 200
    assert [one.index for one in kept] == list(range(len(kept)))


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("", "names no database"),
        ("   ", "names no database"),
        ("a\0b", "names no database"),
        ("://", "is not the URL of a database"),
        ("nosuchkind://host/name", "a kind of database that SQLAlchemy does not know"),
        ("postgresql+no_such_driver://host/name", "a kind of database that SQLAlchemy does not know"),
        ("sqlite:///file:/nowhere/x.db?mode=ro&uri=true", "cannot be opened"),
    ],
)
def test_an_address_that_leads_nowhere_is_explained(address: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        Store.open(address)


def test_a_missing_driver_is_named_and_the_password_is_not_shown() -> None:
    with pytest.raises(StoreError, match=r"user:\*\*\*@host/name") as caught:
        Store.open("mysql+mysqldb://user:secret@host/name")

    assert "secret" not in str(caught.value)
    assert "needs the Python package MySQLdb" in str(caught.value)


def test_closing_twice_is_allowed(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "results.db")
    store.close()
    store.close()


def _record_rounds(store: Store, run_id: str, count: int) -> None:
    for index in range(count):
        store.record_round(run_id, make_round(index=index, started_at="x" * 2000))
