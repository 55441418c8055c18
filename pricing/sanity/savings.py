"""What is saved, against what was there to save (R7 R8 R9 R10 R19). Dollars a year unless a name says otherwise."""

import math

from pricing.money import HOURS_PER_YEAR
from pricing.sanity.finding import Finding, Rule, Verdict
from pricing.sanity.wording import dollars, ratio
from pricing.vocabulary import Range

ROUNDING = 0.05
"""Of a figure told with one or two digits: `about $26,000` for $26,280, `$1.8M` for $1,828,000."""


def power_cost(power_w: float, *, pue: float, usd_per_kwh: float, count: float = 1.0) -> float:
    """Dollars a year for the power of so many devices that draw so much around the clock, cooling included."""
    return count * power_w / 1000 * HOURS_PER_YEAR * pue * usd_per_kwh


def saving_of_power(
    saving_usd: float, power_w: float, *, pue: float, usd_per_kwh: float, count: float = 1.0, share: float = 1.0
) -> Finding:
    """R7 for power: no more can be saved than all of it costs, at full load around the clock.

    Args:
        saving_usd: Claimed, a year.
        power_w: Of one device at most.
        pue: What the building takes for each watt of the device.
        usd_per_kwh: The price of energy.
        count: Devices.
        share: The part of the power that is said to be saved.
    """
    whole = power_cost(power_w, pue=pue, usd_per_kwh=usd_per_kwh, count=count)
    most = share * whole
    devices = f"{count:.4g} × " if count != 1 else ""
    arithmetic = [
        f"{devices}{power_w:g} W × {HOURS_PER_YEAR:,} h × PUE {pue:g} × ${usd_per_kwh:g}/kWh = {dollars(whole)}",
    ]
    if share < 1:
        arithmetic.append(f"{100 * share:g} % of it: {dollars(most)}")
    arithmetic.append(f"the claim would need ${usd_per_kwh * saving_usd / most:,.2f}/kWh")
    if saving_usd > whole:
        verdict = Verdict.IMPOSSIBLE
        says = f"{dollars(saving_usd)} a year saved, where all the power costs {dollars(whole)}"
    elif saving_usd > most * (1 + ROUNDING):
        verdict = Verdict.WRONG
        says = f"{dollars(saving_usd)} a year saved, where {100 * share:g} % of the power costs {dollars(most)}"
    else:
        verdict, says = Verdict.HOLDS, f"{dollars(saving_usd)} a year of {dollars(whole)} for all the power"
    return Finding(
        rule=Rule.SAVING_OF_WHAT,
        verdict=verdict,
        sentence=says,
        arithmetic=tuple(arithmetic),
        figures={"saving_usd": saving_usd, "whole_usd": whole, "most_usd": most},
    )


def saving_of_whole(saving_usd: float, whole_usd: float, *, what: str) -> Finding:
    """R7 in general: a saving is no larger than the thing saved."""
    is_fine = saving_usd <= whole_usd
    says = f"{dollars(saving_usd)} saved of {dollars(whole_usd)} for {what}"
    return Finding(
        rule=Rule.SAVING_OF_WHAT,
        verdict=Verdict.HOLDS if is_fine else Verdict.IMPOSSIBLE,
        sentence=says if is_fine else f"{says}: more than there was",
        arithmetic=(f"{dollars(saving_usd)} / {dollars(whole_usd)} = {saving_usd / whole_usd:.3g}",),
        figures={"saving_usd": saving_usd, "whole_usd": whole_usd},
    )


def adds_up(claimed: float, computed: float, *, working: str, money: bool = True) -> Finding:
    """R8: what is told against what its own figures come to.

    Args:
        claimed: As it is told.
        computed: What follows from the figures told beside it.
        working: The sum, up to the result.
        money: Whether both are dollars; else plain numbers.
    """
    told, result = (dollars(claimed), dollars(computed)) if money else (f"{claimed:.4g}", f"{computed:.4g}")
    off = abs(claimed - computed) / max(abs(computed), abs(claimed) * 1e-12, 1e-300)
    is_fine = off <= ROUNDING
    says = f"the arithmetic holds: {result}" if is_fine else f"{told} is told, {result} follows"
    return Finding(
        rule=Rule.SUM,
        verdict=Verdict.HOLDS if is_fine else Verdict.WRONG,
        sentence=f"{says}, told as {told}" if is_fine and told != result else says,
        arithmetic=(f"{working} = {result}", f"told {told}, which is {_off(claimed, computed)}"),
        figures={"claimed": claimed, "computed": computed},
    )


