"""From load and SLO to replicas: queues and dynamic batching by formula, and a simulation of our own beside them.

Knows rates, times and counts; nothing of prices. Nothing here reads a clock: the same seed gives the same answer.
"""

from pricing.capacity.batching import fit_curve, inoue_bound_s
from pricing.capacity.highest_rate import BatchLatency, BatchServer, HighestRate, batch_latency, highest_rate
from pricing.capacity.sizing import Sizing, size_replicas

__all__ = [
    "BatchLatency",
    "BatchServer",
    "HighestRate",
    "Sizing",
    "batch_latency",
    "fit_curve",
    "highest_rate",
    "inoue_bound_s",
    "size_replicas",
]
