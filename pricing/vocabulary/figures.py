"""Figures with their provenance, and ranges."""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pricing.errors import EvidenceError


class Provenance(StrEnum):
    """Where a figure comes from."""

    MEASURED = "measured"
    PUBLISHED = "published"
    PROJECTED = "projected"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A figure's provenance.

    Attributes:
        kind: Measured, published, projected or assumed.
        source: The run, the publication or the reason, for people.
        as_of: When it was measured or published.
        level: How far it is from a measurement on that device: 0 measured or published as it is, 1 same device, other
            batch, 2 ratio of shared models, 3 data sheet, 4 bounds only; None where the question does not arise.
        band: The factor ×/÷ of its 90 % band; None where none is claimed.
        rows: The published rows or measured arms that it was reckoned from, for people.
    """

    kind: Provenance
    source: str
    as_of: date | None = None
    level: int | None = None
    band: float | None = None
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A figure with what it may be. `point` is None where only bounds are known; `high` may be infinite."""

    low: float
    point: float | None
    high: float

    def __post_init__(self) -> None:
        """Refuse bounds in the wrong order, and what is no number."""
        if math.isnan(self.low) or math.isnan(self.high) or not self.low <= self.high:
            raise EvidenceError(f"a range from {self.low} to {self.high} has its bounds in the wrong order")
        if self.point is not None and not self.low <= self.point <= self.high:
            raise EvidenceError(f"{self.point} lies outside its range, {self.low} to {self.high}")

    @classmethod
    def exactly(cls, value: float) -> "Range":
        """A figure without uncertainty."""
        return cls(low=value, point=value, high=value)

    def scaled(self, factor: float) -> "Range":
        """Every bound times a factor that is not negative."""
        point = None if self.point is None else self.point * factor
        return Range(low=self.low * factor, point=point, high=self.high * factor)
