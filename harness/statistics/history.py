"""A figure over many runs as it is judged, and what becomes of it.

Values are oriented so that higher is worse, on a scale on which a change is a difference.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harness.errors import MeasurementError
from harness.statistics.series import Series
from harness.statistics.steps import Shift
from harness.vocabulary.words import Trend

Indices = npt.NDArray[np.intp]
_FLOOR = 0.25
"""Of the tolerance: the least spread that is believed. Five runs may agree by chance, and what scatters by
less than a quarter of what matters is as good as constant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One figure over the runs that have it, oldest first; the last is judged.

    Attributes:
        values: shape (n,), finite, higher is worse.
        runs: the number of each run in the whole history: series of the same runs are tested together.
        tolerance: the change that matters, in the unit of the values, above 0.
        variances: of each value by its own interval, in the square of that unit; `None` where it has none.
        reference: how many of the runs are the history, where that is named: all later ones are judged.
    """

    values: Series
    runs: tuple[int, ...]
    tolerance: float
    variances: tuple[float | None, ...]
    reference: int | None = None

    def __post_init__(self) -> None:
        """Refuse a history whose parts do not fit together."""
        n = self.values.size
        if not n or len(self.runs) != n or len(self.variances) != n:
            raise MeasurementError(f"{n} values, {len(self.runs)} runs and {len(self.variances)} variances do not fit.")
        if not np.isfinite(self.values).all() or not self.tolerance > 0.0:
            raise MeasurementError("A history needs finite values and a tolerance above zero.")
        if self.reference is not None and not 0 <= self.reference < n:
            raise MeasurementError(f"{self.reference} of {n} runs leave none to judge.")

    @property
    def floor(self) -> float:
        """The least spread that is believed."""
        return _FLOOR * self.tolerance

    @property
    def earlier(self) -> int:
        """How many runs the judged one is compared with."""
        return self.values.size - 1 if self.reference is None else self.reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of a history. `shift` is upwards where it is worse; `since` is the first value of the new level.

    `in_a_row` counts the last runs that lie beyond the tolerance on the side of the change, and `p` holds for
    all histories that were judged together. Of a steady one, `shift` is its last value against the level.
    """

    trend: Trend
    history: int
    shift: Shift | None = None
    since: int | None = None
    p: float | None = None
    in_a_row: int = 0


def in_a_row(above: Series, tolerance: float) -> int:
    """How many of the last values lie beyond the tolerance."""
    inside = np.flatnonzero(above <= tolerance)
    return above.size - 1 - int(inside[-1]) if inside.size else above.size
