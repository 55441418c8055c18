"""Opens and closes a database.

SQLite is opened for durability: a commit is on the disk when it returns. A file that may not be
written is opened so that nothing is created beside it. Knows nothing of tables or runs.
"""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, StaticPool, create_engine, event
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from planner.errors import StoreError
from planner.store.faults import sentence
from planner.store.location import Location

BUSY_S = 10.0  # a commit of another process takes milliseconds; a migration of a large file, seconds
PAGE_BYTES = 1024  # of a new file: a round of 3 kB leaves a quarter of each of SQLite's usual 4 kB pages empty
WRITES = "planner_writes"
"""The execution option of a connection that is going to write: it takes the write lock at once."""


def open_engine(location: Location, *, busy_s: float = BUSY_S) -> Engine:
    """An engine for the database at `location`; nothing is read yet.

    Args:
        location: Where it is. A SQLite file that may not be written is opened for reading only.
        busy_s: How long to wait, in seconds, for another process that writes.

    Raises:
        StoreError: if the URL's driver is not installed or makes no sense.
    """
    try:
        if location.url.get_backend_name() == "sqlite":
            engine = _open_sqlite(location, busy_s)
        else:
            engine = create_engine(location.url)
    except NoSuchModuleError as error:
        raise StoreError(f"{location.label} names a kind of database that SQLAlchemy does not know") from error
    except ModuleNotFoundError as error:
        raise StoreError(f"{location.label} needs the Python package {error.name}: install it first") from error
    except (ArgumentError, SQLAlchemyError) as error:
        raise StoreError(sentence(error, location.label)) from error
    return engine


def close_engine(engine: Engine) -> None:
    """Close every connection, after folding SQLite's write-ahead log into the file.

    The log and its index then vanish, unless another process still has the database open.
    """
    try:
        if engine.dialect.name == "sqlite" and engine.url.database:
            with engine.connect() as connection:
                driver_of(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (SQLAlchemyError, sqlite3.Error):
        pass  # read-only, or in use elsewhere: the log stays and loses nothing
    finally:
        engine.dispose()


def write_again(engine: Engine, path: Path) -> None:
    """Write what a deleted SQLite file still holds for whoever has it open, whole or not at all, to where it was.

    Raises:
        sqlite3.Error: it cannot be written.
    """
    fresh = path.with_name(f"{path.name}.again")
    try:
        with engine.connect() as connection, closing(sqlite3.connect(fresh)) as copy:
            driver_of(connection).backup(copy)
        fresh.replace(path)
    except OSError as error:
        raise sqlite3.OperationalError(str(error)) from error
    finally:
        with suppress(OSError):
            fresh.unlink()


def use_write_ahead_log(engine: Engine) -> None:
    """Let readers and one writer work at the same time. Remembered in the file by SQLite itself."""
    with engine.connect() as connection, suppress(sqlite3.OperationalError):
        # It is refused while another process has a transaction open; the next to open will do it.
        driver_of(connection).execute("PRAGMA journal_mode=WAL")


def snapshots(engine: Engine) -> Engine:
    """The same database for reading: what one transaction reads is from one moment, as it is in SQLite."""
    if engine.dialect.name != "postgresql":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def driver_of(connection: Connection) -> Any:  # noqa: ANN401 - a driver's connection has no common type
    """The driver's own connection, for what must happen outside a transaction."""
    return connection.connection.driver_connection


def _open_sqlite(location: Location, busy_s: float) -> Engine:
    options: dict[str, Any] = {"connect_args": {"timeout": busy_s}}
    if location.path is not None and not location.is_writable:
        address = _read_only_address(location)
        options = {
            "creator": lambda: sqlite3.connect(address, uri=True, timeout=busy_s, check_same_thread=False),
            "poolclass": QueuePool,
        }
    elif location.url.database in {None, "", ":memory:"}:
        options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    engine = create_engine(location.url, **options)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _read_only_address(location: Location) -> str:
    """The URI that reads a file without creating SQLite's log and index beside it.

    Where a log lies there, somebody writes or died writing, and the plain read-only mode reads it too.
    """
    path = str(location.path)
    has_log = Path(f"{path}-wal").exists()
    return f"file:{quote(path)}?{'mode=ro' if has_log else 'immutable=1'}"


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would commit before DDL and skip BEGIN before reads; `_begin` does it properly.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for another writer: it fails at once.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
