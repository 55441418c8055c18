"""The points about the machine: whether it ran where it is to run, how much faster it is, how much smaller."""

from harness.vocabulary import Comparison, LoadPoint, ProofState, RatioInterval, Speed
from planner.evidence.replicas import target_of
from planner.services.checklist.document import Found, State
from planner.services.checklist.quality_points import no_candidate
from planner.services.checklist.subject import Subject, deployed_columns, projections_of
from planner.services.memory_figures import MemoryFigure
from planner.services.plans.document import ColumnDocument
from planner.services.run_document import ArmDocument
from pricing.errors import EvidenceError
from pricing.targets import shipped_targets
from pricing.vocabulary import Provenance

LEAST_GAIN = 2.0
MOST_GAIN = 4.0
"""What INT8 is promised to gain. More than four times is more than its arithmetic can give: a weak baseline."""
_INFER = "infer"
_NOT_SO = {Speed.NOT_INT8, Speed.BASELINE_NOT_AS_NAMED}
_KIB, _MIB = 2**10, 2**20


def device_of(subject: Subject) -> str:
    """What the candidate ran on, as prices know it, else as the machine calls itself."""
    arm = subject.candidate or subject.baseline
    planned = None if arm is None else subject.stored.planned_arm(arm.name)
    cpu = subject.document.environment.cpu.model
    if planned is None:
        return cpu
    try:
        return target_of(subject.stored, planned, shipped_targets()).target_id
    except EvidenceError:
        return planned.device if planned.is_on_gpu else cpu


def target_hardware(subject: Subject) -> Found:
    """Whether what would be deployed ran, in INT8, on the device on which it would be."""
    arm = subject.candidate
    if arm is None:
        return no_candidate(subject)
    rests_on = subject.of_arms(arm)
    if arm.proof is None or arm.proof.state is ProofState.UNVERIFIED:
        why = "it was not run" if arm.proof is None else arm.proof.reason
        sentence = f"which precision {arm.name} runs in is not proven: {why}"
        return Found(state=State.OPEN, sentence=sentence, rests_on=rests_on, todo=subject.bench)
    if arm.proof.state is ProofState.NOT_AS_NAMED:
        sentence = f"{arm.name} does not run as it is named on {device_of(subject)}: {arm.proof.reason}"
        todo = f"a runtime or a recipe that this device runs in INT8: planner show {subject.document.run}"
        return Found(state=State.REFUTED, sentence=sentence, rests_on=rests_on, todo=todo)
    ran = f"{arm.name} ran on {device_of(subject)}: {arm.proof.reason}"
    if subject.plan is None:
        sentence = f"{ran}; no plan was named that would serve elsewhere (--plan)"
        return Found(state=State.EVIDENCED, sentence=sentence, rests_on=rests_on)
    return _planned(subject, ran, rests_on)


def latency(subject: Subject) -> Found:
    """Whether it is two to four times as fast, as measured against its baseline under each load."""
    if subject.candidate is None:
        return no_candidate(subject)
    rests_on = subject.of_arms(subject.candidate, subject.baseline)
    broken = next((one for one in subject.verdicts if one.speed in _NOT_SO), None)
    if broken is not None:
        sentence = f"not confirmed: {'; '.join(broken.speed_reasons[:2]) or broken.speed}"
        return Found(state=State.REFUTED, sentence=sentence, rests_on=rests_on, todo=subject.bench)
    name = subject.candidate.name
    pairs = [(load, subject.document.comparison(name, load)) for load in subject.document.loads]
    timed = [(load, one, one.deciding) for load, one in pairs if one is not None and one.deciding is not None]
    if not timed:
        reasons = next((one.speed_reasons for one in subject.verdicts), ())
        sentence = reasons[0] if reasons else "no latency was compared"
        return Found(state=State.OPEN, sentence=sentence, rests_on=rests_on, todo=subject.bench)
    undecided = [load.label for load, one in pairs if one is not None and one.deciding is None]
    states = {_gain(subject, load, one, ratio) for load, one, ratio in timed} | ({State.OPEN} if undecided else set())
    lines = [f"{load.label}: {_told(one, ratio)}" for load, one, ratio in timed]
    told = "; ".join([*lines, *(f"{label}: not decided" for label in undecided)])
    state = states.pop() if len(states) == 1 else State.OPEN
    word = {State.EVIDENCED: "confirmed", State.REFUTED: "not confirmed"}.get(state, "confirmed only in part")
    sentence = f"{word}: {told}"
    return Found(state=state, sentence=sentence, rests_on=rests_on, todo=_todo(subject, state))


def memory(subject: Subject) -> Found:
    """Whether its process needs less at the peak, and its files are smaller."""
    arm, against = subject.candidate, subject.baseline
    if arm is None or against is None:
        return no_candidate(subject)
    rests_on = subject.of_arms(arm, against)
    files = _files(arm, against)
    ours, theirs = _peaks(arm), _peaks(against)
    phases = [phase for phase in ours if phase in theirs]
    if not phases:
        sentence = f"peak memory was not compared{f'; {files}' if files else ''}"
        return Found(state=State.OPEN, sentence=sentence, rests_on=rests_on, todo=subject.bench)
    states = {_reduction(ours[phase], theirs[phase]) for phase in phases}
    told = "; ".join(f"{phase}: {_change(ours[phase], theirs[phase])}" for phase in phases)
    state = states.pop() if len(states) == 1 else State.OPEN
    word = {State.EVIDENCED: "peak memory", State.REFUTED: "not confirmed: peak memory"}.get(
        state, "confirmed only in part: peak memory"
    )
    sentence = f"{word}, {told}{f'; {files}' if files else ''}"
    todo = None if state is State.EVIDENCED else f"planner show {subject.document.run}"
    return Found(state=state, sentence=sentence, rests_on=rests_on, todo=todo)


