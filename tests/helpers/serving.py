"""Builders of the server scenario's findings for tests: levels and rates, every field replaceable by keyword."""
# ruff: noqa: ANN401 - an override has the type of the field it replaces

from dataclasses import replace
from typing import Any

from helpers.findings import make_quantile
from helpers.samples import FP32, latencies, make_host_reading

from harness.vocabulary import LevelOutcome, ServerLevel, ServerRate, ServerRules, Slo

SLO = Slo(quantile=0.99, limit_s=0.02)


def make_rules(**fields: Any) -> ServerRules:
    """p99 within 20 ms, one instance, no batches."""
    return replace(ServerRules(slo=SLO), **fields)


def make_level(**fields: Any) -> ServerLevel:
    """Four requests to the FP32 arm, of which three are judged, at a rate that holds."""
    default = ServerLevel(
        arm=FP32,
        index=0,
        rate_per_s=100.0,
        seed=5,
        started_at="2026-11-28T01:00:00.000+00:00",
        scheduled=4,
        completed=4,
        judged=3,
        duration_s=0.04,
        quantile=make_quantile(p=0.99),
        exceedances=0,
        mean_wait_s=0.001,
        mean_wait_lower_s=0.0005,
        mean_wait_upper_s=0.0015,
        mean_service_s=0.002,
        mean_square_service_s2=4e-6,
        predicted_wait_s=0.0011,
        prediction_reason=None,
        utilisation=0.2,
        mean_batch=1.0,
        issue_p50_s=1e-6,
        issue_p99_s=5e-6,
        issue_max_s=9e-6,
        backlog_growth_per_s=0.0,
        backlog_reason="the queue does not grow",
        outcome=LevelOutcome.HOLDS,
        reason="fewer than 1 % are late",
        host=make_host_reading(),
        is_contaminated=False,
        latencies_ns=latencies(2_000_000, 2_500_000, 3_000_000, 2_100_000),
        waits_ns=latencies(0, 500_000, 1_000_000, 100_000),
        batch_sizes=latencies(1, 1, 1, 1),
    )
    return replace(default, **fields)


def make_rate(**fields: Any) -> ServerRate:
    """The FP32 arm holds 100 requests a second and misses at 103."""
    default = ServerRate(
        arm=FP32,
        slo=SLO,
        held_rate_per_s=100.0,
        missed_rate_per_s=103.0,
        point_per_s=101.5,
        binds="the tail",
        reason="held and missed are within 3 %",
        levels=4,
        is_contaminated=False,
    )
    return replace(default, **fields)
