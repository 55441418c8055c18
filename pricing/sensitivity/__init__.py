"""How the answer depends on what went into it: where it flips, and what other promises would take."""

from pricing.sensitivity.flips import find_flips
from pricing.sensitivity.points import DateLine, Flip, FlipKind, Flips
from pricing.sensitivity.promises import FACTORS, MOST_BATCH, Need, PromiseLine, sweep_promises

__all__ = [
    "FACTORS",
    "MOST_BATCH",
    "DateLine",
    "Flip",
    "FlipKind",
    "Flips",
    "Need",
    "PromiseLine",
    "find_flips",
    "sweep_promises",
]
