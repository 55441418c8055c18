"""Gives stored runs names and moments of a test's choosing, so that a screen that shows them is always the same."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path


def fix_runs(database: Path, named: Mapping[str, tuple[str, datetime]]) -> None:
    """By a run's own name: what it is to be called, and when it began; it took a minute."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        holding = [
            name
            for name in tables
            if any(column[1] == "run_id" for column in connection.execute(f'PRAGMA table_info("{name}")'))
        ]
        for before, (after, moment) in named.items():
            for table in holding:
                connection.execute(f'UPDATE "{table}" SET run_id = ? WHERE run_id = ?', (after, before))  # noqa: S608 - its own tables
            began, ended = moment.isoformat(), moment.replace(minute=moment.minute + 1).isoformat()
            connection.execute(
                "UPDATE runs SET started_at = ?, finished_at = ? WHERE run_id = ?", (began, ended, after)
            )
