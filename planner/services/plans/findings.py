"""What the sanity rules say of our own plan: the same rules as for anybody's claims."""

from collections.abc import Iterator

from planner.services.plans.document import FindingDocument
from pricing.book import ON_DEMAND, cheapest_per_device, per_device_hour, price_band
from pricing.book.bands import DEEPEST_DISCOUNT
from pricing.errors import BookError
from pricing.money import HourlyRate
from pricing.projection.model import Column, ColumnName, Projection
from pricing.sanity.finding import Finding
from pricing.sanity.physics import peak_rate, power, speed_up
from pricing.sanity.prices import larger_but_cheaper, price
from pricing.sanity.savings import one_for_one, quantised_baseline, saving_of_whole
from pricing.vocabulary import Range, TargetKind

_SECOND = 1.0


def plan_findings(projection: Projection) -> tuple[FindingDocument, ...]:
    """Every rule that applies to a column, a price, a change, or the saving."""
    return tuple(
        FindingDocument(rule=found.rule, verdict=found.verdict, subject=subject, sentence=found.sentence)
        for subject, found in (*_of_columns(projection), *_of_changes(projection))
        if found is not None
    )


def _of_columns(projection: Projection) -> Iterator[tuple[str, Finding | None]]:
    for column in projection.columns:
        yield column.name, _within_peak(projection, column)
        yield column.name, _market_price(projection, column)
        yield column.name, _within_power(projection, column)
        for found in _price_order(projection, column):
            yield column.name, found


def _within_peak(projection: Projection, column: Column) -> Finding | None:
    flop = projection.question.model.flop_per_sample
    target = projection.question.targets.find(column.target_id)
    if flop is None or column.is_bound or target.kind is TargetKind.CPU:
        return None
    rate = column.rate.per_s.high
    return peak_rate(target, column.arithmetic, flop_per_sample=flop, samples=rate, seconds=_SECOND)


def _within_power(projection: Projection, column: Column) -> Finding | None:
    """What a card draws over the day at most; below its idle power where the estimate went there."""
    energy = column.footprint.energy
    if energy is None:
        return None
    target = projection.question.targets.find(column.target_id)
    low, high, idle_w = energy.mean_w.low, energy.mean_w.high, energy.draw.idle_w.low
    return power(target, low if low < idle_w * (1 - 1e-9) else round(high, 1), idle_w=idle_w)


def _market_price(projection: Projection, column: Column) -> Finding | None:
    """Of accelerators: a CPU instance has no price a device."""
    question = projection.question
    rate, as_of = per_device_hour(column.line.offer), question.assumptions.as_of
    if rate is None:
        return None
    try:
        low, high = price_band(question.book, column.target_id, as_of, currency=rate.currency)
    except BookError:
        return None
    if column.line.offer.purchase != ON_DEMAND:
        low = HourlyRate(low.amount / DEEPEST_DISCOUNT, low.currency)
    markets = cheapest_per_device(question.book, column.target_id, as_of, currency=rate.currency)
    return price(
        float(rate.amount),
        float(low.amount),
        float(high.amount),
        what=column.target_id,
        markets={
            " ".join(where): float(cheapest.amount)
            for where, found in markets.items()
            if (cheapest := per_device_hour(found)) is not None
        },
        newest=column.line.offer.as_of,
        as_of=as_of,
    )


def _price_order(projection: Projection, column: Column) -> tuple[Finding, ...]:
    """Over all offers that the column's was chosen from."""
    offer = column.line.offer
    market = {"provider": offer.provider, "region": offer.region, "purchase": offer.purchase}
    question = projection.question
    return larger_but_cheaper(question.book.current(question.assumptions.as_of, target_id=column.target_id, **market))


def _of_changes(projection: Projection) -> Iterator[tuple[str, Finding | None]]:
    stay, quantised, moved = (projection.column(name) for name in ColumnName)
    for change in projection.changes:
        saved = float(change.per_year.planned.amount)
        if stay is not None and saved > 0:
            yield change.name, saving_of_whole(saved, float(stay.cost.planned.amount), what="today's fleet")
    if stay is not None and quantised is not None:
        yield "quantise", _speed_up(projection, stay, quantised)
    if quantised is not None and moved is not None:
        yield "move", _against_quantised(quantised, moved)
        yield "move", _work_for_work(quantised, moved)


def _speed_up(projection: Projection, stay: Column, quantised: Column) -> Finding | None:
    target = projection.question.targets.find(stay.target_id)
    if stay.is_bound or quantised.is_bound or target.kind is TargetKind.CPU:
        return None
    gain = quantised.rate.per_s.low / stay.rate.per_s.low
    return speed_up(target, gain, before=stay.arithmetic, after=quantised.arithmetic)


def _against_quantised(quantised: Column, moved: Column) -> Finding:
    cost = float(quantised.cost.planned.amount)
    return quantised_baseline(
        cost,
        float(moved.cost.planned.amount),
        working=f"{quantised.instances:,} × {quantised.line.offer.instance} for 8,760 h: {cost:,.0f} a year",
    )


def _work_for_work(quantised: Column, moved: Column) -> Finding | None:
    """Replicas for replicas: only what serves the same model in the same precision tells the ratio."""
    if quantised.is_bound or moved.is_bound or quantised.arithmetic is not moved.arithmetic:
        return None
    before, after = quantised.rate.per_s, moved.rate.per_s
    sizing = quantised.sizing
    work = sizing.replicas * sizing.utilisation / (1.0 - sizing.headroom)  # replicas before they were made whole
    return one_for_one(
        work,
        moved.sizing.replicas,
        cost_before_usd=float(quantised.cost.planned.amount) / quantised.sizing.replicas,
        cost_after_usd=float(moved.cost.planned.amount) / moved.sizing.replicas,
        rates=Range(low=before.low / after.high, point=None, high=before.high / after.low),
    )
