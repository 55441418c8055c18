"""Claims about a device, a service or a test set: facts, costs, latencies, accuracy."""

from collections.abc import Iterator

from pricing.money import HOURS_PER_YEAR
from pricing.sanity import physics, sizes
from pricing.sanity.claims import Claim
from pricing.sanity.finding import Finding, Rule, Verdict
from pricing.sanity.meant import meant_by
from pricing.sanity.quality import accuracy_gained
from pricing.sanity.reference import Reference, on_each
from pricing.sanity.savings import adds_up
from pricing.sanity.wording import dollars, hourly
from pricing.vocabulary import Target


def device_facts(claim: Claim, known: Reference) -> Iterator[Finding]:
    """Power against the data sheet, rent against the market and against what it is told to come to."""
    meant = meant_by(claim, "device", known)
    yield from meant.gaps
    rent, told = claim.number("rent"), claim.number("rent_per_year")
    devices = meant.devices
    if (drawn := claim.number("power")) is not None:
        idle = claim.number("idle_power")
        yield from on_each(devices, lambda one: physics.power(one, drawn, idle_w=idle))
        # Of several that a name may mean it is those that draw what is told.
        devices = tuple(one for one in devices if _draws(one, drawn, idle)) or devices
    if rent is not None and told is not None:
        working = f"{hourly(rent)} × {HOURS_PER_YEAR:,} h"
        yield adds_up(told * HOURS_PER_YEAR, rent * HOURS_PER_YEAR, working=working)
    if rent is not None:
        yield from on_each(devices, lambda one: known.judge_price(rent, one))
    if (bought := claim.number("purchase_price")) is not None:
        says = f"a purchase price of {dollars(bought)}: the price book holds rents, no purchase price of this"
        yield Finding(rule=Rule.PRICE, verdict=Verdict.UNVERIFIABLE, sentence=says)


def _draws(device: Target, power_w: float, idle_w: float | None) -> bool:
    found = physics.power(device, power_w, idle_w=idle_w)
    return found is None or found.verdict is Verdict.HOLDS


def annual_cost(claim: Claim, known: Reference) -> Iterator[Finding]:
    """A price against the market."""
    meant = meant_by(claim, "device", known)
    yield from meant.gaps
    cost, gpus, per = claim.number("cost"), claim.number("gpus"), claim.text("per")
    if per == "instance" and gpus is None:
        yield sizes.missing("the price is of an instance", why="say how many GPUs are in it: gpus = 4")
    elif per is None and gpus is not None and gpus > 1:
        yield sizes.missing(f"a price beside {gpus:g} GPUs", why='say whose: per = "gpu" or per = "instance"')
    elif cost is not None:
        per_device = cost / gpus if per == "instance" and gpus is not None else cost
        yield from on_each(meant.devices, lambda one: known.judge_price(per_device, one))


def latency(claim: Claim, _known: Reference) -> Iterator[Finding]:
    """Quantiles in order, and Little's law."""
    p50, p99, mean = (claim.number(name) for name in ("p50", "p99", "mean"))
    concurrency, rate = claim.number("concurrency"), claim.number("rate")
    if p50 is not None and p99 is not None:
        yield physics.quantile_order(p50, p99)
    if concurrency is not None and rate is not None:
        if mean is None:
            yield sizes.missing("the mean latency is not told", why="Little's law is about the mean, not about p50")
        else:
            yield physics.little(concurrency, rate, mean_latency_s=mean)


def quality(claim: Claim, _known: Reference) -> Iterator[Finding]:
    """An accuracy that rose, against the noise of the test set."""
    before, after = claim.number("accuracy_before"), claim.number("accuracy_after")
    samples = claim.whole("samples")
    if before is None or after is None:
        yield sizes.missing("an accuracy is missing", why="a change takes both, before and after")
    elif samples is None:
        yield sizes.missing("the size of the test set is not told", why="without it a gain cannot be told from noise")
    else:
        yield accuracy_gained(before, after, samples=samples, changed=claim.number("changed"))
