"""What a change saves a year, and what it is worth as an investment: cash outlays alone."""

from dataclasses import dataclass
from enum import StrEnum
from operator import add

from pricing.assumptions import Place
from pricing.errors import AssumptionError, EvidenceError
from pricing.money import Money
from pricing.projection.fleets import Fleets
from pricing.projection.model import (
    Cash,
    Change,
    Column,
    ColumnName,
    CostRange,
    Question,
    RightSizing,
    SavingRange,
)
from pricing.projection.owned import OWNED, cash_of_machines, purchases
from pricing.tco.cash import cash_flows
from pricing.tco.returns import discounted_payback_years, irr, npv, payback_years
from pricing.vocabulary import Gate, Range

_MONTH_S = 730 * 3600.0
_MONTHS = 12
_USD = "USD"


def change_of(question: Question, stay: Column, column: Column, *, beside: Column | None = None) -> Change:
    """A column against staying as is.

    Args:
        question: What is asked.
        stay: Today's fleet.
        column: The other.
        beside: The quantised fleet in place, where quality allows it: whoever moves quantises first, and then pays
            that fleet beside the new one instead of today's, where it costs less.

    Raises:
        AssumptionError: if one-off costs, in dollars, are to be added to prices in another currency.
        UnitError: if the columns are priced in different currencies.
    """
    return Change(
        name=column.name,
        gate=_gate(stay, column),
        per_year=saving_of(stay, column),
        cash=_cash(question, stay, column, beside=beside),
    )


def saving_of(stay: Column, column: Column) -> SavingRange:
    """What is paid less a year. A bound on one side leaves the saving without a limit on that side."""
    return SavingRange(
        low=None if column.cost.high is None else stay.cost.low - column.cost.high,
        planned=stay.cost.planned - column.cost.planned,
        high=None if stay.cost.high is None else stay.cost.high - column.cost.low,
    )


def right_sizing_of(fleets: Fleets, stay: Column) -> RightSizing | None:
    """What paying only for the needed instances saves, where more were stated.

    Where today's rate is only a bound nobody knows how many are needed; owned machines are paid already.
    """
    if fleets.question.assumptions.instances_today is None or stay.is_bound or stay.machines is not None:
        return None
    place = fleets.question.assumptions.stay
    needed = fleets.size(place, place.target, precision=place.precision)
    saved = stay.cost.planned - needed.per_year
    if saved.amount <= 0:
        return None
    flows = cash_flows(
        stay_per_year=saved,
        new_per_year=saved * 0,
        one_off=saved * 0,
        parallel_running=0,
        horizon_years=fleets.question.assumptions.horizon_years,
    )
    worth = npv(flows, rate=fleets.question.assumptions.discount_rate)
    return RightSizing(instances=needed.line.instances, per_year=saved, npv=worth)


def _gate(stay: Column, column: Column) -> Gate:
    """What serves today is what quality is judged by: taking the same elsewhere waits for no proof."""
    is_same = column.rate.variant == stay.rate.variant
    return Gate.ACCEPTED if is_same and column.rate.gate is not Gate.REJECTED else column.rate.gate


