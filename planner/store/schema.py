"""Brings a database to the tables that this planner uses, or refuses to touch it.

Owns the question "whose file is this, and how old". The steps themselves are Alembic revisions in
`migrations`; Alembic is imported only when there is a step to take.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from planner.errors import NewerSchemaError, StoreError
from planner.store.engine import WRITES, driver_of
from planner.store.faults import sentence, translated
from planner.store.table_base import VERSION_TABLE, Base

HEAD = "0011"
"""The newest revision in `migrations`; known here so that a current database needs no Alembic."""

MIGRATIONS = Path(__file__).with_name("migrations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What opening did to the schema. `before` is None for a new database, `backup` where none was made."""

    before: str | None
    after: str
    backup: Path | None


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def migrate(
    engine: Engine,
    script_location: Path = MIGRATIONS,
    *,
    is_writable: bool = True,
    now: Callable[[], datetime] = utc_now,
) -> Migration:
    """Create the tables in an empty database, or upgrade an older one after copying it.

    Args:
        engine: The database.
        script_location: The folder of revisions; another one only in tests.
        is_writable: False where the database was opened for reading only.
        now: The clock that stamps the copy.

    Raises:
        NewerSchemaError: if a newer planner wrote it.
        StoreError: if it belongs to another program, cannot be changed, or a step failed. The
            database is then as it was.
    """
    place = label_of(engine)
    with translated(place):
        before = _revision(engine, place)
        if before == HEAD and script_location == MIGRATIONS:
            return Migration(before=before, after=before, backup=None)
        known = _known_revisions(script_location)
        if before is not None and before not in known:
            raise NewerSchemaError(
                f"{place} was written by a newer planner (schema {before}, this one knows {known[0]}): "
                "update planner, or use another --db"
            )
        if before == known[0]:
            return Migration(before=before, after=before, backup=None)
        if not is_writable:
            raise StoreError(_unchangeable(place, before))
        backup = _back_up(engine, before, now()) if before else None
        _upgrade(engine, script_location, place, backup)
        return Migration(before=before, after=known[0], backup=backup)


def label_of(engine: Engine) -> str:
    """How messages name the database."""
    if engine.dialect.name == "sqlite":
        return engine.url.database or "the database in memory"
    return engine.url.render_as_string(hide_password=True)


def _revision(engine: Engine, place: str) -> str | None:
    """The schema that the database is at; None where it is empty."""
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        if VERSION_TABLE in tables:
            rows = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars().all()  # noqa: S608 - a constant
            if len(rows) == 1:
                return str(rows[0])
    # A server's database may be shared; a file is one application's.
    clashing = tables if engine.dialect.name == "sqlite" else tables & Base.metadata.tables.keys()
    if clashing:
        raise StoreError(f"{place} belongs to another program (it holds {min(clashing)!r}): use another --db")
    return None


def _known_revisions(script_location: Path) -> list[str]:
    """Every revision of this installation, the newest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - only when there is a step to take

    return [script.revision for script in ScriptDirectory(str(script_location)).walk_revisions()]


def _unchangeable(place: str, before: str | None) -> str:
    if before is None:
        return f"{place} is empty and can only be read here: use another --db"
    return f"{place} has an older schema ({before}) and can only be read here: copy it to where it can be written"


def _back_up(engine: Engine, before: str, moment: datetime) -> Path | None:
    """Copy a SQLite file beside itself; other databases are backed up by those who run them."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    path = Path(engine.url.database)
    target = path.with_name(f"{path.stem}.bak-{before}-{moment:%Y%m%dT%H%M%SZ}.db")
    advice = "make room there, or use another --db"
    if target.exists():
        raise StoreError(f"{path} must be upgraded, but {target} is in the way of a copy: {advice}")
    try:
        with engine.connect() as connection, closing(sqlite3.connect(target)) as copy:
            driver_of(connection).backup(copy)
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise StoreError(f"{path} must be upgraded, but it cannot be copied to {target} ({error}): {advice}") from error
    return target


def _upgrade(engine: Engine, script_location: Path, place: str, backup: Path | None) -> None:
    """Take every step in one transaction."""
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        if is_sqlite:  # copying a table drops the old one, and the drop would cascade
            driver_of(connection).execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                _run_revisions(connection, script_location)
                if is_sqlite:
                    _require_whole(connection)
        except Exception as error:  # a revision is arbitrary code
            reason = sentence(error, place) if isinstance(error, SQLAlchemyError) else str(error)
            saved = f"; a copy is at {backup}" if backup else ""
            raise StoreError(
                f"{reason} (the schema of {place} could not be changed: it is as it was{saved})"
            ) from error
        finally:
            if is_sqlite:
                driver_of(connection).execute("PRAGMA foreign_keys=ON")


def _require_whole(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken:
        raise StoreError(f"rows of {broken[0]} would be left without what they refer to")


def _run_revisions(connection: Connection, script_location: Path) -> None:
    from alembic import command  # noqa: PLC0415 - only when there is a step to take
    from alembic.config import Config  # noqa: PLC0415 - likewise

    config = Config(attributes={"connection": connection})
    # Alembic reads its settings through ConfigParser, for which a percent sign is syntax.
    config.set_main_option("script_location", str(script_location).replace("%", "%%"))
    command.upgrade(config, "head")
