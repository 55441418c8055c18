"""LoadGen's estimate of a percentile, from its documentation and the formulas of its early stopping. Pure."""

from collections.abc import Sequence

import numpy as np

from harness.statistics.distributions import binomial_at_least

_DOUBT = 0.01


def early_stopping_estimate(latencies: Sequence[float], p: float) -> float | None:
    """The latency that LoadGen reports for a percentile; `None` below the queries that it asks for (64 at p90).

    With t samples above and h under, the odds are I_p(h, t + 1); t is the largest for which n - t under are enough at
    99 % confidence, and the estimate is the t-th highest latency. Source: MLPerf inference, `loadgen` README, "Early
    Stopping Criterion". It takes the samples for independent.
    """
    ordered = np.sort(np.asarray(latencies, dtype=float))
    n = ordered.size
    low, high = 0, n  # invariant: `low` passes or is 0, `high` does not
    while high - low > 1:
        t = (low + high) // 2
        if binomial_at_least(n - t, trials=n, p=p) <= _DOUBT:
            low = t
        else:
            high = t
    return float(ordered[n - low]) if low else None
