"""Turns a projection into its document. Nothing is reckoned here but what is shown."""

from decimal import Decimal

from planner.services.plans.document import (
    AbsenceDocument,
    AssumptionDocument,
    ChangeDocument,
    ColumnDocument,
    DateDocument,
    EvidenceDocument,
    FindingDocument,
    FleetDocument,
    FlipDocument,
    MoneyRange,
    ProjectionDocument,
    RateDocument,
    ShareDocument,
    SizingDocument,
)
from planner.services.plans.documenting_footprint import carbon_of, embodied_of, energy_of
from planner.services.plans.headline import headline
from planner.services.plans.simulating import Simulated
from pricing.assumptions import Stated
from pricing.money import Money
from pricing.projection.model import (
    Change,
    Column,
    ColumnName,
    CostRange,
    Projection,
    SavingRange,
)
from pricing.sensitivity import DateLine, Flip, Flips
from pricing.vocabulary import Evidence

_PRICE = Decimal("1E-9")  # of a dollar: listed prices have six places; a year of owned machines over its hours has more
_FINE = Decimal("0.0001")  # of a dollar: a million requests may cost cents


def document_of(
    projection: Projection,
    *,
    title: str,
    flips: Flips,
    simulated: dict[ColumnName, Simulated],
    findings: tuple[FindingDocument, ...],
) -> ProjectionDocument:
    """The document of a projection.

    Args:
        projection: What was found.
        title: What it is about.
        flips: Where the answer changes.
        simulated: By column, what the simulation of its replicas said.
        findings: What the sanity rules say of it.
    """
    question = projection.question
    assumptions = question.assumptions
    return ProjectionDocument(
        title=title,
        headline=headline(projection),
        answer=projection.answer,
        condition=projection.condition,
        reasons=projection.reasons,
        model=question.model.name,
        parameters=question.model.parameters,
        flop_per_sample=question.model.flop_per_sample,
        slo=question.slo.label,
        peak_per_s=assumptions.demand.peak_per_s,
        mean_per_s=assumptions.demand.mean_per_s,
        hourly_per_s=assumptions.demand.hourly_per_s,
        requests_per_year=assumptions.demand.per_year,
        currency=projection.columns[0].cost.planned.currency,
        horizon_years=assumptions.horizon_years,
        discount_rate=assumptions.discount_rate,
        columns=tuple(
            _column(column, simulated[column.name], requests=assumptions.demand.per_year)
            for column in projection.columns
        ),
        absences=tuple(AbsenceDocument(name=one.name, reason=one.reason) for one in projection.absences),
        changes=tuple(_change(change) for change in projection.changes),
        shares=tuple(ShareDocument(cause=one.cause, amount=_cents(one.amount)) for one in projection.shares),
        shares_reason=projection.shares_reason,
        flips=tuple(_flip(one) for one in flips.points),
        dates=tuple(_date(one) for one in flips.dates),
        findings=findings,
        assumptions=tuple(_assumption(one) for one in assumptions.stated),
    )


def _column(column: Column, simulated: Simulated, *, requests: float) -> ColumnDocument:
    energy, carbon = energy_of(column), carbon_of(column, requests=requests)
    return ColumnDocument(
        name=column.name,
        target=column.target_id,
        variant=column.rate.variant,
        precision=column.rate.precision,
        asked=column.asked_precision,
        gate=column.rate.gate,
        rate=RateDocument(
            low=column.rate.per_s.low,
            point=column.rate.per_s.point,
            high=column.rate.per_s.high,
            unit="requests/s",
            slo=None if column.rate.slo is None else column.rate.slo.label,
            method=column.rate.method,
            is_bound=column.rate.is_bound,
            replica_devices=column.rate.replica.devices,
            replica_vcpus=column.rate.replica.vcpus,
            evidence=_evidence(column.rate.evidence),
        ),
        sizing=SizingDocument(
            replicas=column.sizing.replicas,
            per_replica_per_s=column.sizing.per_replica_per_s,
            utilisation=column.sizing.utilisation,
            formula=column.sizing.formula,
            predicted_s=column.sizing.predicted_quantile_s,
            simulated_s=simulated.quantile_s,
            simulated_requests=simulated.requests,
            difference=simulated.difference,
            keeps_slo=simulated.keeps_slo,
            simulation_note=simulated.note,
        ),
        fleet=_fleet(column),
        cost_per_year=_cost(column.cost),
        per_million=str(column.per_million.amount.quantize(_FINE)),
        energy_kwh=energy.kwh,
        carbon_kg=carbon.kg,
        notes=column.notes,
        energy=energy,
        carbon=carbon,
        embodied=embodied_of(column),
    )


def _fleet(column: Column) -> FleetDocument:
    offer, line = column.line.offer, column.line
    return FleetDocument(
        provider=offer.provider,
        region=offer.region,
        instance=offer.instance,
        purchase=offer.purchase,
        price_per_hour=format(offer.rate.amount.quantize(_PRICE).normalize(), "f"),
        currency=offer.rate.currency,
        price_as_of=offer.as_of.isoformat(),
        price_source=offer.source,
        devices_per_instance=offer.devices,
        replicas_per_instance=line.replicas_per_instance,
        instances=column.instances,
        steps=line.steps,
    )


def _change(change: Change) -> ChangeDocument:
    cash = change.cash
    return ChangeDocument(
        name=change.name,
        gate=change.gate,
        saving_per_year=_saving(change.per_year),
        one_off=_cents(cash.one_off),
        parallel_running=_cents(cash.parallel_running),
        npv=_saving(cash.npv),
        irr=cash.irr,
        irr_reason=cash.irr_reason,
        payback_years=cash.payback_years,
        discounted_payback_years=cash.discounted_payback_years,
        flows=tuple(_cents(flow) for flow in cash.flows),
    )


def _flip(flip: Flip) -> FlipDocument:
    return FlipDocument(
        kind=flip.kind,
        subject=flip.subject,
        now=flip.now,
        at=flip.at,
        unit=flip.unit,
        before=flip.before,
        after=flip.after,
        span=flip.span,
    )


def _date(line: DateLine) -> DateDocument:
    return DateDocument(
        as_of=line.as_of.isoformat(),
        costs=tuple((name, _cents(cost)) for name, cost in line.costs),
        cheapest=line.cheapest,
        reason=line.reason,
    )


def _assumption(stated: Stated) -> AssumptionDocument:
    return AssumptionDocument(
        name=stated.name, text=stated.text, meaning=stated.meaning, evidence=_evidence(stated.evidence)
    )


def _evidence(evidence: Evidence) -> EvidenceDocument:
    return EvidenceDocument(
        kind=evidence.kind,
        source=evidence.source,
        as_of=None if evidence.as_of is None else evidence.as_of.isoformat(),
        level=evidence.level,
        band=evidence.band,
        rows=evidence.rows,
    )


def _cost(cost: CostRange) -> MoneyRange:
    return MoneyRange(
        low=_cents(cost.low), planned=_cents(cost.planned), high=None if cost.high is None else _cents(cost.high)
    )


def _saving(saving: SavingRange) -> MoneyRange:
    return MoneyRange(
        low=None if saving.low is None else _cents(saving.low),
        planned=_cents(saving.planned),
        high=None if saving.high is None else _cents(saving.high),
    )


def _cents(amount: Money) -> Decimal:
    return amount.cents
