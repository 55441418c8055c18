"""Puts a projection together."""

from pricing.projection.changes import change_of
from pricing.projection.columns import columns
from pricing.projection.decomposition import decompose
from pricing.projection.judging import judge
from pricing.projection.model import ColumnName, Projection, Question


def project(question: Question) -> Projection:
    """What staying, quantising and moving cost at equal throughput and SLO, and what to do.

    Raises:
        PricingError: if today's fleet cannot be sized or priced: there is nothing to compare with.
    """
    found, absences = columns(question)
    changes = tuple(change_of(question, found[0], column) for column in found[1:])
    judgement = judge(found, absences, changes)
    has_move = any(column.name is ColumnName.MOVE for column in found)
    shares, reason = decompose(question) if has_move else ((), "there is no move to take apart")
    return Projection(
        question=question,
        columns=found,
        absences=absences,
        changes=changes,
        answer=judgement.answer,
        reasons=judgement.reasons,
        condition=judgement.condition,
        shares=shares,
        shares_reason=reason,
    )