def counted_twice(rent_usd: float, power_usd: float) -> Finding:
    """R9: who rents pays for power in the rent; a saving of both counts it twice."""
    return Finding(
        rule=Rule.COUNTED_TWICE,
        verdict=Verdict.PREMISE_FAILS,
        sentence="the devices are rented: their power is in the rent and cannot be saved a second time",
        arithmetic=(f"rent {dollars(rent_usd)} a year, and {dollars(power_usd)} of power beside it",),
        figures={"rent_usd": rent_usd, "power_usd": power_usd},
    )


def one_for_one(
    count_before: float,
    count_after: float,
    *,
    cost_before_usd: float,
    cost_after_usd: float,
    rates: Range | None,
    unquantised: float | None = None,
) -> Finding:
    """R10: devices in place of others need the ratio of their throughput.

    Args:
        count_before: Devices now.
        count_after: Devices that are to replace them.
        cost_before_usd: Of one now, a year.
        cost_after_usd: Of one then, a year.
        rates: Throughput of one device now over one then, at the same precision; None where none is known.
        unquantised: The same ratio where those now run unquantised at their peak and those then quantised.
    """
    counts = {"count_before": count_before, "count_after": count_after}
    if rates is None:
        says = f"{_count(count_after)} in place of {_count(count_before)}: without the ratio of rates no saving follows"
        return Finding(rule=Rule.ONE_FOR_ONE, verdict=Verdict.INCOMPLETE, sentence=says, figures=counts)
    fewest, most = _whole(count_before * rates.low), _whole(count_before * rates.high)
    now, then = count_before * cost_before_usd, fewest * cost_after_usd
    span = f"{rates.low:.2f}" if rates.low == rates.high else f"{rates.low:.2f} to {rates.high:.2f}"
    needed = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
    arithmetic = [
        f"at the same precision {_count(count_before)} × {span} = {needed} devices for the same work",
        f"{fewest:,} × {dollars(cost_after_usd)} = {dollars(then)} a year, now {dollars(now)}: {ratio(then / now)}",
    ]
    figures = counts | {"ratio_low": rates.low, "ratio_high": rates.high, "needed": fewest, "then_usd": then}
    if unquantised is not None:
        few = _whole(count_before * unquantised)
        arithmetic.append(f"against an unquantised baseline at its peak {few:,} devices would do")
        figures["needed_unquantised"] = few
    if count_after >= fewest:
        verdict, says = Verdict.HOLDS, f"{_count(count_after)} can do the work of {_count(count_before)} (ratio {span})"
    else:
        verdict = Verdict.PREMISE_FAILS
        says = (
            f"one now does the work of {span} then, so {_count(count_after)} replace {_count(count_before)} only if "
            f"those now are not quantised; at equal work the cost is {ratio(then / now)} what it is now"
        )
    return Finding(rule=Rule.ONE_FOR_ONE, verdict=verdict, sentence=says, arithmetic=tuple(arithmetic), figures=figures)


def quantised_baseline(quantised_usd: float, moved_usd: float, *, working: str) -> Finding:
    """R19: a saving by moving is measured against the quantised baseline on the same device, where that is cheaper.

    Args:
        quantised_usd: A year, staying on the device, quantised, at the same load.
        moved_usd: A year, quantised and moved.
        working: How the first came about.
    """
    is_fine = quantised_usd >= moved_usd
    stay, moved = f"{dollars(quantised_usd)} a year", dollars(moved_usd)
    if is_fine:
        says = f"moving is cheaper than quantising in place ({moved} against {stay})"
    else:
        says = f"quantising on the same device costs at most {stay}, moving {moved}: the move itself saves nothing"
    return Finding(
        rule=Rule.QUANTISED_BASELINE,
        verdict=Verdict.HOLDS if is_fine else Verdict.PREMISE_FAILS,
        sentence=says,
        arithmetic=(working, f"moved: {moved} a year"),
        figures={"quantised_usd": quantised_usd, "moved_usd": moved_usd},
    )


def _count(count: float) -> str:
    """Devices: whole where they are, three figures of a part."""
    return f"{count:,.0f}" if count == round(count) or count >= 100 else f"{count:.3g}"  # noqa: PLR2004 - three figures


def _whole(count: float) -> int:
    """Devices come whole; what is one by rounding stays one."""
    return math.ceil(count - 1e-9)


def _off(claimed: float, computed: float) -> str:
    if computed == 0:
        return "more than nothing"
    times = claimed / computed
    return f"{times:.3g} times that" if not 0.5 < times < 2 else f"{100 * (times - 1):+.2g} %".replace("-", "−")  # noqa: PLR2004 - as told
