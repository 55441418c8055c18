"""An asker of price services that gives up quickly and never really waits."""

from collections.abc import Callable
from typing import Self

from planner.refresh.fetching import Chance, Fetcher
from planner.refresh.limits import Limits
from planner.refresh.meter import Meter, Progress

QUICK = Limits(connect_s=5.0, read_s=5.0, deadline_s=30.0, attempts=3)


class Asker:
    """A fetcher, what it told, and the waits that it did not wait. Use as a context manager."""

    def __init__(self, limits: Limits = QUICK, *, clock: Callable[[], float] = lambda: 0.0) -> None:
        self.told: list[Progress] = []
        self.waits: list[float] = []
        meter = Meter("azure", limits=limits, watch=self.told.append, clock=clock)
        self.fetcher = Fetcher(limits, meter, chance=Chance(sleep=self.waits.append, draw=lambda: 0.5))

    def __enter__(self) -> Self:
        self.fetcher.__enter__()
        return self

    def __exit__(self, *_reason: object) -> None:
        self.fetcher.__exit__(None, None, None)
