"""Claims about money saved: by moving, by using less, by drawing less power."""

import math
from collections.abc import Iterator

from pricing.money import HOURS_PER_YEAR
from pricing.sanity import physics, savings, sizes
from pricing.sanity.claims import Claim
from pricing.sanity.finding import Finding
from pricing.sanity.meant import meant_by, models_of
from pricing.sanity.models import CheckedModel
from pricing.sanity.published_best import best_rate, rate_ratios
from pricing.sanity.reference import Reference, on_each
from pricing.sanity.wording import dollars
from pricing.vocabulary import Precision, Range, Target

DEFAULT_PUE = 1.56
"""Industry average (Uptime Institute, 2024); 1.10–1.14 in the largest data centres."""
DEFAULT_USD_PER_KWH = 0.12
"""US commercial power is 0.07–0.17 (EIA, 2025)."""


def fleet_swap(claim: Claim, known: Reference) -> Iterator[Finding]:
    """The difference as told, what one device is worth in the other, and quantising without moving."""
    figures = [claim.number(name) for name in ("from_count", "from_price", "to_count", "to_price")]
    if any(one is None for one in figures):
        yield sizes.missing("a count or a price is missing", why="a swap takes both, of what goes and what comes")
        return
    from_count, from_price, to_count, to_price = (one for one in figures if one is not None)
    now, then = from_price * HOURS_PER_YEAR, to_price * HOURS_PER_YEAR
    saved = from_count * now - to_count * then
    if (told := _told(claim)) is not None:
        working = f"{from_count:g} × {dollars(now)} − {to_count:g} × {dollars(then)} a year"
        yield savings.adds_up(told, saved, working=working)
    before, after = meant_by(claim, "from_device", known), meant_by(claim, "to_device", known)
    yield from (*before.gaps, *after.gaps)
    yield from on_each(before.devices, lambda one: known.judge_price(from_price, one))
    yield from on_each(after.devices, lambda one: known.judge_price(to_price, one))
    pairs = [(one, other) for one in before.devices for other in after.devices]
    yield from _moved(claim, known, pairs[0] if len(pairs) == 1 else None, costs=(now, then))
    if len(pairs) > 1:
        yield sizes.missing("a device may be several", why="their throughput differs: name the form factor")


def _moved(
    claim: Claim, known: Reference, pair: tuple[Target, Target] | None, *, costs: tuple[float, float]
) -> Iterator[Finding]:
    """R10 and R19; `costs` are of one device a year, now and then."""
    from_count, to_count = claim.number("from_count") or 1.0, claim.number("to_count") or 1.0
    model = next(iter(models_of(claim)), None)
    precision = claim.precision("precision_after") or Precision.INT8
    told = claim.number("throughput_ratio")
    if told is not None:
        rates: Range | None = Range.exactly(told)
    else:
        ids = (pair[0].target_id, pair[1].target_id) if pair else None
        rates = rate_ratios(known.rates, *ids, precision=precision, model=model) if ids else None
    bound = _unquantised(claim, known, pair, model) if pair and model else None
    yield savings.one_for_one(
        from_count,
        to_count,
        cost_before_usd=costs[0],
        cost_after_usd=costs[1],
        rates=rates,
        unquantised=bound[0] / bound[2] if bound else None,
    )
    if claim.precision("precision_before") is None:
        yield sizes.missing("the precision before is not told", why="FP32, TF32, BF16 and FP16 are four baselines")
    elif bound is not None:
        unquantised, quantised, _ = bound
        needed = math.ceil(from_count * unquantised / quantised - 1e-9)
        working = (
            f"{from_count:g} × {unquantised:,.1f}/s at most / {quantised:,.1f}/s quantised = {needed} × "
            f"{dollars(costs[0])} = {dollars(needed * costs[0])} a year"
        )
        yield savings.quantised_baseline(needed * costs[0], to_count * costs[1], working=working)


