"""The ledger's reference cases, exact to the cent: renting, owning, energy, and what is counted twice."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.errors import AssumptionError, UnitError
from pricing.money import HourlyRate, Money
from pricing.tco.energy import energy_cost, energy_kwh
from pricing.tco.owning import Ownership, break_even_utilisation, owned_year, per_delivered_hour
from pricing.tco.renting import per_hour, rent_per_year

_A100 = HourlyRate.of(3)
_T4_YEAR = Money.of(8000)
_KWH = Money.of(0.12)
# MLPerf Inference 0.7 closed, Offline, INT8, samples/s of one accelerator; peaks in FLOP/s of strict FP32.
_RESNET50 = {"a100": 37_479.5, "t4": 6_035.6}
_BERT = {"a100": 3_335.2, "t4": 443.1}
_A100_FP32_PEAK, _RESNET50_FLOP = 19.5e12, 8.178e9
_PRICES = st.decimals(0, 10**6, places=4)


def _own(**overrides: object) -> Ownership:
    """NVIDIA's server of 8 accelerators: $87,500 a year, 6.5 kW."""
    fields: dict[str, object] = {
        "capex": Money.of(350_000),
        "life_years": 4,
        "it_power_w": 6500,
        "pue": 1.56,
        "price_per_kwh": _KWH,
        "devices": 8,
    }
    return Ownership(**(fields | overrides))  # type: ignore[arg-type] # an override has the type of its field


def test_a_hundred_gpus_at_three_dollars_and_as_many_at_eight_thousand_a_year() -> None:
    rent = rent_per_year(_A100, count=100)

    assert rent == Money.of(2_628_000)
    assert rent - _T4_YEAR * 100 == Money.of(1_828_000)
    assert float(per_hour(_T4_YEAR).amount) == pytest.approx(0.9132420, abs=5e-8)


@pytest.mark.parametrize(("rates", "ratio", "count"), [(_RESNET50, 6.20974, 621), (_BERT, 7.52697, 753)])
def test_so_many_t4s_do_the_int8_work_of_a_hundred_a100s(rates: dict[str, float], ratio: float, count: int) -> None:
    assert rates["a100"] / rates["t4"] == pytest.approx(ratio, abs=5e-6)
    assert ceil(100 * rates["a100"] / rates["t4"]) == count


def test_the_t4s_that_do_that_work_cost_more_than_the_a100s() -> None:
    fleet = _T4_YEAR * ceil(100 * _RESNET50["a100"] / _RESNET50["t4"])

    assert fleet == Money.of(4_968_000)
    assert fleet.ratio(rent_per_year(_A100, count=100)) == pytest.approx(1.89, abs=0.005)


def test_only_against_strict_fp32_do_t4s_save() -> None:
    count = ceil(100 * _A100_FP32_PEAK / _RESNET50_FLOP / _RESNET50["t4"])

    assert count == 40
    assert rent_per_year(_A100, count=100) - _T4_YEAR * count == Money.of(2_308_000)


def test_a_full_a100s_power_costs_656_dollars_a_year() -> None:
    assert energy_cost(400, pue=1.56, price_per_kwh=_KWH) == Money.of(655.9488)
    assert float(energy_kwh(400, pue=1.56)) == pytest.approx(5466.24)


def test_nvidias_server_year_is_divided_by_its_eight_accelerators_power_included() -> None:
    without_power = per_hour(owned_year(_own(it_power_w=0)).total, count=8)

    assert float(without_power.amount) == pytest.approx(1.248573, abs=5e-7)
    assert float(per_delivered_hour(_own()).amount) == pytest.approx(1.400673, abs=5e-7)


def test_an_hour_that_is_delivered_half_the_time_costs_twice_as_much() -> None:
    half, full = (per_delivered_hour(_own(), utilisation=share).amount for share in (0.5, 1))

    assert float(half) == pytest.approx(2 * float(full))


def test_owning_spreads_the_purchase_but_pays_only_what_runs() -> None:
    own = _own(
        infrastructure_share=0.2,
        residual=Money.of(40_000),
        colocation_per_year=Money.of(9_000),
        support_per_year=Money.of(5_000),
        staff_per_year=Money.of(12_000),
    )

    year = owned_year(own)

    assert own.outlay == Money.of(420_000)
    assert year.cash == year.energy + Money.of(26_000)
    assert year.total == Money.of(420_000 / 4 - 40_000 / 4) + year.cash


def test_the_share_of_the_year_from_which_owning_is_cheaper() -> None:
    yearly = owned_year(_own()).total

    share = break_even_utilisation(yearly, rent=HourlyRate.of(24))

    assert HourlyRate.of(24).over(8760 * share).ratio(yearly) == pytest.approx(1)
    assert break_even_utilisation(yearly, rent=HourlyRate.of(1)) > 1
    with pytest.raises(UnitError):
        break_even_utilisation(yearly, rent=HourlyRate.of(0))


def test_power_on_top_of_a_rent_is_counted_twice() -> None:
    energy = energy_cost(400, pue=1.56, price_per_kwh=_KWH)

    with pytest.raises(AssumptionError, match="R9"):
        rent_per_year(_A100, energy=energy)


@pytest.mark.parametrize(
    "wrong",
    [
        {"life_years": 0},
        {"infrastructure_share": -0.1},
        {"devices": 0},
        {"capex": Money.of(-1)},
        {"residual": Money.of(350_001)},
        {"staff_per_year": Money.of(-1)},
        {"pue": 0.99},
        {"it_power_w": -1},
        {"price_per_kwh": Money.of(-0.01)},
    ],
)
def test_machines_that_nobody_owns_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(AssumptionError):
        owned_year(_own(**wrong))


@pytest.mark.parametrize("share", [0, -0.5, 1.01, float("nan")])
def test_what_is_no_utilisation_is_refused(share: float) -> None:
    with pytest.raises((AssumptionError, UnitError)):
        per_delivered_hour(_own(), utilisation=share)


@given(price=_PRICES, rise=_PRICES, count=st.integers(0, 10**6), more=st.integers(0, 10**6))
def test_money_never_falls_with_price_or_count(price: float, rise: float, count: int, more: int) -> None:
    low = rent_per_year(HourlyRate.of(price), count=count)

    assert low <= rent_per_year(HourlyRate.of(price + rise), count=count)
    assert low <= rent_per_year(HourlyRate.of(price), count=count + more)
    assert owned_year(_own(capex=Money.of(price))).total <= owned_year(_own(capex=Money.of(price + rise))).total


def test_a_ledger_is_kept_in_one_currency() -> None:
    with pytest.raises(UnitError, match="cannot be mixed"):
        owned_year(_own(price_per_kwh=Money.of(0.12, "EUR")))
    with pytest.raises(UnitError, match="cannot be mixed"):
        _own(residual=Money.of(1, "EUR"))
