"""When to paint. Painting takes CPU time from what is measured: while something is timed, it happens seldom."""

from dataclasses import dataclass

NUMBERS_EVERY_S = 2.0
PLOT_EVERY_S = 6.0
QUICK_EVERY_S = 0.5
"""Where nothing is timed; also how often one looks whether it is time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is to be painted."""

    numbers: bool
    plot: bool


@dataclass(slots=True, kw_only=True)
class Pacer:
    """Remembers when it was painted last. Moments are seconds of any clock that only goes forward."""

    _numbers_s: float = float("-inf")
    _plot_s: float = float("-inf")

    def due(self, now_s: float, *, is_timed: bool) -> Due:
        """What is due now; what is due counts as painted."""
        numbers = now_s - self._numbers_s >= (NUMBERS_EVERY_S if is_timed else QUICK_EVERY_S)
        plot = numbers and now_s - self._plot_s >= (PLOT_EVERY_S if is_timed else QUICK_EVERY_S)
        if numbers:
            self._numbers_s = now_s
        if plot:
            self._plot_s = now_s
        return Due(numbers=numbers, plot=plot)
