"""What a change saves a year, and what it is worth as an investment: cash outlays alone."""

from pricing.errors import EvidenceError
from pricing.money import Money
from pricing.projection.model import Cash, Change, Column, ColumnName, Question, SavingRange
from pricing.tco.cash import cash_flows
from pricing.tco.returns import discounted_payback_years, irr, npv, payback_years
from pricing.vocabulary import Range

_MONTH_S = 730 * 3600.0


def change_of(question: Question, stay: Column, column: Column) -> Change:
    """A column against staying as is."""
    return Change(
        name=column.name,
        gate=column.rate.gate,
        per_year=saving_of(stay, column),
        cash=_cash(question, stay, column),
    )


def saving_of(stay: Column, column: Column) -> SavingRange:
    """What is paid less a year. A bound on one side leaves the saving without a limit on that side."""
    return SavingRange(
        low=None if column.cost.high is None else stay.cost.low - column.cost.high,
        planned=stay.cost.planned - column.cost.planned,
        high=None if stay.cost.high is None else stay.cost.high - column.cost.low,
    )


def _cash(question: Question, stay: Column, column: Column) -> Cash:
    labour, parallel_s = _outlays(question, stay, column)
    discount = question.assumptions.discount_rate

    def flows(before: Money, after: Money, *, labour: float, parallel_s: float) -> tuple[Money, ...]:
        return cash_flows(
            stay_per_year=before,
            new_per_year=after,
            one_off=Money.of(labour, before.currency),
            parallel_running=parallel_s / _MONTH_S,
            horizon_years=question.assumptions.horizon_years,
        )

    old, new = stay.cost, column.cost
    likely = flows(old.planned, new.planned, labour=_point(labour), parallel_s=_point(parallel_s))
    worst = new.high and flows(old.low, new.high, labour=labour.high, parallel_s=parallel_s.high)
    best = old.high and flows(old.high, new.low, labour=labour.low, parallel_s=parallel_s.low)
    found = irr(likely)
    return Cash(
        one_off=Money.of(_point(labour), old.planned.currency),
        parallel_running=old.planned * (_point(parallel_s) / (12 * _MONTH_S)),
        flows=likely,
        npv=SavingRange(
            low=npv(worst, rate=discount) if worst else None,
            planned=npv(likely, rate=discount),
            high=npv(best, rate=discount) if best else None,
        ),
        irr=found.rate,
        irr_reason=found.reason or None,
        payback_years=payback_years(likely),
        discounted_payback_years=discounted_payback_years(likely, rate=discount),
    )


def _outlays(question: Question, stay: Column, column: Column) -> tuple[Range, Range]:
    """Dollars once, and for how long both fleets are paid: quantising in place shifts no traffic between devices."""
    migration = question.assumptions.migration
    labour, none = migration.quantise, Range.exactly(0.0)
    if column.precision == stay.precision:
        labour = none
    if column.name is not ColumnName.MOVE:
        return labour, none
    moved = migration.move
    total = Range(low=labour.low + moved.low, point=_point(labour) + _point(moved), high=labour.high + moved.high)
    return total, migration.parallel_running_s


def _point(spread: Range) -> float:
    if spread.point is None:
        raise EvidenceError(f"a likely value is missing between {spread.low} and {spread.high}")
    return spread.point
