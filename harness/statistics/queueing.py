"""Queues: what theory says of a wait, where a queue starts anew, and means of what correlates. Pure.

Waits of neighbours are anything but independent. Two estimates of their correlation stand side by side, and
the larger one counts: batch means, which see drift, and busy cycles, which see queueing: whenever a request finds
everything idle, what follows owes nothing to what was before (regeneration).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harness.errors import MeasurementError
from harness.statistics.quantiles import BATCHES
from harness.statistics.series import Series, as_series
from harness.statistics.student import student_critical

LEAST_CYCLES = 10
"""Fewer cycles do not tell their own variance: a batch mean then has to do."""
_LEAST_BATCH = 2
_LEAST_STRETCH = 100  # services: of fewer the mean itself is a matter of chance, and the wait is convex in it
_BY_CHANCE = 3.0
"""Means of stretches of independent services vary so many times more than expected in under 1 % of cases, by chi-square
over its freedom at 7 stretches and more. With every stretch's own mean, waits of independent services with a deviation
of 0.3 of their mean were promised 1.4 times too long at a load of 0.9 in levels of 1,000, and 1.2 times at 0.95 in
8,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanInterval:
    """A mean with its two-sided interval, in the unit of the samples; no bounds where the samples are too few."""

    point: float
    lower: float | None
    upper: float | None


def pollaczek_khinchine_wait_s(
    rate_per_s: float, *, mean_service_s: float, mean_square_service_s2: float
) -> float | None:
    """The mean wait of Poisson arrivals at one server: λ·E[S²] / (2·(1 − λ·E[S])).

    Source: Pollaczek (1930), Khinchine (1932); Kleinrock, "Queueing Systems I", eq. 5.106.

    Returns:
        `None` where more arrives than can be served: the wait grows without end.

    Raises:
        MeasurementError: a rate or moment that no service has.
    """
    moments = (rate_per_s, mean_service_s, mean_square_service_s2)
    if not all(math.isfinite(one) and one >= 0.0 for one in moments):
        raise MeasurementError(f"no service has rate, mean and mean square {moments}")
    load = rate_per_s * mean_service_s
    return rate_per_s * mean_square_service_s2 / (2.0 * (1.0 - load)) if load < 1.0 else None


