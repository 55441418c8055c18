"""From raw rounds to measurements and comparisons. Pure: the same rounds give the same figures.

Contaminated rounds are kept and counted but not judged by. Where hardly one is clean, all are
used: ratios are of CPU time instead of wall time, quantiles of latency are what they are, and
every one of them says so.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from harness.statistics.launches import over_launches
from harness.statistics.noise import noise_of
from harness.statistics.quantiles import quantile_estimate
from harness.statistics.ratio import ESTIMATOR, LEAST_PAIRS, log_ratio, paired_ratio
from harness.vocabulary import (
    Arm,
    Comparison,
    LatencyQuantile,
    LoadPoint,
    Measurement,
    NoiseClass,
    NoiseReport,
    Plan,
    RatioInterval,
    Round,
    Turn,
)

QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.999)
_CONTAMINATED = "contaminated: no stretch of the run was free of foreign load"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The rounds of one load that a figure rests on, and whether they are clean wall time or contaminated CPU time."""

    rounds: tuple[Round, ...]
    uses_cpu_time: bool

    @property
    def concurrency(self) -> int:
        """Calls in flight."""
        return self.rounds[0].concurrency if self.rounds else 1

    @property
    def basis(self) -> str:
        """What is compared of each block, in words."""
        if self.uses_cpu_time:
            return "CPU time of contaminated blocks"
        return "median wall time of blocks" if self.concurrency == 1 else "throughput of blocks, by Little's law"

    @property
    def cycles(self) -> Iterator[dict[tuple[str, bool], Turn]]:
        """Turns by (arm, is_control), one mapping a cycle."""
        for one in self.rounds:
            by_cycle: dict[int, dict[tuple[str, bool], Turn]] = {}
            for turn in one.turns:
                by_cycle.setdefault(turn.cycle, {})[turn.arm, turn.is_control] = turn
            yield from by_cycle.values()


def evidence_of(rounds: Iterable[Round], load: LoadPoint) -> Evidence:
    """The clean rounds under a load; all of them, by CPU time, when hardly any is clean."""
    of_load = tuple(one for one in rounds if one.load == load)
    clean = tuple(one for one in of_load if not one.is_contaminated)
    cycles = sum(1 for _ in Evidence(rounds=clean, uses_cpu_time=False).cycles)
    if cycles >= LEAST_PAIRS or len(clean) == len(of_load):
        return Evidence(rounds=clean, uses_cpu_time=False)
    return Evidence(rounds=of_load, uses_cpu_time=True)


def compare(plan: Plan, rounds: Sequence[Round], *, load: LoadPoint, confidence: float) -> tuple[Comparison, ...]:
    """Every candidate against its own runtime's baseline, and against the fastest one of the same device.

    Args:
        plan: names the arms and the baseline.
        rounds: as measured, in time order.
        load: what to compare under.
        confidence: of the intervals, two-sided.
    """
    evidence = evidence_of(rounds, load)
    of_load = [one for one in rounds if one.load == load]
    contaminated = sum(one.is_contaminated for one in of_load)
    baselines = [arm for arm in plan.arms if arm.label == plan.baseline]
    fastest_by_device = {
        device: fastest_of(evidence, [arm for arm in baselines if arm.device == device])
        for device in dict.fromkeys(arm.device for arm in baselines)
    }
    comparisons = []
    for arm in plan.arms:
        baseline = plan.baseline_of(arm)
        if baseline is None:
            continue
        fastest = fastest_by_device[baseline.device]
        other = fastest if fastest is not None and fastest != baseline else None
        comparisons.append(
            Comparison(
                candidate=arm.name,
                baseline=baseline.name,
                batch=load.batch,
                concurrency=load.concurrency,
                launches=len({one.launch for one in evidence.rounds}),
                over_launches=ratio_over_launches(evidence, arm, baseline),
                ratio=ratio_between(evidence, arm, baseline, confidence=confidence),
                against_fastest=ratio_between(evidence, arm, other, confidence=confidence) if other else None,
                fastest_baseline=fastest.name if fastest else None,
                noise=noise_against_itself(evidence, baseline),
                rounds=len(of_load),
                contaminated_rounds=contaminated,
                reason=_reason(evidence, of_load),
            ),
        )
    return tuple(comparisons)


def ratio_between(evidence: Evidence, candidate: Arm, baseline: Arm, *, confidence: float) -> RatioInterval | None:
    """Speed-up from the cycles in which both arms had a turn; `None` below six pairs.

    With several calls in flight it is that of throughput: by Little's law, of the mean latency.
    """
    found = paired_ratio(log_ratios_between(evidence, candidate, baseline), confidence=confidence)
    return replace(found, estimator=f"{ESTIMATOR}; {evidence.basis}") if found else None


def ratio_over_launches(evidence: Evidence, candidate: Arm, baseline: Arm) -> RatioInterval | None:
    """Speed-up with launches as the sample; `None` below five launches of six pairs, and for contaminated blocks."""
    if evidence.uses_cpu_time:
        return None
    by_launch, pairs = [], 0
    for launch in sorted({one.launch for one in evidence.rounds}):
        rounds = tuple(one for one in evidence.rounds if one.launch == launch)
        z = log_ratios_between(replace(evidence, rounds=rounds), candidate, baseline)
        found = paired_ratio(z)
        if found is not None:
            by_launch.append(math.log(found.point))
            pairs += len(z)
    return over_launches(by_launch, pairs=pairs)


