"""Makes a checklist: what the evidence says of each point, then who vouches for it."""

from collections.abc import Callable, Sequence

from harness.vocabulary import RunState
from planner.services.checklist.document import (
    SCHEMA,
    TITLES,
    AttestedBy,
    Checklist,
    Found,
    Point,
    PointRecord,
    State,
)
from planner.services.checklist.machine_points import device_of, latency, memory, target_hardware
from planner.services.checklist.quality_points import accuracy_loss, calibration, fp32_accuracy, per_class
from planner.services.checklist.subject import Subject, subject_of
from planner.services.exit_codes import ExitCode
from planner.services.plans.document import PlanDocument
from planner.store.attestations import Attestation
from planner.store.repository import Store

Rule = Callable[[Subject], Found]
_DERIVED: dict[Point, Rule] = {
    Point.FP32_ACCURACY: fp32_accuracy,
    Point.CALIBRATION: calibration,
    Point.TARGET_HARDWARE: target_hardware,
    Point.ACCURACY_LOSS: accuracy_loss,
    Point.PER_CLASS: per_class,
    Point.LATENCY: latency,
    Point.MEMORY: memory,
}
_ASKED = {
    Point.MONITORING: "watch its accuracy, latency and memory in production, with alarms",
    Point.CI: "let `planner regress --junit FILE` judge every change in the build server",
    Point.ROLLBACK: "write down how FP32 comes back, and try it",
}


def checklist_of(
    store: Store, run_id: str, *, plan: PlanDocument | None = None, candidate: str | None = None
) -> Checklist:
    """The ten points for a candidate of a run.

    Args:
        store: Where the run is.
        run_id: Its whole identifier.
        plan: What would be deployed where; None: only the run itself is looked at.
        candidate: An arm's name, or its variant where that is one arm's; None: the plan's, else the run's best.

    Raises:
        RunNotFoundError: if there is no such run.
        UsageError: if no candidate of the run is named so.
    """
    subject = subject_of(store.load(run_id), plan=plan, candidate=candidate)
    given = [one for one in store.attestations(run_id) if one.withdrawn is None]
    points = tuple(_record(point, _found(subject, point), _latest(given, point, subject)) for point in Point)
    return Checklist(
        schema=SCHEMA,
        run=run_id,
        workload=subject.document.workload_name,
        candidate=None if subject.candidate is None else subject.candidate.name,
        baseline=None if subject.baseline is None else subject.baseline.name,
        device=device_of(subject),
        plan=None if plan is None else plan.plan,
        notes=tuple(_notes(subject)),
        points=points,
        exit_code=_exit_code(points),
    )


def _found(subject: Subject, point: Point) -> Found:
    if point not in _DERIVED:
        command = f"planner checklist {subject.document.run} --attest {point} --by NAME --note TEXT"
        sentence = "nothing that is stored shows it"
        return Found(state=State.OPEN, sentence=sentence, todo=f"{_ASKED[point]}; then {command}")
    if subject.document.is_simulated:
        sentence = "the run is a simulation, which shows nothing of any model"
        return Found(state=State.OPEN, sentence=sentence, rests_on=(subject.of_run,), todo="planner bench")
    return _DERIVED[point](subject)


def _record(point: Point, found: Found, given: Attestation | None) -> PointRecord:
    is_vouched = given is not None and found.state is State.OPEN
    return PointRecord(
        point=point,
        title=TITLES[point],
        state=State.ATTESTED if is_vouched else found.state,
        sentence=found.sentence,
        rests_on=found.rests_on,
        todo=None if is_vouched else found.todo,
        attested=None
        if given is None
        else AttestedBy(
            by=given.by,
            moment=given.moment.isoformat(timespec="seconds"),
            note=given.note,
            candidate=given.candidate,
        ),
    )


def _latest(given: Sequence[Attestation], point: Point, subject: Subject) -> Attestation | None:
    """The newest word about this candidate, or about the run as a whole."""
    names = {None} if subject.candidate is None else {None, subject.candidate.name}
    found = [one for one in given if one.point == point and one.candidate in names]
    return found[-1] if found else None


def _notes(subject: Subject) -> list[str]:
    document = subject.document
    notes = []
    if document.is_simulated:
        notes.append("the run is a simulation: nothing is evidence")
    if document.state is not RunState.COMPLETED:
        notes.append(f"the run is {document.state}, not completed: what it lacks is open")
    notes += [f"{one.arm} failed while it was to {one.stage}: {one.message}" for one in document.failures[:3]]
    return notes


def _exit_code(points: Sequence[PointRecord]) -> ExitCode:
    """Where something is refuted and something is open, refuted: that is certain."""
    states = {one.state for one in points}
    if State.REFUTED in states:
        return ExitCode.REJECTED_OR_SLOWER
    return ExitCode.UNDECIDED if State.OPEN in states else ExitCode.ACCEPTED_AND_FASTER
