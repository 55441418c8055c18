"""Puts a projection together."""

from collections.abc import Sequence

from pricing.projection.changes import change_of, right_sizing_of
from pricing.projection.columns import columns
from pricing.projection.decomposition import decompose
from pricing.projection.fleets import Fleets
from pricing.projection.judging import judge
from pricing.projection.model import Column, ColumnName, Projection, Question
from pricing.vocabulary import Gate


def project(question: Question) -> Projection:
    """What staying, quantising and moving cost at equal throughput and SLO, and what to do.

    Raises:
        PricingError: if today's fleet cannot be sized or priced: there is nothing to compare with; or if prices and
            one-off costs are in different currencies.
    """
    fleets = Fleets(question)
    found, absences = columns(fleets)
    changes = tuple(change_of(question, found[0], column, beside=beside_of(found, column)) for column in found[1:])
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


def beside_of(found: Sequence[Column], column: Column) -> Column | None:
    """The quantised fleet in place, for a move: none where quality rejects it or only a bound is known of it."""
    if column.name is not ColumnName.MOVE:
        return None
    quantised = next((one for one in found if one.name is ColumnName.QUANTISE), None)
    is_usable = quantised is not None and not quantised.is_bound and quantised.rate.gate is not Gate.REJECTED
    return quantised if is_usable else None
