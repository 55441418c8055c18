"""The cheapest mix of a plan as people and scripts read it. Money to the cent as text, times and rates as elsewhere."""

from dataclasses import dataclass
from decimal import Decimal

from pricing.projection.model import ColumnName


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimumLineDocument:
    """So many instances of one offer in the mix.

    `by_hour` counts those that run in each of the 24 hours, spares included; `instances` is the most of them.
    `per_instance_per_s` is what one serves when it serves most, `load_share` the line's share of a day's requests.
    `gate` is that of the variant, `level`, `band` and `rows` those of the evidence behind its rate.
    """

    target: str
    variant: str
    gate: str
    provider: str
    region: str
    instance: str
    purchase: str
    is_committed: bool
    is_interruptible: bool
    price_per_hour: str
    price_as_of: str
    price_source: str
    replicas_per_instance: int
    replica_per_s: float
    method: str
    evidence: str
    source: str
    level: int | None
    band: float | None
    instances: int
    spares: int
    by_hour: tuple[int, ...]
    per_instance_per_s: float
    load_share: float
    cost_per_year: Decimal
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalDocument:
    """The best of other answers. It would cost the same where `turns_on`, an offer, costs `turns_at` an hour.

    `turns_by` is that price over today's: below 1 of an offer of its own, above 1 of one of the winner's. The prices of
    `turns_alike`, other offers of the same side, change by that factor, too. A third mix may be the cheapest there.
    """

    names: tuple[str, ...]
    mix: str
    instances: int
    cost_per_year: Decimal
    difference: Decimal
    share: float
    turns_on: str
    turns_at: float | None
    turns_by: float | None
    turns_alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimumColumnDocument:
    """The mix beside one of the three fleets: what that costs more; `is_bound`: that costs at least so much."""

    name: ColumnName
    cost_per_year: Decimal
    difference: Decimal
    is_bound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCaseDocument:
    """The cheapest mix with a rate elsewhere in its range."""

    subject: str
    end: str
    per_s: float | None
    mix: str
    cost_per_year: Decimal
    is_same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutDocument:
    """What was not chosen from, and why."""

    subject: str
    cause: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimumDocument:
    """The cheapest mix that holds the SLO; without lines where there is none, and `reason` says why.

    `gap` is how far below its cost the optimum may be, as a share: 0 where the mix is proven to be the cheapest.
    `is_loss_exact` is false where several failing instances are counted as so many of the largest: a mix of kinds may
    then be cheaper still.
    """

    asked: str
    reason: str | None
    headline: str
    currency: str
    cost_per_year: Decimal | None
    per_million: str | None
    instances: int
    gap: float
    utilisation: float | None
    survives: str
    lines: tuple[OptimumLineDocument, ...]
    columns: tuple[OptimumColumnDocument, ...]
    rivals: tuple[RivalDocument, ...]
    cases: tuple[RateCaseDocument, ...]
    left_out: tuple[LeftOutDocument, ...]
    conditions: tuple[str, ...]
    notes: tuple[str, ...]
    offers: int
    offers_in_programme: int
    is_loss_exact: bool = True
