"""What others published: throughputs, latencies and peaks, turned into service rates that say where they come from.

Never takes an offline rate for one that keeps a promise, and never says that quality was measured.
"""

from pricing.published.bounds import gate_of, nearest_precision, peak_bound, published_bound
from pricing.published.models import KnownModel, find_model, known_models
from pricing.published.rates import as_baseline, published_rate, two_point_curve
from pricing.published.rows import PublishedRow, PublishedScenario, published_rows, read_published
from pricing.published.shares import ServerShare, promise_of, server_share

__all__ = [
    "KnownModel",
    "PublishedRow",
    "PublishedScenario",
    "ServerShare",
    "as_baseline",
    "find_model",
    "gate_of",
    "known_models",
    "nearest_precision",
    "peak_bound",
    "promise_of",
    "published_bound",
    "published_rate",
    "published_rows",
    "read_published",
    "server_share",
    "two_point_curve",
]
