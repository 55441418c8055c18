"""Plays a stored run: which of its lines have come at a moment, at a speed, with pauses. Knows no clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.services.live_replay import Told

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0)
_USUAL = 4.0


@dataclass(slots=True, kw_only=True)
class Player:
    """Lines that come with time. `at_s`: the second of the run that is shown."""

    told: Sequence[Told]
    speed: float = _USUAL
    is_paused: bool = False
    at_s: float = 0.0
    _next: int = 0

    def pass_time(self, seconds: float) -> Iterator[Told]:
        """Lines that come while so many seconds pass before the screen."""
        if not self.is_paused:
            self.at_s += seconds * self.speed
        while self._next < len(self.told) and self.told[self._next].at_s <= self.at_s:
            self._next += 1
            yield self.told[self._next - 1]

    def quicken(self, steps: int) -> None:
        """Another speed: so many steps up, or down."""
        at = SPEEDS.index(self.speed) if self.speed in SPEEDS else 0
        self.speed = SPEEDS[min(len(SPEEDS) - 1, max(0, at + steps))]

    @property
    def is_over(self) -> bool:
        """Whether everything has come."""
        return self._next >= len(self.told)

    @property
    def length_s(self) -> float:
        """Of the run."""
        return self.told[-1].at_s if self.told else 0.0
