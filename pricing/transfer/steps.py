"""The step from one card to another: the best level that there are figures for, its ratio, its band, and its rows."""

import math
from dataclasses import dataclass

from pricing.errors import EvidenceError
from pricing.transfer.bands import Band, Way, band
from pricing.transfer.derates import prior_log
from pricing.transfer.ground import Ground
from pricing.vocabulary import Precision, Range, Target

_GIGA, _TERA = 1e9, 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A ratio of throughputs, destination over source.

    Attributes:
        ratio: The likely one.
        way: How it was reckoned, and so its level.
        band: 90 %, ×/÷.
        rows: The figures that it was reckoned from, for people.
        why: Why no better level was there; empty at level 2.
        share: The factor ×/÷ by which cards differ in what a promise leaves of their throughput; 1 where a batch curve
            tells that.
    """

    ratio: float
    way: Way
    band: Band
    rows: tuple[str, ...]
    why: str
    share: float = 1.0

    @property
    def level(self) -> int:
        """2 or 3."""
        return self.way.level

    @property
    def range(self) -> Range:
        """Inside its band."""
        return Range(low=self.ratio / self.factor, point=self.ratio, high=self.ratio * self.factor)

    @property
    def factor(self) -> float:
        """The 90 % band of a rate inside a promise, ×/÷: both uncertainties in quadrature."""
        return math.exp(math.hypot(math.log(self.band.factor), math.log(self.share)))

    @property
    def words(self) -> str:
        """Way, reason and band."""
        why = f", as {self.why}" if self.why else ""
        if self.share <= 1.0:
            return f"{self.way}{why}; {self.band.words}"
        return (
            f"{self.way}{why}; of throughput {self.band.words}; what a promise leaves differs by card, ×/÷ "
            f"{self.share:.2f}, the stated prior: fewer than ten shares are published"
        )


def way_to(ground: Ground, precision: Precision, source: str, destination: str) -> Way:
    """The best way from one card to another that there are figures for."""
    if ground.shared(precision, source, destination):
        return Way.SHARED
    new = sum(not ground.is_seen(precision, card) for card in (source, destination))
    return (Way.SHEET, Way.ONE_NEW, Way.BOTH_NEW)[new]


def step_to(ground: Ground, precision: Precision, source: str, destination: str, *, share: float = 1.0) -> Step:
    """The step by the best level.

    Args:
        ground: What ratios are reckoned from.
        precision: What the arithmetic runs in.
        source: A card.
        destination: Another.
        share: See `Step`.

    Raises:
        EvidenceError: if a data sheet states no peak or no bandwidth.
    """
    way = way_to(ground, precision, source, destination)
    if way is Way.SHARED:
        log = ground.shared_log(precision, source, destination)
        rows = tuple(one.words for pair in ground.shared(precision, source, destination) for one in pair)
        why = ""
    else:
        log = ground.sheet_ratio_log(precision, source, destination)
        cards = [ground.targets.find(card) for card in (source, destination)]
        rows = tuple(words for card in cards for words in _sheet_words(ground, card, precision))
        why = f"no other model is published for both cards in {precision}"
    if log is None:
        raise EvidenceError(f"no data sheet sets {destination} against {source} in {precision.upper()}: measure it")
    return Step(ratio=math.exp(log), way=way, band=band(ground, way, precision), rows=rows, why=why, share=share)


def distance(source: Target, destination: Target, precision: Precision) -> float:
    """How far apart two data sheets are: the logarithms of their ratios of peak and bandwidth, added."""
    ours, theirs = source.peaks_per_s.get(precision), destination.peaks_per_s.get(precision)
    here, there = source.bandwidth_bytes_per_s, destination.bandwidth_bytes_per_s
    if ours is None or theirs is None or here is None or there is None:
        return math.inf
    return abs(math.log(ours / theirs)) + abs(math.log(here / there))


def _sheet_words(ground: Ground, card: Target, precision: Precision) -> tuple[str, ...]:
    peak, bandwidth = card.peaks_per_s.get(precision), card.bandwidth_bytes_per_s
    if peak is None or bandwidth is None:
        return ()
    sheet = f"data sheet of {card.target_id}: {peak / _TERA:g}e12 {precision} operations/s, {bandwidth / _GIGA:g} GB/s"
    fitted = ground.derates(precision).get(card.target_id)
    if not ground.is_seen(precision, card.target_id) or fitted is None:
        prior = math.exp(prior_log(card.target_id))
        return sheet, f"derate of {card.target_id} in {precision}: {prior:.2f}, the prior: nothing of it is published"
    models = len({one.family for one in ground.of(precision) if one.target_id == card.target_id})
    return sheet, f"derate of {card.target_id} in {precision}: {math.exp(fitted):.2f}, fitted to {models} models"
