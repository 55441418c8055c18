"""New, old, newer and foreign databases: each is created, upgraded or left exactly as it was."""

import hashlib
import shutil
import sqlite3
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from helpers.builders import make_environment, make_plan, make_round
from helpers.runs import create_full_run

from planner.errors import NewerSchemaError, StoreError
from planner.store import Store
from planner.store.codec import to_json
from planner.store.engine import close_engine, open_engine
from planner.store.location import locate
from planner.store.schema import HEAD, MIGRATIONS, Migration, migrate
from planner.store.table_base import VERSION_TABLE, Base

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = "9999"
RUN_COLUMNS = (
    "run_id, workload, workload_digest, baseline, state, started_at, "
    "observer, planner_version, is_simulated, plan, environment"
)
COPY = f"results.bak-{HEAD}-20260102T030405Z.db"
ADDS_A_COLUMN = """
    op.add_column("runs", sa.Column("note", sa.Text(), nullable=True))
    op.execute("UPDATE runs SET note = 'upgraded'")
    with op.batch_alter_table("runs") as batch:
        batch.alter_column("note", nullable=False)
"""
FAILS_HALF_WAY = """
    op.drop_table("rounds")
    op.execute("DELETE FROM runs")
    raise RuntimeError("the power went out")
"""
ORPHANS_ROWS = """
    op.execute("DELETE FROM arms")
"""


def test_the_tables_in_code_and_the_ones_that_migrations_make_are_the_same(store: Store) -> None:
    with store._engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_newest_revision_in_the_folder_is_the_one_that_the_code_expects() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_a_new_database_is_created_without_a_copy(tmp_path: Path) -> None:
    with Store.open(tmp_path / "results.db") as store:
        assert store.migration == Migration(before=None, after=HEAD, backup=None)


def test_a_current_database_is_left_alone(tmp_path: Path) -> None:
    Store.open(tmp_path / "results.db").close()
    before = _digest(tmp_path / "results.db")

    with Store.open(tmp_path / "results.db") as store:
        assert store.migration == Migration(before=HEAD, after=HEAD, backup=None)

    assert _digest(tmp_path / "results.db") == before


def test_everything_can_be_taken_down_again(tmp_path: Path) -> None:
    from alembic import command  # noqa: PLC0415 - only this test steps down
    from alembic.config import Config  # noqa: PLC0415 - likewise

    engine = open_engine(locate(tmp_path / "results.db"))
    migrate(engine)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.downgrade(config, "base")
        left = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
    close_engine(engine)

    assert list(left) == [VERSION_TABLE]


def test_an_older_database_is_copied_and_then_upgraded_with_all_its_rows(tmp_path: Path) -> None:
    path, run_id = _older(tmp_path)
    engine = open_engine(locate(path))

    done = migrate(engine, _scripts(tmp_path, ADDS_A_COLUMN), now=lambda: MOMENT)

    close_engine(engine)
    backup = tmp_path / COPY
    assert done == Migration(before=HEAD, after=LATER, backup=backup)
    with sqlite3.connect(path) as upgraded:
        assert upgraded.execute("SELECT run_id, note FROM runs").fetchall() == [(run_id, "upgraded")]
        assert upgraded.execute("SELECT count(*) FROM rounds").fetchone() == (2,)
        assert upgraded.execute("PRAGMA foreign_key_check").fetchall() == []
        with pytest.raises(sqlite3.IntegrityError):
            upgraded.execute("UPDATE runs SET note = NULL")
    with Store.open(backup) as copy:
        assert copy.rounds(run_id) == (make_round(index=0), make_round(index=1))


def test_the_first_released_schema_is_brought_to_the_newest(tmp_path: Path) -> None:
    first = tmp_path / "first"
    shutil.copytree(
        MIGRATIONS, first, ignore=shutil.ignore_patterns("__pycache__", "revision_000[2-9].py", "revision_00[1-9]?.py")
    )
    engine = open_engine(locate(tmp_path / "results.db"))
    assert migrate(engine, first).after == "0001"
    values = ("abcdef01", "toy", "", "fp32", "completed", MOMENT.isoformat(), "headless", "0.1.0", 0)
    texts = (to_json(make_plan()), to_json(make_environment()))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO runs ({RUN_COLUMNS}) VALUES (?{', ?' * 10})", (*values, *texts))  # noqa: S608 - constants
        connection.exec_driver_sql("INSERT INTO arms VALUES ('abcdef01', 'fake/fp32', 0)")
    close_engine(engine)

    with Store.open(tmp_path / "results.db", now=lambda: MOMENT) as store:
        assert store.migration.before == "0001"
        assert store.migration.after == HEAD
        assert store.migration.backup == tmp_path / "results.bak-0001-20260102T030405Z.db"
        assert store.load("abcdef01").plan == make_plan()


