"""From evidence, load and prices to one fleet: replicas, whole instances, a year's cost. Every column is made here."""

import math
from dataclasses import dataclass, replace

from pricing.assumptions import Assumptions, Place
from pricing.book.attached import with_hosts
from pricing.capacity import Sizing, count_replicas, highest_rate, replicas_by_hour, size_replicas
from pricing.errors import BookError, CapacityError
from pricing.fleet.fleets import autoscaled_year
from pricing.fleet.instances import FleetLine, Redundancy, cheapest_line, instances_for, replicas_per_instance
from pricing.money import HOURS_PER_YEAR, Money
from pricing.projection.model import OwnedTerms, Question
from pricing.projection.owned import OWNED, owned_offers
from pricing.tco.owning import owned_year
from pricing.vocabulary import BatchCurve, Offer, Range, RateMethod, Replica, ServiceRate, Target, TargetKind

USABLE_MEMORY = 0.9  # of a card: the rest is the driver's, the runtime's and fragmentation
UNSTOPPED = ("committed", "reserved", "savings_plan", OWNED)
"""Purchase options, by how they begin, that are paid whether used or not."""
_CURVES = (RateMethod.CURVE, RateMethod.PUBLISHED_CURVE)
_DAYS_PER_YEAR, _HOURS_PER_DAY = 365, 24
_Wanted = tuple[Place, str, Replica]
_Offers = tuple[tuple[Offer, ...], dict[str, OwnedTerms]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedFleet:
    """One fleet for the peak.

    Attributes:
        rate: Of one replica, as used.
        sizing: Replicas for the peak.
        line: Whole instances.
        per_year: What they cost; of owned ones with the purchase spread over their life.
        instances_by_hour: Of each of the 24 hours of a day, fewer where instances follow the load.
        terms: Of owned machines; None of rented ones.
    """

    rate: ServiceRate
    sizing: Sizing
    line: FleetLine
    per_year: Money
    instances_by_hour: tuple[int, ...]
    terms: OwnedTerms | None

    @property
    def instance_hours(self) -> int:
        """In a year."""
        return _DAYS_PER_YEAR * sum(self.instances_by_hour)


class Fleets:
    """Sizes the fleets of a question; each offer is looked up, and each fleet sized, once.

    Args:
        question: What is asked.
        offers: Found before, of the same prices on the same day.
        is_costing: Only costs are wanted: the latency of the fleets is not predicted.
    """

    def __init__(
        self, question: Question, *, offers: dict[_Wanted, _Offers] | None = None, is_costing: bool = False
    ) -> None:
        self.question = question
        self._is_costing = is_costing
        self._sized: dict[tuple[Place, str, str, bool], SizedFleet] = {}
        self._offers: dict[_Wanted, _Offers] = {} if offers is None else offers

    def asking(self, question: Question) -> "Fleets":
        """Of another question, with the offers that were found where they are the same."""
        before, after = self.question, question
        is_same = before.book is after.book and _priced_by(before.assumptions) == _priced_by(after.assumptions)
        return Fleets(question, offers=self._offers if is_same else None, is_costing=self._is_costing)

    def size(self, place: Place, target_id: str, *, precision: str, is_optimistic: bool = False) -> SizedFleet:
        """The cheapest fleet of one offer that carries the peak inside the SLO, with redundancy.

        Args:
            place: Where and how it is had.
            target_id: What serves.
            precision: Or variant.
            is_optimistic: Size with the best rate that the evidence allows instead of the one proven to hold.

        Raises:
            EvidenceError: where nothing is known of the rate.
            BookError: where there is no price.
            CapacityError: where no fleet carries the load, or the model does not fit.
        """
        place = replace(place, precision="")
        key = (place, target_id, precision, is_optimistic)
        if key not in self._sized:
            self._sized[key] = self._size(place, target_id, precision=precision, is_optimistic=is_optimistic)
        return self._sized[key]

    def cost_of(self, fleet: SizedFleet, count: int) -> Money:
        """What so many of its instances cost in a year, all of it."""
        if fleet.terms is not None:
            return owned_year(fleet.terms.likely).total * count
        return fleet.line.offer.rate.over(HOURS_PER_YEAR, count=count)

    def _size(self, place: Place, target_id: str, *, precision: str, is_optimistic: bool) -> SizedFleet:
        question, assumptions = self.question, self.question.assumptions
        rate = used_rate(question.find_rate(target_id, precision), question)
        require_memory(question, rate)
        if is_optimistic and not rate.is_bound:
            rate = _at_best(rate, assumptions)
        size = count_replicas if self._is_costing or is_optimistic else size_replicas
        sizing = size(rate, peak_per_s=assumptions.demand.peak_per_s, slo=question.slo, headroom=assumptions.headroom)
        offers, owned = self.offers_at(place, target_id, rate.replica)
        line, counts = _cheapest(assumptions, sizing, offers)
        terms = owned.get(line.offer.instance)
        per_year = (
            line.offer.rate.over(_DAYS_PER_YEAR * sum(counts))
            if terms is None
            else owned_year(terms.likely).total * line.instances
        )
        return SizedFleet(rate=rate, sizing=sizing, line=line, per_year=per_year, instances_by_hour=counts, terms=terms)

    def offers_at(self, place: Place, target_id: str, replica: Replica) -> _Offers:
        """The offers among which a fleet is chosen, and of owned machines their terms by name.

        Raises:
            BookError: where there is no price.
            EvidenceError: where owned machines cannot be priced.
        """
        key = (place, target_id, replica)
        if key not in self._offers:
            self._offers[key] = _offers(self.question, place, target_id, replica)
        return self._offers[key]


def _priced_by(assumptions: Assumptions) -> tuple[object, ...]:
    """What offers depend on, beside place and book."""
    return assumptions.as_of, assumptions.energy, assumptions.owning


def _offers(question: Question, place: Place, target_id: str, replica: Replica) -> _Offers:
    """The offers of a target in one provider, region and purchase option on the plan's day, or owned machines."""
    name = place.instance if place.target == target_id else None
    if place.purchase == OWNED:
        target = target_of(question, target_id)
        owned = owned_offers(question.book, question.assumptions, target, replica=replica, name=name)
        return tuple(offer for offer, _ in owned), {offer.instance: terms for offer, terms in owned}
    found = question.book.require(
        question.assumptions.as_of,
        provider=place.provider,
        region=place.region,
        purchase=place.purchase,
        target_id=target_id,
        instance=name,
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
    return usable, {}


def target_of(question: Question, target_id: str) -> Target:
    """The data sheet of a target.

    Raises:
        TargetError: if there is none.
    """
    return question.targets.get(target_id) or question.targets.find(target_id)


def used_rate(rate: ServiceRate, question: Question) -> ServiceRate:
    """The rate that a replica keeps beside others: on a CPU less than it has alone, by the stated share.

    Its batches take longer by the same share. Where the rate follows from a batch curve under the SLO, what is proven
    to hold is what the slower curve serves inside it, which is less than the share. Where one request alone would then
    take longer than the limit, nothing slower can be reckoned: the share alone counts, and a note says so.
    """
    share, alone = question.assumptions.replica_scaling, rate.per_s
    if not rate.replica.vcpus or rate.is_bound or share == Range.exactly(1.0):
        return rate
    notes = [rate.note] if rate.note else []
    notes.append(f"replicas keep {100 * share.low:.0f} to {100 * share.high:.0f} % beside others")
    point = None if alone.point is None or share.point is None else alone.point * share.point
    curve, low = rate.curve, alone.low * share.low
    if curve is not None:
        slower = _faster(curve, share.low)
        if slower.seconds(1) >= question.slo.limit_s:
            notes.append(f"at {100 * share.low:.0f} % one request takes longer than the limit: not shown to keep it")
        else:
            curve = slower
            low = min(low, highest_rate(curve, question.slo).per_s) if rate.method in _CURVES else low
    spread = Range(low=low, point=point, high=alone.high * share.high)
    return replace(rate, per_s=spread, curve=curve, note="; ".join(notes))


def _at_best(rate: ServiceRate, assumptions: Assumptions) -> ServiceRate:
    """At the best that the evidence allows; where that has no limit, one replica carries all."""
    most = assumptions.demand.peak_per_s / (1.0 - assumptions.headroom)
    best = rate.per_s.high if math.isfinite(rate.per_s.high) else max(rate.per_s.low, most)
    curve = rate.curve
    if curve is not None and rate.per_s.low > 0:
        curve = _faster(curve, best / rate.per_s.low)
    return replace(rate, per_s=Range.exactly(best), curve=curve)


def _faster(curve: BatchCurve, factor: float) -> BatchCurve:
    return replace(curve, fixed_s=curve.fixed_s / factor, per_sample_s=curve.per_sample_s / factor)


def _cheapest(assumptions: Assumptions, sizing: Sizing, offers: tuple[Offer, ...]) -> tuple[FleetLine, tuple[int, ...]]:
    """The cheapest line and its instances in each hour of a day: all of them, or what the hour's load asks for."""
    redundancy = Redundancy(plus=assumptions.plus, zones=assumptions.zones, spares=assumptions.spares)
    replica = sizing.rate.replica
    line = cheapest_line(sizing.replicas, offers, replica=replica, redundancy=redundancy)
    if not assumptions.autoscaling.is_on or line.offer.purchase.startswith(UNSTOPPED):
        return line, (line.instances,) * _HOURS_PER_DAY
    needed = replicas_by_hour(sizing, hourly_per_s=assumptions.demand.hourly_per_s, lag_s=assumptions.autoscaling.lag_s)

    def by_hour(offer: Offer) -> tuple[Money, int, str, FleetLine, tuple[int, ...]]:
        lines = [
            instances_for(max(count, 1), offer=offer, replica=replica, redundancy=redundancy)
            for count in (*needed, sizing.replicas)
        ]
        counts = tuple(one.instances for one in lines[:-1])
        return autoscaled_year(counts, offer, floor=1), lines[-1].instances, offer.instance, lines[-1], counts

    # Small instances follow a day more closely: the cheapest at the peak may not be the cheapest over the day.
    usable = [offer for offer in offers if replicas_per_instance(offer, replica)]
    *_, line, counts = min(map(by_hour, usable), key=lambda one: (one[0].amount, one[1], one[2]))
    return line, counts


def require_memory(question: Question, rate: ServiceRate) -> None:
    """Refuse a model whose weights one replica does not hold.

    Raises:
        CapacityError: if they take more than the usable share of its memory.
    """
    target = target_of(question, rate.replica.target_id)
    weights = question.model.weight_bytes(rate.precision)
    if target.kind is not TargetKind.GPU or target.memory_bytes is None or weights is None:
        return
    usable = target.memory_bytes * USABLE_MEMORY * rate.replica.devices
    if weights > usable:
        raise CapacityError(
            f"the weights of {question.model.name} in {rate.precision} take {weights / 1e9:.1f} GB, and "
            f"{target.name} offers {usable / 1e9:.1f} GB"
        )
