"""How often 90 % bands hold what they had no part in: every published pair, judged by a band that never saw it."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pricing.transfer.bands import Band, Miss, Way, band, misses
from pricing.transfer.floors import curve_there, ends_of, floor, power_of
from pricing.transfer.ground import Ground, Pair
from pricing.vocabulary import BatchCurve, Precision

_Z = 1.959964  # a two-sided interval of 95 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One held-out pair, and the band that judges it: fitted without its family, and without what else is held out."""

    miss: Miss
    band: Band

    @property
    def is_inside(self) -> bool:
        """Whether the published figure lies inside the band around the predicted one."""
        return abs(self.miss.log) <= math.log(self.band.factor)

    @property
    def predicted_per_s(self) -> float:
        """On the destination, from what was published on the source."""
        return self.miss.pair[0].per_s * math.exp(self.miss.predicted_log)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The share of held-out pairs inside their bands.

    Attributes:
        inside: By weight: the models of a family on the same two cards count as one pair.
        pairs: Likewise.
        contrasts: How many of the pairs are independent: of a model on k cards k − 1.
    """

    inside: float
    pairs: float
    contrasts: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.inside / self.pairs

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of 95 %, as if there were as many pairs as independent ones: no narrower than is honest."""
        n = min(self.pairs, float(self.contrasts))
        middle = (self.share + _Z**2 / (2.0 * n)) / (1.0 + _Z**2 / n)
        half = _Z / (1.0 + _Z**2 / n) * math.sqrt(self.share * (1.0 - self.share) / n + _Z**2 / (4.0 * n**2))
        return middle - half, middle + half


def judged(ground: Ground, way: Way) -> tuple[Judged, ...]:
    """Every pair that can be held out, by a band that has seen neither its family nor a card that is held out."""
    found = [one for precision in Precision for one in misses(ground, way, precision)]
    return tuple(Judged(miss=one, band=_band_without(ground, one)) for one in found)


def _band_without(ground: Ground, one: Miss) -> Band:
    here, there = one.pair
    unseen: tuple[str, ...] = ()
    if one.way.is_pooled:
        unseen = (here.target_id, there.target_id) if one.held_card is None else (one.held_card,)
    return band(ground, one.way, here.precision, without={here.family}, unseen=unseen)


def coverage(found: Iterable[Judged]) -> Coverage:
    """Over some pairs."""
    every = tuple(found)
    return Coverage(
        inside=math.fsum(one.miss.weight for one in every if one.is_inside),
        pairs=math.fsum(one.miss.weight for one in every),
        contrasts=_contrasts(every),
    )


def _contrasts(found: Sequence[Judged]) -> int:
    """Of each family in each precision one less than the cards it was seen on: other ratios follow from those."""
    cards: dict[tuple[str, Precision], set[str]] = {}
    for one in found:
        here, there = one.miss.pair
        cards.setdefault((here.family, here.precision), set()).update((here.target_id, there.target_id))
    return sum(len(one) - 1 for one in cards.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFloor:
    """One request alone on the slower card of a pair: reckoned from the faster one, and as it was published."""

    pair: Pair
    low_s: float
    high_s: float

    @property
    def is_inside(self) -> bool:
        """Whether the published time lies between."""
        return self.low_s <= (self.pair[1].single_s or 0.0) <= self.high_s


def judged_floors(ground: Ground) -> Iterator[JudgedFloor]:
    """Single requests, their throughput ratio known: what the latency floor says of a model that it was fitted without.

    It says so only of models that are at least half again as fast on one card: of the others there is nothing to scale.
    """
    for precision in Precision:
        for here, there in ground.pairs(precision):
            if here.fixed_s is None or there.fixed_s is None or here.per_s < 1.5 * there.per_s:
                continue
            curve = BatchCurve(fixed_s=here.fixed_s, per_sample_s=1.0 / here.per_s, max_batch=2)
            power = power_of(curve, floor(ground, precision, without=frozenset({here.family})))
            ratio = there.per_s / here.per_s
            high_s, low_s = (curve_there(curve, ratio, one).seconds(1) for one in ends_of(power, ratio))
            yield JudgedFloor(pair=(here, there), low_s=low_s, high_s=high_s)
