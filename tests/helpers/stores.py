"""New databases for tests that are about something else than making one.

Making one takes every migration: some 80 ms. It is done once in a process, and each test opens a copy of what came
of it. How a database is made, found and upgraded is tested with `Store.open` itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from planner.store import Store


def open_store(path: str | PathLike[str], **options: Any) -> Store:  # noqa: ANN401 - those of `Store.open`
    """The store at `path`, as `Store.open` opens it; a missing one is made from a copy."""
    file = Path(path)
    if not file.exists():
        file.write_bytes(_new_database())
    return Store.open(file, **options)


@contextmanager
def passing_store(**options: Any) -> Iterator[Store]:  # noqa: ANN401 - those of `Store.open`
    """An empty store that is gone at the end of the block."""
    with TemporaryDirectory() as folder, open_store(Path(folder) / "results.db", **options) as store:
        yield store


@cache
def _new_database() -> bytes:
    """The file that `Store.open` makes where there is none."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        Store.open(path).close()
        return path.read_bytes()