def _planned(subject: Subject, ran: str, rests_on: tuple[str, ...]) -> Found:
    """Where the plan would serve, against where it was measured."""
    plan, run_id = subject.plan, subject.document.run
    projections = () if plan is None else projections_of(run_id, plan)
    columns = [column for one in projections for column in deployed_columns(one)]
    name = "" if plan is None or plan.plan is None else f" {plan.plan}"
    if not columns:
        sentence = f"{ran}, but no fleet of plan{name} rests on this run"
        todo = f"plan with it: planner plan --run {run_id}"
        return Found(state=State.OPEN, sentence=sentence, rests_on=rests_on, todo=todo)
    untested = [one for one in columns if one.rate.evidence.kind != Provenance.MEASURED]
    if untested:
        where = "; ".join(dict.fromkeys(_untested(one) for one in untested))
        todo = f"on {', '.join(dict.fromkeys(one.target for one in untested))}: {subject.bench}"
        return Found(state=State.OPEN, sentence=f"{ran}; {where}", rests_on=rests_on, todo=todo)
    where = ", ".join(dict.fromkeys(one.target for one in columns))
    sentence = f"{ran}; plan{name} serves on {where}, where it was measured"
    others = dict.fromkeys(one.rate.evidence.source for one in columns if run_id not in one.rate.evidence.source)
    return Found(state=State.EVIDENCED, sentence=sentence, rests_on=(*rests_on, *others))


def _untested(column: ColumnDocument) -> str:
    level = "" if column.rate.evidence.level is None else f" (level {column.rate.evidence.level})"
    return f"the plan serves on {column.target}, whose rate is {column.rate.evidence.kind}{level} and not measured"


def _gain(subject: Subject, load: LoadPoint, one: Comparison, ratio: RatioInterval) -> State:
    """What one comparison says of the promise."""
    verdict = subject.document.verdict(one.candidate, load)
    fastest = one.against_fastest
    if ratio.upper < LEAST_GAIN or (fastest is not None and fastest.upper < 1.0):
        return State.REFUTED
    if verdict is None or verdict.speed is not Speed.FASTER or ratio.lower < LEAST_GAIN or ratio.lower > MOST_GAIN:
        return State.OPEN
    return State.EVIDENCED if fastest is None or fastest.lower > 1.0 else State.OPEN


def _told(one: Comparison, ratio: RatioInterval) -> str:
    told = f"{ratio.point:.2f}× ({ratio.lower:.2f} to {ratio.upper:.2f})"
    if ratio.lower > MOST_GAIN:
        told += f", more than INT8 arithmetic can give ({MOST_GAIN:g}×), so that the baseline is a weak one"
    if one.against_fastest is not None and one.against_fastest.lower <= 1.0:
        told += f", but {one.against_fastest.point:.2f}× against the fastest baseline, {one.fastest_baseline}"
    return told


def _todo(subject: Subject, state: State) -> str | None:
    match state:
        case State.EVIDENCED:
            return None
        case State.REFUTED:
            return f"try another recipe or runtime, or plan with what it gains: planner show {subject.document.run}"
        case _:
            return f"decide which load is to be served, and measure it on a quiet machine: {subject.bench}"


def _peaks(arm: ArmDocument) -> dict[str, MemoryFigure]:
    return {one.phase: one for one in arm.memory if one.phase.startswith(_INFER) and one.peak_bytes is not None}


def _reduction(ours: MemoryFigure, theirs: MemoryFigure) -> State:
    """Over launches: less in every one of them, more, or neither."""
    if _bounds(ours)[1] < _bounds(theirs)[0]:
        return State.EVIDENCED
    is_overlapping = _bounds(ours)[0] < _bounds(theirs)[1] and (ours.peak_bytes or 0) < (theirs.peak_bytes or 0)
    return State.OPEN if is_overlapping else State.REFUTED


def _bounds(figure: MemoryFigure) -> tuple[int, int]:
    peak = figure.peak_bytes or 0
    return figure.least_bytes or peak, figure.most_bytes or peak


def _change(ours: MemoryFigure, theirs: MemoryFigure) -> str:
    return _sizes(ours.peak_bytes or 0, theirs.peak_bytes or 0)


def _files(arm: ArmDocument, against: ArmDocument) -> str:
    if not arm.artifact_bytes or not against.artifact_bytes:
        return ""
    return f"model {_sizes(arm.artifact_bytes, against.artifact_bytes)}"


def _sizes(ours: int, theirs: int) -> str:
    change = f"{100 * (ours / theirs - 1):+.0f} %".replace("-", "−") if theirs else ""
    unit, name = (_MIB, "MiB") if min(ours, theirs) >= _MIB else (_KIB, "KiB")
    return f"{theirs / unit:,.1f} → {ours / unit:,.1f} {name} ({change})"
