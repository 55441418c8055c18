"""Which rate of arrivals to try next, and what the levels tried say together. Pure: levels in, a rate out.

Exponential steps from a first guess until a rate holds and another misses; then bisection in the logarithm of the
rate. Levels close to the limit decide nothing, but lean to a side: they lead the search and are no bounds.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.vocabulary import LevelOutcome, ServerLevel, ServerRate, ServerRatio, ServerRules

FIRST_GUESS = 0.7
"""Of the capacity: limits of 5 to 10 service times at p99 are reached at 0.6 to 0.8 of it (M/D/1)."""
_STEP_UP = 1.3
_STEP_DOWN = 0.6
_MOST_OF_CAPACITY = 3.0  # no open loop holds so much for long; who gets there has a capacity that was mismeasured
_FAR = 30.0  # times the allowed share: further off, the logarithm of the share is no line
_LEAST_REQUESTS = 100  # of a level, below which a rate is not tried: it proves nothing
_BACKLOG_BINDS = "the backlog: at the lowest rate that misses, more arrives than can be served"
_LATENCY_BINDS = "the latency of requests that queue"
_ALONE_BINDS = "the latency of a request alone"
_NOTHING_BINDS = "nothing that was seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """Proven bounds of the SLO rate, and every rate tried with the side to which it leans."""

    held: float
    missed: float
    rates: tuple[float, ...]
    lean: dict[float, bool]

    @property
    def crossing(self) -> tuple[float, float]:
        """The lowest rate above what held that leans to missing, and the rate below it that leans to holding."""
        above = min((rate for rate in self.rates if rate > self.held and not self.lean[rate]), default=math.inf)
        return max((rate for rate in self.rates if self.lean[rate] and rate < above), default=0.0), above

    @property
    def gap_above_held(self) -> tuple[float, float]:
        """From the highest rate proven to hold to the next one tried."""
        return self.held, min((rate for rate in self.rates if rate > self.held), default=math.inf)

    @property
    def gap_below_missed(self) -> tuple[float, float]:
        """From the last one tried to the lowest rate proven to miss."""
        return max((rate for rate in self.rates if rate < self.missed), default=0.0), self.missed


def counted(levels: Iterable[ServerLevel]) -> list[ServerLevel]:
    """The levels that are judged by: one under foreign load only where its repetition was so, too."""
    kept: list[ServerLevel] = []
    ordered = sorted(levels, key=lambda level: level.index)
    for level, following in itertools.zip_longest(ordered, ordered[1:]):
        is_repeated = following is not None and following.rate_per_s == level.rate_per_s
        if not (level.is_contaminated and is_repeated):
            kept.append(level)
    return kept


def wants_repetition(levels: Sequence[ServerLevel]) -> bool:
    """Whether the last level was under foreign load and has not been repeated."""
    if not levels or not levels[-1].is_contaminated:
        return False
    return len(levels) < 2 or levels[-2].rate_per_s != levels[-1].rate_per_s  # noqa: PLR2004 - the one before


def bracket_of(levels: Sequence[ServerLevel], rules: ServerRules) -> Bracket:
    """Bounds that do not contradict one another: where they do, the lower rate counts."""
    judged = counted(levels)
    missed = min((one.rate_per_s for one in judged if one.outcome is LevelOutcome.MISSES), default=math.inf)
    held = [one.rate_per_s for one in judged if one.outcome is LevelOutcome.HOLDS and one.rate_per_s < missed]
    lean = {one.rate_per_s: _leans_to_hold(one, rules) for one in judged}
    return Bracket(held=max(held, default=0.0), missed=missed, rates=tuple(sorted(lean)), lean=lean)


def next_rate(levels: Sequence[ServerLevel], rules: ServerRules, *, capacity_per_s: float) -> float | None:
    """The rate of the next level; `None` where enough is known, or no further rate can be tried.

    Args:
        levels: of one arm, in the order measured.
        rules: the promise and the width aimed at.
        capacity_per_s: what the arm served of a crowd.
    """
    if wants_repetition(levels):
        return levels[-1].rate_per_s
    if not levels:
        return FIRST_GUESS * capacity_per_s
    found = bracket_of(levels, rules)
    for low, high in (found.crossing, found.gap_above_held, found.gap_below_missed):
        if not low:
            return _lower(found.rates[0], rules)
        if math.isinf(high):
            return _higher(found.rates[-1], capacity_per_s)
        if high / low > 1.0 + rules.target_width:
            return math.sqrt(low * high)
    return None


def why_ended(levels: Sequence[ServerLevel], rules: ServerRules) -> str:
    """Why `next_rate` knows none."""
    found = bracket_of(levels, rules)
    if not found.held:
        return (
            f"no rate was proven to hold, down to {found.rates[0]:.3g} a second: at fewer, a level of "
            f"{rules.level_s:g} s proves nothing"
        )
    if math.isinf(found.missed):
        return f"no rate was proven to miss, up to {found.rates[-1]:.4g} a second"
    if found.missed / found.held <= 1.0 + rules.target_width:
        return f"the rates that hold and miss are within {100 * rules.target_width:g} %"
    return f"rates were tried every {100 * rules.target_width:g} %; between the bounds, levels are too short to tell"


def conclude(
    arm: str, levels: Sequence[ServerLevel], rules: ServerRules, *, ended: str, is_slow_alone: bool = False
) -> ServerRate:
    """What the search has found.

    Args:
        arm: its name.
        levels: of this arm, in the order measured.
        rules: under which they were measured.
        ended: why the search ended.
        is_slow_alone: whether requests miss the limit where nobody else is there.
    """
    judged = counted(levels)
    found = bracket_of(levels, rules)
    below, above = found.crossing
    point = crossing_rate(judged, rules, found) if below and not math.isinf(above) else None
    lowest = [one for one in judged if one.rate_per_s == found.missed]
    contradiction = any(one.outcome is LevelOutcome.HOLDS and one.rate_per_s >= found.missed for one in judged)
    reasons = [ended, "a higher rate held than one that missed: the machine changed" if contradiction else ""]
    flagged = any(one.is_contaminated for one in judged)
    reasons.append("a level was under foreign load, and so was its repetition" if flagged else "")
    binds = _LATENCY_BINDS if lowest else _NOTHING_BINDS
    if is_slow_alone:
        binds = _ALONE_BINDS
    elif any(one.backlog_growth_per_s > 0.0 for one in lowest):
        binds = _BACKLOG_BINDS
    return ServerRate(
        arm=arm,
        slo=rules.slo,
        held_rate_per_s=found.held,
        missed_rate_per_s=None if math.isinf(found.missed) else found.missed,
        point_per_s=0.0 if is_slow_alone else point,
        binds=binds,
        reason="; ".join(one for one in reasons if one),
        levels=len(levels),
        is_contaminated=flagged,
    )


def crossing_rate(levels: Sequence[ServerLevel], rules: ServerRules, found: Bracket) -> float:
    """Where the share of late requests passes what is allowed, within the proven bounds.

    A line through log shares over log rates of the levels around the crossing, each weighed by the late requests it
    is worth; the middle of the crossing where there is no such line.
    """
    below, above = found.crossing
    allowed = rules.slo.allowed_share
    near = [one for one in levels if allowed / _FAR <= one.exceedance_share <= min(1.0, allowed * _FAR)]
    middle = math.sqrt(below * above)
    if len({one.rate_per_s for one in near}) < 2:  # noqa: PLR2004 - a line takes two points
        return middle
    x = np.log([one.rate_per_s for one in near])
    y = np.log([one.exceedance_share / allowed for one in near])
    weights = np.array([one.exceedance_share * one.quantile.effective_samples for one in near])
    x_mean, y_mean = np.average(x, weights=weights), np.average(y, weights=weights)
    rise = float(weights @ ((x - x_mean) * (y - y_mean)))
    if rise <= 0.0:
        return middle
    slope = rise / float(weights @ (x - x_mean) ** 2)
    return min(max(math.exp(float(x_mean) - float(y_mean) / slope), found.held), found.missed)


def ratio_of_rates(candidate: ServerRate, baseline: ServerRate) -> ServerRatio:
    """The candidate's SLO rate over the baseline's, bounded by what each was proven to hold and to miss."""
    reasons = []
    if candidate.slo != baseline.slo:
        return _ratio(
            candidate, baseline, reason=f"they promise different things: {candidate.slo.label} and {baseline.slo.label}"
        )
    lower = upper = point = None
    if candidate.held_rate_per_s and baseline.missed_rate_per_s:
        lower = candidate.held_rate_per_s / baseline.missed_rate_per_s
    else:
        reasons.append("no lower bound: the candidate held nothing, or the baseline was not seen to miss")
    if candidate.missed_rate_per_s and baseline.held_rate_per_s:
        upper = candidate.missed_rate_per_s / baseline.held_rate_per_s
    else:
        reasons.append("no upper bound: the baseline held nothing, or the candidate was not seen to miss")
    if candidate.point_per_s and baseline.point_per_s:
        point = candidate.point_per_s / baseline.point_per_s
    return _ratio(candidate, baseline, point=point, lower=lower, upper=upper, reason="; ".join(reasons) or None)


def _ratio(
    candidate: ServerRate,
    baseline: ServerRate,
    *,
    reason: str | None,
    point: float | None = None,
    lower: float | None = None,
    upper: float | None = None,
) -> ServerRatio:
    return ServerRatio(
        candidate=candidate.arm, baseline=baseline.arm, point=point, lower=lower, upper=upper, reason=reason
    )


def _leans_to_hold(level: ServerLevel, rules: ServerRules) -> bool:
    if level.outcome is not LevelOutcome.UNDECIDED:
        return level.outcome is LevelOutcome.HOLDS
    return level.exceedance_share <= rules.slo.allowed_share


def _lower(rate: float, rules: ServerRules) -> float | None:
    lower = rate * _STEP_DOWN
    return lower if lower * rules.level_s >= _LEAST_REQUESTS else None


def _higher(rate: float, capacity_per_s: float) -> float | None:
    higher = rate * _STEP_UP
    return higher if higher <= _MOST_OF_CAPACITY * capacity_per_s else None
