"""Watches from outside what a running `planner` has committed: a reader of its own, on the same file."""

import hashlib
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

Key = tuple[str, int, int, int]
_ROUNDS = "SELECT run_id, batch, launch, round_index FROM rounds"
_PAYLOAD = "SELECT payload FROM rounds WHERE (run_id, batch, launch, round_index) = (?, ?, ?, ?)"


@dataclass(slots=True)
class Committed:
    """Rounds that were seen in the database, by run, batch, launch and index, with a hash of each."""

    database: Path
    rounds: dict[Key, str] = field(default_factory=dict)

    def look(self) -> int:
        """Add what is there now; how many rounds have been seen."""
        with _unless_absent(), closing(_reader(self.database)) as connection:
            for key in set(connection.execute(_ROUNDS)) - self.rounds.keys():
                (payload,) = connection.execute(_PAYLOAD, key).fetchone()
                self.rounds[key] = hashlib.sha256(payload).hexdigest()
        return len(self.rounds)

    def count(self, table: str) -> int:
        """How many rows of a table are there now."""
        with _unless_absent(), closing(_reader(self.database)) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - tests name it
        return 0

    def states(self) -> list[str]:
        """The states of all runs, the newest first."""
        with _unless_absent(), closing(_reader(self.database)) as connection:
            return [state for (state,) in connection.execute("SELECT state FROM runs ORDER BY started_at DESC")]
        return []

    def require_sound(self) -> None:
        """Fail unless the file is sound and holds every round that was seen, as it was seen."""
        seen = dict(self.rounds)
        with closing(sqlite3.connect(self.database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        self.rounds.clear()
        self.look()
        assert seen.items() <= self.rounds.items()


def _reader(database: Path) -> sqlite3.Connection:
    """A connection that cannot write, and sees one moment."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)
    connection.execute("BEGIN")
    return connection


def _unless_absent() -> suppress:
    """Nothing is seen while the database is not there or not ready."""
    return suppress(sqlite3.OperationalError)
