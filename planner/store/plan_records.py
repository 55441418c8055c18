"""What the store gives back of plans: whole and in brief, as frozen values."""

from dataclasses import dataclass
from datetime import date, datetime

from pricing.book import PriceBook


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """A plan with all that it rests on: run again, it gives the same document to the cent.

    Attributes:
        plan_id: 8 hexadecimal characters.
        created_at: In UTC.
        planner_version: Of the planner that made it.
        as_of: The day whose prices were taken.
        book: The prices that were in force.
        seed: Of the simulations.
        runs: What was measured, by identifier.
        request: What was asked, as JSON.
        headline: Of its first projection.
        document: The plan as JSON.
    """

    plan_id: str
    created_at: datetime
    planner_version: str
    as_of: date
    book: PriceBook
    seed: int
    runs: tuple[str, ...]
    request: str
    headline: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSummary:
    """A plan in a list."""

    plan_id: str
    created_at: datetime
    as_of: date
    runs: tuple[str, ...]
    headline: str
