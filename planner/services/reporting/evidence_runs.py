"""The runs that a plan rests on, as the store has them now; what is gone is told, never guessed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from harness.vocabulary import Arm, Verdict
from planner.errors import RunNotFoundError, StoreError
from planner.reports.figures import Mark
from planner.services.plans.document import PlanDocument
from planner.services.reporting.evidence_figures import FigureMaker, slug, slugs_of
from planner.services.run_document import ArmDocument, RunDocument, document_of
from planner.services.selftests import selftest_behind
from planner.store.records import StoredRun
from planner.store.repository import Store
from pricing.files import printable

_NAMED = re.compile(r"(?:simulated )?run ([0-9a-f]{8}), arm ")


@dataclass(frozen=True, kw_only=True)
class RunBehind:
    """A run that is there.

    Attributes:
        run: As it is stored, without raw samples.
        document: The same as everybody reads it.
        planned: The arms whose rates the plan was made with.
    """

    run: StoredRun
    document: RunDocument
    planned: tuple[str, ...]

    @property
    def run_id(self) -> str:
        """Its name."""
        return self.run.run_id

    @property
    def key(self) -> str:
        """Of its row in the appendix, which its figures are walked back to."""
        return key_of(self.run_id)

    @cached_property
    def arm_slugs(self) -> dict[str, str]:
        """Parts of keys, by arm."""
        return slugs_of(arm.name for arm in self.document.arms)

    def figures(self, arm: str | None = None) -> FigureMaker:
        """Makes figures of an arm, or of the run."""
        mark = Mark.ASSUMED if self.document.is_simulated else Mark.MEASURED
        prefix = self.key if arm is None else f"{self.key}.{self.arm_slugs[arm]}"
        return FigureMaker(prefix=prefix, rests_on=self.key, mark=mark)

    @property
    def candidates(self) -> tuple[ArmDocument, ...]:
        """Arms that are compared with a baseline, those that are planned with first."""
        found = [arm for arm in self.document.arms if not arm.is_baseline]
        return tuple(sorted(found, key=lambda arm: arm.name not in self.planned))

    @property
    def told(self) -> tuple[ArmDocument, ...]:
        """Candidates that page one is about: those planned with, or all where none is."""
        planned = tuple(arm for arm in self.candidates if arm.name in self.planned)
        return planned or self.candidates

    def baseline_of(self, arm: ArmDocument) -> ArmDocument | None:
        """What it is compared with."""
        found = [one for one in self.document.arms if one.place == arm.place and one.is_baseline]
        return found[0] if found and found[0] is not arm else None

    def verdicts(self, arm: str) -> tuple[Verdict, ...]:
        """On a candidate, one a load."""
        return tuple(one for one in self.document.verdicts if one.candidate == arm)

    def planned_arm(self, name: str) -> Arm:
        """The arm as the run's plan has it."""
        return next(arm for arm in self.run.plan.arms if arm.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneRun:
    """A run that figures of the plan come from and that cannot be read; `why` completes `run X …`."""

    run_id: str
    why: str

    @property
    def key(self) -> str:
        """Of its row in the appendix."""
        return key_of(self.run_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Everything that a plan's figures rest on."""

    plan: PlanDocument
    runs: tuple[RunBehind, ...]
    gone: tuple[GoneRun, ...]


def key_of(run_id: str) -> str:
    """Of a run's row in the appendix."""
    return f"run.{slug(run_id)}"


def runs_behind(store: Store | None, plan: PlanDocument) -> Behind:
    """The runs that the plan names, in its order, then those that its rates name."""
    found: list[RunBehind] = []
    gone: list[GoneRun] = []
    names = dict.fromkeys((*plan.runs, *(run for run, _ in _sources(plan))))
    for run_id in names:
        if store is None:
            gone.append(GoneRun(run_id=run_id, why="cannot be read: there is no database"))
            continue
        try:
            found.append(_read(store, plan, run_id))
        except RunNotFoundError:
            gone.append(GoneRun(run_id=run_id, why="was deleted: its figures cannot be walked back"))
        except StoreError as error:
            gone.append(GoneRun(run_id=run_id, why=f"cannot be read: {printable(str(error))}"))
    return Behind(plan=plan, runs=tuple(found), gone=tuple(gone))


def behind_the_decision(behind: Behind) -> Behind:
    """What the first question, the one that is decided, rests on: runs of another model say nothing of it."""
    if len(behind.plan.projections) <= 1:
        return behind
    plan = replace(behind.plan, projections=behind.plan.projections[:1])
    named = {run_id for run_id, _ in _sources(plan)}
    return replace(behind, plan=plan, runs=tuple(one for one in behind.runs if one.run_id in named))


def _read(store: Store, plan: PlanDocument, run_id: str) -> RunBehind:
    run = store.load(run_id)
    document = document_of(run, selftest=selftest_behind(store, run))
    sources = [source for named, source in _sources(plan) if named == run_id]
    planned = (arm.name for arm in run.plan.arms if any(_is_of(source, run_id, arm) for source in sources))
    return RunBehind(run=run, document=document, planned=tuple(planned))


def _is_of(source: str, run_id: str, arm: Arm) -> bool:
    begun = f"run {run_id}, arm {printable(arm.name)}"
    return source.removeprefix("simulated ").startswith((f"{begun},", f"{begun}:"))


def _sources(plan: PlanDocument) -> Iterator[tuple[str, str]]:
    """The run of each rate that says so, with what it says. Only the beginning counts: the rest has foreign names."""
    for projection in plan.projections:
        for column in projection.columns:
            for text in (column.rate.evidence.source, *column.rate.evidence.rows):
                if (named := _NAMED.match(text)) is not None:
                    yield named[1], text
