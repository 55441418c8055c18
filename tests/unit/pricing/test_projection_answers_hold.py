"""What a projection answers, for any prices and any load."""

from decimal import Decimal

from helpers.projections import A100, T4, own_book, plain, rate, rates
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.money import Money
from pricing.projection.projecting import project
from pricing.vocabulary import Range


@settings(deadline=None, max_examples=40)
@given(
    factor=st.decimals("0.01", 100, places=2),
    a100=st.floats(500, 40_000),
    int8=st.floats(500, 40_000),
    t4=st.floats(500, 40_000),
    peak=st.floats(10, 1e6),
)
def test_scaling_all_prices_by_one_factor_changes_no_answer(
    factor: Decimal, a100: float, int8: float, t4: float, peak: float
) -> None:
    known = rates(rate(A100, "tf32", a100), rate(A100, "int8", int8), rate(T4, "int8", t4))
    stated = {"demand__peak": f"{peak:.3f} requests/s"}

    dear = own_book(3 * factor, t4=1 * factor)

    before, after = project(plain(known, book=own_book(3, t4=1), **stated)), project(plain(known, book=dear, **stated))
    assert before.answer is after.answer
    for one, other in zip(before.columns, after.columns, strict=True):
        assert one.cost.planned * factor == other.cost.planned


@settings(deadline=None, max_examples=40)
@given(
    low=st.floats(100, 30_000),
    width=st.floats(1, 4),
    peak=st.floats(10, 1e6),
    more=st.floats(1, 3),
    dearer=st.decimals(1, 3, places=2),
    plus=st.integers(0, 3),
    zones=st.integers(1, 3),
)
def test_a_year_costs_no_less_for_more_load_or_a_higher_price_and_its_range_is_in_order(
    *, low: float, width: float, peak: float, more: float, dearer: Decimal, plus: int, zones: int
) -> None:
    spread = Range(low=low, point=low, high=low * width)
    known = rates(rate(A100, "tf32", spread), rate(A100, "int8", spread), rate(T4, "int8", spread))

    def cost(price: Decimal, load: float) -> Money:
        stated = {"demand__peak": f"{load:.6f} requests/s", "fleet__plus": plus, "fleet__zones": zones}
        found = project(plain(known, book=own_book(price, t4=1), **stated)).columns[0].cost
        assert found.high is not None
        assert found.low <= found.planned <= found.high
        return found.planned

    three = Decimal(3)
    assert cost(three, peak) <= cost(three, peak * more)
    assert cost(three, peak) <= cost(three * dearer, peak)
