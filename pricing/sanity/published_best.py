"""The best rate that anybody published for a model on a device: what R3 and R10 hold claims against."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pricing.published import PublishedRow, PublishedScenario, published_rows
from pricing.sanity.models import CheckedModel
from pricing.vocabulary import Precision, Range


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRate:
    """Samples per second of one accelerator, as published.

    Attributes:
        benchmark: The model as the source names it.
        precision: What its arithmetic ran in.
        target_id: The device.
        accelerators: In the machine that was measured; the rate is already that of one.
        sequence: Tokens of a sample, where stated beside the figure.
        per_s: Of one accelerator.
        source: Who published it.
    """

    benchmark: str
    precision: Precision
    target_id: str
    accelerators: int
    sequence: int | None
    per_s: float
    source: str


@cache
def shipped_rates() -> tuple[PublishedRate, ...]:
    """The offline rates and, from latencies of whole batches, batch over latency."""
    return tuple(found for row in published_rows() if (found := _rate(row)) is not None)


def best_rate(
    rates: Iterable[PublishedRate],
    model: CheckedModel,
    *,
    target_id: str,
    precision: Precision,
    sequence: int | None = None,
) -> PublishedRate | None:
    """The highest rate of the model on one device; of a machine with one of them, where there is such a figure."""
    found = [
        one
        for one in rates
        if one.target_id == target_id and one.precision is precision and _is_like(one, model, sequence)
    ]
    alone = [one for one in found if one.accelerators == 1]
    return max(alone or found, key=lambda one: one.per_s, default=None)


def rate_ratios(
    rates: Iterable[PublishedRate], before: str, after: str, *, precision: Precision, model: CheckedModel | None = None
) -> Range | None:
    """Throughput of one device over another at one precision, over the models that both were published with.

    Args:
        rates: What is published.
        before: The target whose rate is divided.
        after: The target that it is divided by.
        precision: Of both.
        model: Only this one; None for all.
    """
    names = {name for name, _ in model.benchmarks} if model else None
    best: dict[tuple[str, int | None], dict[str, float]] = {}
    for one in rates:
        is_meant = names is None or one.benchmark in names
        if is_meant and one.precision is precision and one.accelerators == 1 and one.target_id in {before, after}:
            of_model = best.setdefault((one.benchmark, one.sequence), {})
            of_model[one.target_id] = max(one.per_s, of_model.get(one.target_id, 0.0))
    ratios = [both[before] / both[after] for both in best.values() if {before, after} <= both.keys()]
    return Range(low=min(ratios), point=None, high=max(ratios)) if ratios else None


def _is_like(one: PublishedRate, model: CheckedModel, sequence: int | None) -> bool:
    """A benchmark has the sequence length that its table states, else the one that it is known to be run with."""
    lengths = [length for name, length in model.benchmarks if name == one.benchmark]
    return bool(lengths) and (one.sequence or lengths[0]) == sequence


def _rate(row: PublishedRow) -> PublishedRate | None:
    if row.scenario is PublishedScenario.OFFLINE:
        per_s = row.value
    elif row.scenario is PublishedScenario.LATENCY and row.batch is not None:
        per_s = row.batch / row.value
    else:
        return None
    return PublishedRate(
        benchmark=row.benchmark,
        precision=row.precision,
        target_id=row.target_id,
        accelerators=row.accelerators,
        sequence=row.sequence,
        per_s=per_s,
        source=f"{row.source}, {row.release}",
    )
