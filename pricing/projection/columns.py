"""The three columns at equal throughput, SLO and quality: stay · stay and quantise · quantise and move."""

from pricing.assumptions import Place
from pricing.errors import PricingError
from pricing.money import HOURS_PER_YEAR, Money
from pricing.projection.fleets import SizedFleet, cost_of, size_fleet
from pricing.projection.model import Absence, Column, ColumnName, CostRange, Question
from pricing.vocabulary import Gate, Range

_MILLION = 1_000_000


def columns(question: Question) -> tuple[tuple[Column, ...], tuple[Absence, ...]]:
    """Every column that can be, and of the others why not.

    Raises:
        PricingError: if today's fleet cannot be sized or priced: there is nothing to compare with.
    """
    stay, move = question.assumptions.stay, question.assumptions.move
    found = [_column(question, ColumnName.STAY, stay, target_id=stay.target, precision=stay.precision)]
    absences = []
    wanted = [(ColumnName.QUANTISE, stay, stay.target)]
    if move.target != stay.target or _differs(stay, move):
        wanted.append((ColumnName.MOVE, move, move.target))
    else:
        absences.append(Absence(name=ColumnName.MOVE, reason="no other target, provider or purchase option was named"))
    for name, place, target_id in wanted:
        try:
            found.append(_column(question, name, place, target_id=target_id, precision=move.precision))
        except PricingError as error:
            absences.append(Absence(name=name, reason=str(error)))
    return tuple(found), tuple(absences)


def _differs(stay: Place, move: Place) -> bool:
    return (stay.provider, stay.region, stay.purchase, stay.instance) != (
        move.provider,
        move.region,
        move.purchase,
        move.instance,
    )


def _column(question: Question, name: ColumnName, place: Place, *, target_id: str, precision: str) -> Column:
    fleet = size_fleet(question, place, target_id, precision)
    today = question.assumptions.instances_today if name is ColumnName.STAY else None
    cost = _cost(question, place, fleet, target_id=target_id, precision=precision, today=today)
    instances = fleet.line.instances if today is None else today
    energy = _energy(question, fleet, instances)
    return Column(
        name=name,
        target_id=target_id,
        precision=fleet.rate.variant,
        asked_precision=precision,
        rate=fleet.rate,
        sizing=fleet.sizing,
        line=fleet.line,
        instances=instances,
        cost=cost,
        per_million=cost.planned * _MILLION / question.assumptions.demand.per_year,
        energy_kwh=energy,
        carbon_kg=None if energy is None else _times(energy, question.assumptions.energy.carbon_g_per_kwh, 1e-3),
        notes=_notes(fleet, today),
    )


def _cost(
    question: Question, place: Place, fleet: SizedFleet, *, target_id: str, precision: str, today: int | None
) -> CostRange:
    if today is not None:
        paid = cost_of(fleet.line.offer, today)
        return CostRange(low=paid, planned=paid, high=paid)
    if fleet.rate.is_bound:
        return CostRange(low=fleet.per_year, planned=fleet.per_year, high=None)
    best = fleet
    if fleet.rate.per_s.high > fleet.rate.per_s.low:
        best = size_fleet(question, place, target_id, precision, is_optimistic=True)
    return CostRange(low=_lesser(best.per_year, fleet.per_year), planned=fleet.per_year, high=fleet.per_year)


def _lesser(one: Money, other: Money) -> Money:
    return min(one, other)


def _energy(question: Question, fleet: SizedFleet, instances: int) -> Range | None:
    """A year at the board's limit: no device draws more, most draw less."""
    power_w = question.targets.find(fleet.rate.replica.target_id).board_power_w
    if power_w is None or fleet.rate.replica.vcpus:
        return None  # a socket's limit says little of a share of a machine
    kwh = power_w / 1000 * fleet.line.offer.devices * instances * HOURS_PER_YEAR
    return question.assumptions.energy.pue.scaled(kwh)


def _times(one: Range, other: Range, factor: float) -> Range:
    point = None if one.point is None or other.point is None else one.point * other.point * factor
    return Range(low=one.low * other.low * factor, point=point, high=one.high * other.high * factor)


def _notes(fleet: SizedFleet, today: int | None) -> tuple[str, ...]:
    notes = [fleet.rate.note] if fleet.rate.note else []
    if fleet.rate.is_bound:
        notes.append("sized with the bound of the peak rate: the smallest fleet that could do; a real one is larger")
    if today is not None and today < fleet.line.instances:
        notes.append(
            f"{today} instances were stated, and this evidence asks for {fleet.line.instances}: "
            "equal service is not shown"
        )
    if fleet.rate.gate is Gate.REJECTED:
        notes.append("quality does not allow this variant")
    return tuple(notes)
