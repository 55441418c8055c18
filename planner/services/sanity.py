"""Judges claims and keeps who waived what: the claims of a file against prices, data sheets and published rates.

A waiver is of a claim's content and of the rules that spoke then: a changed claim loses it, and so does one about
which another rule speaks now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from harness.errors import UsageError
from planner.services.exit_codes import ExitCode
from planner.services.words_of_people import written
from planner.store.repository import Store
from planner.store.waivers import Waiver
from pricing.book import PriceBook
from pricing.files import nearest, shown
from pricing.sanity.claims import ClaimFile
from pricing.sanity.finding import TITLES, Finding, Verdict
from pricing.sanity.judging import Judgement, judge
from pricing.sanity.shipped import shipped_reference
from pricing.targets import Targets

SCHEMA = "planner.sanity/1"
WAIVERS_SCHEMA = "planner.waivers/1"
_LONGEST_NAME = 100
_LONGEST_NOTE = 500
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRecord:
    """One rule about one claim, with the arithmetic to redo it; `figures` have their units in their names."""

    rule: str
    title: str
    verdict: str
    sentence: str
    arithmetic: tuple[str, ...]
    figures: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRecord:
    """A claim judged. `verdict` is the worst finding's, `words` say it for people; `rules` stand beside it."""

    id: str
    says: str
    kind: str
    verdict: str
    words: str
    is_fault: bool
    rules: tuple[str, ...]
    digest: str
    waiver: Waiver | None
    findings: tuple[FindingRecord, ...]

    @property
    def is_open(self) -> bool:
        """Whether something must be done: a fault that nobody waived."""
        return self.is_fault and self.waiver is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SanityReport:
    """Everything about the claims of a file. Its JSON form is an API: `schema` changes when a field does."""

    schema: str
    title: str
    source: str
    as_of: date
    book: str
    claims: tuple[ClaimRecord, ...]
    faults: int
    waived: int
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverList:
    """Every waiver of a database, in the order in which they were given."""

    schema: str
    waivers: tuple[Waiver, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A waiver that is in order, before it is recorded."""

    claim_id: str
    digest: str
    rules: tuple[str, ...]
    by: str
    note: str


def check(
    claims: ClaimFile, *, as_of: date, book: PriceBook, targets: Targets, waivers: Sequence[Waiver] = ()
) -> SanityReport:
    """Judge the claims of a file.

    Args:
        claims: Of the file.
        as_of: The day whose prices count.
        book: Prices.
        targets: Data sheets.
        waivers: Those given so far.
    """
    judged = judge(claims.claims, shipped_reference(as_of, book=book, targets=targets))
    records = tuple(_record(one, waivers) for one in judged)
    is_open = any(one.is_open for one in records)
    return SanityReport(
        schema=SCHEMA,
        title=claims.title,
        source=claims.source,
        as_of=as_of,
        book=book.digest,
        claims=records,
        faults=sum(one.is_fault for one in records),
        waived=sum(one.waiver is not None for one in records),
        exit_code=ExitCode.REJECTED_OR_SLOWER if is_open else 0,
    )


def accept(report: SanityReport, claim_id: str, *, by: str, note: str) -> Acceptance:
    """What is to be recorded where somebody accepts a claim in spite of what the rules say.

    Raises:
        UsageError: there is no such claim, nothing is wrong with it, or the name or the reason is missing.
    """
    named = {one.id: one for one in report.claims}
    if claim_id not in named:
        advice = nearest(claim_id, named) or f": there are {', '.join(list(named)[:_MOST_NAMED])}"
        raise UsageError(f"there is no claim {shown(claim_id)}{advice}")
    claim = named[claim_id]
    if not claim.is_fault:
        raise UsageError(f"claim {claim_id} {claim.words}: there is nothing to waive")
    return Acceptance(
        claim_id=claim_id,
        digest=claim.digest,
        rules=tuple(dict.fromkeys(one.rule for one in claim.findings if Verdict(one.verdict).is_fault)),
        by=written(by, option="--by", longest=_LONGEST_NAME, what="who waives it"),
        note=written(note, option="--note", longest=_LONGEST_NOTE, what="why it is waived"),
    )


def record(store: Store, accepted: Acceptance) -> Waiver:
    """Keep it, with the moment."""
    return store.record_waiver(
        accepted.claim_id, accepted.digest, rules=accepted.rules, by=accepted.by, note=accepted.note
    )


def _record(judged: Judgement, waivers: Sequence[Waiver]) -> ClaimRecord:
    claim = judged.claim
    faults = set(map(str, judged.faults))
    given = [one for one in waivers if one.digest == claim.digest and faults <= set(one.rules)]
    return ClaimRecord(
        id=claim.claim_id,
        says=claim.says,
        kind=claim.kind,
        verdict=judged.verdict,
        words=judged.words,
        is_fault=judged.verdict.is_fault,
        rules=tuple(map(str, judged.told)),
        digest=claim.digest,
        waiver=given[-1] if given and faults else None,
        findings=tuple(map(_finding, judged.findings)),
    )


def _finding(one: Finding) -> FindingRecord:
    return FindingRecord(
        rule=one.rule,
        title=TITLES[one.rule],
        verdict=one.verdict,
        sentence=one.sentence,
        arithmetic=one.arithmetic,
        figures=one.figures,
    )
