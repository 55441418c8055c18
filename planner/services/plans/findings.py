"""What the sanity rules say of our own plan: the same rules as for anybody's claims."""

from planner.services.plans.document import FindingDocument
from pricing.projection.model import Projection


def plan_findings(projection: Projection) -> tuple[FindingDocument, ...]:
    """Every rule that applies."""
    del projection
    return ()
