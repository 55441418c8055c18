"""Traffic that was measured: a log of requests or a series of rates, to the 24 hours of a typical day and its peak."""

from pricing.traffic.model import Traffic, TrafficForm
from pricing.traffic.reading import read_traffic

__all__ = ["Traffic", "TrafficForm", "read_traffic"]
