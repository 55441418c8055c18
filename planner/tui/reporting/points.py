"""The deployment checklist of a run as the app shows it: which candidates there are, and what to type for a point."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from planner.errors import PlannerError
from planner.services.checklist.attesting import attest, withdraw
from planner.services.checklist.document import Checklist, Point, PointRecord, State
from planner.services.checklist.making import checklist_of
from planner.services.plans.keeping import decode_plan
from planner.services.run_document import document_of
from planner.store.repository import Store
from planner.wording.marks import signed
from planner.wording.text import plain

SIGNS = {State.EVIDENCED: "✓", State.ATTESTED: "✓", State.OPEN: "~", State.REFUTED: "✗"}
_COMMAND = re.compile(r"planner (?:'[^']*'|[^,;`'])+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose checklist: a run, the plan that would deploy it, the candidate where one was named."""

    run: str
    plan: str | None = None
    candidate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A checklist, and all candidates that it could be about."""

    asked: Asked
    checklist: Checklist
    candidates: tuple[str, ...]

    @property
    def next_candidate(self) -> str | None:
        """The one after the present one; None: there is no other."""
        if len(self.candidates) < 2:  # noqa: PLR2004 - two make a choice
            return None
        at = self.candidates.index(self.checklist.candidate) if self.checklist.candidate in self.candidates else -1
        return self.candidates[(at + 1) % len(self.candidates)]


def points_of(store: Store | None, *, asked: Asked) -> Points:
    """The ten points.

    Raises:
        PlannerError: if there is no such run or plan, or no database.
        UsageError: if no candidate of the run is named so.
    """
    if store is None:
        raise PlannerError("nothing was measured yet: press 1 to measure")
    run = store.resolve(asked.run)
    plan = None if asked.plan is None else decode_plan(store.plan(asked.plan))
    found = checklist_of(store, run, plan=plan, candidate=asked.candidate)
    arms = document_of(store.load(run)).arms
    return Points(asked=asked, checklist=found, candidates=tuple(arm.name for arm in arms if not arm.is_baseline))


def attested(store: Store, points: Points, point: Point, *, by: str, note: str) -> None:
    """Keep a person's word; where the candidate was named, of that alone.

    Raises:
        UsageError: if the name or the note is too long, or there are too many.
        StoreError: if it cannot be kept.
    """
    attest(store, points.checklist, point, by=by, note=note, names_arm=points.asked.candidate is not None)


def withdrawn(store: Store, points: Points, point: Point) -> int:
    """Take back what stands of a point, and say how many words that were.

    Raises:
        UsageError: if nobody vouches for it.
        StoreError: if it cannot be kept.
    """
    return withdraw(store, points.checklist, point, names_arm=points.asked.candidate is not None)


def command_of(one: PointRecord, checklist: Checklist) -> str:
    """What to type for a point: the first command that it names, else what attests it, else what shows it."""
    named = None if one.todo is None else _COMMAND.search(one.todo)
    if named is not None:
        return named.group().strip()
    if one.state is State.OPEN:
        return f"planner checklist {checklist.run} --attest {one.point} --by NAME --note TEXT"
    return f"planner checklist {checklist.run}"


def point_lines(one: PointRecord, checklist: Checklist) -> Iterator[RenderableType]:
    """Everything of a point."""
    yield Text(plain(one.title), style="bold")
    yield signed(SIGNS[one.state], str(one.state))
    yield Text()
    yield Text(plain(one.sentence))
    if one.rests_on:
        yield Text(plain(f"rests on {', '.join(one.rests_on)}"), style="dim")
    if one.attested is not None:
        given = one.attested
        yield Text()
        said = "accepted all the same" if one.state is State.REFUTED else "attested"
        whose = "" if given.candidate is None else f", for {given.candidate} alone"
        yield Text(plain(f"{said} by {given.by} on {given.day}{whose}: {given.note}"))
        yield Text("W takes it back", style="dim")
    if one.todo is not None:
        yield Text()
        yield Text(plain(f"→ {one.todo}"))
    if one.state is not State.EVIDENCED or one.todo is not None:
        yield Text()
        yield Padding(Text(plain(f"$ {command_of(one, checklist)}"), style="cyan"), (0, 0, 0, 2))
        yield Text("y copies the command · a vouches for the point", style="dim")