def _unquantised(
    claim: Claim, known: Reference, pair: tuple[Target, Target], model: CheckedModel
) -> tuple[float, float, float] | None:
    """Samples/s of one device now at the peak of its unquantised precision, quantised, and of one then, quantised.

    The first is a bound: what a baseline reaches is less, and so is the fleet that quantising in place leaves.
    """
    before, after = claim.precision("precision_before"), claim.precision("precision_after") or Precision.INT8
    if before is None or before is after or model.facts.flop_per_sample is None:
        return None
    peak = pair[0].peaks_per_s.get(before)
    found = [best_rate(known.rates, model, target_id=one.target_id, precision=after) for one in pair]
    if peak is None or found[0] is None or found[1] is None:
        return None
    return peak / model.facts.flop_per_sample, found[0].per_s, found[1].per_s


def saving(claim: Claim, known: Reference) -> Iterator[Finding]:
    """A saving against the difference that it is, and against the whole."""
    told, whole, left, working = _told(claim), *_costs(claim)
    if whole is None or left is None:
        yield sizes.missing(
            "what was spent before and after is not told",
            why="give cost_before and cost_after, or count_before, count_after and price",
        )
    elif told is not None:
        yield savings.adds_up(told, whole - left, working=working)
        yield savings.saving_of_whole(told, whole, what="what was spent in a year")
    yield from _load(claim, known)


def _costs(claim: Claim) -> tuple[float | None, float | None, str]:
    """Dollars a year before and after, and the sum of their difference."""
    before, after = claim.number("cost_before"), claim.number("cost_after")
    if before is not None and after is not None:
        whole, left = before * HOURS_PER_YEAR, after * HOURS_PER_YEAR
        working = f"12 × ({dollars(whole / 12)} − {dollars(left / 12)})"
        return whole, left, working
    price, count, rest = (claim.number(name) for name in ("price", "count_before", "count_after"))
    if price is None or count is None or rest is None:
        return None, None, ""
    yearly = price * HOURS_PER_YEAR
    return count * yearly, rest * yearly, f"({count:g} − {rest:g}) × {dollars(yearly)} a year"


def _load(claim: Claim, known: Reference) -> Iterator[Finding]:
    """More load on fewer devices is a speed-up of each, and that has a bound (R17)."""
    factor, count, rest = (claim.number(name) for name in ("load_factor", "count_before", "count_after"))
    before, after = claim.precision("precision_before"), claim.precision("precision_after")
    if factor is None or count is None or rest is None:
        return
    meant = meant_by(claim, "device", known)
    yield from meant.gaps
    if before is None or after is None:
        yield sizes.missing("a precision is not told", why="how much faster each device can become depends on both")
        return
    gain = factor * count / rest
    yield from on_each(meant.devices, lambda one: physics.speed_up(one, gain, before=before, after=after))


def power_saving(claim: Claim, known: Reference) -> Iterator[Finding]:
    """A saving of power against all the power there is, and against the rent that holds it already."""
    meant = meant_by(claim, "device", known) if claim.number("power") is None else None
    if meant is not None:
        yield from meant.gaps
    told, rent, fleet = _told(claim), claim.number("rent"), claim.number("fleet_cost")
    count = claim.number("count") or 1.0
    if fleet is not None and rent is not None:
        count = fleet / rent
    watts = [claim.number("power") or 0.0] if meant is None else [one.board_power_w or 0.0 for one in meant.devices]
    power_w = max(watts, default=0.0)  # where several may be meant, the one with most to save
    if told is None:
        return
    if power_w:
        found = savings.saving_of_power(
            told,
            power_w,
            pue=claim.number("pue") or DEFAULT_PUE,
            usd_per_kwh=claim.number("energy_price") or DEFAULT_USD_PER_KWH,
            count=count,
            share=claim.number("share") or 1.0,
        )
        yield found
    if rent is not None:
        yield savings.counted_twice(count * rent * HOURS_PER_YEAR, told)


def _told(claim: Claim) -> float | None:
    """The saving as it is told, in dollars a year."""
    told = claim.number("saving")
    return None if told is None else told * HOURS_PER_YEAR
