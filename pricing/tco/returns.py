"""What cash flows are worth: net present value, internal rate of return, payback.

Flows are cash outlays and receipts, now and at the end of each year, never amortisation: see `pricing.tco.cash`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scipy import optimize

from pricing.errors import AssumptionError
from pricing.money import Money, Number, exact

_WIDEST = 512.0  # of ln(1 + rate): a rate beyond e⁵¹² is no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalRate:
    """The yearly rate at which flows are worth nothing, as a share; None with the reason why there is no such rate."""

    rate: float | None
    reason: str = ""


def npv(flows: Sequence[Money], *, rate: Number) -> Money:
    """Flows discounted to now: Σ flow_t / (1 + rate)^t, the first one undiscounted.

    Cash only: a purchase counts when it is paid. Amortisation would count it again, spread over the years.

    Args:
        flows: Now, then the end of each year.
        rate: The discount rate as a share, above −1.

    Raises:
        AssumptionError: if there are no flows, or the rate is −1 or below.
        UnitError: if the flows are in different currencies.
    """
    discounted = _discounted(flows, rate)
    return sum(discounted[1:], start=discounted[0])


def irr(flows: Sequence[Money]) -> InternalRate:
    """The rate at which the flows' net present value is nothing.

    Flows that change sign once have exactly one (Descartes' rule of signs); none, or several possible ones, are no
    answer and say so.

    Raises:
        AssumptionError: if there are no flows.
        UnitError: if the flows are in different currencies.
    """
    amounts = _amounts(flows)
    scale = max(map(abs, amounts))
    signed = [amount for amount in amounts if amount]
    changes = sum((before > 0) is not (after > 0) for before, after in pairwise(signed))
    if changes == 0:
        return InternalRate(rate=None, reason="the flows never change sign: no rate makes them worth nothing")
    if changes > 1:
        return InternalRate(rate=None, reason=f"the flows change sign {changes} times: more than one rate may fit")
    start = next(index for index, amount in enumerate(amounts) if amount)
    weights = [amount / scale for amount in amounts[start:]]

    def worth(growth: float) -> float:
        largest = max(0.0, -growth * (len(weights) - 1))
        return math.fsum(w * math.exp(-growth * year - largest) for year, w in enumerate(weights))

    reach = 1.0
    while worth(-reach) * worth(reach) > 0.0:
        reach *= 2.0
        if reach > _WIDEST:
            return InternalRate(rate=None, reason="no rate that can be written makes the flows worth nothing")
    return InternalRate(rate=math.expm1(optimize.brentq(worth, -reach, reach, xtol=1e-14, rtol=1e-14)))


def payback_years(flows: Sequence[Money]) -> float | None:
    """After how many years the cash that was paid is back for good; within a year it is taken to come evenly.

    Cash only: amortisation is no payment, so it neither delays nor hastens a payback.

    Returns:
        0 where nothing is ever owed; None where it is not back by the last flow.

    Raises:
        AssumptionError: if there are no flows.
        UnitError: if the flows are in different currencies.
    """
    _amounts(flows)
    nothing = flows[0] * 0
    total = flows[0]
    back: float | None = 0.0 if total >= nothing else None
    for year, flow in enumerate(flows[1:], start=1):
        if total + flow < nothing:
            back = None
        elif total < nothing:
            back = year - 1 + (-total).ratio(flow)
        total += flow
    return back


def discounted_payback_years(flows: Sequence[Money], *, rate: Number) -> float | None:
    """The same with flows discounted to now: later than the payback wherever the rate is above 0.

    Raises:
        AssumptionError: if there are no flows, or the rate is −1 or below.
        UnitError: if the flows are in different currencies.
    """
    return payback_years(_discounted(flows, rate))


def _discounted(flows: Sequence[Money], rate: Number) -> list[Money]:
    _amounts(flows)
    growth = 1 + exact(rate)
    if growth <= 0:
        raise AssumptionError(f"a discount rate of {rate!s:.40} is none: use a share above -1, such as 0.1")
    return [flow / growth**year for year, flow in enumerate(flows)]


def _amounts(flows: Sequence[Money]) -> list[float]:
    if not flows:
        raise AssumptionError("no cash flows were given")
    return [float((flow + flows[0] * 0).amount) for flow in flows]  # two currencies are refused here
