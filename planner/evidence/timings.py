"""What a run measured of an arm's batches: quick, usual and slow times, as far as their intervals are known."""

from harness.vocabulary import LatencyQuantile, Measurement
from planner.store import StoredRun
from pricing.capacity.envelopes import BatchTime

_MEDIAN = 0.5


def batch_times(run: StoredRun, arm: str, quantile: float) -> tuple[BatchTime, ...]:
    """The times of single calls by batch size.

    Quick is the lower bound of the median, usual the median, and slow the upper bound of the quantile that is promised,
    or of the next one that was measured: were all calls as slow as those that the promise allows for, the rate would
    still hold. Where too few samples or blocks were taken for a bound, the point stands for it: `without_bound` names
    those sizes.

    Args:
        run: A run.
        arm: By name.
        quantile: Of the promise.
    """
    return tuple(_time(one, quantile) for one in run.measurements if one.arm == arm and one.concurrency == 1)


def without_bound(run: StoredRun, arm: str, quantile: float) -> tuple[int, ...]:
    """The batch sizes of which a point stands for the bound of the promised quantile, the smallest first."""
    timed = [one for one in run.measurements if one.arm == arm and one.concurrency == 1]
    return tuple(sorted(one.batch for one in timed if _quantile(one, quantile).upper_s is None))


def _time(measurement: Measurement, quantile: float) -> BatchTime:
    median = _quantile(measurement, _MEDIAN)
    slow = _quantile(measurement, quantile)
    quick_s = median.point_s if median.lower_s is None else median.lower_s
    slow_s = slow.point_s if slow.upper_s is None else slow.upper_s
    return BatchTime(
        batch=measurement.batch, quick_s=quick_s, usual_s=median.point_s, slow_s=max(slow_s, median.point_s)
    )


def _quantile(measurement: Measurement, p: float) -> LatencyQuantile:
    """The measured quantile at or above `p`; the highest where none is."""
    ordered = sorted(measurement.quantiles, key=lambda one: one.p)
    return next((one for one in ordered if one.p >= p - 1e-9), ordered[-1])
