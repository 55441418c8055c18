"""Asks for the cheapest mix of a projection, as the request says, and turns the answer into its document."""

from decimal import Decimal

from planner.services.plans.optimise_request import OptimiseRequest
from planner.services.plans.optimum_document import (
    LeftOutDocument,
    OptimumColumnDocument,
    OptimumDocument,
    OptimumLineDocument,
    RateCaseDocument,
    RivalDocument,
)
from pricing.errors import CapacityError
from pricing.files import one_of
from pricing.money import Money
from pricing.optimising.model import HOURS, Mix, MixLine, Scope, Task
from pricing.optimising.optimise import Optimum, optimise
from pricing.optimising.rivals import Rival, is_interruptible
from pricing.projection.model import Projection

_MILLION = 1_000_000
_FINE = Decimal("0.0001")
_PRICE = Decimal("1E-9")


def optimum_document(projection: Projection, request: OptimiseRequest) -> OptimumDocument:
    """The cheapest mix beside a projection; where none can be made, why not."""
    question = projection.question
    scope = request.scope(question)
    currency = projection.columns[0].cost.planned.currency
    asked = _asked(scope)
    try:
        found = optimise(question, scope, currency=currency)
    except CapacityError as error:
        return _without(asked, str(error), currency)
    mix, task = found.mix, found.task
    demand = question.assumptions.demand
    return OptimumDocument(
        asked=asked,
        reason=None,
        headline=_headline(found),
        currency=currency,
        cost_per_year=mix.per_year.cents,
        per_million=str((mix.per_year * _MILLION / demand.per_year).amount.quantize(_FINE)),
        instances=mix.instances,
        gap=mix.gap,
        utilisation=demand.peak_per_s * (1.0 - task.headroom) / _capacity(mix, task.busiest),
        survives=_survives(task),
        lines=tuple(_line(line, mix, task) for line in mix.lines),
        columns=_columns(projection, mix),
        rivals=tuple(_rival(one, mix) for one in found.rivals),
        cases=tuple(
            RateCaseDocument(
                subject=one.subject,
                end=one.end,
                per_s=one.per_s,
                mix=told(one.mix),
                cost_per_year=one.mix.per_year.cents,
                is_same=one.is_same,
            )
            for one in found.cases
        ),
        left_out=tuple(
            LeftOutDocument(subject=one.subject, cause=one.cause, reason=one.reason) for one in found.left_out
        ),
        conditions=found.conditions,
        notes=found.notes,
        offers=found.effort.choices,
        offers_in_programme=found.effort.programmed,
        is_loss_exact=task.redundancy.plus <= 1 or task.most_kinds == 1,
    )


def told(mix: Mix) -> str:
    """`9 × g4dn.xlarge on_demand + 2 × g5.xlarge on_demand, aws us-east-1`."""
    parts = [f"{line.most:,} × {line.choice.offer.instance} {line.choice.offer.purchase}" for line in mix.lines]
    return f"{' + '.join(parts)}, {' '.join(filter(None, mix.lines[0].choice.market))}"


def _asked(scope: Scope) -> str:
    targets = ", ".join(scope.targets) or "every target that is priced"
    markets = scope.markets
    places = "any provider and region" if markets is None else one_of([" ".join(filter(None, one)) for one in markets])
    purchases = ", ".join(scope.purchases) or "every purchase option"
    kinds = f"at most {scope.most_kinds} kinds of offers" if scope.most_kinds > 1 else "one kind of offer"
    return f"{targets} · {places} · {purchases} · {kinds}, in one region"


def _without(asked: str, reason: str, currency: str) -> OptimumDocument:
    return OptimumDocument(
        asked=asked,
        reason=reason,
        headline=reason,
        currency=currency,
        cost_per_year=None,
        per_million=None,
        instances=0,
        gap=0.0,
        utilisation=None,
        survives="",
        lines=(),
        columns=(),
        rivals=(),
        cases=(),
        left_out=(),
        conditions=(),
        notes=(),
        offers=0,
        offers_in_programme=0,
    )


