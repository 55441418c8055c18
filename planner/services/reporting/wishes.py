"""What a reader wishes of a report, beside what the plan says."""

from dataclasses import dataclass

from planner.services.reporting.exchange import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWishes:
    """How a report is made.

    Attributes:
        title: Of its own; None: one that names the models.
        exchange: For amounts in another currency than the plan's; None: the plan's own.
    """

    title: str | None = None
    exchange: Exchange | None = None
