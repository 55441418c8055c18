"""The three columns at equal throughput, SLO and quality: stay · stay and quantise · quantise and move."""

from pricing.assumptions import Assumptions, Place
from pricing.errors import AssumptionError, PricingError
from pricing.projection.fleets import Fleets, SizedFleet
from pricing.projection.footprints import footprint_of
from pricing.projection.model import Absence, Column, ColumnName, CostRange, Machines, Question
from pricing.projection.owned import cost_of_machines, owning_notes
from pricing.tco.footprint import Footprint
from pricing.tco.owning import per_delivered_hour
from pricing.vocabulary import Gate, Provenance

_MILLION = 1_000_000


def columns(fleets: Fleets) -> tuple[tuple[Column, ...], tuple[Absence, ...]]:
    """Every column that can be, and of the others why not.

    Raises:
        PricingError: if today's fleet cannot be sized or priced: there is nothing to compare with.
    """
    assumptions = fleets.question.assumptions
    if assumptions.demand.per_year <= 0:
        raise AssumptionError("the demand is nothing in every hour of the day: there is no request to price")
    found = [_column(fleets, ColumnName.STAY)]
    absences = []
    for name, lacks in (
        (ColumnName.QUANTISE, _quantises_nothing(assumptions.stay, assumptions.move)),
        (ColumnName.MOVE, _moves_nothing(assumptions.stay, assumptions.move)),
    ):
        if lacks is not None:
            absences.append(Absence(name=name, reason=lacks))
            continue
        try:
            found.append(_column(fleets, name))
        except PricingError as error:
            absences.append(Absence(name=name, reason=str(error)))
    return tuple(found), tuple(absences)


def place_of(assumptions: Assumptions, name: ColumnName) -> tuple[Place, str]:
    """Where a column serves, and in which precision."""
    return (
        assumptions.move if name is ColumnName.MOVE else assumptions.stay,
        assumptions.stay.precision if name is ColumnName.STAY else assumptions.move.precision,
    )


def choices(found: tuple[Column, ...]) -> tuple[Column, ...]:
    """Staying, and every change that quality allows and whose cost is known: not one that is bounded from below."""
    stay, *others = found
    return (stay, *(one for one in others if one.rate.gate is not Gate.REJECTED and not one.costs_at_least))


def _quantises_nothing(stay: Place, move: Place) -> str | None:
    return f"{stay.precision} is what serves today already" if stay.precision == move.precision else None


def _moves_nothing(stay: Place, move: Place) -> str | None:
    before, after = (
        (place.target, place.provider, place.region, place.purchase, place.instance) for place in (stay, move)
    )
    return "no other target, provider, region, purchase option or instance was named" if before == after else None


def _column(fleets: Fleets, name: ColumnName) -> Column:
    question = fleets.question
    place, precision = place_of(question.assumptions, name)
    fleet = fleets.size(place, place.target, precision=precision)
    today = question.assumptions.instances_today if name is ColumnName.STAY else None
    if today is not None:
        _require_possible(question, fleet, today)
    best = _optimistic(fleets, fleet, place, precision) if today is None else fleet
    machines = _machines(fleet, best, today)
    cost = _cost(fleets, fleet, best, today) if machines is None else cost_of_machines(machines)
    footprint = footprint_of(question, fleet, today)
    return Column(
        name=name,
        target_id=place.target,
        precision=fleet.rate.variant,
        asked_precision=precision,
        rate=fleet.rate,
        sizing=fleet.sizing,
        line=fleet.line,
        instances=fleet.line.instances if today is None else today,
        machines=machines,
        cost=cost,
        per_million=cost.planned * _MILLION / question.assumptions.demand.per_year,
        footprint=footprint,
        notes=(
            *_notes(fleet, today),
            *_owning_notes(question, machines, place, name),
            *_delivered_notes(machines, footprint),
        ),
    )


def _require_possible(question: Question, fleet: SizedFleet, today: int) -> None:
    """A fleet below a bound of physics does not serve the stated peak: one of the two figures is wrong."""
    if not fleet.rate.is_bound:
        return
    peak = question.assumptions.demand.peak_per_s
    most = today * fleet.line.replicas_per_instance * fleet.rate.per_s.high
    if most < peak * (1 - 1e-9):
        raise AssumptionError(
            f"from.instances is {today}, and no more than {most:,.0f} requests/s can come out of those, for a demand "
            f"of {peak:,.0f}: correct the one or the other, or from.precision"
        )


def _optimistic(fleets: Fleets, fleet: SizedFleet, place: Place, precision: str) -> SizedFleet:
    """The same with the best rate that the evidence allows."""
    if fleet.rate.is_bound or fleet.rate.per_s.high <= fleet.rate.per_s.low:
        return fleet
    return fleets.size(place, place.target, precision=precision, is_optimistic=True)


def _machines(fleet: SizedFleet, best: SizedFleet, today: int | None) -> Machines | None:
    if fleet.terms is None:
        return None
    if today is not None:
        return Machines(terms=fleet.terms, fewest=today, count=today, most=today)
    count = fleet.line.instances
    most = None if fleet.rate.is_bound else count
    return Machines(terms=fleet.terms, fewest=min(best.line.instances, count), count=count, most=most)


def _cost(fleets: Fleets, fleet: SizedFleet, best: SizedFleet, today: int | None) -> CostRange:
    if today is not None:
        paid = fleets.cost_of(fleet, today)
        return CostRange(low=paid, planned=paid, high=paid)
    planned = fleet.per_year
    return CostRange(low=min(best.per_year, planned), planned=planned, high=None if fleet.rate.is_bound else planned)


def _notes(fleet: SizedFleet, today: int | None) -> tuple[str, ...]:
    notes = [fleet.rate.note] if fleet.rate.note else []
    if fleet.rate.is_bound:
        notes.append("sized with the bound of the peak rate: the smallest fleet that could do; a real one is larger")
    if not fleet.rate.is_bound and fleet.rate.evidence.kind is Provenance.PROJECTED:
        notes.append("sized with the low end of a projected rate, which nobody measured there")
    needed = fleet.line.instances
    if today is not None and today < needed:
        notes.append(f"{today} instances were stated, and the load asks for {needed}: equal service is not shown")
    if today is not None and today > needed and not fleet.rate.is_bound:
        notes.append(f"{today} instances were stated, and the load asks for {needed}")
    if fleet.rate.gate is Gate.REJECTED:
        notes.append("quality does not allow this variant")
    return tuple(notes)


def _owning_notes(question: Question, machines: Machines | None, place: Place, name: ColumnName) -> tuple[str, ...]:
    if machines is None:
        return ()
    as_of = question.assumptions.as_of
    return owning_notes(question.book, machines, place.target, as_of, is_today=name is ColumnName.STAY)


def _delivered_notes(machines: Machines | None, footprint: Footprint) -> tuple[str, ...]:
    """What an hour of work costs on machines that are owned and wait for the rest of the time."""
    busy = None if footprint.energy is None else footprint.energy.busy_share.point
    if machines is None or not busy:
        return ()
    rate = per_delivered_hour(machines.terms.likely, utilisation=min(busy, 1.0))
    return (f"{rate.amount:,.4f} {rate.currency} an hour of a card that works, which it does {100 * busy:.3g} % of it",)
