"""Tries what a formula says: the replicas of a column under simulated arrivals."""

from dataclasses import dataclass

from pricing.capacity import check_sizing
from pricing.projection.model import Column

REQUESTS = 200_000  # some 2,000 of them beyond p99: its error is then some percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What the simulation said. `difference` is relative to the formula's quantile; None: nothing to compare."""

    quantile_s: float | None
    requests: int
    difference: float | None
    keeps_slo: bool | None
    note: str


def simulate(column: Column, *, seed: int, requests: int = REQUESTS) -> Simulated:
    """Serve the planned peak by simulation; unavailable, and why, where only a rate is known and no time of service."""
    if column.rate.curve is None:
        return Simulated(
            quantile_s=None,
            requests=0,
            difference=None,
            keeps_slo=None,
            note="not simulated: a rate is known, and no times of service",
        )
    check = check_sizing(column.sizing, requests=requests, seed=seed)
    return Simulated(
        quantile_s=check.quantile_s,
        requests=check.requests,
        difference=check.difference,
        keeps_slo=check.keeps_slo,
        note=f"{check.requests:,} simulated requests, seed {seed}",
    )
