"""What was published, or measured, of one model on one card in one precision: its throughput, and one request alone.

Throughputs of one model on two cards tell how the cards compare; nothing here is a rate inside a promise.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pricing.published import PublishedRow, PublishedScenario
from pricing.vocabulary import Precision, ServiceRate

_FAMILIES = ("bert",)
"""BERT-base, BERT-large, BERT-99 and BERT-99.9 compute alike: they are near-duplicates of one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One model on one card.

    Attributes:
        model: As the source names it, with its tokens: `bert-large-128`.
        family: Models of one family count as one: they are held out together, and have one vote.
        precision: What its arithmetic ran in.
        target_id: The card.
        per_s: Samples a second, in large batches.
        single_s: One request alone; None where not published.
        words: The figure and its source, for people.
    """

    model: str
    family: str
    precision: Precision
    target_id: str
    per_s: float
    single_s: float | None
    words: str

    @property
    def fixed_s(self) -> float | None:
        """What a call costs beyond its share of a large batch; None where not known, or nothing is left."""
        left = None if self.single_s is None else self.single_s - 1.0 / self.per_s
        return left if left is not None and left > 0.0 else None


def family_of(model: str) -> str:
    """What a model is near to: `bert` of all BERTs, itself of all others."""
    return next((family for family in _FAMILIES if model.startswith(family)), model)


def observations(rows: Sequence[PublishedRow], measured: Iterable[ServiceRate] = ()) -> tuple[Observation, ...]:
    """What rows tell of each model, card and precision, and what was measured.

    Of several systems of one card the one with the fewest accelerators counts, of batches the largest: those of one
    model on one card are no independent figures. Of measured rates those with a likely value count.
    """
    grouped: dict[tuple[str, Precision, str], list[PublishedRow]] = defaultdict(list)
    for row in rows:
        name = row.benchmark if row.sequence is None else f"{row.benchmark}-{row.sequence}"
        grouped[name, row.precision, row.target_id].append(row)
    found = [_observed(name, group) for (name, _, _), group in grouped.items()]
    seen = {(one.model, one.precision, one.target_id) for one in found if one is not None}
    own = [_measured(rate) for rate in measured if rate.per_s.point is not None]
    added = [one for one in own if (one.model, one.precision, one.target_id) not in seen]
    return (*(one for one in found if one is not None), *added)


def _observed(name: str, rows: Sequence[PublishedRow]) -> Observation | None:
    offline = [row for row in rows if row.scenario is PublishedScenario.OFFLINE]
    batches = [row for row in rows if row.scenario is PublishedScenario.LATENCY and row.batch is not None]
    alone = [row.value for row in rows if row.scenario is PublishedScenario.SINGLE_STREAM]
    alone += [row.value for row in batches if row.batch == 1]
    if offline:
        best = max(offline, key=lambda row: (row.as_of, -row.accelerators))
        per_s = best.value
    elif batches:
        best = max(batches, key=lambda row: row.batch or 0)
        per_s = (best.batch or 0) / best.value
    else:
        return None
    return Observation(
        model=name,
        family=family_of(name),
        precision=best.precision,
        target_id=best.target_id,
        per_s=per_s,
        single_s=min(alone, default=None),
        words=best.words,
    )


def _measured(rate: ServiceRate) -> Observation:
    return Observation(
        model=rate.model,
        family=family_of(rate.model),
        precision=rate.precision,
        target_id=rate.replica.target_id,
        per_s=rate.per_s.point or rate.per_s.low,
        single_s=None if rate.curve is None else rate.curve.seconds(1),
        words=f"{rate.model} {rate.variant}: {rate.per_s.point:,.5g}/s on {rate.replica.target_id} "
        f"({rate.evidence.source})",
    )
