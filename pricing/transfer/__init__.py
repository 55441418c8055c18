"""From a card that was measured or published to one that was not: with a level, a band, and the figures behind it.

Ratios are of throughputs between two cards, fitted to what is published; never a rate without a measured or published
one to start from, and across vendors, or from a CPU to a GPU, bounds alone.
"""

from pricing.transfer.bands import Band, Way, band, misses
from pricing.transfer.floors import Floor, floor
from pricing.transfer.ground import Ground, shipped_ground
from pricing.transfer.holding_out import Coverage, Judged, coverage, judged, judged_floors
from pricing.transfer.steps import Step, distance, step_to, way_to
from pricing.transfer.transferring import BOUNDS_ONLY, gate_there, transfer, why_bounds_only

__all__ = [
    "BOUNDS_ONLY",
    "Band",
    "Coverage",
    "Floor",
    "Ground",
    "Judged",
    "Step",
    "Way",
    "band",
    "coverage",
    "distance",
    "floor",
    "gate_there",
    "judged",
    "judged_floors",
    "misses",
    "shipped_ground",
    "step_to",
    "transfer",
    "way_to",
    "why_bounds_only",
]
