"""Turns how sure a projection is into its document. Nothing is reckoned here but what is shown."""

import math
from decimal import Decimal

import numpy as np

from planner.services.plans.learning_how import way_to
from planner.services.plans.questions import Asked
from planner.services.plans.uncertain_document import (
    BarDocument,
    ChanceDocument,
    InputDocument,
    MeasurementDocument,
    QuantilesDocument,
    UncertainChangeDocument,
    UncertainColumnDocument,
    UncertaintyDocument,
)
from pricing.money import Money
from pricing.projection.model import Projection
from pricing.uncertainty import (
    AssessedChange,
    Assessment,
    Bar,
    Chance,
    Indices,
    Input,
    InputKind,
    Measurable,
    Quantiles,
    assess,
)

_MEANING = (
    "p10, p50 and p90 are of the fleet that one would end up with once every figure is known, sized to what was drawn; "
    "planned figures are sized with what is proven today, and remain the ones to sign"
)
_DEMAND = (
    "demand is not drawn: its evidence gives figures and no range; what is drawn is independent, but for rates that "
    "fleets share"
)
_NOTHING = "no measurement would change the answer"
_NONE_ALONE = "no measurement alone is shown to be worth anything to the answer"
_NOTICED = 0.05
_DIGITS = 6  # of shares and figures that are shown


def uncertainty_of(
    projection: Projection, asked: Asked, *, draws: int, seed: int, with_sobol: bool
) -> UncertaintyDocument:
    """How sure the answer is.

    Raises:
        PricingError: if the number of draws is none.
    """
    found = assess(projection, draws=draws, seed=seed, with_sobol=with_sobol)
    by_key = {one.key: one for one in found.inputs}
    measurements = tuple(_measurement(one, asked) for one in found.measurables)
    return UncertaintyDocument(
        meaning=_MEANING,
        demand=_DEMAND,
        draws=found.draws,
        seed=found.seed,
        inputs=tuple(_input(one) for one in found.inputs),
        columns=tuple(
            UncertainColumnDocument(
                name=one.name,
                cost_per_year=_quantiles(one.cost),
                side=one.side,
                infeasible=_rounded(one.infeasible),
            )
            for one in found.columns
        ),
        changes=tuple(_change(one, by_key) for one in found.changes),
        best=found.best,
        expected=_cents(found.expected),
        ceiling=_cents(found.ceiling),
        advice=_advice(found, measurements, projection.columns[0].cost.planned.currency),
        measurements=measurements,
    )


def _advice(found: Assessment, measurements: tuple[MeasurementDocument, ...], currency: str) -> str:
    """What to do next; the value of nothing is told as such, and what all of it together would be worth."""
    if not found.measurables:
        return f"{_NOTHING}: nothing in it is uncertain"
    first, way = found.measurables[0], measurements[0]
    if first.decides:
        return f"learn {first.subject} first: {first.note}"
    if first.value:
        most = "at most " if first.at_most else ""
        return f"learn {first.subject} first: worth {most}{way.value:,.0f} {currency} over the horizon"
    ceiling = _cents(found.ceiling)
    nothing = f"{_NONE_ALONE} ({ceiling:,.0f} {currency} to know all that was drawn)" if ceiling >= 1 else _NOTHING
    if first.narrowing >= _NOTICED:
        return f"{nothing}; to know {first.subject} would narrow it, p10 to p90 by {100 * first.narrowing:.0f} %"
    return nothing


def _input(one: Input) -> InputDocument:
    p10, p50, p90 = (_rounded(float(value)) for value in one.law.at(np.array([0.1, 0.5, 0.9])))
    return InputDocument(
        name=_name(one),
        kind=one.kind,
        subject=one.subject,
        unit=one.unit,
        law=one.law.words,
        p10=p10,
        p50=p50,
        p90=p90,
        source=one.source,
    )


def _name(one: Input) -> str:
    """Of an assumption as it is stated; of a rate what serves."""
    is_rate = one.kind in {InputKind.RATE, InputKind.RATIO}
    return f"{one.kind} {one.target_id} {one.variant}" if is_rate else one.key


def _change(one: AssessedChange, by_key: dict[str, Input]) -> UncertainChangeDocument:
    indices = one.indices or {}
    return UncertainChangeDocument(
        name=one.name,
        saving_per_year=_quantiles(one.saving),
        npv=_quantiles(one.npv),
        saving_side=one.saving_side,
        npv_side=one.npv_side,
        saves=_chance(one.saves),
        pays=_chance(one.pays),
        infeasible=_rounded(one.infeasible),
        condition=one.condition,
        reason=one.reason,
        tornado=tuple(_bar(bar, by_key[bar.key], indices.get(bar.key)) for bar in one.bars),
    )


def _bar(bar: Bar, one: Input, indices: Indices | None) -> BarDocument:
    return BarDocument(
        name=_name(one),
        subject=one.subject,
        unit=one.unit,
        p10=_rounded(bar.at[0]),
        p90=_rounded(bar.at[1]),
        saving_at_p10=_known(bar.saving[0]),
        saving_at_p90=_known(bar.saving[1]),
        npv_at_p10=_known(bar.npv[0]),
        npv_at_p90=_known(bar.npv[1]),
        first_order=None if indices is None else round(indices.first, 4),
        total_order=None if indices is None else round(indices.total, 4),
    )


def _measurement(one: Measurable, asked: Asked) -> MeasurementDocument:
    way = way_to(one, asked)
    return MeasurementDocument(
        kind=one.kind,
        subject=one.subject,
        value=None if one.value is None else _cents(one.value),
        error=_cents(one.error),
        is_at_most=one.at_most,
        decides=one.decides,
        narrowing=round(one.narrowing, 4),
        variance_share=round(one.variance_share, 4),
        how=way.how,
        command=way.command,
        note=one.note,
    )


def _quantiles(found: Quantiles | None) -> QuantilesDocument | None:
    if found is None:
        return None
    return QuantilesDocument(p10=_cents(found.p10), p50=_cents(found.p50), p90=_cents(found.p90))


def _chance(found: Chance | None) -> ChanceDocument | None:
    return None if found is None else ChanceDocument(share=found.share, error=round(found.error, _DIGITS))


def _known(amount: float) -> Decimal | None:
    return None if math.isnan(amount) else _cents(amount)


def _cents(amount: float) -> Decimal:
    """As all amounts of a plan: half to even, and nothing is never −0.00."""
    return Money.of(amount).cents


def _rounded(value: float) -> float:
    """To six figures: the last digits of a float may differ between machines."""
    return float(f"{value:.{_DIGITS}g}")
