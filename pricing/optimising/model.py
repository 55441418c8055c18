"""What is chosen from, what must be carried, and what was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pricing.fleet.instances import Redundancy
from pricing.money import HOURS_PER_YEAR, Money
from pricing.vocabulary import Offer, ServiceRate, Slo

HOURS = 24
_DAYS_PER_YEAR = 365
Market = tuple[str, str]
"""Provider and region: what stands behind one balancer."""
Key = tuple[str, str, str, str, str]
"""Provider, region, instance, purchase option and variant: what tells choices apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What may be chosen from.

    Attributes:
        targets: Ids; none: every target that the book prices there.
        markets: Providers and regions; None: all of the book. A mix stands in one of them.
        purchases: Purchase options; none: all of the book.
        most_kinds: How many offers one mix may consist of.
    """

    targets: tuple[str, ...] = ()
    markets: tuple[Market, ...] | None = None
    purchases: tuple[str, ...] = ()
    most_kinds: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One offer with what would serve on it.

    Attributes:
        offer: What is rented, or owned.
        rate: Of one replica, as used.
        replicas: How many one instance holds.
        per_s: What one instance carries inside the SLO with the headroom left free.
        is_unstopped: Paid whether used or not: a commitment, or machines of one's own.
        year: What one instance costs in 8,760 hours.
        waits: Why its quality is a condition; None where nothing is open.
    """

    offer: Offer
    rate: ServiceRate
    replicas: int
    per_s: float
    is_unstopped: bool
    year: Money
    waits: str | None = None

    @property
    def target_id(self) -> str:
        """What serves."""
        return self.rate.replica.target_id

    @property
    def market(self) -> Market:
        """Where it stands."""
        return self.offer.provider, self.offer.region

    @property
    def price(self) -> float:
        """An hour of one instance, for comparing; money is counted exactly elsewhere."""
        return float(self.year.amount / HOURS_PER_YEAR)

    @property
    def key(self) -> Key:
        """Its offer and variant, unlike any other's."""
        offer = self.offer
        return offer.provider, offer.region, offer.instance, offer.purchase, self.rate.variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A load, and the hours of the day in which it must be carried."""

    need_per_s: float
    hours: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a mix must do.

    Attributes:
        levels: Loads by hours, which make a day together; one level: every instance runs all day.
        redundancy: What must still be carried when instances fail and a zone is lost, and the spares.
        most_kinds: How many offers it may consist of.
        slo: The promise.
        headroom: The share of the capacity that stays free.
    """

    levels: tuple[Level, ...]
    redundancy: Redundancy
    most_kinds: int
    slo: Slo
    headroom: float

    @property
    def zone_share(self) -> tuple[int, int]:
        """Of instances in equal numbers in every zone: how many zones are left when one is lost, and all."""
        zones = self.redundancy.zones
        return (1, 1) if zones == 1 else (zones - 1, zones)

    @property
    def busiest(self) -> int:
        """Which level is the highest."""
        return max(range(len(self.levels)), key=lambda index: self.levels[index].need_per_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class MixLine:
    """So many instances of one choice at each level of the load, and idle ones beside."""

    choice: Choice
    counts: tuple[int, ...]
    spares: int = 0

    @property
    def most(self) -> int:
        """All that are rented when most are."""
        return max(self.counts) + self.spares

    def cost(self, levels: Sequence[Level]) -> Money:
        """A year: all hours of what is never stopped, else the hours in which they run."""
        if self.choice.is_unstopped or len(levels) == 1:
            return self.choice.year * self.most
        day = sum(count * len(level.hours) for count, level in zip(self.counts, levels, strict=True))
        return self.choice.offer.rate.over(_DAYS_PER_YEAR, count=day + HOURS * self.spares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """A fleet of one or more kinds, in one market.

    Attributes:
        lines: What it consists of, the line that costs most first.
        per_year: What it costs.
        gap: How far below this cost the optimum may be, as a share; 0: proven to be the cheapest, with
            every failing instance counted as one of the largest.
        is_shared_queue: A fleet of one kind behind one queue, which carries more than its replicas would alone.
    """

    lines: tuple[MixLine, ...]
    per_year: Money
    gap: float = 0.0
    is_shared_queue: bool = False

    @property
    def instances(self) -> int:
        """All that run at once when most do, spares included."""
        by_level = zip(*(line.counts for line in self.lines), strict=True)
        return max(map(sum, by_level)) + sum(line.spares for line in self.lines)

    @property
    def signature(self) -> frozenset[tuple[object, ...]]:
        """What it consists of, to tell mixes apart."""
        return frozenset((line.choice.key, line.counts, line.spares) for line in self.lines)

    @property
    def keys(self) -> frozenset[Key]:
        """Which offers it consists of."""
        return frozenset(line.choice.key for line in self.lines)

    @property
    def order(self) -> tuple[Decimal, int, int, tuple[object, ...]]:
        """Cheaper first, then of fewer kinds, then of fewer instances, then by name."""
        names = tuple(sorted(line.choice.key for line in self.lines))
        return self.per_year.amount, len(self.lines), self.instances, names


def mix_of(
    lines: Sequence[MixLine], levels: Sequence[Level], *, gap: float = 0.0, is_shared_queue: bool = False
) -> Mix:
    """The lines as a fleet, with what it costs."""
    costs = {line.choice.key: line.cost(levels) for line in lines}
    ordered = sorted(lines, key=lambda line: (-costs[line.choice.key].amount, line.choice.key))
    first, *rest = (costs[line.choice.key] for line in ordered)
    return Mix(lines=tuple(ordered), per_year=sum(rest, start=first), gap=gap, is_shared_queue=is_shared_queue)
