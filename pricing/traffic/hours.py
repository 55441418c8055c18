"""Requests or rates by the hour: which hours are whole, their means, the busiest minute, and how bursty they are."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from pricing.errors import AssumptionError

Array = NDArray[np.float64]
HOUR_S, MINUTE_S = 3600, 60
MOST_DAYS = 1100  # three years: more is a wrong stamp, or no traffic that is like today's
_EDGE_S = 36  # a hundredth of an hour: a log that begins or ends nearer to a full hour holds that hour
_WHOLE = 0.95  # of the rows that an hour should have: clocks of monitors drift
_JITTER = 0.25  # of the step between rows
_BY_CHANCE = 1e-3  # that any minute of a steady flow is as high


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Whole hours.

    Attributes:
        starts: Hours since 1970, ascending, shape (n,).
        per_s: Their mean rates, shape (n,).
        busiest_minute_per_s: None where rows are coarser than minutes.
        minutes: How many were looked at.
        dispersion: Variance over mean of counts a second within hours; None where not known.
        incomplete: Hours that were left out.
        empty: Whole hours without any request.
    """

    starts: NDArray[np.int64]
    per_s: Array
    busiest_minute_per_s: float | None
    minutes: int
    dispersion: float | None
    incomplete: int
    empty: int

    @property
    def is_minute_by_chance(self) -> bool:
        """Whether a steady random flow at the busiest hour's rate would have a minute as high as the busiest.

        P(Poisson(mean) ≥ count) is the regularised gamma function of (count, mean), here below `_BY_CHANCE` over all
        minutes together.
        """
        if self.busiest_minute_per_s is None:
            return True
        count, mean = self.busiest_minute_per_s * MINUTE_S, float(self.per_s.max()) * MINUTE_S
        return count <= mean or bool(gammainc(count, mean) * self.minutes >= _BY_CHANCE)


def require_span(first_s: float, last_s: float, name: str) -> None:
    """Refuse a file that spans more than some years.

    Raises:
        AssumptionError: with the number of days.
    """
    days = (last_s - first_s) / 86_400
    if days > MOST_DAYS:
        raise AssumptionError(
            f"{name} spans {days:,.0f} days, and {MOST_DAYS:,} are the most: a moment is wrong, or keep the last year"
        )


def hours_of_stamps(seconds: NDArray[np.uint32], name: str) -> Hours:
    """Whole hours of a log of requests; an hour inside it without any counts as one without traffic.

    Args:
        seconds: Of each request since 1970, ascending.
        name: Of the file.

    Raises:
        AssumptionError: if no hour is whole.
    """
    first, last = int(seconds[0]), int(seconds[-1])
    begin = first // HOUR_S if first % HOUR_S < _EDGE_S else first // HOUR_S + 1
    end = last // HOUR_S + 1 if last % HOUR_S >= HOUR_S - _EDGE_S else last // HOUR_S
    if end <= begin:
        raise AssumptionError(f"{name} holds no whole hour, from {_clock(first)} to {_clock(last)}: give a day or more")
    edges = np.searchsorted(seconds, np.arange(begin, end + 1, dtype=np.int64) * HOUR_S)
    counts = np.diff(edges).astype(np.float64)
    inside = seconds[edges[0] : edges[-1]]
    has_seconds = bool(np.any(inside % MINUTE_S))
    has_minutes = has_seconds or bool(np.any(inside % HOUR_S))
    busiest, spread = _within(seconds, edges, begin)
    expected = (HOUR_S - 1) * float(counts.sum()) / HOUR_S
    all_hours = last // HOUR_S - first // HOUR_S + 1
    return Hours(
        starts=np.arange(begin, end, dtype=np.int64),
        per_s=counts / HOUR_S,
        busiest_minute_per_s=busiest / MINUTE_S if has_minutes else None,
        minutes=(end - begin) * MINUTE_S,
        dispersion=spread / expected if has_seconds and expected > 0.0 else None,
        incomplete=all_hours - (end - begin),
        empty=int(np.count_nonzero(counts == 0.0)),
    )


def _within(seconds: NDArray[np.uint32], edges: NDArray[np.int64], begin: int) -> tuple[float, float]:
    """Requests of the busiest minute, and the sum of squares of counts a second about their hour's mean."""
    busiest, spread = 0.0, 0.0
    for index, (start, stop) in enumerate(pairwise(edges)):
        if start == stop:
            continue
        offsets = seconds[start:stop].astype(np.int64) - (begin + index) * HOUR_S
        each = np.bincount(offsets, minlength=HOUR_S)
        busiest = max(busiest, float(each.reshape(MINUTE_S, MINUTE_S).sum(axis=1).max()))
        spread += float(each.var()) * HOUR_S
    return busiest, spread


def step_of(times_s: Array, name: str) -> float:
    """The time between rows in seconds.

    Args:
        times_s: Ascending.
        name: Of the file.

    Raises:
        AssumptionError: rows of one moment, an uneven spacing, or rows coarser than hours.
    """
    gaps = np.diff(times_s)
    if not gaps.size:
        raise AssumptionError(f"{name} holds one row of rates: give a day or more")
    if bool(np.any(gaps <= 0.0)):
        moment = _clock(float(times_s[int(np.argmin(gaps))]))
        raise AssumptionError(f"{name} has two rows at {moment}: give one row a moment, summed over services and hosts")
    step = float(np.median(gaps))
    if step > HOUR_S * (1.0 + _JITTER):
        raise AssumptionError(f"{name} has a row every {step / HOUR_S:.3g} h: hours are needed, or finer")
    if bool(np.any(np.abs(gaps / step - np.round(gaps / step)) > _JITTER)):
        raise AssumptionError(f"the rows of {name} are unevenly spaced, most by {step:g} s: use one spacing")
    return step


def hours_of_rates(times_s: Array, per_s: Array, *, step_s: float, name: str) -> Hours:
    """Whole hours of a series of rates; an hour that lacks rows is left out, as nothing says that no request came.

    Raises:
        AssumptionError: if no hour is whole.
    """
    starts, which, rows = np.unique((times_s // HOUR_S).astype(np.int64), return_inverse=True, return_counts=True)
    is_whole = rows >= max(1.0, _WHOLE * round(HOUR_S / step_s))
    if not is_whole.any():
        raise AssumptionError(f"{name} holds no whole hour of rows every {step_s:g} s: give a day or more")
    means = np.bincount(which, weights=per_s) / rows
    busiest = _busiest_minute(times_s, per_s, is_whole[which]) if step_s <= MINUTE_S * (1.0 + _JITTER) else None
    return Hours(
        starts=starts[is_whole],
        per_s=means[is_whole],
        busiest_minute_per_s=busiest,
        minutes=int(is_whole.sum()) * MINUTE_S,
        dispersion=None,
        incomplete=int(np.count_nonzero(~is_whole)),
        empty=int(np.count_nonzero(means[is_whole] == 0.0)),
    )


def _busiest_minute(times_s: Array, per_s: Array, is_kept: NDArray[np.bool_]) -> float:
    minutes = (times_s[is_kept] // MINUTE_S).astype(np.int64)
    _, which, rows = np.unique(minutes, return_inverse=True, return_counts=True)
    return float((np.bincount(which, weights=per_s[is_kept]) / rows).max())


def _clock(seconds: float) -> str:
    return str(np.datetime64(int(seconds), "s")).replace("T", " ")
