"""From load and SLO to replicas: queues and dynamic batching by formula, and a simulation of our own beside them.

Knows rates, times and counts; nothing of prices. Nothing here reads a clock: the same seed gives the same answer.
"""

from pricing.capacity.arrivals import poisson_arrivals_s, profile_arrivals_s
from pricing.capacity.batching import fit_curve, inoue_bound_s
from pricing.capacity.check import SimulatedCheck, check_sizing
from pricing.capacity.highest_rate import BatchLatency, BatchServer, HighestRate, batch_latency, highest_rate
from pricing.capacity.hours import replicas_by_hour
from pricing.capacity.service import EmpiricalService, ExponentialService, FixedService
from pricing.capacity.simulation import Simulated, simulate
from pricing.capacity.sizing import Sizing, count_replicas, size_replicas

__all__ = [
    "BatchLatency",
    "BatchServer",
    "EmpiricalService",
    "ExponentialService",
    "FixedService",
    "HighestRate",
    "Simulated",
    "SimulatedCheck",
    "Sizing",
    "batch_latency",
    "check_sizing",
    "count_replicas",
    "fit_curve",
    "highest_rate",
    "inoue_bound_s",
    "poisson_arrivals_s",
    "profile_arrivals_s",
    "replicas_by_hour",
    "simulate",
    "size_replicas",
]