def test_references_are_enforced_again_after_an_upgrade(tmp_path: Path) -> None:
    path, _ = _older(tmp_path)
    engine = open_engine(locate(path))
    migrate(engine, _scripts(tmp_path, ADDS_A_COLUMN), now=lambda: MOMENT)

    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        connection.exec_driver_sql("DELETE FROM runs")
        assert connection.exec_driver_sql("SELECT count(*) FROM rounds").scalar() == 0
    close_engine(engine)


@pytest.mark.parametrize(
    ("steps", "message"), [(FAILS_HALF_WAY, "the power went out"), (ORPHANS_ROWS, "would be left without")]
)
def test_an_upgrade_that_fails_leaves_the_original_and_a_copy(tmp_path: Path, steps: str, message: str) -> None:
    path, run_id = _older(tmp_path)
    before = _digest(path)
    engine = open_engine(locate(path))

    with pytest.raises(StoreError, match=rf"{message}.*as it was; a copy is at .*{COPY}"):
        migrate(engine, _scripts(tmp_path, steps), now=lambda: MOMENT)

    close_engine(engine)
    assert _digest(path) == before
    with Store.open(path) as store:
        assert len(store.rounds(run_id)) == 2


def test_a_copy_that_cannot_be_written_stops_the_upgrade(tmp_path: Path) -> None:
    path, _ = _older(tmp_path)
    before = _digest(path)
    (tmp_path / COPY).write_text("an older copy")
    engine = open_engine(locate(path))

    with pytest.raises(StoreError, match=f"{COPY} is in the way of a copy"):
        migrate(engine, _scripts(tmp_path, ADDS_A_COLUMN), now=lambda: MOMENT)

    close_engine(engine)
    assert _digest(path) == before


def test_an_older_database_that_can_only_be_read_is_not_upgraded(tmp_path: Path) -> None:
    path, _ = _older(tmp_path)
    engine = open_engine(locate(path))

    with pytest.raises(StoreError, match=r"has an older schema .* copy it to where it can be written"):
        migrate(engine, _scripts(tmp_path, ADDS_A_COLUMN), is_writable=False)
    close_engine(engine)


def test_a_newer_database_is_politely_refused_and_untouched(tmp_path: Path) -> None:
    path, _ = _older(tmp_path)
    engine = open_engine(locate(path))
    migrate(engine, _scripts(tmp_path, ADDS_A_COLUMN), now=lambda: MOMENT)
    close_engine(engine)
    before = _digest(path)

    with pytest.raises(NewerSchemaError, match=r"written by a newer planner .*update planner, or use another --db"):
        Store.open(path)

    assert _digest(path) == before


def test_another_programs_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
        other.execute("CREATE TABLE alembic_version (version_num TEXT)")
    other.close()
    before = _digest(path)

    with pytest.raises(StoreError, match=r"belongs to another program \(it holds 'alembic_version'\)"):
        Store.open(path)

    assert _digest(path) == before


def test_a_database_whose_version_was_lost_is_refused(tmp_path: Path) -> None:
    path, _ = _older(tmp_path)
    with sqlite3.connect(path) as damaged:
        damaged.execute(f"DELETE FROM {VERSION_TABLE}")  # noqa: S608 - a constant
    damaged.close()

    with pytest.raises(StoreError, match="belongs to another program"):
        Store.open(path)


def test_a_script_folder_may_have_a_percent_sign_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "100 %s"
    folder.mkdir()
    engine = open_engine(locate("sqlite://"))

    assert migrate(engine, _scripts(folder, ADDS_A_COLUMN)).after == LATER
    close_engine(engine)


def _older(tmp_path: Path) -> tuple[Path, str]:
    with Store.open(tmp_path / "results.db") as store:
        return tmp_path / "results.db", create_full_run(store)


def _scripts(folder: Path, steps: str) -> Path:
    """The real revisions and one more, as a later planner would have them."""
    scripts = folder / "migrations"
    shutil.copytree(MIGRATIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    head = 'import sqlalchemy as sa\nfrom alembic import op\n\nrevision = "%s"\ndown_revision = "%s"\n\n\n'
    body = textwrap.indent(textwrap.dedent(steps).strip(), "    ")
    (scripts / "versions" / f"revision_{LATER}.py").write_text(
        f"{head % (LATER, HEAD)}def upgrade() -> None:\n{body}\n"
    )
    return scripts


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
