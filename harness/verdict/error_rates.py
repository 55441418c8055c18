"""The lines of a self-test's certificate that say how often verdicts and intervals err.

Three series of log ratios from one interleaved recording: the baseline against the same model in
another process, against its own control, and against an arm that is slower by a share that is known.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from harness.statistics.proportion import Rate, rate_of
from harness.statistics.ratio import paired_ratio
from harness.statistics.stopping import LEAST_PAIRS_TO_DECIDE, LookSchedule, decide
from harness.statistics.trials import TrialEnd, excluding, intervals_of, whole_trials
from harness.verdict.promises import Judged, judge_least_share, judge_magnitude, judge_nominal_error
from harness.verdict.wording import effect
from harness.vocabulary import NoiseClass, RatioInterval, Speed, TimingRules
from harness.vocabulary.selftest import Mark, SelfCheck, SelfTestLine, Unit

NOMINAL_ERROR = 0.05
LEAST_POWER = 0.90
SLOW_DOWN = 0.03
VERDICT_S = 5.0
"""Seconds in which a difference of 3 % is to be found."""
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedSeries:
    """Log ratios of the same cycles in time order, above 0 faster: `again` and `control` are the model itself."""

    again: Sequence[float]
    control: Sequence[float]
    slowed: Sequence[float]
    seconds_a_pair: float | None

    @property
    def most(self) -> int:
        """Pairs that a verdict has time for, at least those of the first look."""
        in_time = int(VERDICT_S / self.seconds_a_pair) if self.seconds_a_pair else 0
        return max(LEAST_PAIRS_TO_DECIDE, in_time)


def error_rate_lines(series: PairedSeries, rules: TimingRules) -> Iterator[SelfTestLine]:
    """False alarms, offsets, power, bias and coverage of the ratio."""
    alarms = whole_trials(series.again, series.control, most=series.most, rules=rules)
    found = whole_trials(series.slowed, series.control, most=series.most, rules=rules)
    again, control, slowed = (
        intervals_of(z, pairs=LEAST_PAIRS_TO_DECIDE, confidence=_CONFIDENCE)
        for z in (series.again, series.control, series.slowed)
    )
    yield _verdicts(alarms, series)
    yield _intervals(SelfCheck.AA_INTERVALS, again, "in two processes")
    yield _intervals(SelfCheck.CONTROL_INTERVALS, control, "in one process")
    yield _offset(SelfCheck.AA_OFFSET, series.again, "two processes of the same model", rules)
    yield _offset(SelfCheck.CONTROL_OFFSET, series.control, "one process against its own control", rules)
    yield _power(found, series)
    yield _first_look(series.slowed, rules)
    yield _slow_down_found(slowed, series.slowed)
    yield _ratio_coverage(slowed)


def _verdicts(ends: Sequence[TrialEnd], series: PairedSeries) -> SelfTestLine:
    rate = rate_of(sum(one.speed in {Speed.FASTER, Speed.SLOWER} for one in ends), len(ends))
    return _rate_line(
        SelfCheck.AA_VERDICTS,
        rate,
        detail=f"{rate.hits} of {rate.trials} whole runs of the stopping rule called a model faster or slower than "
        f"itself{_effort(ends, series)}",
        promise="at most the nominal 5 %",
        limit=NOMINAL_ERROR,
        judged=judge_nominal_error(rate, nominal=NOMINAL_ERROR),
    )


def _intervals(check: SelfCheck, intervals: Sequence[RatioInterval], where: str) -> SelfTestLine:
    rate = rate_of(excluding(intervals, 1.0), len(intervals))
    return _rate_line(
        check,
        rate,
        detail=f"{rate.hits} of {rate.trials} 95 % intervals of {LEAST_PAIRS_TO_DECIDE} pairs exclude equal speed, "
        f"the same model {where}",
        promise="at most the nominal 5 %",
        limit=NOMINAL_ERROR,
        judged=judge_nominal_error(rate, nominal=NOMINAL_ERROR),
    )


def _offset(check: SelfCheck, z: Sequence[float], what: str, rules: TimingRules) -> SelfTestLine:
    """Spread alone does not see an offset that never changes: a quiet machine may still have one."""
    found = paired_ratio(z, confidence=_CONFIDENCE)
    most = rules.target_half_width
    lower, upper = (found.lower - 1.0, found.upper - 1.0) if found else (None, None)
    against_zero = "not told apart from zero" if lower is None or lower <= 0.0 <= (upper or 0.0) else "it is not zero"
    mark, reason = judge_magnitude(lower, upper, most=most)
    return SelfTestLine(
        check=check,
        unit=Unit.CHANGE,
        figure=found.point - 1.0 if found else None,
        lower=lower,
        upper=upper,
        detail=f"{what}, {len(z)} pairs; {against_zero}",
        limit=most,
        promise=f"within ±{effect(most)}",
        mark=mark,
        reason=reason,
    )


def _power(ends: Sequence[TrialEnd], series: PairedSeries) -> SelfTestLine:
    rate = rate_of(sum(one.speed is Speed.SLOWER for one in ends), len(ends))
    judged = judge_least_share(rate, least=LEAST_POWER)
    unfit = sum(one.noise is NoiseClass.UNFIT for one in ends)
    if judged[0] is Mark.NOT_KEPT and 2 * unfit > len(ends):
        judged = (Mark.NOT_IDENTIFIED, f"the machine was too noisy to decide anything in {unfit} of {len(ends)} trials")
    return _rate_line(
        SelfCheck.POWER,
        rate,
        detail=f"{rate.hits} of {rate.trials} whole runs of the stopping rule found {effect(SLOW_DOWN)} slower"
        f"{_effort(ends, series)}",
        promise=f"at least 90 % in {VERDICT_S:g} s",
        limit=LEAST_POWER,
        judged=judged,
    )


def _first_look(z: Sequence[float], rules: TimingRules) -> SelfTestLine:
    looks = LookSchedule()
    intervals = intervals_of(z, pairs=looks.first, confidence=looks.per_look_confidence)
    hits = sum(decide(one, pairs=looks.first, equivalence=rules.equivalence) is Speed.SLOWER for one in intervals)
    rate = rate_of(hits, len(intervals))
    return _rate_line(
        SelfCheck.FIRST_LOOK_POWER,
        rate,
        detail=f"{rate.hits} of {rate.trials} first looks, at {looks.first} pairs, already found it",
    )


def _slow_down_found(intervals: Sequence[RatioInterval], z: Sequence[float]) -> SelfTestLine:
    whole = paired_ratio(z, confidence=_CONFIDENCE)
    return SelfTestLine(
        check=SelfCheck.SLOW_DOWN_FOUND,
        unit=Unit.CHANGE,
        figure=1.0 / median(one.point for one in intervals) - 1.0 if intervals else None,
        lower=1.0 / whole.upper - 1.0 if whole else None,
        upper=1.0 / whole.lower - 1.0 if whole else None,
        detail=f"median of {len(intervals)} trials, the truth is {effect(SLOW_DOWN)}; interval of all {len(z)} pairs",
    )


def _ratio_coverage(intervals: Sequence[RatioInterval]) -> SelfTestLine:
    rate = rate_of(len(intervals) - excluding(intervals, 1.0 / (1.0 + SLOW_DOWN)), len(intervals))
    return _rate_line(
        SelfCheck.RATIO_COVERAGE,
        rate,
        detail=f"{rate.hits} of {rate.trials} 95 % intervals of {LEAST_PAIRS_TO_DECIDE} pairs hold the true slow-down",
    )


def _effort(ends: Sequence[TrialEnd], series: PairedSeries) -> str:
    if not ends or series.seconds_a_pair is None:
        return ""
    pairs = median(one.pairs for one in ends)
    return f"; median {pairs:.0f} pairs, {math.ceil(10 * pairs * series.seconds_a_pair) / 10:g} s"


def _rate_line(
    check: SelfCheck,
    rate: Rate,
    *,
    detail: str,
    promise: str | None = None,
    limit: float | None = None,
    judged: Judged | None = None,
) -> SelfTestLine:
    mark, reason = judged or (None, None)
    return SelfTestLine(
        check=check,
        unit=Unit.SHARE,
        figure=rate.share,
        lower=rate.lower if rate.trials else None,
        upper=rate.upper if rate.trials else None,
        detail=detail,
        hits=rate.hits,
        trials=rate.trials,
        limit=limit,
        promise=promise,
        mark=mark,
        reason=reason,
    )
