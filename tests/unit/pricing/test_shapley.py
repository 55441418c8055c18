"""What a saving is owed to: shares sum to the whole, like causes get like shares, and no cause gets none."""

from decimal import Decimal
from fractions import Fraction
from itertools import combinations, permutations
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.errors import AssumptionError, UnitError
from pricing.money import Money
from pricing.projection.shapley import shapley

_LAST_DIGIT = Fraction(1, 10**12)
_NAMES = ("quantise", "device", "purchase", "size")


@st.composite
def _games(draw: st.DrawFn) -> tuple[dict[frozenset[str], Money], list[str]]:
    names = list(_NAMES[: draw(st.integers(1, 4))])
    subsets = [frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size)]
    amounts = st.decimals(-(10**9), 10**9, places=3)
    return {subset: Money.of(draw(amounts)) for subset in subsets}, names


def _sum(shares: dict[str, Money]) -> Money:
    return sum(shares.values(), start=Money.of(0))


@given(_games())
def test_shares_are_the_average_over_orders_and_sum_to_the_whole(
    game: tuple[dict[frozenset[str], Money], list[str]],
) -> None:
    worth, names = game
    gains = {name: Fraction(0) for name in names}
    orders = list(permutations(names))
    for order in orders:
        for place, name in enumerate(order):
            before = frozenset(order[:place])
            gains[name] += Fraction((worth[before | {name}] - worth[before]).amount) / len(orders)

    shares = shapley(worth.__getitem__, names)

    assert _sum(shares) == worth[frozenset(names)] - worth[frozenset()]
    assert all(abs(Fraction(shares[name].amount) - gains[name]) <= _LAST_DIGIT for name in names)


def _of_count(chosen: frozenset[str]) -> Money:
    return Money.of(10 if len(chosen - {"idle"}) == 3 else 0)


def test_like_causes_get_like_shares_and_a_cause_without_effect_gets_none() -> None:
    shares = shapley(_of_count, ["idle", "a", "b", "c"])

    assert shares["idle"] == Money.of(0)
    assert {abs(Fraction(shares[name].amount) - Fraction(10, 3)) < _LAST_DIGIT for name in "abc"} == {True}
    assert _sum(shares) == Money.of(10)


def test_amounts_with_all_the_digits_of_a_division_still_sum() -> None:
    whole = Money.of(1_000_000) / 7

    shares = shapley(lambda chosen: whole * len(chosen) * len(chosen), ["a", "b", "c"])

    assert _sum(shares) == whole * 9


def _saving(chosen: frozenset[str]) -> Money:
    """Of a fleet doing what 100 A100s do in strict FP32 at their bound: $26,280 an A100-year, $8,000 a T4-year."""
    needed = 100 * 2384.45
    per_s, price = {
        (False, False): (2384.45, 26_280),
        (True, False): (37_479.5, 26_280),
        (False, True): (990.46, 8_000),
        (True, True): (6_035.6, 8_000),
    }["quantise" in chosen, "device" in chosen]
    return Money.of(2_628_000) - Money.of(price) * ceil(needed / per_s)


def test_most_of_the_saving_on_t4s_is_quantisations() -> None:
    shares = shapley(_saving, ["quantise", "device"])

    assert shares == {"quantise": Money.of(2_026_020), "device": Money.of(281_980)}
    assert _sum(shares) == Money.of(2_308_000)
    assert _saving(frozenset(["quantise", "device"])) < _saving(frozenset(["quantise"]))


@pytest.mark.parametrize("factors", [[], ["a", "a"], list("abcdefg")])
def test_none_too_many_and_repeated_causes_are_refused(factors: list[str]) -> None:
    with pytest.raises(AssumptionError):
        shapley(_of_count, factors)


def test_every_fleet_is_sized_once() -> None:
    asked: list[frozenset[str]] = []

    def value(chosen: frozenset[str]) -> Money:
        asked.append(chosen)
        return Money.of(Decimal(len(chosen)))

    shapley(value, list("abcdef"))

    assert len(asked) == len(set(asked)) == 64


def test_a_saving_is_in_one_currency() -> None:
    with pytest.raises(UnitError, match="cannot be mixed"):
        shapley(lambda chosen: Money.of(1, "EUR" if chosen else "USD"), ["a"])
