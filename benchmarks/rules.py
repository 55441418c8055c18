"""How other tools decide that two sets of timings differ, from their public documentation and source. Pure.

Each takes the timings of two sides, one value a repeat, and says whether the tool would call them different. The rules
alone are compared: on one recording, so that nothing else tells them apart.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from harness.statistics.distributions import normal_above, regularised_beta

Values = Sequence[float]
_ALPHA = 0.05
_REPETITIONS = 9
_ASV_P = 0.002
_ASV_EXACT_UP_TO = 20
_MEAN_FAILS_ABOVE = 0.05
_PLAIN = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A tool's rule and where it is described."""

    name: str
    source: str
    differs: Callable[[Values, Values], bool]


def t_test_p(first: Values, second: Values) -> float:
    """Two-sided p of Student's t-test with pooled variance; 1 where nothing varies and the means agree."""
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    freedom = a.size + b.size - 2
    pooled = (float(a.var(ddof=1)) * (a.size - 1) + float(b.var(ddof=1)) * (b.size - 1)) / freedom
    difference = float(a.mean() - b.mean())
    if pooled == 0.0:
        return 1.0 if difference == 0.0 else 0.0
    t = difference / math.sqrt(pooled * (1 / a.size + 1 / b.size))
    return regularised_beta(freedom / (freedom + t * t), a=freedom / 2, b=0.5)


def u_statistic(first: Values, second: Values) -> tuple[float, int]:
    """Mann and Whitney's U of the first side, ties counting a half, and how many pairs tie."""
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    ties = int((a[:, None] == b[None, :]).sum())
    return float((a[:, None] > b[None, :]).sum()) + ties / 2, ties


def u_test_p(first: Values, second: Values) -> float:
    """Two-sided p of the U-test by the normal approximation with continuity correction and corrected for ties."""
    m, n = len(first), len(second)
    u, _ = u_statistic(first, second)
    counts = np.unique(np.concatenate([first, second]), return_counts=True)[1].astype(float)
    total = m + n
    variance = m * n / 12 * (total + 1 - float((counts**3 - counts).sum()) / (total * (total - 1)))
    if variance == 0.0:
        return 1.0
    z = max(0.0, abs(u - m * n / 2) - 0.5) / math.sqrt(variance)
    return min(1.0, 2 * normal_above(z))


def exact_u_test_p(first: Values, second: Values) -> float:
    """Two-sided p of the U-test by counting orders; ties are given the order that is least significant."""
    m, n = len(first), len(second)
    u, ties = u_statistic(first, second)
    distance = max(0.0, abs(u - m * n / 2) - ties / 2)
    extreme = math.floor(m * n / 2 - distance)
    ways = _orders(m, n)
    below = sum(ways[: extreme + 1]) / sum(ways)
    return min(1.0, 2 * below)


def _by_t_test(first: Values, second: Values) -> bool:
    return t_test_p(first, second) <= _ALPHA


def _by_u_test_of_repetitions(first: Values, second: Values) -> bool:
    return u_test_p(repetition_means(first), repetition_means(second)) < _ALPHA


def _by_strict_u_test(first: Values, second: Values) -> bool:
    if max(len(first), len(second)) > _ASV_EXACT_UP_TO:
        u, ties = u_statistic(first, second)
        m, n = len(first), len(second)
        z = max(0.0, abs(u - m * n / 2) - ties / 2) / math.sqrt(m * n * (m + n + 1) / 12)
        return 2 * normal_above(z) < _ASV_P
    return exact_u_test_p(first, second) < _ASV_P


def _by_mean_above(first: Values, second: Values) -> bool:
    return float(np.mean(second)) / float(np.mean(first)) - 1 > _MEAN_FAILS_ABOVE


def _by_smaller_noise(first: Values, second: Values) -> bool:
    means = [float(np.mean(side)) for side in (first, second)]
    noise = [float(np.std(side, ddof=1)) / mean for side, mean in zip((first, second), means, strict=True)]
    return abs(means[1] - means[0]) / means[0] > min(noise)


def _by_two_per_cent(first: Values, second: Values) -> bool:
    return abs(float(np.mean(second)) / float(np.mean(first)) - 1) > _PLAIN


def repetition_means(values: Values) -> list[float]:
    """The means of nine repetitions: as many neighbouring values to each; what is left over goes to the last."""
    length = len(values) // _REPETITIONS
    starts = [length * place for place in range(_REPETITIONS)]
    return [float(np.mean(values[start : start + length])) for start in starts[:-1]] + [
        float(np.mean(values[starts[-1] :]))
    ]


@lru_cache(maxsize=64)
def _orders(m: int, n: int) -> tuple[int, ...]:
    """In how many orders of m and n values each U from 0 to mn occurs: Mann and Whitney's (1947) recursion."""
    ways = [1] + [0] * (m * n)
    for place in range(1, m + 1):  # Gaussian binomial coefficient, factor by factor
        for u in range(m * n, n + place - 1, -1):
            ways[u] -= ways[u - n - place]
        for u in range(place, m * n + 1):
            ways[u] += ways[u - place]
    return tuple(ways)


RULES = (
    Rule(
        name="pyperf, t-test",
        source="pyperf documentation, `compare_to`: Student's two-sample, two-tailed t-test, alpha 0.95",
        differs=_by_t_test,
    ),
    Rule(
        name="Google Benchmark, U-test on 9 means",
        source="google/benchmark docs/tools.md: Mann-Whitney U test of repetitions, 9 or more recommended, alpha 0.05",
        differs=_by_u_test_of_repetitions,
    ),
    Rule(
        name="ASV, U-test at p < 0.002",
        source="airspeed velocity, asv/_stats.py `is_different`; `asv compare` also asks for a factor of 1.1",
        differs=_by_strict_u_test,
    ),
    Rule(
        name="pytest-benchmark, mean:5%",
        source="pytest-benchmark documentation, --benchmark-compare-fail=mean:5%: the mean is larger by more than 5 %",
        differs=_by_mean_above,
    ),
    Rule(
        name="NVBench, noise",
        source="NVIDIA/nvbench scripts/nvbench_compare.py: means differ by more than the smaller relative deviation",
        differs=_by_smaller_noise,
    ),
    Rule(
        name="means differ by 2 %",
        source="the rule of thumb",
        differs=_by_two_per_cent,
    ),
)
