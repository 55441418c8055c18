"""The integer programme: instances of each choice in each hour, at least cost. Solved by HiGHS through scipy.

Minimise dollars a day, over whole instances n per zone of each choice and level of the load, so that at every level

    (zones − 1) · Σ n · capacity − plus · (capacity of the largest instance that runs) ≥ load,

and at least one instance is left. Commitments run, and are paid, at all levels. One binary variable a choice (and
level, where instances are stopped) says whether any of it runs; their sum is limited. Spares are of the largest kind.

The loss counted for several failing instances is that many of the largest: for one failing instance, and for fleets of
one kind, exactly the worst; else never too little.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from pricing.optimising.model import HOURS, Choice, MixLine, Task

MOST_NODES = 20_000
"""Where the search ends without proof. A number of nodes, not of seconds: the answer must be the same tomorrow."""
_SCALE = 1e5  # of the largest load: the solver's absolute tolerance of 1e-7 is then 1e-12 of it
_ROUNDING = 1e-12
_SOLVED, _STOPPED, _INFEASIBLE = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """What the solver found.

    Attributes:
        lines: The mix; none: no mix is cheaper than the limit, or the search ended before one was found.
        gap: How far the optimum may be below it, or below the limit, as a share; 0: proven.
    """

    lines: tuple[MixLine, ...]
    gap: float


@dataclass(slots=True)
class _Rows:
    """A programme while it is written: variables with cost and upper limit, rows with limits."""

    costs: list[float] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)
    is_whole: list[int] = field(default_factory=list)
    entries: list[tuple[int, int, float]] = field(default_factory=list)
    lows: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)

    def variable(self, cost: float, limit: float, *, is_whole: bool = True) -> int:
        self.costs.append(cost)
        self.limits.append(limit)
        self.is_whole.append(int(is_whole))
        return len(self.costs) - 1

    def row(self, terms: dict[int, float], *, low: float = -np.inf, high: float = np.inf) -> None:
        self.entries.extend((len(self.lows), variable, factor) for variable, factor in terms.items())
        self.lows.append(low)
        self.highs.append(high)

    def matrix(self) -> sparse.csr_array:
        rows, columns, factors = zip(*self.entries, strict=True)
        return sparse.csr_array((factors, (rows, columns)), shape=(len(self.lows), len(self.costs)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """Which variable is which: by choice and level the count, by choice the use and the spares."""

    counts: dict[tuple[int, int], int]
    used: tuple[int, ...]
    spares: tuple[int, ...]


def solve(
    choices: Sequence[Choice], task: Task, *, below: float, including: Sequence[int] = (), tightened: float = 0.0
) -> Solved:
    """The cheapest mix of these choices, if one costs no more than `below` dollars a day.

    Args:
        choices: Of one market, at least one.
        task: What is to be carried.
        below: A cost that is known to be possible; infinite where none is.
        including: Places of choices, of which a mix must have at least one; none: any mix.
        tightened: A share by which the load is raised, where an answer was inside the solver's tolerance alone.
    """
    rows, names = _written(choices, task, 1.0 - _ROUNDING + tightened)
    if including:
        rows.row({names.used[place]: 1.0 for place in including}, low=1.0)
    if math.isfinite(below):
        rows.row({index: cost for index, cost in enumerate(rows.costs) if cost}, high=below)
    found = milp(
        np.array(rows.costs),
        integrality=np.array(rows.is_whole),
        bounds=Bounds(np.zeros(len(rows.limits)), np.array(rows.limits)),
        constraints=LinearConstraint(rows.matrix(), np.array(rows.lows), np.array(rows.highs)),
        options={"mip_rel_gap": 0.0, "node_limit": MOST_NODES},
    )
    if found.status == _INFEASIBLE:
        return Solved(lines=(), gap=0.0)
    if found.x is None:
        bound = found.mip_dual_bound
        return Solved(lines=(), gap=1.0 if bound is None else max(0.0, 1.0 - float(bound) / below))
    gap = 0.0 if found.status == _SOLVED else float(found.mip_gap or 0.0)
    return Solved(lines=_lines(choices, task, names, found.x), gap=gap)


def _written(choices: Sequence[Choice], task: Task, factor: float) -> tuple[_Rows, _Names]:
    rows = _Rows()
    scale = _SCALE / max(level.need_per_s for level in task.levels)
    used = tuple(rows.variable(0.0, 1.0) for _ in choices)
    rows.row(dict.fromkeys(used, 1.0), high=task.most_kinds)
    counts: dict[tuple[int, int], int] = {}
    runs: dict[tuple[int, int], int] = {}
    biggest = max(choice.per_s for choice in choices)
    for index, choice in enumerate(choices):
        _count(rows, choice, task, index=index, largest=biggest, used=used[index], counts=counts, runs=runs)
    capacities = [choice.per_s * scale for choice in choices]
    left, _ = task.zone_share
    plus = task.redundancy.plus
    for place, level in enumerate(task.levels):
        terms = {counts[index, place]: left * capacity for index, capacity in enumerate(capacities)}
        if plus:
            largest = _largest(rows, [runs[index, place] for index in range(len(choices))], capacities)
            terms[largest] = -plus
        rows.row(terms, low=level.need_per_s * scale * factor)
        rows.row({counts[index, place]: left for index in range(len(choices))}, low=plus + 1)
    return rows, _Names(counts=counts, used=used, spares=_spares(rows, choices, task, used, capacities))


def _count(
    rows: _Rows,
    choice: Choice,
    task: Task,
    *,
    index: int,
    largest: float,
    used: int,
    counts: dict[tuple[int, int], int],
    runs: dict[tuple[int, int], int],
) -> None:
    """Instances per zone of a choice, and whether any run. No mix has more than carry all, larger failures included."""
    left, zones = task.zone_share
    plus, day = task.redundancy.plus, choice.price * zones
    beside = max(0, plus - 1) * largest
    most = [
        math.ceil((math.ceil((level.need_per_s + beside) / choice.per_s) + 1 + plus) / left) for level in task.levels
    ]
    if choice.is_unstopped or len(task.levels) == 1:
        count = rows.variable(day * HOURS, max(most))
        rows.row({count: 1.0, used: -max(most)}, high=0.0)
        counts |= {(index, place): count for place in range(len(most))}
        runs |= {(index, place): used for place in range(len(most))}
        return
    for place, level in enumerate(task.levels):
        count = rows.variable(day * len(level.hours), most[place])
        running = rows.variable(0.0, 1.0) if plus else used
        rows.row({count: 1.0, running: -most[place]}, high=0.0)
        if plus:
            rows.row({running: 1.0, used: -1.0}, high=0.0)
        counts[index, place], runs[index, place] = count, running


def _largest(rows: _Rows, running: Sequence[int], capacities: Sequence[float]) -> int:
    """A variable that is no less than the capacity of the largest instance that runs."""
    largest = rows.variable(0.0, max(capacities), is_whole=False)
    for use, capacity in zip(running, capacities, strict=True):
        rows.row({largest: 1.0, use: -capacity}, low=0.0)
    return largest


def _spares(
    rows: _Rows, choices: Sequence[Choice], task: Task, used: Sequence[int], capacities: Sequence[float]
) -> tuple[int, ...]:
    """As many as are asked for, each as large as the largest kind of the mix, for it must stand for any."""
    asked = task.redundancy.spares
    if not asked:
        return ()
    spares = tuple(rows.variable(choice.price * HOURS, asked) for choice in choices)
    largest = _largest(rows, used, capacities)
    rows.row(dict.fromkeys(spares, 1.0), low=asked, high=asked)
    for spare, use in zip(spares, used, strict=True):
        rows.row({spare: 1.0, use: -asked}, high=0.0)
    rows.row({**dict(zip(spares, capacities, strict=True)), largest: -asked}, low=-_ROUNDING * _SCALE)
    return spares


def _lines(choices: Sequence[Choice], task: Task, names: _Names, values: NDArray[np.float64]) -> tuple[MixLine, ...]:
    _, zones = task.zone_share
    lines = []
    for index, choice in enumerate(choices):
        counts = tuple(zones * round(values[names.counts[index, place]]) for place in range(len(task.levels)))
        spares = round(values[names.spares[index]]) if names.spares else 0
        if any(counts) or spares:
            lines.append(MixLine(choice=choice, counts=counts, spares=spares))
    return tuple(lines)
