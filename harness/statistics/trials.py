"""Cuts one long recording of paired log ratios into trials, and lets each end as a run would have ended.

Trials never share a pair. A trial is only begun where enough pairs are left for the longest one:
else those that end early would be over-represented.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy.typing as npt

from harness.errors import MeasurementError
from harness.statistics.noise import noise_of
from harness.statistics.ratio import LEAST_PAIRS, paired_ratio
from harness.statistics.series import Series, as_series
from harness.statistics.stopping import LookSchedule, decide, is_settled
from harness.vocabulary import NoiseClass, RatioInterval, Speed, TimingRules


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEnd:
    """How a trial ended: what would have been said, after how many pairs, and on how noisy a machine."""

    speed: Speed
    pairs: int
    noise: NoiseClass


def intervals_of(z: npt.ArrayLike, *, pairs: int, confidence: float) -> tuple[RatioInterval, ...]:
    """The interval of every trial of exactly so many pairs; what is left over at the end is not used.

    Raises:
        MeasurementError: if so few pairs have no interval of that confidence.
    """
    series = as_series(z, least=0)
    if pairs < LEAST_PAIRS:
        raise MeasurementError(f"Trials of {pairs} pairs have no interval: use {LEAST_PAIRS} or more.")
    found = [
        paired_ratio(one, confidence=confidence) for one in series[: series.size // pairs * pairs].reshape(-1, pairs)
    ]
    if None in found:
        raise MeasurementError(f"{pairs} pairs have no interval at a confidence of {confidence}: use more.")
    return tuple(one for one in found if one is not None)


def excluding(intervals: Sequence[RatioInterval], truth: float) -> int:
    """How many of the intervals do not hold the true ratio."""
    return sum(not one.lower <= truth <= one.upper for one in intervals)


def whole_trials(
    z: npt.ArrayLike, against_itself: npt.ArrayLike, *, most: int, rules: TimingRules
) -> tuple[TrialEnd, ...]:
    """Trials by the whole stopping rule: looks at 12, 24 … pairs, and a last one at `most` if none settled it.

    Args:
        z: log ratios in time order, shape (pairs,).
        against_itself: the baseline against its control in the same cycles, which says how noisy the machine was.
        most: pairs that the budget of a verdict allows, at least those of the first look.
        rules: what is settled, and what is equivalent.

    Raises:
        MeasurementError: if the two series differ in length, or the budget holds no look.
    """
    series, control = as_series(z, least=0), as_series(against_itself, least=0)
    if series.size != control.size:
        raise MeasurementError(f"{series.size} pairs and {control.size} of the control are not of the same cycles.")
    schedule = LookSchedule()
    if most < schedule.first:
        raise MeasurementError(f"{most} pairs hold no look: the first is at {schedule.first}.")
    looks = (*(size for size in schedule.sizes if size < most), most)
    return tuple(_trials(series, control, looks=looks, schedule=schedule, rules=rules))


def _trials(
    series: Series, control: Series, *, looks: tuple[int, ...], schedule: LookSchedule, rules: TimingRules
) -> Iterator[TrialEnd]:
    start = 0
    while series.size - start >= looks[-1]:
        end = _one_trial(series[start:], control[start:], looks=looks, schedule=schedule, rules=rules)
        yield end
        start += end.pairs


def _one_trial(
    series: Series, control: Series, *, looks: tuple[int, ...], schedule: LookSchedule, rules: TimingRules
) -> TrialEnd:
    pairs, interval = 0, None
    for pairs in looks:
        interval = paired_ratio(series[:pairs], confidence=schedule.per_look_confidence)
        if is_settled(interval, pairs=pairs, target_half_width=rules.target_half_width, equivalence=rules.equivalence):
            break
    noise = noise_of(control[:pairs]).noise_class
    speed = decide(interval, pairs=pairs, equivalence=rules.equivalence)
    return TrialEnd(speed=Speed.INCONCLUSIVE if noise is NoiseClass.UNFIT else speed, pairs=pairs, noise=noise)
