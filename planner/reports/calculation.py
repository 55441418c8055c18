"""The sums behind one answer: what goes in, and what comes out, so that a workbook can reckon them live.

For every fleet:
    replicas  = ⌈peak / (rate · (1 − headroom)) · (1 − 10⁻¹²)⌉, at least 1; or as stated, where they were counted behind
                one queue: `are_replicas_counted` is not set
    instances = ⌈replicas / replicas per instance⌉ + spares; or as stated, where `are_instances_counted` is not set
    per year  = instances · price · hours: the fleet's own hours, where it has them, else those of the calculation
    running   = `running_per_year`, where machines are owned; else per year
    a million = per year · 10⁶ / requests per year
For every change, against the fleet that stays:
    saving    = per year of staying − per year after
    twice     = the smaller of running of staying and, where `beside` names a fleet, running of that · months / 12
    flows     = −(labour + twice) + bought₀; then, in year k, running of staying − running after + bought_k
    NPV       = Σ flow_k / (1 + discount)^k
    payback   = where the running sum of the flows, straight between years, becomes 0 for good; 0 where it never is
                below; none where it is below at the end

Nothing is rounded on the way. What is shown is rounded half to even: amounts to the cent, a million to 0.0001. Inputs
(`Given`, and `bought`) are unrounded and in the currency that their unit says: the plan's own. Where `exchange` is set,
results are shown in `currency`, each converted after it was rounded, and rounded again:
    shown     = round(round(amount) · exchange)
A fleet of which only a bound is known has the bound for its rate: its amounts, and what follows from them, are bounds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from planner.reports.figures import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A named input of a sum.

    Attributes:
        name: A word that may name a workbook's cell: letters, digits and `_`, unique in the report.
        label: For people.
        figure: With its mark. Its value is what was reckoned with, unrounded.
    """

    name: str
    label: str
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetSum:
    """One fleet.

    Attributes:
        key: `stay`, `quantise` or `move`.
        title: For people.
        rate_per_s: What one replica serves inside the promise, as it was sized with.
        headroom: The share that stays free at the peak.
        replicas: How many; `are_replicas_counted`: whether the even split gives them.
        replicas_per_instance: How many fit.
        spares: Instances beyond those that carry the load, at this load: for failures, for the loss of a zone, idle.
        instances: How many; `are_instances_counted`: whether the sum gives them, and none was stated.
        price_per_hour: Of one instance.
        running_per_year: What all machines take in cash within a year, where they are owned; else None: `per_year`.
        per_year: What it costs.
        per_million: Of requests.
        hours_per_year: That one instance is paid on average, where instances follow the day; None: those of the
            calculation.
    """

    key: str
    title: str
    rate_per_s: Given
    headroom: Given
    replicas: Figure
    are_replicas_counted: bool
    replicas_per_instance: Given
    spares: Given
    instances: Figure
    are_instances_counted: bool
    price_per_hour: Given
    running_per_year: Given | None
    per_year: Figure
    per_million: Figure
    hours_per_year: Given | None = None

    def figures(self) -> Iterator[Figure]:
        """Inputs and results."""
        given = (self.rate_per_s, self.headroom, self.replicas_per_instance, self.spares, self.price_per_hour)
        yield from (one.figure for one in given)
        yield from (one.figure for one in (self.running_per_year, self.hours_per_year) if one is not None)
        yield from (self.replicas, self.instances, self.per_year, self.per_million)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSum:
    """A change against staying.

    Attributes:
        key: `quantise` or `move`: the fleet after.
        labour: Paid once, without machines.
        parallel_months: For how long both fleets are paid.
        beside: The fleet that is paid beside the new one where it costs less than staying; None: staying alone.
        bought: Inputs: purchases (negative) and sales of machines, now and at the end of every year, unrounded.
        saving_per_year: Result.
        flows: Results: now, and every year.
        npv: Result.
        payback_years: Result; a value of None where it does not pay back within the horizon.
    """

    key: str
    labour: Given
    parallel_months: Given
    beside: str | None
    bought: tuple[Figure, ...]
    saving_per_year: Figure
    flows: tuple[Figure, ...]
    npv: Figure
    payback_years: Figure

    def figures(self) -> Iterator[Figure]:
        """Inputs and results."""
        yield from (self.labour.figure, self.parallel_months.figure)
        yield from (*self.bought, self.saving_per_year, *self.flows, self.npv, self.payback_years)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """The sums of one question.

    Attributes:
        key: Of the question, unique in the report; figures of it begin with it.
        title: For people.
        currency: Of all its results.
        peak_per_s: Requests a second in the busiest hour.
        requests_per_year: All.
        hours_per_year: That are paid.
        discount_rate: A year.
        horizon_years: Whole years.
        exchange: Units of `currency` for one of the plan's; None: the plan's own.
        fleets: Staying first.
        changes: Against it.
    """

    key: str
    title: str
    currency: str
    peak_per_s: Given
    requests_per_year: Given
    hours_per_year: Given
    discount_rate: Given
    horizon_years: int
    exchange: Given | None
    fleets: tuple[FleetSum, ...]
    changes: tuple[ChangeSum, ...]

    def figures(self) -> Iterator[Figure]:
        """Inputs and results."""
        given = (self.peak_per_s, self.requests_per_year, self.hours_per_year, self.discount_rate)
        yield from (one.figure for one in given)
        if self.exchange is not None:
            yield self.exchange.figure
        for fleet in self.fleets:
            yield from fleet.figures()
        for change in self.changes:
            yield from change.figures()
