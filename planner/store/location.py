"""Where a database is: a file's path, or any SQLAlchemy URL.

Decides what can be said before anything is opened. Never reads the file: closing a second handle
on it would drop the locks that SQLite holds on the first (POSIX locks belong to the process).
"""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from planner.errors import StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A database's address. `path` is the file of a SQLite database, and None for anything else."""

    url: URL
    path: Path | None

    @property
    def label(self) -> str:
        """How messages name it: the path, or the URL without its password."""
        return str(self.path) if self.path else self.url.render_as_string(hide_password=True)

    @property
    def is_writable(self) -> bool:
        """Whether both the file and its folder may be written (SQLite keeps its journal beside the file)."""
        if self.path is None:
            return True
        folder = os.access(self.path.parent, os.W_OK)
        return folder and (not self.path.exists() or os.access(self.path, os.W_OK))


def locate(address: str | os.PathLike[str]) -> Location:
    """Read a path or URL.

    Raises:
        StoreError: if it is neither.
    """
    text = os.fspath(address)
    if not text.strip() or "\0" in text:
        raise StoreError(f"--db {text!r} names no database: write a path such as results.db, or a URL")
    if "://" not in text:
        path = Path(text).expanduser()
        return Location(url=URL.create("sqlite", database=str(path)), path=path)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"--db {text!r} is not the URL of a database: write sqlite:///results.db, say") from error
    return Location(url=url, path=_file_of(url))


def require_usable(location: Location, *, must_exist: bool) -> None:
    """Refuse a file that cannot be opened, before SQLite creates anything.

    Raises:
        StoreError: with what is in the way and what to do.
    """
    path = location.path
    if path is None:
        return
    try:
        problem = _problem(path, must_exist=must_exist)
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise StoreError(f"{path} cannot be opened ({error.strerror}): use another --db") from error
    if problem:
        raise StoreError(problem)


def _file_of(url: URL) -> Path | None:
    is_plain = url.database not in {None, "", ":memory:"} and not str(url.database).startswith("file:")
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" and is_plain else None


def _problem(path: Path, *, must_exist: bool) -> str | None:
    if path.is_dir():
        return f"{path} is a folder: name a file in it, for example {path / 'results.db'}"
    if not path.parent.is_dir():
        return f"the folder {path.parent} does not exist: create it, or use another --db"
    return _problem_of_file(path) if path.exists() else _problem_of_absence(path, must_exist=must_exist)


def _problem_of_file(path: Path) -> str | None:
    if not path.is_file():
        return f"{path} is not a regular file: use another --db"
    if not os.access(path, os.R_OK):
        return f"{path} may not be read by this user: change its permissions, or use another --db"
    return None


def _problem_of_absence(path: Path, *, must_exist: bool) -> str | None:
    if path.is_symlink():
        return f"{path} is a link to nothing: remove it, or use another --db"
    if must_exist:
        return f"there is no database at {path} yet: `planner bench` or `planner plan` makes one, --db names another"
    if not os.access(path.parent, os.W_OK):
        return f"{path} cannot be created because its folder is read-only: use another --db"
    return None