def log_ratios_between(evidence: Evidence, candidate: Arm, baseline: Arm) -> list[float]:
    """One log ratio a cycle in which both arms had a turn, in time order; above 0 the candidate is faster."""
    return [
        _log_ratio(cycle[baseline.name, False], cycle[candidate.name, False], evidence)
        for cycle in evidence.cycles
        if (baseline.name, False) in cycle and (candidate.name, False) in cycle
    ]


def log_ratios_against_itself(evidence: Evidence, baseline: Arm) -> list[float]:
    """The same of the baseline's turn and its control turn: above 0 the control is faster."""
    return [
        _log_ratio(cycle[baseline.name, False], cycle[baseline.name, True], evidence)
        for cycle in evidence.cycles
        if (baseline.name, True) in cycle and (baseline.name, False) in cycle
    ]


def pairs_in(evidence: Evidence) -> int:
    """How many paired blocks there are: one a cycle."""
    return sum(1 for _ in evidence.cycles)


def noise_against_itself(evidence: Evidence, baseline: Arm) -> NoiseReport:
    """The A/A noise: the baseline's turn against its control turn of the same cycle."""
    report = noise_of(log_ratios_against_itself(evidence, baseline))
    if not evidence.uses_cpu_time:
        return report
    return replace(report, noise_class=NoiseClass.UNFIT, reason=_CONTAMINATED)


def fastest_of(evidence: Evidence, baselines: Sequence[Arm]) -> Arm | None:
    """The baseline with the lowest median latency; `None` where none was timed."""
    medians = {}
    for arm in baselines:
        latencies = _latencies(evidence, arm.name)
        if latencies.size:
            medians[arm] = float(np.median(latencies))
    return min(medians, key=lambda arm: medians[arm]) if medians else None


def measure(plan: Plan, rounds: Sequence[Round], *, load: LoadPoint) -> tuple[Measurement, ...]:
    """Latency quantiles, throughput and CPU time of every arm that was timed under a load."""
    evidence = evidence_of(rounds, load)
    return tuple(
        _measurement(evidence, arm.name, load=load) for arm in plan.arms if _latencies(evidence, arm.name).size
    )


def _measurement(evidence: Evidence, arm: str, *, load: LoadPoint) -> Measurement:
    turns = [turn for one in evidence.rounds for turn in one.turns if turn.arm == arm]
    sizes = [block.size for block in blocks_of(evidence, arm)]
    latencies = _latencies(evidence, arm)
    return Measurement(
        arm=arm,
        batch=load.batch,
        concurrency=load.concurrency,
        calls=int(latencies.size),
        blocks=len(turns),
        quantiles=tuple(_quantile(evidence, latencies, p, sizes=sizes) for p in QUANTILES),
        throughput=load.concurrency * load.batch * latencies.size / float(latencies.sum()),
        cpu_s_per_call=sum(turn.cpu_ns for turn in turns) / 1e9 / sum(turn.calls + load.concurrency for turn in turns),
    )


def _quantile(
    evidence: Evidence, latencies_s: NDArray[np.float64], p: float, *, sizes: Sequence[int]
) -> LatencyQuantile:
    found = quantile_estimate(latencies_s, p, block_sizes=sizes)
    reasons = (_CONTAMINATED if evidence.uses_cpu_time else None, found.reason)
    return LatencyQuantile(
        p=p,
        point_s=found.point,
        lower_s=found.lower,
        upper_s=found.upper,
        confidence=found.confidence,
        samples=found.samples,
        effective_samples=found.effective_samples,
        reason="; ".join(reason for reason in reasons if reason) or None,
    )


def blocks_of(evidence: Evidence, arm: str) -> list[NDArray[np.float64]]:
    """Nanoseconds of every timed call of an arm, block by block, control turns included, in time order."""
    return [_nanoseconds(turn) for one in evidence.rounds for turn in one.turns if turn.arm == arm]


def _latencies(evidence: Evidence, arm: str) -> NDArray[np.float64]:
    """Seconds of every timed call of an arm, control turns included, in time order."""
    blocks = blocks_of(evidence, arm)
    return np.concatenate(blocks) / 1e9 if blocks else np.empty(0)


def _nanoseconds(turn: Turn) -> NDArray[np.float64]:
    return np.frombuffer(turn.latencies_ns, dtype="<i8").astype(np.float64)


def _log_ratio(baseline: Turn, candidate: Turn, evidence: Evidence) -> float:
    if evidence.uses_cpu_time:
        spent = [max(1, turn.cpu_ns) / (turn.calls + evidence.concurrency) for turn in (baseline, candidate)]
        return log_ratio(spent[:1], spent[1:])
    if evidence.concurrency > 1:
        return log_ratio([_nanoseconds(baseline).mean()], [_nanoseconds(candidate).mean()])
    return log_ratio(_nanoseconds(baseline), _nanoseconds(candidate))


def _reason(evidence: Evidence, of_load: Sequence[Round]) -> str | None:
    if not of_load:
        return "no round was finished"
    if evidence.uses_cpu_time:
        return "foreign load in nearly every round: compared by CPU time, for show only"
    return None
