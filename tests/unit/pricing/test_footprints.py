"""Energy from the load curve, carbon by the grid of a place, and what making the cards emitted, apart."""

from dataclasses import replace
from typing import Any

import pytest
from helpers.price_rows import make_offer
from helpers.projections import A100, BOUND_A100_TF32, T4, bound, own_book, owned, plain, rate, rates
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.book import PriceBook, shipped_book
from pricing.errors import AssumptionError, PricingError
from pricing.projection.model import Column, ColumnName, Question
from pricing.projection.projecting import project
from pricing.tco.carbon import CarbonFactor, Declaration, carbon, embodied
from pricing.tco.carbon_tables import shipped_carbon
from pricing.tco.footprint import Footprint
from pricing.tco.power import EnergyYear, PowerDraw, PoweredHour, energy_year
from pricing.vocabulary import BatchCurve, Evidence, Provenance, Range

_KNOWN = rates(rate(A100, "tf32", 10_000), rate(A100, "int8", 30_000), rate(T4, "int8", 6_000))
_MEASURED = Evidence(kind=Provenance.MEASURED, source="a run")
_EXACT = {"energy__idle_share": "25 %", "energy__load_share": "75 %", "energy__pue_hyperscale": "1.2"}


def _draw(idle_w: Range, loaded_w: Range) -> PowerDraw:
    return PowerDraw(idle_w=idle_w, loaded_w=loaded_w, evidence=_MEASURED)


def _column(asked: Question, name: ColumnName = ColumnName.MOVE) -> Column:
    column = project(asked).column(name)
    assert column is not None
    return column


def _footprint(asked: Question, name: ColumnName = ColumnName.MOVE) -> Footprint:
    return _column(asked, name).footprint


def _energy(asked: Question, name: ColumnName = ColumnName.MOVE) -> EnergyYear:
    found = _footprint(asked, name).energy
    assert found is not None
    return found


def _asked(**stated: Any) -> Question:  # noqa: ANN401 - an assumption may be written in any way
    return plain(_KNOWN, **{"book": own_book(), **_EXACT, **stated})


def test_a_card_that_is_busy_all_year_at_its_limit_takes_what_the_reference_case_says() -> None:
    full = PoweredHour(devices=1.0, busy=Range.exactly(1.0))
    draw = _draw(Range.exactly(60.0), Range.exactly(400.0))

    found = energy_year(draw, (full,) * 24, pue=Range.exactly(1.56), limit_w=400.0, requests=1e6)

    assert found.kwh.point == pytest.approx(5466.24)
    assert found.most_kwh == pytest.approx(5466.24)
    assert found.joules_per_request.point == pytest.approx(5466.24 * 3.6e6 / 1e6)


@settings(max_examples=30)
@given(
    busy=st.tuples(*[st.floats(0, 1)] * 2).map(lambda pair: pair * 12),
    width=st.floats(0, 1),
    idle=st.floats(0, 0.5),
    span=st.floats(0, 0.5),
    pue=st.floats(1, 3),
    devices=st.integers(1, 1000),
)
def test_an_estimate_stays_between_idle_power_and_the_limit_whatever_the_day(
    *, busy: tuple[float, ...], width: float, idle: float, span: float, pue: float, devices: int
) -> None:
    draw = _draw(Range(low=idle / 2, point=idle, high=idle), Range(low=idle + span / 2, point=idle + span, high=1.0))
    day = [
        PoweredHour(devices=devices, busy=Range(low=one * width * devices, point=one * devices, high=devices))
        for one in busy
    ]

    found = energy_year(draw, day, pue=Range(low=1, point=pue, high=pue), limit_w=1.0, requests=1.0)

    tiny = 1e-9 * found.most_kwh
    assert found.kwh.point is not None
    assert found.kwh.low <= found.kwh.point <= found.kwh.high <= found.most_kwh + tiny
    assert draw.idle_w.low - 1e-9 <= found.mean_w.low <= found.mean_w.high <= 1 + 1e-9


