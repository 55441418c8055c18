"""The latency floor: small batches do not scale with throughput.

A T4 answers one ResNet-50 request in 1.086 ms and an A100 in 0.507 ms, while their throughputs are 6.2 apart. So what
every call costs beyond its share of a large batch has a ratio of its own: the ratio of throughputs to a power.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache

from scipy.special import stdtrit

from pricing.transfer.bands import FEWEST_PAIRS
from pricing.transfer.ground import Ground
from pricing.vocabulary import BatchCurve, Precision, Range

_PRIOR = Range(low=0.0, point=0.5, high=1.0)
"""At 0 a call costs the same on every card, as launches do; at 1 it scales whole, as arithmetic does."""
_WHOLE = Range(low=0.5, point=1.0, high=1.0)
"""Of a curve that does not tell apart what a call costs and what its samples cost: it may be arithmetic."""
_COVERED = 0.90


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """To which power of the throughput ratio the fixed time of a call scales.

    Attributes:
        power: Low to high, inside 0 to 1.
        pairs: Pairs that it could be fitted to.
        is_fitted: Whether it is; otherwise a stated prior.
    """

    power: Range
    pairs: float
    is_fitted: bool

    @property
    def words(self) -> str:
        """For people."""
        point = self.power.point or 0.0
        told = f"fixed time of a call: throughput ratio to the power {point:.2f} ({self.power.low:.2f} to "
        told += f"{self.power.high:.2f})"
        if self.is_fitted:
            return f"{told}, fitted to {self.pairs:.0f} pairs of single requests"
        return f"{told}, the stated prior: {self.pairs:.0f} pairs of single requests, fewer than {FEWEST_PAIRS}"


@lru_cache(maxsize=256)
def floor(ground: Ground, precision: Precision, *, without: frozenset[str] = frozenset()) -> Floor:
    """Fitted to single requests of models on two cards each, one vote a family; a prior with fewer than ten pairs."""
    across: dict[str, list[tuple[float, float]]] = defaultdict(list)
    units: set[tuple[str, frozenset[str]]] = set()
    for here, there in ground.pairs(precision, without=without):
        if here.fixed_s is not None and there.fixed_s is not None and here.per_s > there.per_s:
            slower = math.log(here.per_s / there.per_s)
            across[here.family].append((slower, math.log(there.fixed_s / here.fixed_s)))
            units.add((here.family, frozenset({here.target_id, there.target_id})))
    if len(units) < FEWEST_PAIRS:
        return Floor(power=_PRIOR, pairs=len(units), is_fitted=False)
    powers = [math.fsum(x * y for x, y in found) / math.fsum(x * x for x, _ in found) for found in across.values()]
    count = len(powers)
    mean = math.fsum(powers) / count
    spread = math.sqrt(math.fsum((one - mean) ** 2 for one in powers) / max(1, count - 1) * (1.0 + 1.0 / count))
    half = float(stdtrit(max(1, count - 1), (1.0 + _COVERED) / 2.0)) * spread
    point = min(1.0, max(0.0, mean))
    power = Range(low=max(0.0, point - half), point=point, high=min(1.0, point + half))
    return Floor(power=power, pairs=len(units), is_fitted=True)


def power_of(curve: BatchCurve, found: Floor) -> Range:
    """The power that holds for a curve: of one that only covers single requests all may scale."""
    return _WHOLE if curve.max_batch == 1 or curve.per_sample_s == 0.0 else found.power


def curve_there(curve: BatchCurve, ratio: float, power: float) -> BatchCurve:
    """The curve on a card with that throughput ratio: fixed time to the power, what samples add as the ratio says."""
    return replace(curve, fixed_s=curve.fixed_s * ratio**-power, per_sample_s=curve.per_sample_s / ratio)


def ends_of(power: Range, ratio: float) -> tuple[float, float]:
    """The power that makes fixed times longest on a card with that throughput ratio, and the one that makes them short.

    On a slower card a call is slowest where all of it scales; on a faster one where none of it does.
    """
    return (power.high, power.low) if ratio < 1.0 else (power.low, power.high)
