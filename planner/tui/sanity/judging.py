"""Judges a file of claims, notices when it changes, and writes one to fill in. Nothing here knows of screens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from harness.errors import UsageError
from planner.services.prices import book_in_force, price_date, targets_in_force
from planner.services.sanity import SanityReport, check
from planner.store.repository import Store
from planner.store.waivers import Waiver
from planner.tui.dialogs.form import Check, FieldError
from pricing.sanity.claims import read_claims
from pricing.sanity.shipped import article_claims
from pricing.sanity.template import template

Stamp = tuple[int, int] | None
"""When a file was changed last, and its size; None where there is none, or it cannot be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is judged: a file, none for the shipped claims, by the prices of a day, none for the file's own."""

    file: str = ""
    as_of: str = ""

    @property
    def path(self) -> Path | None:
        """The file; None: the shipped claims."""
        return Path(self.file).expanduser() if self.file else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A report, with every waiver there is, of other claims too."""

    asked: Asked
    report: SanityReport
    waivers: tuple[Waiver, ...]


def judged(store: Store | None, *, asked: Asked, today: date) -> Judged:
    """Hold the claims against everything that is known.

    Raises:
        ClaimError: the file cannot be read, or holds no claims.
        UsageError: the day has not come yet.
    """
    path = asked.path
    claims = read_claims(path) if path is not None else article_claims()
    named = asked.as_of or (claims.as_of.isoformat() if claims.as_of else None)
    targets = targets_in_force()
    waivers = store.waivers() if store else ()
    report = check(
        claims,
        as_of=price_date(named, today=today, option="as of"),
        book=book_in_force(store, today=today, targets=targets),
        targets=targets,
        waivers=waivers,
    )
    return Judged(asked=asked, report=report, waivers=waivers)


def stamp_of(path: Path | None) -> Stamp:
    """What differs when the file does."""
    try:
        found = path.stat() if path is not None else None
    except (OSError, ValueError):
        return None
    return None if found is None else (found.st_mtime_ns, found.st_size)


def day_check(today: date) -> Check:
    """Whether prices of that day may be asked for."""

    def wrong(value: str) -> str | None:
        try:
            price_date(value, today=today, option="as of")
        except UsageError as error:
            return str(error)
        return None

    return wrong


def write_template(answers: Mapping[str, str]) -> None:
    """Write a commented file of claims where none is yet.

    Raises:
        FieldError: something is there, or it cannot be written.
    """
    try:
        with Path(answers["file"]).expanduser().open("x", encoding="utf-8") as stream:
            stream.write(template())
    except FileExistsError as error:
        raise FieldError("file", "is there already, and stays as it is: name another") from error
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FieldError("file", f"cannot be written: {reason}") from error
