"""A sizing beside a simulation of itself: whether its formula, and so the SLO, holds at the planned load."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from pricing.capacity.arrivals import poisson_arrivals_s
from pricing.capacity.highest_rate import BatchServer
from pricing.capacity.queues import gamma_points_s
from pricing.capacity.service import AnyService, EmpiricalService, ExponentialService, FixedService
from pricing.capacity.simulation import Simulated, simulate
from pricing.capacity.sizing import Sizing
from pricing.errors import CapacityError
from pricing.vocabulary import BatchCurve

_PARTS = 20
"""Consecutive parts of a simulation, whose quantiles tell how sure the whole one is."""
_LEAST_EACH = 200
"""Requests of each part at least, or its 99 % quantile is its largest value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCheck:
    """What a simulation says of a sizing.

    Attributes:
        quantile_s: Of wait and service, at the SLO's quantile.
        low_s: Lower end of its 95 % interval, from 20 parts of the simulation.
        high_s: Upper end.
        difference: Of the formula's quantile from it, as a share; None where the formula gave none.
        keeps_slo: Whether the simulated quantile is within the limit.
        share_within: The share of requests within the limit.
        mean_wait_s: Before service.
        utilisation: The share of time in which a replica computes.
        mean_batch: Requests a service.
        requests: How many were simulated.
    """

    quantile_s: float
    low_s: float
    high_s: float
    difference: float | None
    keeps_slo: bool
    share_within: float
    mean_wait_s: float
    utilisation: float
    mean_batch: float
    requests: int


def check_sizing(
    sizing: Sizing,
    *,
    requests: int = 400_000,
    seed: int = 1,
    arrivals_s: NDArray[np.float64] | None = None,
    service: AnyService | None = None,
) -> SimulatedCheck:
    """Simulate the planned replicas at the planned load.

    Replicas that share arrivals evenly are alike, so one of them is simulated with its share.

    Args:
        sizing: From `size_replicas`.
        requests: How many to simulate.
        seed: Of the random numbers.
        arrivals_s: Instead of Poisson arrivals at the peak: those of all replicas behind one queue, or of one of
            those that share evenly.
        service: What a replica does, instead of what its curve says.

    Raises:
        CapacityError: the rate has no batch curve, so nothing is known to simulate; or too few requests.
    """
    replicas = sizing.replicas if sizing.is_shared_queue else 1
    if arrivals_s is None:
        rate_per_s = sizing.peak_per_s if sizing.is_shared_queue else sizing.per_replica_per_s
        arrivals_s = poisson_arrivals_s(rate_per_s, requests=requests, seed=seed)
    if arrivals_s.size < _PARTS * _LEAST_EACH:
        raise CapacityError(f"{arrivals_s.size} requests are too few to check a sizing: use {_PARTS * _LEAST_EACH:,}")
    seen = simulate(arrivals_s, service or _service(sizing), replicas=replicas, seed=seed)
    quantile_s = seen.quantile_s(sizing.slo.quantile)
    reach_s = _reach_s(seen, sizing.slo.quantile)
    predicted_s = sizing.predicted_quantile_s
    return SimulatedCheck(
        quantile_s=quantile_s,
        low_s=max(0.0, quantile_s - reach_s),
        high_s=quantile_s + reach_s,
        difference=None if predicted_s is None else predicted_s / quantile_s - 1.0,
        keeps_slo=quantile_s <= sizing.slo.limit_s,
        share_within=seen.share_within(sizing.slo.limit_s),
        mean_wait_s=seen.mean_wait_s,
        utilisation=seen.utilisation,
        mean_batch=seen.mean_batch,
        requests=int(arrivals_s.size),
    )


def _service(sizing: Sizing) -> AnyService:
    """What the formula assumes of a replica."""
    curve = sizing.rate.curve
    if curve is None:
        raise CapacityError(
            f"of {sizing.rate.variant} a rate is known but no batch curve, so there is nothing to simulate: "
            "measure batch sizes"
        )
    if not sizing.is_shared_queue and curve.max_batch == 1 and sizing.rate.service_cv2 is not None:
        return _of_variation(curve, sizing.rate.service_cv2)
    if not sizing.is_shared_queue:
        return BatchServer(curve=curve, max_batch=curve.max_batch)
    return _of_variation(curve, sizing.service_cv2)


def _of_variation(curve: BatchCurve, cv2: float) -> AnyService:
    mean_s = curve.seconds(1)
    if cv2 == 0.0:
        return FixedService(seconds=mean_s)
    if cv2 == 1.0:
        return ExponentialService(mean_s=mean_s)
    return EmpiricalService(samples_s=tuple(gamma_points_s(mean_s, cv2=cv2)))


def _reach_s(seen: Simulated, quantile: float) -> float:
    """Half the 95 % interval of the quantile, from the quantiles of consecutive parts."""
    latencies = seen.latencies_s
    each = latencies.size // _PARTS
    parts = np.quantile(latencies[: each * _PARTS].reshape(_PARTS, each), quantile, axis=1)
    return float(stdtrit(_PARTS - 1, 0.975) * parts.std(ddof=1) / np.sqrt(_PARTS))
