"""From evidence, load and prices to one fleet: replicas, whole instances, a year's cost. Every column is made here."""

from dataclasses import dataclass, replace

from pricing.assumptions import Assumptions, Place
from pricing.book.attached import with_hosts
from pricing.capacity import Sizing, replicas_by_hour, size_replicas
from pricing.errors import BookError, CapacityError
from pricing.fleet.fleets import autoscaled_year
from pricing.fleet.instances import FleetLine, Redundancy, cheapest_line, instances_for
from pricing.money import HOURS_PER_YEAR, Money
from pricing.projection.model import Question
from pricing.vocabulary import Offer, Range, ServiceRate, TargetKind

USABLE_MEMORY = 0.9  # of a card: the rest is the driver's, the runtime's and fragmentation
_COMMITTED = ("committed", "reserved")


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedFleet:
    """One fleet for the peak.

    Attributes:
        rate: Of one replica, as used.
        sizing: Replicas for the peak.
        line: Whole instances.
        per_year: What they cost.
    """

    rate: ServiceRate
    sizing: Sizing
    line: FleetLine
    per_year: Money


def offers_at(question: Question, place: Place, target_id: str) -> tuple[Offer, ...]:
    """The offers of a target in one provider, region and purchase option, on the plan's day.

    Raises:
        BookError: where there is none, with what there is.
    """
    found = question.book.require(
        question.assumptions.as_of,
        provider=place.provider,
        region=place.region,
        purchase=place.purchase,
        target_id=target_id,
        instance=place.instance if place.target == target_id else None,
    )
    market = question.book.current(
        question.assumptions.as_of, provider=place.provider, region=place.region, purchase=place.purchase
    )
    whole = tuple(offer for offer in found if offer.is_rentable_alone)
    attached = (offer for offer in found if not offer.is_rentable_alone)
    usable = (*whole, *(both for offer in attached for both in with_hosts(offer, market)))
    if not usable:
        raise BookError(
            f"{target_id} on {place.provider} {place.region} has no instance that can be rented alone, only an "
            "accelerator to attach"
        )
    return usable


def used_rate(rate: ServiceRate, assumptions: Assumptions) -> ServiceRate:
    """The rate that a replica keeps beside others: on a CPU less than it has alone, by the stated share."""
    if not rate.replica.vcpus or rate.is_bound:
        return rate
    share, alone = assumptions.replica_scaling, rate.per_s
    point = None if alone.point is None or share.point is None else alone.point * share.point
    return replace(
        rate,
        per_s=Range(low=alone.low * share.low, point=point, high=alone.high * share.high),
        note=f"{rate.note}; replicas keep {100 * share.low:.0f} to {100 * share.high:.0f} % beside others".lstrip("; "),
    )


def size_fleet(
    question: Question, place: Place, target_id: str, precision: str, *, is_optimistic: bool = False
) -> SizedFleet:
    """The cheapest fleet of one offer that carries the peak inside the SLO, with redundancy.

    Args:
        question: What is asked.
        place: Where and how it is rented.
        target_id: What serves.
        precision: Or variant.
        is_optimistic: Size with the best rate that the evidence allows instead of the one proven to hold.

    Raises:
        EvidenceError: where nothing is known of the rate, or the model does not fit.
        BookError: where there is no price.
        CapacityError: where no fleet carries the load.
    """
    rate = used_rate(question.find_rate(target_id, precision), question.assumptions)
    _require_memory(question, rate)
    if is_optimistic and not rate.is_bound:
        rate = replace(rate, per_s=Range.exactly(rate.per_s.high))
    assumptions = question.assumptions
    sizing = size_replicas(
        rate, peak_per_s=assumptions.demand.peak_per_s, slo=question.slo, headroom=assumptions.headroom
    )
    offers = offers_at(question, place, target_id)
    line = cheapest_line(sizing.replicas, offers, replica=rate.replica, redundancy=_redundancy(assumptions))
    return SizedFleet(rate=rate, sizing=sizing, line=line, per_year=yearly_cost(assumptions, sizing, line))


def yearly_cost(assumptions: Assumptions, sizing: Sizing, line: FleetLine) -> Money:
    """What the line costs in a year: all of it, or what a day's load asks for where instances follow it."""
    if not assumptions.autoscaling.is_on or line.offer.purchase.startswith(_COMMITTED):
        return line.per_year
    needed = replicas_by_hour(sizing, hourly_per_s=assumptions.demand.hourly_per_s, lag_s=assumptions.autoscaling.lag_s)
    instances = [
        instances_for(
            max(count, 1), offer=line.offer, replica=line.replica, redundancy=_redundancy(assumptions)
        ).instances
        for count in needed
    ]
    return autoscaled_year([min(count, line.instances) for count in instances], line.offer, floor=1)


def cost_of(offer: Offer, instances: int) -> Money:
    """What so many instances cost in a year."""
    return offer.rate.over(HOURS_PER_YEAR, count=instances)


def _redundancy(assumptions: Assumptions) -> Redundancy:
    return Redundancy(plus=assumptions.plus, zones=assumptions.zones, spares=assumptions.spares)


def _require_memory(question: Question, rate: ServiceRate) -> None:
    target = question.targets.find(rate.replica.target_id)
    weights = question.model.weight_bytes(rate.precision)
    if target.kind is not TargetKind.GPU or target.memory_bytes is None or weights is None:
        return
    usable = target.memory_bytes * USABLE_MEMORY * max(rate.replica.devices, 1.0)
    if weights > usable:
        raise CapacityError(
            f"the weights of {question.model.name} in {rate.precision} take {weights / 1e9:.1f} GB, and "
            f"{target.name} offers {usable / 1e9:.1f} GB"
        )
