"""How the answer depends on what went into it: the points at which it flips."""

from pricing.sensitivity.flips import find_flips
from pricing.sensitivity.points import DateLine, Flip, FlipKind, Flips

__all__ = ["DateLine", "Flip", "FlipKind", "Flips", "find_flips"]
