"""Takes a person's word for a point, and takes it back: who, for what, with which note."""

from harness.errors import UsageError
from planner.services.checklist.document import Checklist, Point
from planner.services.words_of_people import written
from planner.store.attestations import LONGEST_NAME, LONGEST_NOTE, MOST, Attestation
from planner.store.repository import Store
from pricing.files import nearest, one_of, shown

_OF_THE_RUN = frozenset({Point.MONITORING, Point.CI, Point.ROLLBACK})
"""What is not about one candidate, unless somebody says so."""


def find_point(word: str, *, option: str) -> Point:
    """The point of that name.

    Raises:
        UsageError: there is none, with those that there are.
    """
    found = next((one for one in Point if one == word.strip().lower()), None)
    if found is None:
        raise UsageError(f"{option} {shown(word)} is no point{nearest(word, Point)}: there are {one_of(list(Point))}")
    return found


def attest(store: Store, checklist: Checklist, point: Point, *, by: str, note: str, names_arm: bool) -> Attestation:
    """Keep that a person vouches for a point of the checklist.

    Args:
        store: Where the run is.
        checklist: What is vouched for: the word is about its candidate.
        point: One of the ten.
        by: Who vouches.
        note: What they know.
        names_arm: Whether the candidate was named: then the word is about that alone, whatever the point.

    Raises:
        UsageError: the name or the note is missing or too long, or there are too many already.
        StoreError: it cannot be kept.
    """
    name = written(by, option="--by", longest=LONGEST_NAME, what="who vouches for it")
    told = written(
        note, option="--note", longest=LONGEST_NOTE, what="what is vouched for: when it was tried, and where"
    )
    if len(store.attestations(checklist.run)) >= MOST:
        raise UsageError(f"run {checklist.run} has {MOST} attestations already: no more are kept")
    return store.record_attestation(
        checklist.run, point, candidate=_scope(checklist, point, names_arm=names_arm), by=name, note=told
    )


def withdraw(store: Store, checklist: Checklist, point: Point, *, names_arm: bool) -> int:
    """Take back what stands of a point, and say how many attestations that were.

    Raises:
        UsageError: nobody vouches for it.
        StoreError: it cannot be kept.
    """
    scope = _scope(checklist, point, names_arm=names_arm)
    count = store.withdraw_attestation(checklist.run, point, candidate=scope)
    if not count:
        whose = "" if scope is None else f" of {scope}"
        raise UsageError(f"nobody vouches for {point}{whose} in run {checklist.run}: there is nothing to take back")
    return count


def _scope(checklist: Checklist, point: Point, *, names_arm: bool) -> str | None:
    return None if point in _OF_THE_RUN and not names_arm else checklist.candidate
