"""The evidence side of a report: what the plan's runs measured, how it was judged, and what a reader must be warned of.

Everything is read from the store and from the plan; nothing is measured. What cannot be read is told on page one.
"""

from dataclasses import dataclass

from planner.errors import StoreError
from planner.reports.document import Notice, Section
from planner.reports.figures import Words
from planner.services.plans.document import PlanDocument
from planner.services.reporting.evidence_appendix import appendix_sections
from planner.services.reporting.evidence_notices import notices_of, thresholds_of
from planner.services.reporting.evidence_reproduce import reproduce_section
from planner.services.reporting.evidence_runs import behind_the_decision, runs_behind
from planner.services.reporting.latency_section import latency_sections
from planner.services.reporting.quality_section import quality_sections
from planner.store.repository import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePart:
    """What a report takes of it.

    Attributes:
        notices: For page one, the gravest first.
        thresholds: Of the gate on what is decided, as they were asked and found, with what was not measured.
        sections: `quality`, `latency`, `appendix` and `reproduce`, each with what stands below it.
        runs: The plan's runs that are there.
        gone: Those that are not.
    """

    notices: tuple[Notice, ...]
    thresholds: tuple[Words, ...]
    sections: tuple[Section, ...]
    runs: tuple[str, ...]
    gone: tuple[str, ...]


def evidence_of(store: Store | None, plan: PlanDocument) -> EvidencePart:
    """Everything that stands behind a plan.

    Args:
        store: Where its runs are; None where there is no database.
        plan: The plan.

    Raises:
        StoreError: if the database cannot be read at all; a run that is damaged or gone is told instead.
    """
    behind = runs_behind(store, plan)
    return EvidencePart(
        notices=notices_of(behind),
        thresholds=thresholds_of(behind_the_decision(behind)),
        sections=(
            *quality_sections(behind),
            *latency_sections(store, behind),
            *appendix_sections(behind, () if store is None else store.waivers()),
            reproduce_section(behind, kept_as_of=_kept_as_of(store, plan)),
        ),
        runs=tuple(one.run_id for one in behind.runs),
        gone=tuple(one.run_id for one in behind.gone),
    )


def _kept_as_of(store: Store | None, plan: PlanDocument) -> str | None:
    """The day of the prices of the plan that is kept: another one where this one is replayed."""
    if store is None or plan.plan is None:
        return None
    try:
        return store.plan(plan.plan).as_of.isoformat()
    except StoreError:
        return None
