"""How many replicas carry a peak inside an SLO, with the formula that says so."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from pricing.capacity.erlang import MOST_SERVERS
from pricing.capacity.highest_rate import BatchServer, batch_latency
from pricing.capacity.queues import formula_of, late_share, sojourn_quantile_s
from pricing.errors import CapacityError
from pricing.vocabulary import BatchCurve, RateMethod, ServiceRate, Slo

_MOST_PER_S = 1e12
"""A request for every human being, a hundred times a second, is a mistake in a unit."""
_ROUNDING = 1e-12
"""100 requests/s over replicas of 25 are four, whatever a division's last digit says."""
_SPLIT = "even split: peak over the rate of one replica inside the SLO, less headroom"
_BOUND = "the smallest fleet that could do: peak over the bound of one replica, less headroom"
_CURVES = (RateMethod.CURVE, RateMethod.PUBLISHED_CURVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """Replicas for a peak, before whole instances and spares.

    Attributes:
        replicas: How many.
        per_replica_per_s: What each carries at the peak.
        utilisation: The peak over what all of them could carry inside the SLO; behind one queue, the busy share.
        formula: How they were counted, for people.
        predicted_quantile_s: Of wait and service at the peak, at the SLO's quantile; None where only a rate is known.
        rate: Of one replica, as given.
        peak_per_s: Requests a second, as given.
        slo: As given.
        headroom: As given.
        is_shared_queue: Whether all replicas take from one queue; otherwise each has an even share of the arrivals.
        service_cv2: Of a replica behind a shared queue.
    """

    replicas: int
    per_replica_per_s: float
    utilisation: float
    formula: str
    predicted_quantile_s: float | None
    rate: ServiceRate
    peak_per_s: float
    slo: Slo
    headroom: float
    is_shared_queue: bool = False
    service_cv2: float = 0.0


def size_replicas(
    rate: ServiceRate, *, peak_per_s: float, slo: Slo, headroom: float, service_cv2: float = 0.0
) -> Sizing:
    """The smallest number of replicas that carries the peak inside the SLO.

    A batch curve of largest batch 1 is c servers before one queue: the smallest c whose quantile of wait and service
    keeps the SLO at peak / (1 − headroom). Every other rate is split evenly: ⌈peak / (rate · (1 − headroom))⌉.

    Args:
        rate: Of one replica.
        peak_per_s: Requests a second.
        slo: The promise.
        headroom: The share of the capacity that stays free at the peak.
        service_cv2: Variance of service over its squared mean, where there is a shared queue: 0 is fixed.

    Raises:
        CapacityError: a load or headroom that is none, an SLO that one replica does not keep, or no rate at all.
    """
    sized = count_replicas(rate, peak_per_s=peak_per_s, slo=slo, headroom=headroom, service_cv2=service_cv2)
    return replace(sized, predicted_quantile_s=_predicted_s(sized))


def count_replicas(
    rate: ServiceRate, *, peak_per_s: float, slo: Slo, headroom: float, service_cv2: float = 0.0
) -> Sizing:
    """As `size_replicas`, without the quantile that is predicted at the peak: that takes most of the time.

    Raises:
        CapacityError: likewise.
    """
    _check(peak_per_s, headroom, service_cv2)
    lone_s = None if rate.curve is None else rate.curve.seconds(1)
    if lone_s is not None and slo.limit_s <= lone_s:
        raise CapacityError(
            f"{rate.variant} takes {lone_s:.6g} s for one request, so {slo.label} cannot be kept by any fleet"
        )
    if rate.curve is not None and rate.curve.max_batch == 1 and rate.method in _CURVES:
        return _behind_one_queue(rate, rate.curve, peak_per_s, slo=slo, headroom=headroom, service_cv2=service_cv2)
    return _split_evenly(rate, peak_per_s, slo=slo, headroom=headroom)


def _predicted_s(sized: Sizing) -> float | None:
    """What the curve says of the replicas at the peak; None without a curve, or where it does not serve that load."""
    curve, cv2 = sized.rate.curve, sized.rate.service_cv2
    if curve is None:
        return None
    if not sized.is_shared_queue and (curve.max_batch > 1 or cv2 is None):
        server = BatchServer(curve=curve, max_batch=curve.max_batch)
        predicted_s = batch_latency(server, sized.per_replica_per_s, quantile=sized.slo.quantile).quantile_s
        return predicted_s if math.isfinite(predicted_s) else None
    shared = sized.is_shared_queue
    replicas, rate_per_s = (sized.replicas, sized.peak_per_s) if shared else (1, sized.per_replica_per_s)
    service_s = curve.seconds(1)
    if rate_per_s * service_s >= replicas:
        return None
    return sojourn_quantile_s(
        replicas,
        rate_per_s=rate_per_s,
        service_s=service_s,
        quantile=sized.slo.quantile,
        service_cv2=sized.service_cv2 if shared or cv2 is None else cv2,
    )


def _split_evenly(rate: ServiceRate, peak_per_s: float, *, slo: Slo, headroom: float) -> Sizing:
    _check_slo(rate, slo)
    capacity = rate.sizing_per_s
    if not (math.isfinite(capacity) and capacity > 0.0):
        raise CapacityError(
            f"no rate above 0 is known at which {rate.variant} serves {rate.model}: measure or state one"
        )
    replicas = _bounded(peak_per_s / (capacity * (1.0 - headroom)))
    each = peak_per_s / replicas
    return Sizing(
        replicas=replicas,
        per_replica_per_s=each,
        utilisation=each / capacity,
        formula=_BOUND if rate.is_bound else _SPLIT,
        predicted_quantile_s=None,
        rate=rate,
        peak_per_s=peak_per_s,
        slo=slo,
        headroom=headroom,
    )


def _behind_one_queue(
    rate: ServiceRate, curve: BatchCurve, peak_per_s: float, *, slo: Slo, headroom: float, service_cv2: float
) -> Sizing:
    service_s = curve.seconds(1)
    planned = peak_per_s / (1.0 - headroom)

    def keeps(servers: int) -> bool:
        late = late_share(
            servers, rate_per_s=planned, service_s=service_s, limit_s=slo.limit_s, service_cv2=service_cv2
        )
        return late <= 1.0 - slo.quantile

    replicas = _smallest(keeps, _bounded(planned * service_s), slo)
    return Sizing(
        replicas=replicas,
        per_replica_per_s=peak_per_s / replicas,
        utilisation=peak_per_s * service_s / replicas,
        formula=f"one queue, {formula_of(service_cv2, replicas)}",
        predicted_quantile_s=None,
        rate=rate,
        peak_per_s=peak_per_s,
        slo=slo,
        headroom=headroom,
        is_shared_queue=True,
        service_cv2=service_cv2,
    )


def _smallest(keeps: Callable[[int], bool], least: int, slo: Slo) -> int:
    """The smallest count from `least` on that keeps the SLO: doubled steps up, then halved."""
    low, high, step = least - 1, least, 1
    while not keeps(high):
        if high >= MOST_SERVERS:
            raise CapacityError(
                f"no number of replicas up to {MOST_SERVERS:,} keeps {slo.label}: the service is too slow"
            )
        low, high, step = high, min(high + step, MOST_SERVERS), 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if keeps(middle) else (middle, high)
    return high


def _bounded(replicas: float) -> int:
    if replicas > MOST_SERVERS:
        raise CapacityError(f"{replicas:.3g} replicas would be needed; above {MOST_SERVERS:,} a unit must be wrong")
    return max(1, math.ceil(replicas * (1.0 - _ROUNDING)))


def _check(peak_per_s: float, headroom: float, service_cv2: float) -> None:
    if not (math.isfinite(peak_per_s) and 0.0 < peak_per_s <= _MOST_PER_S):
        raise CapacityError(f"a peak of {peak_per_s} requests/s cannot be planned for: give a positive rate")
    if not 0.0 <= headroom < 1.0:
        raise CapacityError(f"a headroom of {headroom}: give a share from 0 to below 1, such as 0.3")
    if not (math.isfinite(service_cv2) and service_cv2 >= 0.0):
        raise CapacityError(f"a squared coefficient of variation of {service_cv2}: 0 is fixed, 1 exponential")


def _check_slo(rate: ServiceRate, slo: Slo) -> None:
    """A rate inside a promise says nothing of a stricter one."""
    known = rate.slo
    if known is None or rate.is_bound:
        return
    if known.limit_s > slo.limit_s * (1.0 + 1e-9) or known.quantile < slo.quantile - 1e-9:
        raise CapacityError(
            f"{rate.variant} is known to serve inside {known.label}, not inside the stricter {slo.label}: measure that"
        )
