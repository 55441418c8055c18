"""Flip points: just beside each of them the cheapest fleet really is another one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from helpers.price_rows import make_offer
from helpers.projections import A100, INT8_PER_S, T4, bound, own_book, owned, plain, published, question, rate, rates
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.book import PriceBook
from pricing.money import Money
from pricing.projection.columns import choices
from pricing.projection.model import ColumnName, Projection, Question
from pricing.projection.projecting import project
from pricing.sensitivity import Flip, FlipKind, Flips, find_flips
from pricing.vocabulary import BatchCurve, Gate, ServiceRate

STAY, QUANTISE, MOVE = ColumnName
_MEASURED = rates(rate(A100, "tf32", 10_000), rate(A100, "int8", 30_000), rate(T4, "int8", 6_000))
_JUST = 1e-9
Rates = dict[tuple[str, str], ServiceRate]


def _cheapest(asked: Question) -> ColumnName:
    return min(choices(project(asked).columns), key=lambda column: column.cost.planned.amount).name


def _flips(projection: Projection, kind: FlipKind) -> list[Flip]:
    return [one for one in find_flips(projection).points if one.kind is kind]


def _only(found: Flips, kind: FlipKind) -> Flip:
    (one,) = (one for one in found.points if one.kind is kind)
    return one


def _with_price(book: PriceBook, target_id: str, factor: float) -> PriceBook:
    return PriceBook(
        tuple(replace(one, rate=one.rate.times(factor)) if one.target_id == target_id else one for one in book.offers)
    )


def _loads_beside(flip: Flip, known: Rates, book: PriceBook, **stated: str) -> tuple[ColumnName, ColumnName]:
    assert flip.at is not None
    outward = 1 if flip.at > flip.now else -1
    near, far = (flip.at * (1 + outward * side * _JUST) for side in (-1, 1))
    return tuple(  # type: ignore[return-value]  # two of them
        _cheapest(plain(known, book=book, demand__peak=f"{load!r} requests/s", **stated)) for load in (near, far)
    )


def test_the_price_ratio_of_a100_and_t4_at_int8_flips_at_the_ratio_of_their_rates() -> None:
    peak = f"{8000 * INT8_PER_S[A100]} requests/s"
    known = rates(*(rate(target, "int8", per_s) for target, per_s in INT8_PER_S.items()))

    for day, now in ((date(2025, 4, 28), 32.7726 / 8 / 0.526), (date(2026, 7, 30), 21.957642 / 8 / 0.526)):
        found = find_flips(project(plain(known, today=day, from__precision="int8", demand__peak=peak)))
        ratio = _only(found, FlipKind.PRICE_RATIO)
        assert ratio.now == pytest.approx(now)
        assert ratio.at == pytest.approx(6.20974, rel=1e-4)


@pytest.mark.parametrize("t4", [0.3, 1.5])
def test_beside_a_price_flip_the_cheapest_changes(t4: float) -> None:
    book = own_book(3, t4=t4)
    found = project(plain(_MEASURED, book=book, demand__peak="1000000 requests/s"))

    flips = _flips(found, FlipKind.PRICE)

    assert [one.subject for one in flips] == (
        ["aws one-t4", "aws one-a100"] if t4 == 0.3 else ["aws one-a100", "aws one-t4"]
    )
    for one in flips:
        assert one.at is not None
        target = A100 if "a100" in one.subject else T4
        outward = 1 if one.at > one.now else -1
        for side, name in ((-1, one.before), (1, one.after)):
            scaled = _with_price(book, target, one.at / one.now * (1 + outward * side * _JUST))
            assert _cheapest(plain(_MEASURED, book=scaled, demand__peak="1000000 requests/s")) is name


def test_between_columns_of_one_place_no_price_decides() -> None:
    found = project(plain(_MEASURED, to__target=A100, to__purchase="spot"))

    assert [one.name for one in found.absences] == [MOVE]
    assert _flips(found, FlipKind.PRICE) == _flips(found, FlipKind.PRICE_RATIO) == []


def test_beside_a_load_flip_the_cheapest_changes_though_whole_instances_of_eight_make_it_alternate() -> None:
    eight = make_offer(24, instance="eight-a100", target_id=A100, device="A100", devices=8.0)
    small = make_offer(0.6, instance="one-t4")
    book = PriceBook((eight, small))
    stated: dict[str, Any] = {"from__precision": "int8"}
    seen = [
        _cheapest(plain(_MEASURED, book=book, demand__peak=f"{load} requests/s", **stated))
        for load in range(100_000, 2_000_000, 20_000)
    ]
    assert seen.count(STAY) > 5  # it does alternate here
    assert sum(one is not other for one, other in pairwise(seen)) > 3

    up, down = _flips(project(plain(_MEASURED, book=book, demand__peak="600000 requests/s", **stated)), FlipKind.LOAD)

    for one in (up, down):
        if one.at is not None:
            assert _loads_beside(one, _MEASURED, book, **stated) == (one.before, one.after)
    assert up.at is not None or down.at is not None


@settings(deadline=None, max_examples=15)
@given(
    a100=st.floats(2_000, 20_000),
    gain=st.floats(0.5, 4),
    t4=st.floats(500, 8_000),
    price=st.decimals("0.2", 2, places=2),
    peak=st.floats(1_000, 500_000),
)
def test_every_load_and_rate_flip_is_where_the_cheapest_changes(
    a100: float, gain: float, t4: float, price: Decimal, peak: float
) -> None:
    known = rates(rate(A100, "tf32", a100), rate(A100, "int8", a100 * gain), rate(T4, "int8", t4))
    book = own_book(3, t4=price)
    stated = {"demand__peak": f"{peak!r} requests/s"}
    found = project(plain(known, book=book, **stated))
    best = _cheapest(plain(known, book=book, **stated))

    for one in find_flips(found).points:
        assert one.before is best
        if one.at is None:
            continue
        if one.kind is FlipKind.LOAD:
            assert _loads_beside(one, known, book) == (best, one.after)
        if one.kind is FlipKind.RATE:
            key = next(key for key in known if one.subject == f"one replica of {key[0]} in {key[1]}")
            for side, name in ((1, best), (-1, one.after)):
                slower = known | {
                    key: replace(known[key], per_s=known[key].per_s.scaled(one.at / one.now * (1 + side * _JUST)))
                }
                assert _cheapest(plain(slower, book=book, **stated)) is name


def test_a_speed_up_at_which_quantising_stops_to_be_the_cheapest_is_one() -> None:
    found = project(plain(_MEASURED, book=own_book(), demand__peak="10000000 requests/s", to__target=A100))

    flip = _only(find_flips(found), FlipKind.SPEED_UP)

    assert (flip.before, flip.after, flip.unit) == (QUANTISE, STAY, "×")
    assert flip.now == pytest.approx(3)
    assert flip.at == pytest.approx(1, rel=2e-3)  # a thousand instances: whole ones round it


def test_where_staying_is_the_cheapest_the_speed_up_that_a_change_needs_is_told() -> None:
    known = rates(rate(A100, "tf32", 10_000), rate(A100, "int8", 9_000), rate(T4, "int8", 1_000))

    flip = _only(
        find_flips(project(plain(known, book=own_book(), demand__peak="10000000 requests/s"))), FlipKind.SPEED_UP
    )

    assert (flip.before, flip.after) == (STAY, QUANTISE)
    assert flip.at == pytest.approx(1, rel=2e-3)


def test_a_cheapest_baseline_that_is_bounded_is_told_the_rate_at_which_a_change_wins() -> None:
    known = rates(bound(A100, "tf32", 100_000), rate(A100, "int8", 30_000), rate(T4, "int8", 1_000))

    found = find_flips(project(plain(known, book=own_book(), demand__peak="10000000 requests/s")))

    flip = _only(found, FlipKind.BASELINE)
    assert (flip.before, flip.after) == (STAY, QUANTISE)
    assert flip.at == pytest.approx(30_000, rel=5e-3)
    assert _only(found, FlipKind.SPEED_UP).subject.endswith("at least")


def test_what_wins_everywhere_in_the_span_has_no_point_and_says_what_was_tried() -> None:
    known = rates(rate(A100, "tf32", 10), rate(A100, "int8", 10), rate(T4, "int8", 6_000))

    found = find_flips(project(plain(known, book=own_book(3, t4=0.1), demand__peak="500000 requests/s")))

    flips = [one for one in found.points if one.kind in {FlipKind.RATE, FlipKind.LOAD}]
    assert [one.at for one in flips] == [None, None, None]
    assert [one.after for one in flips] == [None, None, None]
    assert "down to 500 requests/s" in flips[1].span
    assert "down to a 64th" in flips[2].span


def test_neither_a_rejected_nor_a_bounded_change_is_a_choice() -> None:
    known = rates(rate(A100, "tf32", 10_000), rate(A100, "int8", 90_000, gate=Gate.REJECTED), bound(T4, "int8", 1e6))

    found = find_flips(project(plain(known, book=own_book())))

    assert (found.points, found.dates) == ((), ())


def test_a_served_rejected_variant_is_still_what_staying_costs() -> None:
    known = rates(rate(A100, "int8", 30_000, gate=Gate.REJECTED), rate(T4, "int8", 6_000))

    found = find_flips(project(plain(known, book=own_book(), from__precision="int8")))

    assert {one.before for one in found.points} <= {STAY, MOVE}
    assert found.points


def test_load_flips_compare_fleets_of_the_size_that_the_load_asks_for() -> None:
    """Not a stated count, which holds for today's load alone: otherwise the first step would be called a flip."""
    stated: dict[str, Any] = {"demand__peak": "1000000 requests/s", "from__instances": 5_000}

    with_count = _flips(project(plain(_MEASURED, book=own_book(), **stated)), FlipKind.LOAD)
    without = _flips(project(plain(_MEASURED, book=own_book(), demand__peak="1000000 requests/s")), FlipKind.LOAD)

    assert with_count == without


