"""Where the app works: which database, what day and moment it is. Screens ask the app for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol, cast

from textual.app import App

from planner.tui.remembering import Memory


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where.

    Attributes:
        address: Of the database.
        memory: What is remembered, and written when the app ends.
        now: The moment, UTC.
    """

    address: str
    memory: Memory = field(default_factory=Memory)
    now: Callable[[], datetime] = _now

    @property
    def today(self) -> date:
        """The day, UTC."""
        return self.now().date()


class _Placed(Protocol):
    place: Place


def place_of(app: App[object]) -> Place:
    """Of the running app."""
    return cast("_Placed", app).place
