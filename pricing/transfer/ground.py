"""Everything that ratios between cards are reckoned from: what was published and measured, and the data sheets."""

import itertools
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache

from pricing.published import PublishedRow, published_rows
from pricing.targets import Targets, shipped_targets
from pricing.transfer.derates import fit_derates, prior_log, sheet_log
from pricing.transfer.observations import Observation, observations
from pricing.vocabulary import Precision, ServiceRate

Pair = tuple[Observation, Observation]


class Ground:
    """Ratios between two cards, each reckoned once. A ratio is of throughputs: destination over source.

    Args:
        rows: What was published.
        targets: The data sheets.
        measured: Rates of other models that were measured.
    """

    def __init__(self, rows: Sequence[PublishedRow], targets: Targets, measured: Iterable[ServiceRate] = ()) -> None:
        self.targets = targets
        self.seen = tuple(one for one in observations(rows, measured) if targets.get(one.target_id) is not None)
        self._sheets: dict[Precision, dict[str, float]] = {
            precision: {one.target_id: log for one in targets.all if (log := sheet_log(one, precision)) is not None}
            for precision in Precision
        }
        self._derates: dict[tuple[Precision, frozenset[str], frozenset[str]], dict[str, float]] = {}

    def of(self, precision: Precision, *, without: Collection[str] = ()) -> tuple[Observation, ...]:
        """What was seen in a precision, without some families."""
        return tuple(one for one in self.seen if one.precision is precision and one.family not in without)

    def pairs(self, precision: Precision, *, without: Collection[str] = ()) -> Iterator[Pair]:
        """Every two cards on which one model was seen, the faster one first."""
        by_model: dict[str, list[Observation]] = defaultdict(list)
        for one in self.of(precision, without=without):
            by_model[one.model].append(one)
        for seen in by_model.values():
            ordered = sorted(seen, key=lambda one: (-one.per_s, one.target_id))
            yield from itertools.combinations(ordered, 2)

    def shared(self, precision: Precision, source: str, destination: str) -> tuple[Pair, ...]:
        """Of each model that was seen on both cards, its figure on the source and on the destination."""
        there = {one.model: one for one in self.of(precision) if one.target_id == destination}
        return tuple(
            (one, there[one.model]) for one in self.of(precision) if one.target_id == source and one.model in there
        )

    def shared_log(
        self, precision: Precision, source: str, destination: str, *, without: Collection[str] = ()
    ) -> float | None:
        """Level 2: the geometric mean of the ratios of shared models, one vote a family; None where there is none."""
        votes: dict[str, list[float]] = defaultdict(list)
        for here, there in self.shared(precision, source, destination):
            if here.family not in without:
                votes[here.family].append(math.log(there.per_s / here.per_s))
        means = [math.fsum(logs) / len(logs) for logs in votes.values()]
        return math.fsum(means) / len(means) if means else None

    def is_seen(self, precision: Precision, target_id: str) -> bool:
        """Whether a card's derate can be fitted: a model was seen on it and on another card."""
        models = {one.model for one in self.of(precision) if one.target_id == target_id}
        return any(one.model in models and one.target_id != target_id for one in self.of(precision))

    def derates(
        self, precision: Precision, *, without: Collection[str] = (), without_cards: Collection[str] = ()
    ) -> dict[str, float]:
        """The logarithms of the derates of all cards seen in a precision."""
        key = precision, frozenset(without), frozenset(without_cards)
        if key not in self._derates:
            seen = self.of(precision, without=without)
            self._derates[key] = fit_derates(seen, self._sheets[precision], without_cards=without_cards)
        return self._derates[key]

    def sheet_ratio_log(
        self,
        precision: Precision,
        source: str,
        destination: str,
        *,
        without: Collection[str] = (),
        unknown: Collection[str] = (),
    ) -> float | None:
        """Level 3: by data sheets and derates; None where a peak or bandwidth is not known.

        Args:
            precision: What the arithmetic runs in.
            source: A card.
            destination: Another.
            without: Families whose figures are left out.
            unknown: Cards of which no figure is looked at, nor a prior: their derate is 1.
        """
        sheets = self._sheets[precision]
        if source not in sheets or destination not in sheets:
            return None
        derates = self.derates(precision, without=without, without_cards=unknown)

        def derate(card: str) -> float:
            return 0.0 if card in unknown else derates.get(card, prior_log(card))

        return sheets[destination] + derate(destination) - sheets[source] - derate(source)


@cache
def shipped_ground() -> Ground:
    """Of the table and the data sheets that come with the package."""
    return Ground(published_rows(), shipped_targets())