def _headline(found: Optimum) -> str:
    mix = found.mix
    text = f"{told(mix)}: {_dollars(mix.per_year)} a year"
    if found.rivals:
        rival = found.rivals[0]
        text += f", {_dollars(rival.difference)} less than the cheapest {rival.names[0]}"
    return text


def _survives(task: Task) -> str:
    """What the mix was tried against."""
    redundancy = task.redundancy
    losses = []
    if redundancy.zones > 1:
        losses.append(f"the loss of any one of {redundancy.zones} zones")
    if redundancy.plus:
        several = "any one instance" if redundancy.plus == 1 else f"the {redundancy.plus} largest instances"
        losses.append(f"{'then ' if losses else ''}the loss of {several}")
    kept = " and ".join(losses)
    free = f"{100 * task.headroom:.0f} % of the capacity free"
    return f"the peak is carried with {free} after {kept}" if losses else f"the peak is carried with {free}"


def _capacity(mix: Mix, place: int) -> float:
    """Of all that runs at a level of the load, without the spares."""
    return sum(line.choice.per_s * line.counts[place] for line in mix.lines)


def _carried(line: MixLine, mix: Mix, task: Task) -> tuple[float, float]:
    """What one instance serves when it serves most, and the line's share of the day's requests."""
    most = served = whole = 0.0
    for place, level in enumerate(task.levels):
        each = level.need_per_s * line.choice.per_s / _capacity(mix, place)  # in proportion to rates
        hours = len(level.hours)
        most = max(most, each if line.counts[place] else 0.0)
        served += each * line.counts[place] * hours
        whole += level.need_per_s * hours
    return most, served / whole


def _line(line: MixLine, mix: Mix, task: Task) -> OptimumLineDocument:
    choice, offer, evidence = line.choice, line.choice.offer, line.choice.rate.evidence
    by_hour = [0] * HOURS
    for count, level in zip(line.counts, task.levels, strict=True):
        for hour in level.hours:
            by_hour[hour] = count + line.spares
    most, share = _carried(line, mix, task)
    return OptimumLineDocument(
        target=choice.target_id,
        variant=choice.rate.variant,
        gate=choice.rate.gate,
        provider=offer.provider,
        region=offer.region,
        instance=offer.instance,
        purchase=offer.purchase,
        is_committed=choice.is_unstopped,
        is_interruptible=is_interruptible(choice),
        price_per_hour=format(offer.rate.amount.quantize(_PRICE).normalize(), "f"),
        price_as_of=offer.as_of.isoformat(),
        price_source=offer.source,
        replicas_per_instance=choice.replicas,
        replica_per_s=choice.rate.sizing_per_s,
        method=choice.rate.method,
        evidence=evidence.kind,
        source=evidence.source,
        level=evidence.level,
        band=evidence.band,
        instances=line.most,
        spares=line.spares,
        by_hour=tuple(by_hour),
        per_instance_per_s=most,
        load_share=share,
        cost_per_year=line.cost(task.levels).cents,
        rows=evidence.rows,
    )


def _columns(projection: Projection, mix: Mix) -> tuple[OptimumColumnDocument, ...]:
    return tuple(
        OptimumColumnDocument(
            name=column.name,
            cost_per_year=column.cost.planned.cents,
            difference=(column.cost.planned - mix.per_year).cents,
            is_bound=column.costs_at_least,
        )
        for column in projection.columns
    )


def _rival(rival: Rival, winner: Mix) -> RivalDocument:
    return RivalDocument(
        names=rival.names,
        mix=told(rival.mix),
        instances=rival.mix.instances,
        cost_per_year=rival.mix.per_year.cents,
        difference=rival.difference.cents,
        share=rival.difference.ratio(winner.per_year),
        turns_on=rival.turn.subject,
        turns_at=rival.turn.price,
        turns_by=rival.turn.factor,
        turns_alike=rival.turn.alike,
    )


def _dollars(amount: Money) -> str:
    return f"{amount.cents:,.0f} {amount.currency}"