def wait_by_stretches_s(rate_per_s: float, occupancies_s: npt.ArrayLike) -> float | None:
    """The mean wait where a server's pace wanders: Pollaczek and Khinchine's in each of up to 20 stretches, averaged.

    Their queue has independent services. Of real ones those that are slow come together for seconds (in levels of 9 to
    20 s recorded on two quiet cores, the variance of their mean was 14 to 166 times that of independent ones), and
    the moments of the whole then promise waits that are 2 to 30 % too short: the wait is convex in the load. Within a
    stretch they vary little, and a queue below capacity forgets within few services: a quasi-stationary approximation,
    as Green and Kolesar (1991), "The pointwise stationary approximation for queues with nonstationary arrivals".
    As the wait is convex, what stretches differ by chance would lengthen it too: their means are drawn together until
    they vary by what chance does not explain, and are one mean where it explains all.

    Args:
        rate_per_s: of Poisson arrivals.
        occupancies_s: for how long each request kept the server, in order, shape (n,): its call and what came between
            two calls.

    Returns:
        `None` where in some stretch more arrives than can be served: what is waited then depends on for how long.

    Raises:
        MeasurementError: no occupancies, or one that is not finite.
    """
    series = as_series(occupancies_s)
    stretches = np.array_split(series, min(BATCHES, max(1, series.size // _LEAST_STRETCH)))
    share = _share_beyond_chance(stretches)
    mean_s, total_s = float(series.mean()), 0.0
    for stretch in stretches if share else [series]:
        pace_s = mean_s + math.sqrt(share) * (float(stretch.mean()) - mean_s)
        wait_s = pollaczek_khinchine_wait_s(
            rate_per_s, mean_service_s=pace_s, mean_square_service_s2=pace_s**2 + float(stretch.var())
        )
        if wait_s is None:
            return None
        total_s += wait_s * stretch.size
    return total_s / series.size


def _share_beyond_chance(stretches: Sequence[Series]) -> float:
    """Of the variance of the means of stretches, the share that independent services would not show; 0 to 1."""
    if len(stretches) == 1:
        return 0.0
    between = float(np.var([one.mean() for one in stretches], ddof=1))
    expected = float(np.mean([one.var() / one.size for one in stretches]))
    return 1.0 - expected / between if between > _BY_CHANCE * expected else 0.0


def heavy_traffic_inflation(load: float, *, service_variation: float) -> float:
    """How the variance of a share of late requests grows with the load, up to a factor of about 2.

    Load · (1 + variation) / (1 - load)², for Poisson arrivals. Simulated for M/M/1, M/D/1 and a hyperexponential server
    at loads of 0.5 to 0.9, the factor is 1.5 to 2.1 where a tenth of all requests is late, 1.7 to 2.7 for a hundredth.
    Source: the time scale of reflected Brownian motion, Whitt (1989), "Planning queueing simulations".

    Args:
        load: arriving work over what can be served.
        service_variation: variance of service over its squared mean.

    Returns:
        Infinity at a load of 1 and above.
    """
    return load * (1.0 + service_variation) / (1.0 - load) ** 2 if load < 1.0 else math.inf


def lindley_waits(arrivals: npt.ArrayLike, services: npt.ArrayLike) -> Series:
    """Waits at one server, first come first served: W' = max(0, W + S − T), empty at first.

    Source: Lindley (1952), "The theory of queues with a single server".

    Args:
        arrivals: moments in order, shape (n,).
        services: times in the same unit, shape (n,).
    """
    moments, times = as_series(arrivals), as_series(services)
    walk = np.concatenate([[0.0], np.cumsum(times[:-1] - np.diff(moments))])
    return walk - np.minimum.accumulate(walk)


def cycle_starts(arrivals: npt.NDArray[np.int64], completions: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """Places of the requests that found nobody: all before them were served when they arrived.

    Holds for any number of servers and any batching: completions need not be in order.
    """
    before = np.maximum.accumulate(completions)[:-1]
    return np.flatnonzero(np.concatenate([[True], before <= arrivals[1:]]))


def cycle_variance(series: Series, starts: npt.NDArray[np.intp]) -> float | None:
    """The variance of the series' mean, from independent busy cycles; `None` for fewer than ten.

    Source: the ratio estimator of Crane and Iglehart (1975), "Simulating stable stochastic systems III".
    """
    places = np.union1d([0], starts)
    if places.size < LEAST_CYCLES:
        return None
    sums = np.add.reduceat(series, places)
    lengths = np.diff(places, append=series.size)
    rest = sums - series.mean() * lengths
    return float(rest @ rest) * places.size / (places.size - 1) / series.size**2


def batch_variance(series: Series) -> float | None:
    """The variance of the series' mean, from the means of 20 batches; `None` below 40 samples."""
    length = series.size // BATCHES
    if length < _LEAST_BATCH:
        return None
    means = series[series.size - length * BATCHES :].reshape(BATCHES, length).mean(axis=1)
    return float(means.var(ddof=1)) / BATCHES


def mean_interval(
    values: npt.ArrayLike, *, confidence: float, starts: npt.NDArray[np.intp] | None = None
) -> MeanInterval:
    """The mean of a correlated series, with Student's interval over 20 batches or, where that is wider, cycles.

    Args:
        values: in time order, shape (n,).
        confidence: two-sided.
        starts: where busy cycles begin, for series to which that applies.

    Raises:
        MeasurementError: no values, one is not finite, or the confidence is none.
    """
    series = as_series(values)
    point = float(series.mean())
    found = [batch_variance(series), None if starts is None else cycle_variance(series, starts)]
    known = [one for one in found if one is not None]
    if not known:
        return MeanInterval(point=point, lower=None, upper=None)
    reach = student_critical(confidence, freedom=BATCHES - 1) * math.sqrt(max(known))
    return MeanInterval(point=point, lower=point - reach, upper=point + reach)
