"""The money of machines that are owned: bought at the start, powered, replaced, sold, and set against rent."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from helpers.projections import (
    A100,
    INT8_PER_S,
    T4,
    bound,
    change_of,
    column_of,
    own_book,
    owned,
    plain,
    rate,
    rates,
    shares_of,
)

from pricing.book import OwnedOffer, PriceBook
from pricing.money import Money
from pricing.projection.model import ColumnName, Projection
from pricing.projection.owned import purchases
from pricing.projection.projecting import project
from pricing.tco.owning import Ownership, owned_year
from pricing.tco.returns import npv

_MEASURED = rates(
    rate(A100, "tf32", 10_000), rate(A100, "int8", 30_000), rate(T4, "tf32", 900), rate(T4, "int8", 6_000)
)


def _owned_plan(**stated: object) -> Projection:
    book = PriceBook(own_book().offers, owned=(owned(T4, 2_000, residual=Money.of(200)),))
    fixed = {
        "energy__price": "0.12 USD/kWh",
        "energy__pue": "1.56",
        "own__infrastructure": "10 %",
        "own__support": "0 %",
        "own__colocation": "0 USD",
        "own__staff": "0 USD",
    }
    return project(plain(_MEASURED, book=book, to__purchase="owned", **{**fixed, **stated}))


def test_owned_machines_cost_their_amortised_price_and_their_power_and_are_paid_at_the_start() -> None:
    found = _owned_plan()

    move = column_of(found, ColumnName.MOVE)
    count, power = move.instances, 0.07 * 1.56 * 0.12 * 8760
    assert count == 9
    assert float(move.cost.planned.amount) == pytest.approx(count * (2_200 / 5 - 200 / 5 + power))
    cash = change_of(found, ColumnName.MOVE).cash
    stay = float(column_of(found, ColumnName.STAY).cost.planned.amount)
    saved = stay - count * power
    assert cash.one_off == Money.of(count * 2_200)
    # After 3 of 5 years a machine is sold for what its age leaves: 2,000 less three fifths of 1,800.
    assert [float(flow.amount) for flow in cash.flows] == pytest.approx(
        [-count * 2_200, saved, saved, saved + count * 920]
    )
    assert cash.npv.planned == npv(cash.flows, rate=0.1)
    assert sum(shares_of(found).values(), start=Money.of(0)) == change_of(found, ColumnName.MOVE).per_year.planned


def test_energy_of_rented_instances_is_an_estimate_beside_the_price_and_never_added() -> None:
    cheap, dear = (
        project(plain(_MEASURED, book=own_book(), energy__price=price)) for price in ("0 USD/kWh", "9 USD/kWh")
    )

    assert [one.cost for one in cheap.columns] == [one.cost for one in dear.columns]
    assert [one.cash for one in cheap.changes] == [one.cash for one in dear.changes]
    assert all(one.footprint.energy is not None for one in cheap.columns)


def test_owning_says_its_parts_and_from_which_utilisation_it_beats_the_cheapest_rent() -> None:
    notes = " · ".join(column_of(_owned_plan(), ColumnName.MOVE).notes)

    assert "owned, USD a year: purchase 3,960.00, resale -360.00, electricity 1,033.12" in notes
    # A year of one is 514.79; rent for 8,760 hours at 8,000 / 8,760 dollars is 8,000.
    assert "needed in more than 6.4 % of the hours" in notes


def test_today_s_owned_hardware_is_spent_so_a_change_saves_its_running_cost_in_cash() -> None:
    book = PriceBook(own_book().offers, owned=(owned(A100, 15_000),))
    stated: dict[str, Any] = {"from__purchase": "owned", "to__purchase": "on_demand"}

    found = project(plain(_MEASURED, book=book, demand__peak="100000 requests/s", **stated))

    stay, move = column_of(found, ColumnName.STAY), column_of(found, ColumnName.MOVE)
    assert stay.machines is not None
    running = owned_year(stay.machines.terms.likely).cash * stay.instances
    assert running < stay.cost.planned
    assert change_of(found, ColumnName.MOVE).cash.flows[1] == running - move.cost.planned
    assert change_of(found, ColumnName.QUANTISE).cash.flows[0] == Money.of(0)  # four of ten are there already
    assert any("is spent" in note for note in stay.notes)
    assert set(shares_of(found)) == {"quantisation", "target, place and purchase"}


def test_machines_are_bought_anew_at_the_end_of_their_life_and_sold_at_the_end_of_the_horizon() -> None:
    own = Ownership(
        capex=Money.of(1_000),
        infrastructure_share=0.1,
        life_years=2,
        residual=Money.of(100),
        it_power_w=0,
        pue=1,
        price_per_kwh=Money.of(0),
    )

    by_age = purchases(own, 2, horizon_years=3, is_sold_by_age=True)
    worst = purchases(own, 2, horizon_years=4, is_sold_by_age=False)

    assert [flow.amount for flow in by_age] == [-2_200, 0, -2_000, 1_100]
    assert [flow.amount for flow in worst] == [-2_200, 0, -2_000, 0, 200]


_NOT_OWNED = [
    (owned(T4, 2_000, as_of=date(2026, 8, 2)), {}, "known by 2026-08-01: there is own t4"),
    (owned(A100, 2_000), {}, "[[owned]]"),
    (owned(T4, 2_000), {"to__instance": "another"}, "hardware named another"),
    (replace(owned(T4, 1), capex=Money.of(1, "EUR"), residual=Money.of(0, "EUR")), {}, "cannot be mixed"),
]


@pytest.mark.parametrize(("hardware", "stated", "told"), _NOT_OWNED, ids=[one[2] for one in _NOT_OWNED])
def test_hardware_that_cannot_be_owned_is_an_absence_with_a_reason(
    hardware: OwnedOffer, stated: dict[str, Any], told: str
) -> None:
    book = PriceBook(own_book().offers, owned=(hardware,))

    found = project(plain(_MEASURED, book=book, to__purchase="owned", **stated))

    assert told in found.absences[-1].reason


def test_an_owned_fleet_that_is_bounded_has_no_worst_case() -> None:
    known = _MEASURED | rates(bound(T4, "int8", INT8_PER_S[T4]))
    book = PriceBook(own_book().offers, owned=(owned(T4, 2_000),))

    change = change_of(project(plain(known, book=book, to__purchase="owned")), ColumnName.MOVE)

    assert (change.per_year.low, change.cash.npv.low) == (None, None)
    assert change.cash.npv.high is not None
