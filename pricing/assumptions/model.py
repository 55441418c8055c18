"""The assumptions of one plan, typed and valid, and how each of them was stated."""

from dataclasses import dataclass
from datetime import date

from pricing.vocabulary import Demand, Evidence, Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One assumption as it was written: for the register of a plan, and to write the file anew."""

    name: str
    text: str
    meaning: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What serves, and where it is rented; None: to be found. Bought hardware has `owned` for its purchase."""

    target: str
    precision: str
    provider: str
    region: str | None
    purchase: str
    instance: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Autoscaling:
    """Whether instances follow the day, and how far behind."""

    is_on: bool
    lag_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What a change costs once, in dollars and seconds, each from low to high."""

    quantise: Range
    move: Range
    parallel_running_s: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """What devices draw, and what electricity costs and emits.

    Attributes:
        pue: All energy of a site over that of its machines.
        pue_hyperscale: The same of the largest providers.
        price_per_kwh: Dollars.
        idle_share: What a ready device draws that serves nothing, as a share of its board's limit.
        load_share: The same of one that is busy all the time.
        carbon_g_per_kwh: Of every place; None: of the grid of each region.
        place: Whose grid counts where a region has none; None: nobody's.
        device_life_years: Over which embodied carbon is spread.
        embodied_kg: Of making a device for which no figure is shipped; None: not known.
        embodied_source: Who declared that.
    """

    pue: Range
    pue_hyperscale: Range
    price_per_kwh: Range
    idle_share: Range
    load_share: Range
    carbon_g_per_kwh: Range | None
    place: str | None
    device_life_years: float
    embodied_kg: float | None
    embodied_source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owning:
    """What owned devices cost a year beside purchase and electricity.

    Attributes:
        infrastructure_share: Bought with them, as a share of their price.
        support_share: Contracts a year, as a share of their price.
        colocation_per_kw: Dollars a year for each kW, without electricity.
        staff_per_device: Dollars a year for each device.
    """

    infrastructure_share: Range
    support_share: Range
    colocation_per_kw: Range
    staff_per_device: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Everything that a projection assumes, beside its evidence and its price book.

    Attributes:
        model: A model with published rates; None: the workload of the runs.
        stay: What serves today.
        move: What would serve after the move.
        instances_today: How many run today; None: as many as are needed.
        demand: Requests per second over a day.
        quantile: Of the promise, 0.99 for p99.
        limit_s: Of the promise; None: the one under which the rates were found.
        headroom: The share of the capacity that stays free at the peak.
        plus: Instances that may fail.
        zones: Zones, one of which may be lost.
        spares: Instances beyond that.
        autoscaling: Whether instances follow the day.
        replica_scaling: The share of its rate that a CPU replica keeps beside others.
        horizon_years: How long is counted.
        discount_rate: A year.
        migration: What a change costs once.
        energy: What electricity costs and emits.
        owning: What owned devices cost beside.
        as_of: The day whose prices are taken.
        stated: Every assumption as written, in the order of the file.
    """

    model: str | None
    stay: Place
    move: Place
    instances_today: int | None
    demand: Demand
    quantile: float
    limit_s: float | None
    headroom: float
    plus: int
    zones: int
    spares: int
    autoscaling: Autoscaling
    replica_scaling: Range
    horizon_years: int
    discount_rate: float
    migration: Migration
    energy: Energy
    owning: Owning
    as_of: date
    stated: tuple[Stated, ...]
