"""The cash flows of a change: what is paid at the start, and what every year then saves.

Only money that changes hands on the day it does. Amortisation is no payment: it spreads a purchase that the start
already holds, so that with both in the flows it would be paid twice.
"""

from pricing.errors import AssumptionError
from pricing.money import Money, Number
from pricing.tco.checks import at_least, not_negative

_MONTHS = 12
_LONGEST_YEARS = 50  # machines are priced over a few years; more is a slip


def cash_flows(
    *,
    stay_per_year: Money,
    new_per_year: Money,
    one_off: Money,
    parallel_running: Number,
    horizon_years: int,
    residual: Money | None = None,
) -> tuple[Money, ...]:
    """What a change costs now and brings at the end of every year, against staying as it is.

    Args:
        stay_per_year: What the old fleet costs in cash.
        new_per_year: What the new one costs in cash, without amortisation of anything bought.
        one_off: Purchases, labour of the migration, re-validation.
        parallel_running: For how many months the old fleet is paid beside the new one.
        horizon_years: Over how many years the change is judged.
        residual: What is sold at the end of the last year.

    Returns:
        Now, then one flow a year: horizon + 1 amounts, those paid negative.

    Raises:
        AssumptionError: if a cost is negative, or the horizon is no whole number of years from 1 to 50.
        UnitError: if the amounts are in different currencies.
    """
    if isinstance(horizon_years, bool) or not isinstance(horizon_years, int):
        raise AssumptionError(f"a horizon of {horizon_years!r:.40} years: use a whole number")
    if not 1 <= horizon_years <= _LONGEST_YEARS:
        raise AssumptionError(f"a horizon of {horizon_years!r:.40} years: use 1 to {_LONGEST_YEARS}")
    for name, amount in (("staying", stay_per_year), ("the new fleet", new_per_year), ("the one-off cost", one_off)):
        not_negative(amount, name=name)
    months = at_least(parallel_running, 0, name="the months of parallel running")
    start = -(one_off + stay_per_year * months / _MONTHS)
    saved = stay_per_year - new_per_year
    last = saved if residual is None else saved + not_negative(residual, name="the residual")
    return (start, *(saved for _ in range(horizon_years - 1)), last)
