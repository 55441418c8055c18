"""Builders of what the server scenario measures."""
# ruff: noqa: ANN401 - an override has the type of the field it replaces

from dataclasses import replace
from typing import Any

import numpy as np
from helpers.builders import FP32, make_host_reading, make_quantile

from harness.vocabulary import LevelOutcome, ServerLevel, ServerRate, ServerRules, Slo

SLO = Slo(quantile=0.99, limit_s=0.02)


def make_rules(**fields: Any) -> ServerRules:
    """p99 within 20 ms."""
    return replace(ServerRules(slo=SLO), **fields)


def raw(*values: int) -> bytes:
    """Little-endian, as stored."""
    return np.array(values, dtype="<i8").tobytes()


def make_level(rate_per_s: float = 100.0, outcome: LevelOutcome = LevelOutcome.HOLDS, **fields: Any) -> ServerLevel:
    """A level of 1,000 requests, of which a tenth of a percent is late if it holds, and a tenth if it misses."""
    late = {LevelOutcome.HOLDS: 1, LevelOutcome.MISSES: 100, LevelOutcome.UNDECIDED: 10}[outcome]
    default = ServerLevel(
        arm=FP32,
        index=0,
        rate_per_s=rate_per_s,
        seed=1,
        started_at="2026-11-22T10:00:00.000+00:00",
        scheduled=1000,
        completed=1000,
        judged=1000,
        duration_s=10.0,
        quantile=make_quantile(),
        exceedances=late,
        mean_wait_s=0.001,
        mean_wait_lower_s=0.0009,
        mean_wait_upper_s=0.0011,
        mean_service_s=0.002,
        mean_square_service_s2=0.000004,
        predicted_wait_s=0.001,
        prediction_reason=None,
        utilisation=0.2,
        mean_batch=1.0,
        issue_p50_s=1e-6,
        issue_p99_s=1e-5,
        issue_max_s=1e-4,
        backlog_growth_per_s=0.0,
        backlog_reason="no growth is proven",
        outcome=outcome,
        reason="the script says so",
        host=make_host_reading(),
        is_contaminated=False,
        latencies_ns=raw(2_000_000),
        waits_ns=raw(0),
        batch_sizes=raw(1),
    )
    return replace(default, **fields)


def make_rate(**fields: Any) -> ServerRate:
    """Between 100 and 110 a second."""
    default = ServerRate(
        arm=FP32,
        slo=SLO,
        held_rate_per_s=100.0,
        missed_rate_per_s=110.0,
        point_per_s=105.0,
        binds="the latency of requests that queue",
        reason="the script says so",
        levels=5,
        is_contaminated=False,
    )
    return replace(default, **fields)
