"""To what a saving is owed: the average over all orders in which its causes can be brought in.

Quantising first makes the change of device look worthless, and the other way round; the average over orders (Shapley
value) is the one attribution in which like causes get like shares, a cause without effect gets none, and all sum to
the whole. Source: Shapley (1953), "A value for n-person games".
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import factorial

from pricing.errors import AssumptionError
from pricing.money import Money

MOST_FACTORS = 6
"""More are 128 fleets to size, and nobody reads the shares."""
_DIGITS = 12  # after the point of a dollar: the last of them takes what a division leaves over


def shapley(value: Callable[[frozenset[str]], Money], factors: Sequence[str]) -> dict[str, Money]:
    """Each factor's share of what all of them change.

    Args:
        value: What is had with these factors brought in and no others; called once for each of the 2^n sets.
        factors: Their names; at most 6.

    Returns:
        A share by factor, in the order given. The shares sum to value(all) − value(none) exactly; where a share has no
        finite decimals, equal shares may differ in the twelfth.

    Raises:
        AssumptionError: if a factor is named twice, or there are none or more than 6.
        UnitError: if the values are in different currencies.
    """
    if len(set(factors)) != len(factors) or not 1 <= len(factors) <= MOST_FACTORS:
        raise AssumptionError(f"a saving is attributed to 1 to {MOST_FACTORS} factors, each named once")
    names = list(factors)
    worth = {chosen: value(chosen) for size in range(len(names) + 1) for chosen in _subsets(names, size)}
    whole = worth[frozenset(names)] - worth[frozenset()]
    raw = {name: _average_gain(name, names, worth) for name in names}
    return {name: Money(amount, whole.currency) for name, amount in _summing_to(whole.amount, raw).items()}


def _subsets(names: list[str], size: int) -> list[frozenset[str]]:
    return [frozenset(chosen) for chosen in combinations(names, size)]


def _average_gain(name: str, names: list[str], worth: dict[frozenset[str], Money]) -> Fraction:
    others = [other for other in names if other != name]
    total = Fraction(0)
    for size in range(len(names)):
        orders = factorial(size) * factorial(len(others) - size)
        for before in _subsets(others, size):
            total += orders * Fraction((worth[before | {name}] - worth[before]).amount)
    return total / factorial(len(names))


def _summing_to(whole: Decimal, raw: dict[str, Fraction]) -> dict[str, Decimal]:
    """The shares in whole quanta; what rounding down leaves goes to those that lost most, so never to an exact one."""
    exponent = whole.as_tuple().exponent
    digits = max(_DIGITS, -exponent if isinstance(exponent, int) else 0)
    scaled = {name: share * 10**digits for name, share in raw.items()}
    quanta = {name: share.__floor__() for name, share in scaled.items()}
    left = int(sum(scaled.values(), start=Fraction(0))) - sum(quanta.values())
    for name in sorted(raw, key=lambda one: quanta[one] - scaled[one])[:left]:
        quanta[name] += 1
    return {name: Decimal(f"{count}E-{digits}") for name, count in quanta.items()}
