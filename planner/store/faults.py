"""Translates what a database driver says into one clear sentence.

The only place that knows error codes. What is raised names the database, what happened and what
to do; the driver's own error stays attached as the cause.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError, StatementError

from planner.errors import StoreError

# By the start of SQLite's name for the result code (https://www.sqlite.org/rescode.html): the
# extended codes, such as SQLITE_READONLY_DIRECTORY, begin with the primary one.
_SENTENCES = {
    "SQLITE_FULL": "the disk that holds {place} is full: free some space, or use another --db",
    "SQLITE_BUSY": "another program is writing to {place}: wait until it has finished, or use another --db",
    "SQLITE_LOCKED": "another part of this program is writing to {place}: try again",
    "SQLITE_READONLY": "{place} can only be read here: make the file and its folder writable, or use another --db",
    "SQLITE_PERM": "{place} may not be opened by this user: change its permissions, or use another --db",
    "SQLITE_AUTH": "{place} may not be opened by this user: change its permissions, or use another --db",
    "SQLITE_CANTOPEN": "{place} cannot be opened: check that its folder exists and is writable, or use another --db",
    "SQLITE_NOTADB": "{place} is not a database: use another --db",
    "SQLITE_CORRUPT": "{place} is damaged: restore it from a backup, or use another --db",
    "SQLITE_IOERR": "the disk that holds {place} could not be used: it may be full: check it, or use another --db",
    "SQLITE_TOOBIG": "a value is too large for {place}: record less in one piece",
    "SQLITE_SCHEMA": "{place} was changed by another program: try again",
}
_MISSING_TABLE = re.compile(r"no such (table|column)|(relation|column) .* does not exist")


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn every driver error inside the block into a `StoreError` about `place`.

    Raises:
        StoreError: in place of any error of SQLAlchemy or SQLite, except a broken constraint.
    """
    try:
        yield
    except IntegrityError:
        raise  # the caller knows which run or arm it named
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreError(sentence(error, place)) from error
    except OverflowError as error:
        raise StoreError(f"a number is too large to be kept in {place}: {error}") from error


def sentence(error: Exception, place: str) -> str:
    """What happened to `place`, and what to do."""
    # The wrapper's own text holds the whole statement with its values.
    driver_error = error.orig if isinstance(error, StatementError) and error.orig is not None else error
    code = getattr(driver_error, "sqlite_errorname", None) or ""
    for name, template in _SENTENCES.items():
        if code.startswith(name):
            return template.format(place=place)
    text = " ".join(str(driver_error).split())
    if _MISSING_TABLE.search(text):
        return f"{place} lacks a table or column that this planner needs ({text}): use another --db"
    if isinstance(error, ArgumentError):
        return f"{place} is not the address of a database: {text}"
    return f"{place} did not do what was asked ({text}): check the address and the server, or use another --db"
