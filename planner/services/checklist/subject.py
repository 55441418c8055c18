"""What a checklist is about: one candidate of one run, and the plan that would deploy it."""

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote

from harness.errors import UsageError
from harness.vocabulary import Gate, Recipe, Verdict
from planner.services.plans.document import ColumnDocument, PlanDocument, ProjectionDocument
from planner.services.run_document import ArmDocument, RunDocument, best_accepted, document_of
from planner.store.records import StoredRun
from pricing.files import nearest, shown
from pricing.projection.model import Answer, ColumnName

_MOST_NAMED = 10
_CHOSEN = {Answer.QUANTISE: ColumnName.QUANTISE, Answer.MOVE: ColumnName.MOVE}
_BY_GATE = (Gate.ACCEPTED, Gate.UNPROVEN, Gate.NOT_MEASURED, Gate.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A run, the candidate and the baseline that it is held against, and the plan.

    `stored` and `document` are the same run, as it is kept and as people read it.
    """

    stored: StoredRun
    document: RunDocument
    candidate: ArmDocument | None
    baseline: ArmDocument | None
    plan: PlanDocument | None

    @property
    def of_run(self) -> str:
        """`run d3f00a25`."""
        return f"run {self.document.run}"

    @property
    def of_workload(self) -> str:
        """The option that names the workload, ready for a shell."""
        return f"--workload {quote(self.document.workload)}"

    @property
    def bench(self) -> str:
        """The command that measures the workload again."""
        return f"planner bench {self.of_workload}"

    @property
    def gate(self) -> Gate | None:
        """What the quality gate says of the candidate; None: it was not asked."""
        return next((one.gate for one in self.verdicts), None)

    def recipe(self, arm: ArmDocument) -> Recipe:
        """How an arm was made."""
        return next(one.recipe for one in self.stored.plan.arms if one.name == arm.name)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The judgements on the candidate, in the plan's order of loads."""
        name = None if self.candidate is None else self.candidate.name
        return tuple(one for one in self.document.verdicts if one.candidate == name)

    def of_arms(self, *arms: ArmDocument | None) -> tuple[str, ...]:
        """What a figure is read from: the run, then these arms."""
        return (self.of_run, *(f"arm {arm.name}" for arm in arms if arm is not None))


def subject_of(run: StoredRun, *, plan: PlanDocument | None, candidate: str | None) -> Subject:
    """Choose what the checklist is about: the candidate named, else the plan's, else the run's best.

    Raises:
        UsageError: if no candidate of the run is named so.
    """
    document = document_of(run)
    planned = {arm.name: run.plan.baseline_of(arm) for arm in run.plan.arms}
    candidates = [arm for arm in document.arms if not arm.is_baseline]
    chosen = _named(candidates, candidate) if candidate is not None else _chosen(document, candidates, plan)
    against = None if chosen is None else planned[chosen.name]
    name = against.name if against is not None else None
    first = next((arm for arm in document.arms if arm.is_baseline), None)
    baseline = first if name is None else document.arm(name)
    return Subject(stored=run, document=document, candidate=chosen, baseline=baseline, plan=plan)


def projections_of(run_id: str, plan: PlanDocument) -> tuple[ProjectionDocument, ...]:
    """The questions of a plan that rest on a rate of the run."""
    return tuple(one for one in plan.projections if any(_rests_on(column, run_id) for column in one.columns))


def deployed_columns(projection: ProjectionDocument) -> tuple[ColumnDocument, ...]:
    """The fleet that the answer asks for; where it asks for none, every fleet that would change something."""
    wanted = _CHOSEN.get(projection.answer)
    changed = [one for one in projection.columns if one.name is not ColumnName.STAY]
    return tuple(one for one in changed if wanted is None or one.name is wanted)


def _rests_on(column: ColumnDocument, run_id: str) -> bool:
    evidence = column.rate.evidence
    return any(f"run {run_id}" in text for text in (evidence.source, *evidence.rows))


def _named(candidates: Sequence[ArmDocument], wanted: str) -> ArmDocument:
    found = [arm for arm in candidates if arm.name == wanted] or [arm for arm in candidates if arm.label == wanted]
    if len(found) == 1:
        return found[0]
    names = [arm.name for arm in (found or candidates)][:_MOST_NAMED]
    if found:
        raise UsageError(f"--candidate {shown(wanted)} may be {', '.join(names)}: write the whole name")
    if not names:
        raise UsageError(f"--candidate {shown(wanted)}: the run measured no candidate, only its baseline")
    raise UsageError(
        f"no candidate of the run is {shown(wanted)}{nearest(wanted, names)}: there are {', '.join(names)}"
    )


def _chosen(document: RunDocument, candidates: Sequence[ArmDocument], plan: PlanDocument | None) -> ArmDocument | None:
    planned = _planned(document.run, candidates, plan) if plan is not None else None
    return planned or best_accepted(document) or min(candidates, key=lambda arm: _rank(document, arm), default=None)


def _planned(run_id: str, candidates: Sequence[ArmDocument], plan: PlanDocument) -> ArmDocument | None:
    """The arm whose rate the plan's answer is sized with."""
    for projection in projections_of(run_id, plan):
        for column in deployed_columns(projection):
            told = (column.rate.evidence.source, *column.rate.evidence.rows)
            for arm in sorted(candidates, key=lambda one: len(one.name), reverse=True):
                if any(f"run {run_id}, arm {arm.name}" in text for text in told):
                    return arm
    return None


def _rank(document: RunDocument, arm: ArmDocument) -> tuple[int, float]:
    """By what the gate says, then by speed under the first load."""
    gates = [_BY_GATE.index(one.gate) for one in document.verdicts if one.candidate == arm.name]
    comparison = document.comparison(arm.name, document.loads[0])
    speed = 0.0 if comparison is None or comparison.ratio is None else comparison.ratio.point
    return max(gates, default=len(_BY_GATE)), -speed
