"""When to look, what to conclude, when to stop.

Looking often and stopping at the first significance finds differences that are not there. The
looks are planned, double in size, and share the error: each uses the interval whose confidence
makes the whole sequence err in 5 % of cases.
"""

import math
from dataclasses import dataclass

from harness.errors import MeasurementError
from harness.statistics.distributions import normal_above
from harness.vocabulary import RatioInterval, Speed

LEAST_PAIRS_TO_DECIDE = 12

BOUNDARIES = (1.959964, 2.178272, 2.311769, 2.408501, 2.484218, 2.546252, 2.598661, 2.643935)
"""For 1 to 8 looks, each at twice the information of the last: the c with P(max |Zₖ| > c) = 0.05.

Pocock's (1977) constant boundary, with his equal steps replaced by doubling ones. The Zₖ then form
a stationary AR(1) chain with correlation √½; the crossing probability was integrated along it
(Armitage, McPherson and Rowe, 1969) and solved for c to 1e-9."""

_GROWTH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LookSchedule:
    """Planned looks at `first` pairs, then at twice as many each time: 12, 24 … 384.

    A budget that ends between two looks may have its last look early, in place of the ones it
    will not reach: looks closer together are more correlated, so the error only falls. Simulated
    over six looks, independent pairs of equal arms yield a difference in 4.3 % of cases, and AR(1)
    pairs with a correlation of 0.3 in 7.7 %.
    """

    first: int = 12
    looks: int = 6

    def __post_init__(self) -> None:
        """Refuse a schedule for which no boundary is known."""
        if self.first < LEAST_PAIRS_TO_DECIDE:
            raise MeasurementError(f"A first look at {self.first} pairs decides nothing: use {LEAST_PAIRS_TO_DECIDE}.")
        if not 1 <= self.looks <= len(BOUNDARIES):
            raise MeasurementError(f"{self.looks} looks are not planned for: use 1 to {len(BOUNDARIES)}.")

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of pairs at which to look, smallest first."""
        return tuple(self.first * _GROWTH**look for look in range(self.looks))

    @property
    def per_look_confidence(self) -> float:
        """Two-sided confidence of the interval at every look, for 5 % error over all of them."""
        return 1.0 - 2.0 * normal_above(BOUNDARIES[self.looks - 1])

    def is_look(self, pairs: int) -> bool:
        """Whether a look is planned at exactly so many pairs."""
        return pairs in self.sizes


def decide(interval: RatioInterval | None, *, pairs: int, equivalence: float) -> Speed:
    """What the interval says of the candidate's speed.

    EQUIVALENT where the whole interval lies within a factor 1 + equivalence of 1, either way:
    the two one-sided tests of Schuirmann (1987). It comes first: a proven difference that nobody
    cares about is equivalence. FASTER or SLOWER where the interval excludes 1.

    Args:
        interval: of the speed-up, above 1 is faster; `None` decides nothing.
        pairs: pairs measured so far; fewer than 12 decide nothing.
        equivalence: relative change below which speeds count as equal, 0.02 for 2 %.

    Raises:
        MeasurementError: if the equivalence is below zero.
    """
    if not 0.0 <= equivalence < math.inf:
        raise MeasurementError(f"Equivalence within {equivalence} cannot be meant: pass 0.02 for 2 %.")
    if interval is None or pairs < LEAST_PAIRS_TO_DECIDE:
        return Speed.INCONCLUSIVE
    if interval.upper <= 1.0 + equivalence and interval.lower >= 1.0 / (1.0 + equivalence):
        return Speed.EQUIVALENT
    if interval.lower > 1.0:
        return Speed.FASTER
    if interval.upper < 1.0:
        return Speed.SLOWER
    return Speed.INCONCLUSIVE


def is_settled(interval: RatioInterval | None, *, pairs: int, target_half_width: float, equivalence: float) -> bool:
    """Whether measuring may stop: a decision stands and its interval is narrow enough.

    Args:
        interval: as for `decide`.
        pairs: as for `decide`.
        target_half_width: relative, 0.01 for ±1 %, against `RatioInterval.half_width`.
        equivalence: as for `decide`.

    Raises:
        MeasurementError: if the target is not above zero, or the equivalence below it.
    """
    if not target_half_width > 0.0:
        raise MeasurementError(f"A half-width of {target_half_width} is never reached: pass 0.01 for ±1 %.")
    decision = decide(interval, pairs=pairs, equivalence=equivalence)
    return interval is not None and decision is not Speed.INCONCLUSIVE and interval.half_width <= target_half_width