def test_one_queue_slows_with_its_rate() -> None:
    curve = BatchCurve(fixed_s=0.0, per_sample_s=1 / 6_000, max_batch=1)
    known = _MEASURED | rates(rate(T4, "int8", 6_000, curve=curve))

    flip = _only(find_flips(project(plain(known, book=own_book(3, t4=0.1)))), FlipKind.RATE)

    assert flip.at is not None
    assert flip.at < flip.now


def test_the_answer_by_date_begins_where_all_columns_have_a_price_and_borrows_no_later_one() -> None:
    peak = f"{8000 * INT8_PER_S[A100]} requests/s"
    known = rates(*(rate(target, "int8", per_s) for target, per_s in INT8_PER_S.items()))

    lines = find_flips(project(plain(known, from__precision="int8", demand__peak=peak))).dates

    assert [(line.as_of.isoformat(), line.cheapest) for line in lines] == [("2025-04-28", MOVE), ("2026-07-20", STAY)]


def test_a_day_on_which_a_column_has_no_price_names_no_cheapest_and_says_why() -> None:
    early = make_offer(3, instance="one-a100", target_id=A100, device="A100", as_of=date(2024, 1, 1))
    book = PriceBook((*own_book().offers, early))

    first, second = find_flips(project(plain(_MEASURED, book=book))).dates

    assert (first.as_of, first.cheapest) == (date(2024, 1, 1), None)
    assert [name for name, _ in first.costs] == [STAY, QUANTISE]
    assert "a later one is not borrowed" in str(first.reason)
    assert (second.cheapest, second.reason) == (QUANTISE, None)


