"""What runs prove of a plan. To be replaced: nothing is told yet."""

from dataclasses import dataclass

from planner.reports.document import Notice, Section
from planner.reports.figures import Words
from planner.services.plans.document import PlanDocument
from planner.store.repository import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePart:
    """The part of a report that runs prove: what belongs on the first page, and sections of its own."""

    notices: tuple[Notice, ...] = ()
    thresholds: tuple[Words, ...] = ()
    sections: tuple[Section, ...] = ()


def evidence_of(store: Store | None, plan: PlanDocument) -> EvidencePart:  # noqa: ARG001 - a placeholder
    """Nothing yet."""
    return EvidencePart()
