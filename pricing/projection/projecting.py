"""Puts a projection together."""

from pricing.projection.changes import change_of, right_sizing_of
from pricing.projection.columns import columns
from pricing.projection.decomposition import decompose
from pricing.projection.fleets import Fleets
from pricing.projection.judging import judge
from pricing.projection.model import ColumnName, Projection, Question


def project(question: Question) -> Projection:
    """What staying, quantising and moving cost at equal throughput and SLO, and what to do.

    Raises:
        PricingError: if today's fleet cannot be sized or priced: there is nothing to compare with; or if prices and
            one-off costs are in different currencies.
    """
    fleets = Fleets(question)
    found, absences = columns(fleets)
    changes = tuple(change_of(question, found[0], column) for column in found[1:])
    right_sizing = right_sizing_of(fleets, found[0])
    judgement = judge(found, absences, changes, right_sizing=right_sizing)
    has_move = any(column.name is ColumnName.MOVE for column in found)
    shares, reason = decompose(fleets) if has_move else ((), "there is no move to take apart")
    return Projection(
        question=question,
        columns=found,
        absences=absences,
        changes=changes,
        right_sizing=right_sizing,
        answer=judgement.answer,
        reasons=judgement.reasons,
        condition=judgement.condition,
        shares=shares,
        shares_reason=reason,
    )
