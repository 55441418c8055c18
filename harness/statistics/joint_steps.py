"""Whether a step in any of many series is more than noise: one permutation test for all together.

Under "nothing changed", the runs of a history are exchangeable: each order is as likely as the one that
happened. So the runs are shuffled, all series alike, and every series' largest step is compared with the
largest step of *any* series in the shuffled orders. That holds for every distribution of noise, also
where series move together, as all figures of one launch do; looking at forty series costs no more than
their noise does. It does not hold for runs that depend on one another: times on a machine that drifts
for days step when the machine does. Ratios within a run cancel that.

Source: Westfall and Young (1993), "Resampling-Based Multiple Testing", the single-step max-T procedure.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import factorial

import numpy as np
import numpy.typing as npt

from harness.errors import MeasurementError
from harness.statistics.series import Series

_ALL_ORDERS_UP_TO = 7
"""5,040 orders: at seven runs the smallest p-value is 1/21, too near to 0.05 to be drawn at random."""
_DRAWN, _DRAWN_OF_MANY, _MANY = 4999, 1999, 60
"""A p-value of 0.05 is off by 0.003; by 0.005 of more than 60 runs, where no p-value is that large by need."""
_SEED = 20261128
_SAME = 1e-9
"""Sums of the same values in another order differ in the last digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A series of the family. `floor` is added to its spread, so that a tiny spread makes no giant of a tiny step.

    Source of the added constant: Tusher, Tibshirani and Chu (2001), "Significance analysis of microarrays".
    """

    values: Series
    floor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTest:
    """A series' largest step upwards and downwards: the index of the first run after it, and its p-value.

    Each p-value holds for all series of the family together, upward and downward apart.
    """

    up_at: int
    up_p: float
    down_at: int
    down_p: float


def joint_step_tests(rows: Sequence[Row], *, earliest: int, latest: int) -> tuple[StepTest, ...]:
    """Test all rows together for a step between `earliest` and `latest`.

    The statistic is the two-sample t, its spread with the row's floor added, at its largest over all places.

    Args:
        rows: each of shape (n,), in time order: the same n runs in each.
        earliest: the first index at which the level after a step may begin, at least 1.
        latest: the last such index, below n.

    Returns:
        One test a row, in order.

    Raises:
        MeasurementError: if the rows differ in length, or no place is left for a step.
    """
    if not rows:
        return ()
    n = rows[0].values.size
    if any(row.values.size != n for row in rows):
        raise MeasurementError("The series of a family have different runs: test them as families of their own.")
    if not 1 <= earliest <= latest < n:
        raise MeasurementError(f"No step of {n} runs lies between {earliest} and {latest}: more runs are needed.")
    orders = _orders(n)
    found = [_largest_steps(row, np.arange(n)[None, :], earliest, latest) for row in rows]
    most_up = np.full(len(orders), -np.inf)
    most_down = np.full(len(orders), -np.inf)
    for row in rows:
        up, _, down, _ = _largest_steps(row, orders, earliest, latest)
        np.maximum(most_up, up, out=most_up)
        np.maximum(most_down, down, out=most_down)
    return tuple(
        StepTest(
            up_at=int(up_at[0]), up_p=_p(most_up, up[0], n), down_at=int(down_at[0]), down_p=_p(most_down, down[0], n)
        )
        for up, up_at, down, down_at in found
    )


def least_p(before: int, after: int) -> float:
    """The smallest p-value that a step can have with so many runs before and after it, at that place alone."""
    return factorial(before) * factorial(after) / factorial(before + after)


def _p(largest: Series, observed: float, n: int) -> float:
    """The share of orders with a step as large; the order that happened counts as one of those drawn."""
    as_large = int((largest >= observed - _SAME * max(1.0, abs(observed))).sum())
    if n <= _ALL_ORDERS_UP_TO:
        return as_large / largest.size
    return (1 + as_large) / (1 + largest.size)


def _largest_steps(
    row: Row, orders: npt.NDArray[np.intp], earliest: int, latest: int
) -> tuple[Series, npt.NDArray[np.intp], Series, npt.NDArray[np.intp]]:
    """In each order: the largest t upwards, where it is, the largest downwards, and where."""
    values = row.values - row.values.mean()
    n = values.size
    places = np.arange(earliest, latest + 1)
    weight = n / (places * (n - places))
    before = np.cumsum(values[orders], axis=1)[:, earliest - 1 : latest]
    between = before * np.sqrt(weight)
    within = np.maximum(float(values @ values) - between**2, 0.0) / max(1, n - 2)
    spread = np.sqrt(within) + row.floor
    t = np.divide(-between, spread, out=np.zeros_like(between), where=spread > 0.0)
    up, down = t.argmax(axis=1), t.argmin(axis=1)
    each = np.arange(len(orders))
    return t[each, up], up + earliest, -t[each, down], down + earliest


@lru_cache(maxsize=8)
def _orders(n: int) -> npt.NDArray[np.intp]:
    """Every order of n runs, or many drawn at random, from a fixed seed: the same history, the same answer."""
    if n <= _ALL_ORDERS_UP_TO:
        return np.array(list(itertools.permutations(range(n))), dtype=np.intp)
    draws = np.tile(np.arange(n, dtype=np.intp), (_DRAWN if n <= _MANY else _DRAWN_OF_MANY, 1))
    return np.random.default_rng(_SEED).permuted(draws, axis=1)
