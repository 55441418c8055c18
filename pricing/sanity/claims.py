"""Reads claims from TOML. What is left out is a finding about the claim; what cannot be read at all is an error.

A file holds tables `[[claim]]`, each with `id`, `says`, `kind` and the figures of its kind; see `kinds`.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pricing.errors import ClaimError
from pricing.files import nearest, printable, read_toml, require_known, shown
from pricing.sanity.claim_figures import Figures, figures_of
from pricing.sanity.finding import Finding
from pricing.sanity.kinds import FORMS, Kind
from pricing.vocabulary import Precision

_TOP = ("title", "source", "as_of", "claim")
_ALWAYS = ("id", "says", "kind")
_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_MOST_CLAIMS = 500
_LONGEST_TEXT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What somebody says, as figures.

    Attributes:
        claim_id: Its name in the file.
        says: In short, for people.
        kind: What it is about, which decides the rules.
        figures: What it tells, in the units used inside.
        gaps: What it leaves out or mixes up (R15).
        digest: SHA-256 of everything that it holds: a changed claim is another one.
    """

    claim_id: str
    says: str
    kind: Kind
    figures: Figures
    gaps: tuple[Finding, ...] = ()
    digest: str

    def number(self, name: str) -> float | None:
        """A quantity; None where it is not told."""
        return self.figures.numbers.get(name)

    def text(self, name: str) -> str | None:
        """A name; None where it is not told."""
        return self.figures.texts.get(name)

    def whole(self, name: str) -> int | None:
        """A count that is a whole number."""
        value = self.number(name)
        return None if value is None else round(value)

    def precision(self, name: str) -> Precision | None:
        """A precision; None where it is not told."""
        value = self.text(name)
        return None if value is None else Precision(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFile:
    """Claims with where they come from.

    Attributes:
        title: What they are about.
        source: Who made them.
        as_of: The day whose prices they are held against; None: today's.
        claims: In the order of the file.
    """

    title: str
    source: str = ""
    as_of: date | None = None
    claims: tuple[Claim, ...] = field(default=())


def read_claims(path: Path) -> ClaimFile:
    """The claims of a TOML file.

    Raises:
        ClaimError: one sentence that names the file and the claim.
    """
    raw = read_toml(path, error=ClaimError)
    require_known(raw, _TOP, place=str(path), error=ClaimError)
    tables = raw.get("claim")
    if not isinstance(tables, list) or not tables or not all(isinstance(one, dict) for one in tables):
        raise ClaimError(
            f"{path} holds no claims: write each as a table [[claim]]; planner sanity --template shows how"
        )
    if len(tables) > _MOST_CLAIMS:
        raise ClaimError(f"{path} holds {len(tables):,} claims: {_MOST_CLAIMS} are the most that are read")
    claims = tuple(_claim(table, number, path) for number, table in enumerate(tables, 1))
    names = [one.claim_id for one in claims]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ClaimError(f"{path}: two claims are named {shown(twice)}: give one of them another id")
    return ClaimFile(
        title=_text(raw.get("title", path.stem), f"{path}: title"),
        source=_text(raw.get("source", ""), f"{path}: source", may_be_empty=True),
        as_of=_day(raw.get("as_of"), f"{path}: as_of"),
        claims=claims,
    )


def _claim(table: Mapping[str, Any], number: int, path: Path) -> Claim:
    claim_id = table.get("id")
    if not isinstance(claim_id, str) or not _ID.fullmatch(claim_id):
        written = "has no id" if claim_id is None else f"has the id {shown(claim_id)}"
        raise ClaimError(f"{path}, claim {number} {written}: write lower-case letters, digits and hyphens, at most 64")
    place = f"{path}, claim {claim_id}"
    says = _text(table.get("says", ""), f"{place}: says")
    kind = _kind(table.get("kind"), place)
    form = FORMS[kind]
    known = (*_ALWAYS, *(one.name for one in form.fields))
    require_known(table, known, place=f"{place} ({kind})", error=ClaimError)
    figures, gaps = figures_of(table, form, place)
    digest = hashlib.sha256(_canonical(table, place)).hexdigest()
    return Claim(claim_id=claim_id, says=says, kind=kind, figures=figures, gaps=gaps, digest=digest)


def _canonical(table: Mapping[str, Any], place: str) -> bytes:
    try:
        return json.dumps(table, sort_keys=True, ensure_ascii=True, default=str).encode()
    except (ValueError, TypeError) as error:
        raise ClaimError(f"{place} holds a value that is no text or number") from error


def _kind(written: object, place: str) -> Kind:
    if isinstance(written, str) and written in set(Kind):
        return Kind(written)
    if written is None:
        raise ClaimError(f"{place} has no kind: there are {', '.join(Kind)}")
    advice = (nearest(written, Kind) if isinstance(written, str) else "") or f"; there are {', '.join(Kind)}"
    raise ClaimError(f"{place}: there is no kind {shown(written)}{advice}")


def _text(written: object, name: str, *, may_be_empty: bool = False) -> str:
    if not isinstance(written, str) or len(written) > _LONGEST_TEXT or not (written.strip() or may_be_empty):
        raise ClaimError(f"{name} is {shown(written)}: write a text of at most {_LONGEST_TEXT} characters")
    return " ".join("".join(one if one.isprintable() else " " for one in written).split())


def _day(written: object, name: str) -> date | None:
    if written is None:
        return None
    try:
        if isinstance(written, str):
            return date.fromisoformat(written)
    except ValueError as error:
        raise ClaimError(f"{name} is {printable(shown(written))}: write a day such as 2026-07-30") from error
    if isinstance(written, datetime) or not isinstance(written, date):
        raise ClaimError(f"{name} is {shown(written)}: write a day such as 2026-07-30")
    return written