def test_power_follows_the_hours_of_the_day_and_what_waits_draws_idle_power() -> None:
    day: dict[str, Any] = {"demand__peak": "12000 requests/s", "demand__profile": [0.5] * 12 + [1.0] * 12}

    found = _energy(_asked(**day, fleet__plus=1, fleet__spares=1))

    # 2 cards for the load and 2 beside it; 1.5 of the 4 are busy on average. A T4 has 70 W.
    watts = 70 * (0.25 * 4 + 0.5 * 1.5)
    assert found.busy_share.point == pytest.approx(1.5 / 4)
    assert found.mean_w.point == pytest.approx(watts / 4)
    assert found.kwh.point == pytest.approx(1.2 * watts * 8.760)
    assert found.most_kwh == pytest.approx(1.2 * 70 * 4 * 8.760)
    assert found.joules_per_request.point == pytest.approx(1.2 * watts / 9_000)


def test_an_autoscaled_fleet_is_on_only_when_it_runs_and_a_smaller_busy_share_costs_more_a_request() -> None:
    day: dict[str, Any] = {"demand__peak": "60000 requests/s", "demand__profile": [0.1] * 12 + [1.0] * 12}
    lag: dict[str, Any] = {"fleet__autoscaling": True, "fleet__autoscaling_lag": "0 s"}

    always, follows = _energy(_asked(**day)), _energy(_asked(**day, **lag))

    assert always.most_kwh == pytest.approx(1.2 * 0.070 * 10 * 8760)
    assert follows.most_kwh == pytest.approx(1.2 * 0.070 * 5.5 * 8760)
    assert always.busy_share.low < follows.busy_share.low
    assert always.joules_per_request.low > follows.joules_per_request.low


def test_what_a_run_measured_replaces_the_assumed_shares() -> None:
    draw = _draw(Range.exactly(10.0), Range(low=60.0, point=62.0, high=65.0))
    asked = replace(_asked(), find_power=lambda target_id, _: draw if target_id == T4 else None)

    measured, assumed = _energy(asked), _energy(asked, ColumnName.QUANTISE)

    assert (measured.draw, measured.draw.evidence.kind) == (draw, Provenance.MEASURED)
    assert assumed.draw.evidence.kind is Provenance.ASSUMED
    with pytest.raises(AssumptionError, match="exchange them"):
        _draw(Range.exactly(70.0), Range.exactly(60.0))


def test_a_batch_curve_says_between_which_shares_of_the_time_a_card_is_busy() -> None:
    curve = BatchCurve(fixed_s=0.002, per_sample_s=0.0001, max_batch=20)
    known = _KNOWN | rates(rate(T4, "int8", 4_000, curve=curve))

    found = _energy(plain(known, book=own_book(), demand__peak="1200 requests/s", **_EXACT)).busy_share

    assert (found.low, found.point, found.high) == pytest.approx((1200 * 0.004 / 20, 1200 / 4_000, 1.0))


def test_of_a_bounded_rate_the_busy_share_is_at_least_and_a_stated_fleet_has_no_likely_figure() -> None:
    known = _KNOWN | rates(bound(A100, "tf32", BOUND_A100_TF32))

    stated = _energy(plain(known, book=own_book(), from__instances=10), ColumnName.STAY)
    smallest = _column(plain(known, book=own_book()), ColumnName.STAY)

    assert stated.busy_share.point is stated.kwh.point is None
    assert stated.busy_share.high == 1.0
    assert smallest.costs_at_least
    assert smallest.footprint.energy is not None
    assert smallest.footprint.energy.kwh.point is not None


@pytest.mark.parametrize(
    ("offer", "replica_vcpus", "told"),
    [({"devices": 0.0, "vcpus": 32, "target_id": "epyc-milan"}, 4, "hardware threads")],
)
def test_power_that_is_not_known_has_a_reason(offer: dict[str, Any], replica_vcpus: int, told: str) -> None:
    book = PriceBook((make_offer(1, **offer),))
    target = offer["target_id"]
    known = {(target, "fp32"): rate(target, "fp32", 400.0, vcpus=replica_vcpus)}
    stated: dict[str, Any] = {"from__target": target, "to__target": target, "from__precision": "fp32"}

    found = _footprint(plain(known, book=book, **stated), ColumnName.STAY)

    assert (found.energy, found.carbon, found.embodied) == (None, None, None)
    assert told in str(found.energy_reason)
    assert found.carbon_reason
    assert found.embodied_reason