class _Side(StrEnum):
    """On which side all that is uncertain falls; each value names the bound of a range."""

    FOR = "low"
    LIKELY = "planned"
    AGAINST = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A change in cash: labour once, purchases and sales now and year by year, running cost, months paid twice."""

    labour: Money
    bought: tuple[Money, ...]
    per_year: Money
    parallel_months: float
    beside: Money | None

    def twice(self, before: Money) -> Money:
        """What is paid beside the new fleet while both run."""
        old = before if self.beside is None or before < self.beside else self.beside
        return old * self.parallel_months / _MONTHS

    def flows(self, before: Money) -> tuple[Money, ...]:
        """Now, then year by year, against an old fleet that costs so much a year."""
        running = cash_flows(
            stay_per_year=before,
            new_per_year=self.per_year,
            one_off=self.labour + self.twice(before),
            parallel_running=0,
            horizon_years=len(self.bought) - 1,
        )
        return tuple(map(add, running, self.bought))


def _cash(question: Question, stay: Column, column: Column, *, beside: Column | None) -> Cash:
    rate = question.assumptions.discount_rate
    old = _running(stay)

    def case(side: _Side) -> _Case | None:
        return _case(question, stay, column, side=side, beside=beside)

    likely = case(_Side.LIKELY)
    if likely is None:
        raise EvidenceError(f"of {column.name} no cost is planned")
    flows = likely.flows(old.planned)
    found = irr(flows)
    return Cash(
        one_off=likely.labour - likely.bought[0],
        parallel_running=likely.twice(old.planned),
        flows=flows,
        npv=SavingRange(
            low=_corner(case(_Side.AGAINST), old, rate=rate, side=_Side.AGAINST),
            planned=npv(flows, rate=rate),
            high=_corner(case(_Side.FOR), old, rate=rate, side=_Side.FOR),
        ),
        irr=found.rate,
        irr_reason=found.reason or None,
        payback_years=payback_years(flows),
        discounted_payback_years=discounted_payback_years(flows, rate=rate),
    )


def _corner(case: _Case | None, old: CostRange, *, rate: float, side: _Side) -> Money | None:
    """The net present value on that side of all that is uncertain; None: without a limit.

    Today's cost is one of the uncertain figures. A dearer fleet speaks for a change, unless it is paid beside the new
    one for so long that this outweighs the saving: so both ends are looked at, and the cost at which the quantised
    fleet is paid instead. Where there is no upper end, what one dollar more changes there tells.
    """
    if case is None:
        return None
    pick = min if side is _Side.AGAINST else max
    befores = [old.low, *([] if old.high is None else [old.high])]
    if case.beside is not None and old.low < case.beside and (old.high is None or case.beside < old.high):
        befores.append(case.beside)
    found = pick(npv(case.flows(before), rate=rate) for before in befores)
    if old.high is not None:
        return found
    far = max(befores)
    here, dearer = (npv(case.flows(before), rate=rate) for before in (far, far + Money.of(1, far.currency)))
    return found if pick(here, dearer) == here else None


def _case(question: Question, stay: Column, column: Column, *, side: _Side, beside: Column | None) -> _Case | None:
    """None where the column's cost has no limit on that side."""
    labour, parallel_s = _outlays(question, stay, column)
    per_year: Money | None = getattr(_running(column), side)
    bought = _bought(question, stay, column, side)
    if per_year is None or bought is None:
        return None
    return _Case(
        labour=_dollars(_at(labour, side), per_year.currency),
        bought=bought,
        per_year=per_year,
        parallel_months=_at(parallel_s, side) / _MONTH_S,
        beside=None if beside is None else getattr(_running(beside), side),
    )


def _running(column: Column) -> CostRange:
    """What is paid within a year: all of a rent; of owned machines no part of their purchase."""
    return column.cost if column.machines is None else cash_of_machines(column.machines)


def _bought(question: Question, stay: Column, column: Column, side: _Side) -> tuple[Money, ...] | None:
    """Purchases and sales of owned machines, beyond those of the same target that serve today."""
    horizon, machines = question.assumptions.horizon_years, column.machines
    if machines is None:
        return (column.cost.planned * 0,) * (horizon + 1)
    terms = machines.terms
    own, count = {
        _Side.FOR: (terms.cheap, machines.fewest),
        _Side.LIKELY: (terms.likely, machines.count),
        _Side.AGAINST: (terms.dear, machines.most),
    }[side]
    if count is None:
        return None
    there = stay.machines.count if stay.machines is not None and stay.target_id == column.target_id else 0
    return purchases(own, max(0, count - there), horizon_years=horizon, is_sold_by_age=side is not _Side.AGAINST)


def steps_of(question: Question, stay: Column, column: Column) -> tuple[bool, bool]:
    """Whether a change is a quantisation, and whether it is a migration: each costs its labour.

    Quantising in place shifts no traffic between fleets. Another purchase option or instance of the same device in the
    same place is no migration either.
    """
    is_same = stay.rate.variant == column.rate.variant or stay.asked_precision == column.asked_precision
    assumptions = question.assumptions
    return not is_same, column.name is ColumnName.MOVE and _migrates(assumptions.stay, assumptions.move)


def _outlays(question: Question, stay: Column, column: Column) -> tuple[Range, Range]:
    """Dollars once, and for how long both fleets are paid."""
    migration, none = question.assumptions.migration, Range.exactly(0.0)
    quantises, moves = steps_of(question, stay, column)
    labour = migration.quantise if quantises else none
    if not moves:
        return labour, none
    moved = migration.move
    total = Range(low=labour.low + moved.low, point=_point(labour) + _point(moved), high=labour.high + moved.high)
    return total, migration.parallel_running_s


def _migrates(stay: Place, move: Place) -> bool:
    is_owned = {place.purchase == OWNED for place in (stay, move)}
    before, after = ((place.target, place.provider, place.region) for place in (stay, move))
    return before != after or len(is_owned) > 1


def _dollars(labour: float, currency: str) -> Money:
    if labour and currency != _USD:
        raise AssumptionError(
            f"prices are in {currency} and the cost of migration is in {_USD}: give the prices in {_USD}, or set "
            f"migration.quantise and migration.move to 0 {_USD} and add them yourself"
        )
    return Money.of(labour, currency)


def _at(spread: Range, side: _Side) -> float:
    return {_Side.FOR: spread.low, _Side.LIKELY: _point(spread), _Side.AGAINST: spread.high}[side]


def _point(spread: Range) -> float:
    if spread.point is None:
        raise EvidenceError(f"a likely value is missing between {spread.low} and {spread.high}")
    return spread.point
