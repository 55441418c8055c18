"""Cash flows of a change: what they are worth, against numpy-financial, and when they are back."""

from decimal import Decimal

import numpy_financial
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pricing.errors import AssumptionError, UnitError
from pricing.money import Money
from pricing.tco.cash import cash_flows
from pricing.tco.returns import discounted_payback_years, irr, npv, payback_years

_YEARLY = st.lists(st.integers(1, 10**7), min_size=1, max_size=8)


def _flows(*amounts: int) -> list[Money]:
    return [Money.of(amount) for amount in amounts]


_REFERENCE = _flows(-250_000, 180_000, 180_000, 180_000)


def test_the_reference_case_to_the_cent() -> None:
    assert npv(_REFERENCE, rate=0.1).cents == Decimal("197633.36")
    assert irr(_REFERENCE).rate == pytest.approx(0.51150, abs=5e-6)
    assert payback_years(_REFERENCE) == pytest.approx(1.3889, abs=5e-5)
    assert discounted_payback_years(_REFERENCE, rate=0.1) == pytest.approx(1.5806, abs=5e-5)


def test_a_change_pays_for_itself_out_of_cash_alone() -> None:
    flows = cash_flows(
        stay_per_year=Money.of(240_000),
        new_per_year=Money.of(60_000),
        one_off=Money.of(190_000),
        parallel_running=3,
        horizon_years=3,
    )

    assert flows == tuple(_REFERENCE)


def test_what_is_sold_at_the_end_comes_with_the_last_year() -> None:
    flows = cash_flows(
        stay_per_year=Money.of(10),
        new_per_year=Money.of(4),
        one_off=Money.of(8),
        parallel_running=0,
        horizon_years=2,
        residual=Money.of(1),
    )

    assert flows == tuple(_flows(-8, 6, 7))


@given(paid=st.integers(1, 10**7), saved=_YEARLY, percent=st.integers(-50, 400))
def test_values_agree_with_numpy_financial(paid: int, saved: list[int], percent: int) -> None:
    flows = _flows(-paid, *saved)

    worth = float(npv(flows, rate=Decimal(percent) / 100).amount)

    assert worth == pytest.approx(numpy_financial.npv(percent / 100, [-paid, *saved]), rel=1e-9, abs=1e-6)


@given(paid=st.integers(1, 10**7), saved=_YEARLY)
def test_at_the_internal_rate_flows_are_worth_nothing(paid: int, saved: list[int]) -> None:
    flows = _flows(-paid, *saved)

    rate = irr(flows).rate

    assert rate is not None
    assume(rate > -0.99)  # beyond, a discount of so many years leaves no digits to compare
    scale = max(abs(amount) / (1 + rate) ** year for year, amount in enumerate([-paid, *saved]))
    assert abs(numpy_financial.npv(rate, [-paid, *saved])) <= 1e-9 * scale


def test_the_internal_rate_is_numpy_financials() -> None:
    for amounts in ([-100, 39, 59, 55, 20], [-100, 0, 0, 74], [100, -60, -60], [0, -50, 0, 80]):
        assert irr(_flows(*amounts)).rate == pytest.approx(numpy_financial.irr(amounts), abs=1e-9)


@pytest.mark.parametrize(
    ("amounts", "reason"),
    [((-1, -2), "never change sign"), ((0, 0), "never change sign"), ((-100, 230, -132), "2 times")],
)
def test_no_internal_rate_says_why(amounts: tuple[int, ...], reason: str) -> None:
    found = irr(_flows(*amounts))

    assert found.rate is None
    assert reason in found.reason


@pytest.mark.parametrize(
    ("amounts", "years"),
    [((-10, 5, 5), 2.0), ((0, 5), 0.0), ((-10, 4, 4), None), ((-10, 20, -20, 20), 2.5), ((5, -10, 10), 1.5)],
)
def test_a_payback_is_for_good(amounts: tuple[int, ...], years: float | None) -> None:
    assert payback_years(_flows(*amounts)) == years


@given(paid=st.integers(1, 10**6), saved=_YEARLY, percent=st.integers(0, 100))
def test_discounting_never_hastens_a_payback(paid: int, saved: list[int], percent: int) -> None:
    plain = payback_years(_flows(-paid, *saved))
    discounted = discounted_payback_years(_flows(-paid, *saved), rate=Decimal(percent) / 100)

    assert discounted is None or (plain is not None and plain <= discounted + 1e-9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"horizon_years": 0},
        {"horizon_years": 51},
        {"horizon_years": 2.5},
        {"horizon_years": True},
        {"parallel_running": -1},
        {"one_off": Money.of(-1)},
        {"residual": Money.of(-1)},
    ],
)
def test_a_change_that_cannot_be_judged_is_refused(wrong: dict[str, object]) -> None:
    fields = {
        "stay_per_year": Money.of(2),
        "new_per_year": Money.of(1),
        "one_off": Money.of(1),
        "parallel_running": 0,
        "horizon_years": 1,
    }

    with pytest.raises(AssumptionError):
        cash_flows(**(fields | wrong))  # type: ignore[arg-type] # what a caller may get wrong


@pytest.mark.parametrize("rate", [-1, -2.5, float("nan"), float("inf")])
def test_what_is_no_discount_rate_is_refused(rate: float) -> None:
    with pytest.raises((AssumptionError, UnitError)):
        npv(_REFERENCE, rate=rate)


def test_flows_are_in_one_currency_and_there_are_some() -> None:
    for reckoned in (irr, payback_years):
        with pytest.raises(UnitError, match="cannot be mixed"):
            reckoned([Money.of(-1), Money.of(2, "EUR")])
        with pytest.raises(AssumptionError):
            reckoned([])