def test_days_of_owned_hardware_and_only_the_latest_days_of_a_long_book_are_told() -> None:
    days = [date.fromordinal(date(2025, 1, 1).toordinal() + day) for day in range(100)]
    offers = [make_offer(3, instance="one-a100", target_id=A100, device="A100", as_of=day) for day in days]
    book = PriceBook(tuple(offers), owned=(owned(T4, 2_000, as_of=date(2026, 2, 3)),))

    lines = find_flips(project(plain(_MEASURED, book=book, to__purchase="owned"))).dates

    assert len(lines) == 40
    assert lines[-1].as_of == date(2026, 2, 3)
    assert lines[-1].cheapest is MOVE


@settings(deadline=None, max_examples=10)
@given(factor=st.decimals("0.1", 10, places=2))
def test_one_factor_on_all_prices_moves_no_load_or_rate_flip(factor: Decimal) -> None:
    one = find_flips(project(plain(_MEASURED, book=own_book(3, t4=1))))
    other = find_flips(project(plain(_MEASURED, book=own_book(3 * factor, t4=1 * factor))))

    for kind in (FlipKind.LOAD, FlipKind.RATE, FlipKind.SPEED_UP, FlipKind.PRICE_RATIO):
        before, after = ([one.at for one in found.points if one.kind is kind] for found in (one, other))
        assert after == pytest.approx(before)


def test_the_default_question_flips_as_a_whole() -> None:
    found = find_flips(project(question(published(Gate.NOT_MEASURED))))

    assert [one.kind for one in found.points] == [
        FlipKind.PRICE, FlipKind.PRICE, FlipKind.PRICE_RATIO, FlipKind.LOAD, FlipKind.LOAD, FlipKind.RATE,
        FlipKind.SPEED_UP,
    ]  # fmt: skip
    assert all(isinstance(cost, Money) for line in found.dates for _, cost in line.costs)
