"""From replicas to whole instances of one offer: rounding up, N+1, the loss of a zone, spares.

Nobody rents 5 GPUs of an instance of 8. So failures are counted in instances too, and a line says what each step
added, in order that a plan can print it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pricing.errors import AssumptionError, CapacityError
from pricing.money import HOURS_PER_YEAR, Money
from pricing.vocabulary import Offer, Replica

_ROUNDING = 1e-9  # relative: 0.3 devices hold three replicas of 0.1, though a float says 2.9999999999999996


def is_whole(count: object) -> bool:
    """Whether it is a whole number; true and false are none."""
    return isinstance(count, int) and not isinstance(count, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redundancy:
    """What a fleet holds beyond its load, in whole instances.

    Attributes:
        plus: Instances that may fail while the load is still carried: 1 is N+1.
        zones: Availability zones over which the fleet is spread evenly, one of which may be lost; 1 asks for nothing.
        spares: Instances kept idle beside all that, for repairs and rolling updates.
    """

    plus: int = 0
    zones: int = 1
    spares: int = 0

    def __post_init__(self) -> None:
        """Refuse counts that are none."""
        for name, count, least in (("plus", self.plus, 0), ("zones", self.zones, 1), ("spares", self.spares, 0)):
            if not is_whole(count) or count < least:
                raise AssumptionError(f"redundancy: {name} is {count!r:.40}; use a whole number from {least}")


NO_REDUNDANCY = Redundancy()


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetLine:
    """So many instances of one offer, and why so many.

    Attributes:
        offer: What is rented.
        replica: What serves.
        replicas: How many the load needs.
        replicas_per_instance: How many one instance holds.
        for_load: Instances that hold the replicas.
        for_failures: Instances that N+1 adds.
        for_zones: Instances that the loss of a zone adds.
        for_spares: Instances that spares add.
    """

    offer: Offer
    replica: Replica
    replicas: int
    replicas_per_instance: int
    for_load: int
    for_failures: int = 0
    for_zones: int = 0
    for_spares: int = 0

    @property
    def instances(self) -> int:
        """All that are rented."""
        return self.for_load + self.for_failures + self.for_zones + self.for_spares

    @property
    def replicas_rented(self) -> int:
        """All that the instances hold, needed or not."""
        return self.instances * self.replicas_per_instance

    @property
    def per_hour(self) -> Money:
        """What the line costs in an hour."""
        return self.offer.rate.over(1, count=self.instances)

    @property
    def per_year(self) -> Money:
        """What the line costs in 8,760 hours."""
        return self.offer.rate.over(HOURS_PER_YEAR, count=self.instances)

    @property
    def steps(self) -> tuple[tuple[str, int], ...]:
        """What each step added, in instances and in order; the steps sum to `instances`."""
        return (
            ("for the load", self.for_load),
            ("for failing instances", self.for_failures),
            ("for the loss of a zone", self.for_zones),
            ("spares", self.for_spares),
        )


def replicas_per_instance(offer: Offer, replica: Replica) -> int:
    """How many replicas one instance holds: 0 where it holds none, has another target, or does not state its size.

    A replica with hardware threads is one of a CPU; any other is counted in devices, of which it may need several
    (a model spread over 4 GPUs) or a part (an offer of 1/6 GPU holds no replica of a whole one).

    Raises:
        CapacityError: if the replica needs nothing, or a count is not finite.
    """
    has, needs = (offer.vcpus or 0, replica.vcpus) if replica.vcpus else (offer.devices, replica.devices)
    if not (math.isfinite(needs) and needs > 0 and math.isfinite(has / needs)):
        raise CapacityError(
            f"{offer.instance:.40} has {has} and a replica takes {needs} of it: say how many GPUs or vCPUs one replica"
            " takes, above 0"
        )
    if offer.target_id is None or offer.target_id != replica.target_id:
        return 0
    return max(0, math.floor(has / needs * (1 + _ROUNDING)))


def zone_loss(count: int, zones: int) -> int:
    """Instances in all, spread evenly, so that `count` are left when a zone is lost: ⌈c/(z−1)⌉·z; one zone: `count`."""
    return count if zones == 1 else -(-count // (zones - 1)) * zones


def instances_for(
    replicas: int, *, offer: Offer, replica: Replica, redundancy: Redundancy = NO_REDUNDANCY
) -> FleetLine:
    """Whole instances that hold the replicas, then N+1, then the loss of a zone, then spares.

    The loss of a zone is counted over the load and N+1: with a zone gone one more instance may still fail.

    Raises:
        CapacityError: if the offer holds no such replica, cannot be rented alone, or fewer than one is asked for.
    """
    if not is_whole(replicas) or replicas < 1:
        raise CapacityError(f"a fleet of {replicas!r:.40} replicas is none: a whole number from 1 is needed")
    each = replicas_per_instance(offer, replica)
    if not offer.is_rentable_alone:
        raise CapacityError(f"{_named(offer)} cannot be rented alone: price the instance that it is attached to")
    if each < 1:
        raise CapacityError(f"{_named(offer)} does not hold {_asked(replica)}: choose a larger instance or another")
    for_load = -(-replicas // each)
    carried = for_load + redundancy.plus
    return FleetLine(
        offer=offer,
        replica=replica,
        replicas=replicas,
        replicas_per_instance=each,
        for_load=for_load,
        for_failures=redundancy.plus,
        for_zones=zone_loss(carried, redundancy.zones) - carried,
        for_spares=redundancy.spares,
    )


def cheapest_line(
    replicas: int, offers: Sequence[Offer], *, replica: Replica, redundancy: Redundancy = NO_REDUNDANCY
) -> FleetLine:
    """The offer whose whole-instance fleet costs least an hour, redundancy included: not the cheapest per GPU.

    Offers that hold no such replica or cannot be rented alone are left out. Of equal fleets the one of fewer instances
    is taken, then the first by name. Every fleet is of one offer; fleets of several are another problem.

    Raises:
        AssumptionError: if the offers are of more than one provider, region, purchase option or currency.
        CapacityError: if none of them holds a replica.
    """
    for what in ("provider", "region", "purchase"):
        found = sorted({getattr(offer, what) for offer in offers})
        if len(found) > 1:
            raise AssumptionError(f"offers of different {what} were compared: {', '.join(found):.80}: name one")
    if len({offer.rate.currency for offer in offers}) > 1:
        raise AssumptionError("offers in different currencies were compared: name one")
    usable = [offer for offer in offers if offer.is_rentable_alone and replicas_per_instance(offer, replica)]
    if not usable:
        raise CapacityError(
            f"none of {len(offers)} offers holds {_asked(replica)} and can be rented alone: choose another purchase"
            " option, region or provider"
        )
    lines = [instances_for(replicas, offer=offer, replica=replica, redundancy=redundancy) for offer in usable]
    return min(lines, key=lambda line: (line.per_hour.amount, line.instances, line.offer.instance))


def _named(offer: Offer) -> str:
    return f"{offer.provider:.40} {offer.instance:.40}"


def _asked(replica: Replica) -> str:
    size = f"{replica.vcpus} vCPUs" if replica.vcpus else f"{replica.devices:g} GPU"
    return f"a replica of {size} of {replica.target_id:.40}"
