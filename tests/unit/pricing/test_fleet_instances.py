"""Whole instances: rounding up, N+1, zones, spares, and the offer whose whole fleet is the cheapest."""

from dataclasses import replace
from itertools import pairwise
from math import comb
from typing import Any

import pytest
from helpers.price_rows import T4, make_offer
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.errors import AssumptionError, CapacityError
from pricing.fleet.availability import availability
from pricing.fleet.fleets import Fleet, autoscaled_year
from pricing.fleet.instances import Redundancy, cheapest_line, instances_for, replicas_per_instance
from pricing.money import HourlyRate, Money
from pricing.vocabulary import Offer, Replica

_ONE = make_offer()
_FOUR = make_offer(3.912, instance="g4dn.12xlarge", devices=4.0, vcpus=48)
_EIGHT = make_offer(7.824, instance="g4dn.metal", devices=8.0, vcpus=96)
_CPU = make_offer(1.53, instance="c5.9xlarge", target_id="xeon", devices=0.0, vcpus=36)
_REDUNDANCIES = st.builds(
    Redundancy, plus=st.integers(0, 3), zones=st.integers(1, 4), spares=st.integers(0, 3)
)  # fmt: skip


@pytest.mark.parametrize(
    ("offer", "replica", "held"),
    [
        (_EIGHT, T4, 8),
        (_EIGHT, Replica(target_id="t4", devices=4.0), 2),
        (_FOUR, Replica(target_id="t4", devices=8.0), 0),
        (make_offer(devices=1 / 6), T4, 0),
        (make_offer(devices=1 / 6), Replica(target_id="t4", devices=1 / 6), 1),
        (make_offer(devices=0.3), Replica(target_id="t4", devices=0.1), 3),
        (_CPU, Replica(target_id="xeon", vcpus=8), 4),
        (make_offer(target_id="xeon", vcpus=None), Replica(target_id="xeon", vcpus=8), 0),
        (make_offer(target_id=None), T4, 0),
        (_ONE, Replica(target_id="a10"), 0),
    ],
)
def test_an_instance_holds_whole_replicas_of_its_own_target(offer: Offer, replica: Replica, held: int) -> None:
    assert replicas_per_instance(offer, replica) == held


@pytest.mark.parametrize(("replicas", "zones", "instances"), [(9, 3, 15), (4, 2, 8), (9, 1, 9)])
def test_the_loss_of_a_zone_leaves_enough(replicas: int, zones: int, instances: int) -> None:
    line = instances_for(replicas, offer=_ONE, replica=T4, redundancy=Redundancy(zones=zones))

    assert line.instances == instances


def test_a_line_says_what_each_step_added() -> None:
    line = instances_for(17, offer=_EIGHT, replica=T4, redundancy=Redundancy(plus=1, zones=3, spares=2))

    assert [added for _, added in line.steps] == [3, 1, 2, 2]
    assert (line.instances, line.replicas_rented) == (8, 64)
    assert line.per_hour == Money.of(62.592)


@given(replicas=st.integers(1, 500), redundancy=_REDUNDANCIES, offer=st.sampled_from([_ONE, _FOUR, _EIGHT]))
def test_the_load_is_carried_with_a_zone_lost_and_the_promised_instances_down(
    replicas: int, redundancy: Redundancy, offer: Offer
) -> None:
    line = instances_for(replicas, offer=offer, replica=T4, redundancy=redundancy)

    spread = line.instances - line.for_spares
    lost = spread // redundancy.zones if redundancy.zones > 1 else 0
    assert (spread - lost - redundancy.plus) * line.replicas_per_instance >= replicas
    assert sum(added for _, added in line.steps) == line.instances


@given(counts=st.lists(st.integers(1, 2000), min_size=2, max_size=6), redundancy=_REDUNDANCIES)
def test_more_replicas_never_cost_less(counts: list[int], redundancy: Redundancy) -> None:
    lines = [cheapest_line(count, [_ONE, _FOUR, _EIGHT], replica=T4, redundancy=redundancy) for count in sorted(counts)]

    assert all(few.per_year <= many.per_year for few, many in pairwise(lines))


@given(replicas=st.integers(1, 100), price=st.integers(1, 10**6), rise=st.integers(0, 10**6))
def test_a_higher_price_never_costs_less(replicas: int, price: int, rise: int) -> None:
    cheap, dear = (
        instances_for(replicas, offer=make_offer(hundredths / 100), replica=T4) for hundredths in (price, price + rise)
    )

    assert cheap.per_hour <= dear.per_hour


def test_the_cheapest_fleet_counts_whole_instances() -> None:
    bargain = make_offer(3.0, instance="bargain.8x", devices=8.0)

    assert cheapest_line(8, [_ONE, bargain], replica=T4).offer is bargain
    assert cheapest_line(2, [_ONE, bargain], replica=T4).offer is _ONE


