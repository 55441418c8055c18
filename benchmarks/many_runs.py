"""A database with as many runs as one wants: those of results.db again and again, under other names, an hour apart.

Only what lists and details show is repeated, not the raw rounds.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

DATABASE = Path(__file__).resolve().parent.parent / "results.db"
_REPEATED = ("runs", "arms", "trials", "comparisons", "verdicts", "qualities", "artifacts")
_NEWEST = datetime(2026, 6, 30, 12, tzinfo=UTC)
_Row = tuple[object, ...]


def write_many_runs(target: Path, count: int) -> Path:
    """Write a database of `count` runs, the shipped ones among them."""
    shutil.copy(DATABASE, target)
    with closing(sqlite3.connect(target)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        ids = [str(one) for (one,) in connection.execute("SELECT run_id FROM runs ORDER BY started_at")]
        names = [(f"{number:08x}", ids[number % len(ids)]) for number in range(max(0, count - len(ids)))]
        for table in _REPEATED:
            columns = [str(column[1]) for column in connection.execute(f"PRAGMA table_info({table})")]
            chosen = f"SELECT * FROM {table} WHERE run_id = ?"  # noqa: S608 - our own names
            rows = {one: connection.execute(chosen, (one,)).fetchall() for one in ids}
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", _renamed(columns, rows, names))  # noqa: S608
    return target


def _renamed(columns: list[str], rows: dict[str, list[_Row]], names: list[tuple[str, str]]) -> Iterator[_Row]:
    at = columns.index("run_id")
    moments = {columns.index(name): extra for name, extra in _MOMENTS if name in columns}
    for number, (name, source) in enumerate(names):
        for row in rows[source]:
            fresh = list(row)
            fresh[at] = name
            for place, extra in moments.items():
                fresh[place] = (_NEWEST - timedelta(hours=number) + extra).isoformat()
            yield tuple(fresh)


_MOMENTS = (("started_at", timedelta()), ("finished_at", timedelta(minutes=2)))
