"""A database held open: its engine, its schema brought up to date, and its transactions.

Decides how to open, close, read and write; what is read and written is `repository`'s.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from planner.errors import StoreError
from planner.interrupts import deferred
from planner.store.engine import BUSY_S, WRITES, close_engine, open_engine, snapshots, use_write_ahead_log, write_again
from planner.store.faults import translated
from planner.store.location import Location, locate, require_usable
from planner.store.runs import exists, not_found
from planner.store.schema import Migration, migrate, utc_now


def random_run_id() -> str:
    """Eight hexadecimal characters that begin with a letter, so that no tool takes them for a number."""
    return secrets.choice("abcdef") + secrets.token_hex(4)[1:]


class Database:
    """A database of runs, open. Safe to use from several threads; close it, or use it in a `with`.

    Attributes:
        place: The path or URL, as messages name it.
        path: The file, or None where the database is not one.
        is_writable: False where the file or its folder may only be read: then nothing can be recorded.
        migration: What opening did to the schema, with the copy it made.
    """

    path: Path | None

    def __init__(
        self, engine: Engine, location: Location, *, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self.place = location.label
        self.path = location.path
        self.is_writable = location.is_writable
        self.migration: Migration = migrate(engine, is_writable=self.is_writable, now=now)
        self._engine = engine
        self._reader = snapshots(engine)
        self._writer = engine.execution_options(**{WRITES: True})
        self._now = now
        self._new_id = new_id
        self._has_written = False
        if self.is_writable and self.path:
            with translated(self.place):
                use_write_ahead_log(engine)

    @classmethod
    def open(
        cls,
        address: str | os.PathLike[str],
        *,
        busy_s: float = BUSY_S,
        now: Callable[[], datetime] = utc_now,
        new_id: Callable[[], str] = random_run_id,
    ) -> Self:
        """Open the database at a path or URL; a missing file is created, an older schema upgraded.

        Args:
            address: A path, or any SQLAlchemy URL.
            busy_s: How long to wait, in seconds, for another process that writes.
            now: The clock.
            new_id: What makes the identifiers of runs.

        Raises:
            NewerSchemaError: if a newer planner wrote it.
            StoreError: if it cannot be opened.
        """
        location = locate(address)
        require_usable(location, must_exist=False)
        engine = open_engine(location, busy_s=busy_s)
        try:
            return cls(engine, location, now=now, new_id=new_id)
        except BaseException:
            engine.dispose()
            raise

    @classmethod
    def open_existing(cls, address: str | os.PathLike[str], *, busy_s: float = BUSY_S) -> Self:
        """Open a database to look at it: as `open`, but a missing file is an error and not created.

        Raises:
            NewerSchemaError: if a newer planner wrote it.
            StoreError: if it is missing or cannot be opened.
        """
        require_usable(locate(address), must_exist=True)
        return cls.open(address, busy_s=busy_s)

    def close(self) -> None:
        """Close it. A SQLite file is then whole: nothing stays beside it unless others have it open."""
        with deferred():
            with suppress(StoreError):  # its folder is gone as well
                self.write_if_deleted()
            close_engine(self._engine)

    def write_if_deleted(self) -> bool:
        """Write the file again if it was deleted after something was recorded, which would be lost with it.

        Returns:
            Whether it was.

        Raises:
            StoreError: it cannot be written.
        """
        if self.path is None or not self._has_written or self.path.exists():
            return False
        with deferred(), translated(self.place):
            write_again(self._engine, self.path)
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees the database at one moment.

        Raises:
            StoreError: if the database cannot be read.
        """
        with deferred(), translated(self.place), Session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self, run_id: str | None = None) -> Iterator[Session]:
        """A transaction that is on the disk when the block ends, or undone if it raises.

        Args:
            run_id: The run that the block records, to explain a broken reference.

        Raises:
            RunNotFoundError: if the run is not there.
            StoreError: if the database cannot be written, or the run's plan lacks the arm.
        """
        if not self.is_writable:
            raise StoreError(
                f"{self.place} can only be read here: make the file and its folder writable, or use another --db"
            )
        try:
            with deferred(), translated(self.place), Session(self._writer) as session, session.begin():
                yield session
            self._has_written = True
        except IntegrityError as error:
            raise self._broken_reference(run_id, error) from error

    def _broken_reference(self, run_id: str | None, error: IntegrityError) -> StoreError:
        with self.reading() as session:
            if run_id is not None and not exists(session, run_id):
                return not_found(run_id)
        reason = " ".join(str(error.orig).split())
        return StoreError(f"run {run_id} cannot hold this ({reason}): only arms of its plan can be recorded")
