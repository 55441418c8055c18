"""What the app asks of its views, where they have an answer."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Busy(Protocol):
    """A screen that measures."""

    @property
    def is_measuring(self) -> bool:
        """Whether it does now."""

    def leave(self, *, goes_on: bool) -> None:
        """The app ends: let the run go on, or end it."""


@runtime_checkable
class Reasoned(Protocol):
    """What says why a key can do nothing now."""

    def why_not(self, action: str) -> str | None:
        """A sentence; None: it can."""
