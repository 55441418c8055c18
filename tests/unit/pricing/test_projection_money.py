"""The money of a projection: shares, right-sizing, hours of the day, corners of the cash flows."""

from dataclasses import replace
from typing import Any

import pytest
from helpers.price_rows import make_offer
from helpers.projections import (
    A100,
    BOUND_A100_TF32,
    INT8_PER_S,
    T4,
    bound,
    change_of,
    column_of,
    own_book,
    plain,
    published,
    question,
    rate,
    rates,
    shares_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.book import PriceBook
from pricing.errors import PricingError
from pricing.money import HOURS_PER_YEAR, Money
from pricing.projection.model import Answer, Column, ColumnName, SavingRange
from pricing.projection.projecting import project
from pricing.vocabulary import BatchCurve, Range

_NIGHT_AND_DAY = [0.1] * 12 + [1.0] * 12
_MEASURED = rates(
    rate(A100, "tf32", 10_000), rate(A100, "int8", 30_000), rate(T4, "tf32", 900), rate(T4, "int8", 6_000)
)


def _total(shares: dict[str, Money]) -> Money:
    return sum(shares.values(), start=Money.of(0))


@settings(deadline=None, max_examples=25)
@given(
    peak=st.floats(10, 1e6),
    today=st.none() | st.integers(1, 3000),
    purchase=st.sampled_from(["on_demand", "spot"]),
    int8=st.floats(100, 40_000),
    t4=st.floats(100, 40_000),
    plus=st.integers(0, 2),
    autoscaling=st.booleans(),
)
def test_shares_sum_to_the_saving_of_the_move_to_the_last_digit(
    *, peak: float, today: int | None, purchase: str, int8: float, t4: float, plus: int, autoscaling: bool
) -> None:
    known = _MEASURED | rates(rate(A100, "int8", int8), rate(T4, "int8", t4))
    book = own_book(3, t4=1)
    spot = (replace(one, purchase="spot", rate=one.rate.times(0.4)) for one in book.offers)
    stated: dict[str, Any] = {"to__purchase": purchase, "fleet__plus": plus, "fleet__autoscaling": autoscaling}
    if today is not None:
        stated["from__instances"] = today

    found = project(
        plain(
            known,
            book=PriceBook((*book.offers, *spot)),
            demand__peak=f"{peak:.3f} requests/s",
            demand__profile=_NIGHT_AND_DAY,
            **stated,
        )
    )

    assert _total(shares_of(found)) == change_of(found, ColumnName.MOVE).per_year.planned
    assert ("right-sizing" in shares_of(found)) is (today is not None)
    assert ("place and purchase" in shares_of(found)) is (purchase == "spot")


def test_right_sizing_is_a_loss_where_fewer_instances_are_stated_than_the_load_needs() -> None:
    found = project(plain(_MEASURED, book=own_book(3, t4=1), demand__peak="100000 requests/s", from__instances=5))

    assert shares_of(found)["right-sizing"] < Money.of(0)
    assert any("equal service is not shown" in note for note in found.columns[0].notes)
    assert found.right_sizing is None


def test_an_idle_fleet_is_right_sized_before_anything_is_changed() -> None:
    stated: dict[str, Any] = {"demand__peak": "5000 requests/s", "from__instances": 20, "to__target": A100}

    found = project(plain(_MEASURED, book=own_book(), migration__quantise="1000 USD", **stated))

    assert change_of(found, ColumnName.QUANTISE).per_year.planned == Money.of(19 * 26_280)
    assert found.right_sizing is not None
    assert found.right_sizing.per_year == Money.of(19 * 26_280)
    assert found.answer is Answer.STAY
    assert "only 1 of today's instances are needed" in found.reasons[0]


def test_what_right_sizing_alone_saves_is_told_beside_a_change_that_saves_more() -> None:
    found = project(plain(_MEASURED, book=own_book(), demand__peak="90000 requests/s", from__instances=20))

    assert found.answer is Answer.QUANTISE
    assert any(one.startswith("289,080 USD of the saving a year take no change") for one in found.reasons)


def test_today_s_count_is_paid_as_stated_even_where_only_a_bound_of_its_rate_is_known() -> None:
    found = project(plain(published(), book=own_book(), demand__peak="100000 requests/s", from__instances=30))

    stay = found.columns[0]
    assert stay.cost.low == stay.cost.planned == stay.cost.high == Money.of(30 * 26_280)
    assert (stay.is_bound, stay.costs_at_least) == (True, False)
    assert found.right_sizing is None


def test_device_and_terms_are_one_cause_where_the_old_device_is_not_had_on_the_new_terms() -> None:
    book = own_book(3, t4=1)
    contract = make_offer(0.4, instance="one-t4", purchase="contract")

    found = project(plain(_MEASURED, book=PriceBook((*book.offers, contract)), to__purchase="contract"))

    assert set(shares_of(found)) == {"quantisation", "target, place and purchase"}
    assert _total(shares_of(found)) == change_of(found, ColumnName.MOVE).per_year.planned


def test_another_instance_of_the_same_device_is_a_matter_of_terms_and_no_migration() -> None:
    eight = make_offer(20, instance="eight-a100", target_id=A100, device="A100", devices=8.0)
    stated: dict[str, Any] = {"from__instance": "one-a100", "to__target": A100, "to__instance": "eight-a100"}

    found = project(
        question(
            _MEASURED, book=PriceBook((*own_book().offers, eight)), from__precision="int8", fleet__plus=0, **stated
        )
    )

    move = change_of(found, ColumnName.MOVE)
    assert (move.cash.one_off, move.cash.parallel_running) == (Money.of(0), Money.of(0))
    assert shares_of(found) == {"place and purchase": move.per_year.planned}


def test_without_a_rate_of_every_combination_the_saving_is_not_taken_apart() -> None:
    found = project(plain())

    assert found.shares == ()
    assert found.shares_reason is not None
    assert "no rate of resnet50 in tf32 is known on t4" in found.shares_reason


def test_instances_follow_the_day_by_the_hour_with_their_redundancy_and_commitments_do_not() -> None:
    offers = own_book(3, t4=1).offers
    committed = [replace(one, purchase="committed_1y") for one in offers]
    stated: dict[str, Any] = {
        "demand__peak": "300000 requests/s",
        "demand__profile": _NIGHT_AND_DAY,
        "fleet__autoscaling": True,
        "fleet__plus": 1,
    }

    found = project(plain(_MEASURED, book=PriceBook((*offers, *committed)), to__purchase="committed_1y", **stated))

    # 30 by day, 3 by night, one more that may fail; 10 minutes of lag are an hour ahead of the day.
    a_day = 13 * 31 + 11 * 4
    assert column_of(found, ColumnName.STAY).instances == 31
    assert column_of(found, ColumnName.STAY).cost.planned == Money.of(3 * 365 * a_day)
    assert column_of(found, ColumnName.MOVE).cost.planned == Money.of(51 * HOURS_PER_YEAR)
    energy = column_of(found, ColumnName.STAY).footprint.energy
    assert energy is not None
    assert energy.most_kwh == pytest.approx(1.14 * 0.4 * 365 * a_day)


def test_instances_that_follow_the_day_are_chosen_by_what_the_day_costs() -> None:
    eight = make_offer(22, instance="eight-a100", target_id=A100, device="A100", devices=8.0)
    book = PriceBook((*own_book(3, t4=1).offers, eight))
    profile = [0.03] * 23 + [1.0]

    def chosen(*, autoscaling: bool) -> Column:
        asked = plain(
            _MEASURED,
            book=book,
            demand__peak="320000 requests/s",
            demand__profile=profile,
            fleet__autoscaling=autoscaling,
            fleet__autoscaling_lag="0 s",
        )
        return project(asked).columns[0]

    whole, following = chosen(autoscaling=False), chosen(autoscaling=True)
    assert (whole.line.offer.instance, following.line.offer.instance) == ("eight-a100", "one-a100")
    assert following.cost.planned == Money.of(3 * 365 * (32 + 23))


def test_ranges_of_a_rate_become_ranges_of_cost_and_saving() -> None:
    spread = Range(low=5_000, point=8_000, high=10_000)
    known = _MEASURED | rates(rate(A100, "tf32", spread), rate(T4, "int8", Range(low=1_000, point=1_500, high=2_000)))

    found = project(plain(known, book=own_book(3, t4=1), demand__peak="100000 requests/s"))

    stay, move = column_of(found, ColumnName.STAY).cost, column_of(found, ColumnName.MOVE).cost
    assert (stay.low, stay.planned, stay.high) == tuple(Money.of(26_280 * count) for count in (10, 20, 20))
    assert (move.low, move.planned, move.high) == tuple(Money.of(8_760 * count) for count in (50, 100, 100))
    saving = change_of(found, ColumnName.MOVE).per_year
    assert (saving.low, saving.planned) == (stay.low - move.planned, stay.planned - move.planned)
    assert saving.high == stay.planned - move.low


def test_a_rate_without_an_upper_limit_makes_a_fleet_of_one_the_best_case() -> None:
    known = _MEASURED | rates(rate(T4, "int8", Range(low=1_000, point=None, high=float("inf"))))

    found = project(plain(known, book=own_book(3, t4=1), demand__peak="100000 requests/s"))

    assert column_of(found, ColumnName.MOVE).cost.low == Money.of(8_760)


@settings(deadline=None, max_examples=40)
@given(
    horizon=st.integers(1, 3),
    months=st.integers(0, 36),
    stay=st.floats(2_000, 20_000),
    width=st.floats(1, 3),
    within=st.floats(0, 1),
    int8=st.floats(1_000, 40_000),
)
def test_whatever_today_s_rate_is_within_its_range_the_net_present_value_is_within_its_corners(
    *, horizon: int, months: int, stay: float, width: float, within: float, int8: float
) -> None:
    def worth(spread: Range) -> SavingRange:
        known = _MEASURED | rates(rate(A100, "tf32", spread), rate(A100, "int8", int8))
        asked = plain(
            known,
            book=own_book(3, t4=1),
            migration__move=["1000 USD", "2000 USD", "9000 USD"],
            migration__parallel_running=["0 months", f"{months} months", f"{months} months"],
            money__horizon=f"{horizon} years",
        )
        return change_of(project(asked), ColumnName.MOVE).cash.npv

    value = worth(Range(low=stay, point=stay, high=stay * width))
    real = worth(Range.exactly(stay * (1 + within * (width - 1)))).planned
    assert value.low is not None
    assert value.high is not None
    assert value.low <= real <= value.high
    assert value.low <= value.planned <= value.high


def test_a_bounded_fleet_that_is_paid_in_parallel_for_longer_than_it_saves_has_no_worst_case() -> None:
    stated: dict[str, Any] = {"migration__parallel_running": "18 months", "money__horizon": "1 year"}

    without_int8_in_place = rates(bound(A100, "tf32", BOUND_A100_TF32), rate(T4, "int8", INT8_PER_S[T4]))
    value = change_of(project(plain(without_int8_in_place, **stated)), ColumnName.MOVE).cash.npv

    assert value.low is None
    assert value.high is not None


def test_a_rate_beside_others_slows_the_batches_behind_it_and_keeps_the_promise() -> None:
    curve = BatchCurve(fixed_s=0.002, per_sample_s=0.001, max_batch=16)
    cpu = "epyc-milan"
    book = PriceBook((make_offer(1, instance="cpu", target_id=cpu, device="EPYC", devices=0.0, vcpus=32),))
    known = {(cpu, "fp32"): rate(cpu, "fp32", 400.0, vcpus=4, curve=curve)}
    stated: dict[str, Any] = {"from__precision": "fp32", "from__target": cpu, "to__target": cpu}

    found = project(
        plain(known, book=book, demand__peak="1000 requests/s", fleet__replica_scaling="50 %", **stated)
    ).columns[0]

    assert found.rate.curve is not None
    assert found.rate.curve.per_sample_s == pytest.approx(0.002)
    assert found.rate.per_s.low <= 200.0
    assert found.sizing.predicted_quantile_s is not None
    assert found.sizing.predicted_quantile_s <= 0.05


def test_a_demand_of_nothing_all_day_is_refused() -> None:
    asked = plain(_MEASURED, book=own_book())
    silent = replace(asked.assumptions.demand, hourly_per_s=(0.0,) * 24)

    with pytest.raises(PricingError, match="no request to price"):
        project(replace(asked, assumptions=replace(asked.assumptions, demand=silent)))
