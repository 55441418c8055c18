"""How noisy this machine is now: the flagship's FP32 model measured against itself for a few seconds."""

from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from harness.analysis import evidence_of, noise_against_itself
from harness.errors import HarnessError, MeasurementError
from harness.meters.absence import Unavailable
from harness.quantize.artifacts import ArtifactCache
from harness.run_events import ArmFailed, RoundFinished
from harness.supervisor.experiment import Experiment
from harness.supervisor.finished import Finished
from harness.supervisor.host_lock import host_lock
from harness.verdict.wording import percent
from harness.vocabulary import (
    Arm,
    GateRules,
    LoadPoint,
    Method,
    NoiseClass,
    NoiseReport,
    Plan,
    Recipe,
    Round,
    TimingRules,
)
from harness.workloads.workload import BUILTIN_DEFAULT, Workload, open_workload

_BUDGET_S = 4.0  # with starting and loading, whoever asks waits six to eight seconds
_BATCH = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseCheck:
    """The noise of the moment, or `reason` why there is no figure. Shares are of all cores."""

    runtime: str | None
    report: NoiseReport | None
    foreign_cpu_share: float | None
    largest_foreign_cpu_share: float | None
    rounds: int
    contaminated_rounds: int
    advice: str
    reason: str | None


def check_noise(runtime: str, *, cache: ArtifactCache, logs: Path, lock: Path) -> NoiseCheck:
    """Measure it, holding the host. Takes about five seconds, less where the machine is quiet. Never raises."""
    try:
        with host_lock(lock):
            workload = open_workload(BUILTIN_DEFAULT)
            plan = _plan(runtime, workload)
            rounds = _take_rounds(plan, workload, cache=cache, logs=logs)
            return _conclude(plan, rounds)
    except HarnessError as error:
        return without_noise(str(error), runtime=runtime)


def without_noise(reason: str, *, runtime: str | None = None) -> NoiseCheck:
    """The answer where nothing was measured."""
    return NoiseCheck(
        runtime=runtime,
        report=None,
        foreign_cpu_share=None,
        largest_foreign_cpu_share=None,
        rounds=0,
        contaminated_rounds=0,
        advice="",
        reason=reason,
    )


def _plan(runtime: str, workload: Workload) -> Plan:
    arm = Arm(label=str(Method.FP32), recipe=Recipe(method=Method.FP32), runtime=runtime, threads=1)
    return Plan(
        workload=workload.reference,
        workload_digest=workload.digest,
        arms=(arm,),
        batches=(_BATCH,),
        baseline=arm.label,
        seed=1,
        timing=TimingRules(budget_s=_BUDGET_S, memory_launches=1),
        gate=GateRules(),
    )


def _take_rounds(plan: Plan, workload: Workload, *, cache: ArtifactCache, logs: Path) -> tuple[Round, ...]:
    """The timed rounds; proof, quality, energy and memory are left out.

    Raises:
        MeasurementError: the arm failed.
    """
    done = frozenset(arm.name for arm in plan.arms)
    experiment = Experiment(
        plan=plan,
        workload=workload,
        cache=cache,
        logs=logs,
        finished=Finished(predicted=done, proved=done),
        energy_meter=Unavailable(reason="not asked for"),
    )
    rounds, failures = [], []
    for event in experiment.events():
        if isinstance(event, RoundFinished):
            rounds.append(event.round)
        elif isinstance(event, ArmFailed):
            failures.append(event.failure)
    if failures:
        raise MeasurementError(f"{failures[0].message}; {failures[0].hint}")
    return tuple(rounds)


def _conclude(plan: Plan, rounds: tuple[Round, ...]) -> NoiseCheck:
    report = noise_against_itself(evidence_of(rounds, LoadPoint(batch=_BATCH)), plan.arms[0])
    foreign = [share for share in (one.host.foreign_cpu_share for one in rounds) if share is not None]
    mean = fmean(foreign) if foreign else None
    return NoiseCheck(
        runtime=plan.arms[0].runtime,
        report=report,
        foreign_cpu_share=mean,
        largest_foreign_cpu_share=max(foreign, default=None),
        rounds=len(rounds),
        contaminated_rounds=sum(one.is_contaminated for one in rounds),
        advice=advice_on(report.noise_class, foreign_share=mean or 0.0, limit=plan.timing.foreign_cpu_limit),
        reason=None,
    )


def advice_on(noise: NoiseClass, *, foreign_share: float, limit: float) -> str:
    """One sentence on what to do; a foreign share above the limit matters more than the class."""
    if foreign_share > limit:
        return (
            f"other programs use {percent(foreign_share)} of this machine's processors: stop them before you measure, "
            "or its figures will be theirs too"
        )
    match noise:
        case NoiseClass.QUIET:
            return "measure now: differences of a per cent show within seconds"
        case NoiseClass.USABLE:
            return "measure now, and give small differences more time, for example --budget 2m"
        case NoiseClass.NOISY:
            return "only large differences will show: give more time (--budget 5m), or use a quieter machine"
        case _:
            return "do not judge by this machine: its timings spread too widely even with nothing else running"