def test_every_region_of_the_shipped_prices_has_a_grid_with_its_source_and_year() -> None:
    tables = shipped_carbon()

    for provider, region in {(one.provider, one.region) for one in shipped_book().offers if one.region != "list"}:
        factor = tables.of_region(provider, region)
        assert factor is not None, (provider, region)
    for factor in tables.places.values():
        assert factor.vintage in {2023, 2024}
        assert "https://" in factor.source
    assert all("https://" in one.source for one in tables.devices.values())
    assert tables.places["US"].basis == "location-based, US 2023, 369.5 g/kWh"
    assert tables.places["Virginia (eGRID SRVC)"].g_per_kwh.low == pytest.approx(596.3 * 0.45359237, abs=0.05)


def test_carbon_is_of_the_grid_of_the_region_and_never_of_another() -> None:
    elsewhere = {"book": own_book(region="mars-1"), "from__region": "mars-1", "to__region": "mars-1"}

    here, unknown = _footprint(_asked()), _footprint(_asked(**elsewhere))
    placed, stated = (
        _footprint(_asked(**elsewhere, **one)) for one in ({"energy__place": "US"}, {"energy__carbon": "50 g/kWh"})
    )

    assert (here.energy, here.carbon) != (None, None)
    assert here.energy is not None
    assert here.carbon is not None
    assert here.carbon.factor.place == "Virginia (eGRID SRVC)"
    assert here.carbon.kg.low == pytest.approx(here.energy.kwh.low * 0.2705)
    assert unknown.energy is not None
    assert unknown.carbon is None
    assert "aws mars-1" in str(unknown.carbon_reason)
    assert placed.carbon is not None
    assert placed.carbon.factor.vintage == 2023
    assert stated.carbon is not None
    assert stated.carbon.factor.basis == "location-based, as stated, 50 g/kWh"
    with pytest.raises(PricingError, match="the table of grids has Germany"):
        project(_asked(energy__place="Narnia"))


def test_a_site_of_one_s_own_has_the_pue_of_the_industry_and_its_cards_their_own_life() -> None:
    book = PriceBook(own_book().offers, owned=(owned(T4, 2_000, life_years=4.0),))
    declared = {"energy__embodied_per_device": "60 kg", "energy__embodied_source": "the maker"}

    column = _column(_asked(book=book, to__purchase="owned", energy__place="US", **declared))

    found = column.footprint
    assert found.energy is not None
    assert (found.energy.pue.low, found.energy.pue.high) == (1.1, 1.56)
    assert found.embodied is not None
    assert found.embodied.kg_per_year == pytest.approx(column.instances * 60 / 4)
    assert any("board's limit" in note for note in found.notes)
    assert any("an hour of a card that works" in note for note in column.notes)


def test_what_making_the_cards_emitted_stands_apart_with_its_source_or_a_reason() -> None:
    column = _column(_asked(), ColumnName.QUANTISE)

    found = column.footprint.embodied
    assert found is not None
    assert found.kg_per_year == pytest.approx(column.instances * 127.6 / 5)
    assert column.footprint.carbon is not None
    assert column.footprint.energy is not None
    assert column.footprint.carbon.kg.high == pytest.approx(column.footprint.energy.kwh.high * 0.3231)
    assert _footprint(_asked()).embodied is None
    assert "energy.embodied_per_device" in str(_footprint(_asked()).embodied_reason)
    with pytest.raises(AssumptionError, match="source"):
        Declaration(kg_per_device=150, source=" ")


def test_carbon_of_the_reference_energy_and_of_a_life() -> None:
    us = shipped_carbon().places["US"]

    assert carbon(Range.exactly(5466.24), factor=us).kg.point == pytest.approx(5466.24 * 0.3695)
    assert embodied(Declaration(kg_per_device=164, source="the maker"), device_years=8, life_years=4).kg_per_year == 328
    with pytest.raises(AssumptionError):
        CarbonFactor(g_per_kwh=Range.exactly(-1), place="here", vintage=2024, source="a test")