def test_redundancy_can_make_small_instances_the_cheaper_ones() -> None:
    bargain = make_offer(4.0, instance="bargain.8x", devices=8.0)

    line = cheapest_line(8, [_ONE, bargain], replica=T4, redundancy=Redundancy(plus=1))

    assert (line.offer, line.instances) == (_ONE, 9)


def test_of_fleets_that_cost_the_same_the_fewest_instances_are_taken_then_the_first_name() -> None:
    twin = make_offer(8 * 0.526, instance="a.8x", devices=8.0)
    later = make_offer(8 * 0.526, instance="b.8x", devices=8.0)

    assert cheapest_line(8, [_ONE, later, twin], replica=T4).offer is twin


def test_what_cannot_be_rented_alone_is_no_fleet() -> None:
    attached = make_offer(0.35, is_rentable_alone=False)

    assert cheapest_line(1, [attached, _ONE], replica=T4).offer is _ONE
    with pytest.raises(CapacityError, match="cannot be rented alone"):
        instances_for(1, offer=attached, replica=T4)
    with pytest.raises(CapacityError, match="none of 1 offers"):
        cheapest_line(1, [attached], replica=T4)


@pytest.mark.parametrize("other", [{"provider": "gcp"}, {"region": "eu"}, {"purchase": "spot"}])
def test_offers_that_are_not_alike_are_not_compared(other: dict[str, Any]) -> None:
    with pytest.raises(AssumptionError, match=next(iter(other))):
        cheapest_line(1, [_ONE, replace(_ONE, **other)], replica=T4)


@pytest.mark.parametrize("replicas", [0, -1, 1.5, True, float("nan")])
def test_a_fleet_of_no_whole_number_of_replicas_is_refused(replicas: int) -> None:
    with pytest.raises(CapacityError, match="a whole number"):
        instances_for(replicas, offer=_ONE, replica=T4)


@pytest.mark.parametrize("counts", [{"plus": -1}, {"zones": 0}, {"spares": 0.5}, {"plus": True}])
def test_redundancy_is_counted_in_whole_instances(counts: dict[str, int]) -> None:
    with pytest.raises(AssumptionError, match=next(iter(counts))):
        Redundancy(**counts)


@pytest.mark.parametrize("needs", [0.0, -1.0, 5e-324, float("nan"), float("inf")])
def test_a_replica_that_needs_nothing_is_refused(needs: float) -> None:
    with pytest.raises(CapacityError, match="above 0"):
        replicas_per_instance(_ONE, Replica(target_id="t4", devices=needs))


def test_a_fleet_adds_its_lines_in_one_currency() -> None:
    lines = tuple(instances_for(count, offer=offer, replica=T4) for count, offer in ((3, _ONE), (8, _EIGHT)))
    euros = instances_for(1, offer=make_offer(rate=HourlyRate.of(1, "EUR")), replica=T4)

    fleet = Fleet(lines=lines)

    assert (fleet.instances, fleet.per_hour) == (4, Money.of(9.402))
    assert fleet.per_year == Money.of(82361.52)
    with pytest.raises(AssumptionError, match="one currency"):
        Fleet(lines=(*lines, euros))
    with pytest.raises(CapacityError):
        Fleet(lines=())


def test_a_year_that_follows_the_day_is_billed_by_the_hour_and_never_below_its_floor() -> None:
    day = [1] * 12 + [4] * 12

    assert autoscaled_year([4] * 24, _ONE, floor=0) == instances_for(4, offer=_ONE, replica=T4).per_year
    assert autoscaled_year(day, _ONE, floor=2) == _ONE.rate.over(8760, count=3)
    for bad in ([1] * 23, [*day[:-1], -1], [*day[:-1], 1.5]):
        with pytest.raises(AssumptionError):
            autoscaled_year(bad, _ONE, floor=0)  # type: ignore[arg-type] # what a caller may get wrong


@pytest.mark.parametrize(("replicas", "expected"), [(10, 0.904382), (11, 0.994820), (12, 0.999794)])
def test_availability_of_ten_of_so_many(replicas: int, expected: float) -> None:
    assert availability(replicas, 10, each=0.99) == pytest.approx(expected, abs=5e-7)


@settings(deadline=None)
@given(replicas=st.integers(0, 60), needed=st.integers(0, 61), each=st.floats(0.0, 1.0))
def test_availability_is_the_upper_tail_of_a_binomial(replicas: int, needed: int, each: float) -> None:
    tail = sum(comb(replicas, up) * each**up * (1 - each) ** (replicas - up) for up in range(needed, replicas + 1))

    assert availability(replicas, needed, each=each) == pytest.approx(tail, abs=1e-9)


@pytest.mark.parametrize(
    ("replicas", "needed", "each"), [(-1, 0, 0.9), (1, -1, 0.9), (1, 1, 1.1), (1, 1, float("nan"))]
)
def test_what_is_no_probability_or_count_has_no_availability(replicas: int, needed: int, each: float) -> None:
    with pytest.raises(AssumptionError):
        availability(replicas, needed, each=each)
