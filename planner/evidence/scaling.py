"""How much of its rate a CPU replica keeps when others run beside it, where a run had several calls at once."""

from collections.abc import Iterator
from statistics import median

from harness.vocabulary import Arm, LatencyQuantile, Measurement
from planner.store import StoredRun
from pricing.vocabulary import Range

_MEDIAN = 0.5
_CPU = "cpu"


def scaling_evidence(run: StoredRun) -> Range | None:
    """The rate of a call among so many that they fill the machine, over its rate alone.

    By Little's law that is the ratio of latencies, here of their medians; the low end sets the bounds of both against
    each other. More than 1 is noise and counts as 1. The point is the median over arms and batch sizes.

    Returns:
        None where nothing was measured with all hardware threads busy: part of a machine says nothing of all of it.
    """
    found = [ratio for arm in run.plan.arms if arm.device == _CPU for ratio in _of_arm(run, arm)]
    if not found:
        return None
    low = min(1.0, *(low for low, _ in found))
    point = min(1.0, median(point for _, point in found))
    return Range(low=min(low, point), point=point, high=min(1.0, max(point for _, point in found)))


def _of_arm(run: StoredRun, arm: Arm) -> Iterator[tuple[float, float]]:
    """(low, point), a batch size each."""
    busy = len(run.environment.cpu.allowed_cpus) or run.environment.cpu.logical_cores
    measured = {(one.batch, one.concurrency): one for one in run.measurements if one.arm == arm.name}
    for (batch, count), together in measured.items():
        alone = measured.get((batch, 1))
        if count > 1 and alone is not None and count * arm.threads >= busy:
            yield _ratio(alone, together)


def _ratio(alone: Measurement, together: Measurement) -> tuple[float, float]:
    one, many = _median_of(alone), _median_of(together)
    quick_s = one.point_s if one.lower_s is None else one.lower_s
    slow_s = many.point_s if many.upper_s is None else many.upper_s
    return quick_s / slow_s, one.point_s / many.point_s


def _median_of(measurement: Measurement) -> LatencyQuantile:
    return min(measurement.quantiles, key=lambda quantile: abs(quantile.p - _MEDIAN))
