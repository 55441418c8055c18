"""What a projection answers: reference cases, the flip of the answer with the date, gates, bounds, absences."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from helpers.projections import A100, BOUND_A100_FP32, INT8_PER_S, T4, bound, own_book, plain, published, rate, rates

from pricing.book import PriceBook
from pricing.errors import PricingError
from pricing.money import Money
from pricing.projection.model import Answer, ColumnName, Projection
from pricing.projection.projecting import project
from pricing.vocabulary import Gate, ModelFacts

APRIL_2025, JULY_2026 = date(2025, 4, 28), date(2026, 7, 30)
_MANY = f"{8000 * INT8_PER_S[A100]:.1f} requests/s"  # a thousand whole instances: rounding up is nothing


def _int8_both(day: date) -> Projection:
    return project(plain(today=day, from__precision="int8", demand__peak=_MANY))


def _cost(projection: Projection, name: ColumnName) -> Money:
    column = projection.column(name)
    assert column is not None
    return column.cost.planned


def test_forty_t4s_in_int8_save_2_308_000_of_a_hundred_a100s_at_their_fp32_bound() -> None:
    asked = plain(book=own_book(), from__precision="fp32", demand__peak=f"{100 * BOUND_A100_FP32} requests/s")

    found = project(asked)

    stay, move = found.column(ColumnName.STAY), found.column(ColumnName.MOVE)
    assert stay is not None
    assert move is not None
    assert (stay.instances, move.instances) == (100, 40)
    assert stay.cost.planned == Money.of(2_628_000)
    change = found.change(ColumnName.MOVE)
    assert change is not None
    assert change.per_year.planned.cents == change.per_year.low.cents == 2_308_000  # type: ignore[union-attr]  # known
    assert change.per_year.high is None  # today's fleet costs at least that, so no limit is known above
    assert stay.costs_at_least
    assert found.answer is Answer.QUANTISE  # 7 A100s in INT8 cost less than 40 T4s
    assert "at least" in found.reasons[0]


def test_at_int8_on_both_621_t4s_replace_a_hundred_a100s_and_cost_more() -> None:
    asked = plain(book=own_book(), from__precision="int8", demand__peak=f"{100 * INT8_PER_S[A100]} requests/s")

    found = project(asked)

    move = found.column(ColumnName.MOVE)
    assert move is not None
    assert (move.instances, float(move.cost.planned.cents)) == (621, 4_968_000)
    assert found.answer is Answer.STAY
    assert [one.name for one in found.absences] == [ColumnName.QUANTISE]


@pytest.mark.parametrize(
    ("day", "a100", "answer"), [(APRIL_2025, 0.0304, Answer.MOVE), (JULY_2026, 0.0203, Answer.STAY)]
)
def test_the_answer_flips_with_the_price_cut_of_june_2025(day: date, a100: float, answer: Answer) -> None:
    found = _int8_both(day)

    per_million = {column.name: float(column.per_million.amount) for column in found.columns}
    assert per_million[ColumnName.STAY] == pytest.approx(a100, abs=6e-5)
    assert per_million[ColumnName.MOVE] == pytest.approx(0.0242, abs=6e-5)
    assert found.answer is answer


def test_on_gcp_the_t4_wins_in_july_2026_with_the_instance_that_it_is_attached_to() -> None:
    gcp: dict[str, Any] = {"from__provider": "gcp", "from__region": "us-central1", "to__region": "us-central1"}
    stated = {**gcp, "from__instance": "a2-highgpu-1g", "from__precision": "int8", "demand__peak": _MANY}

    found = project(plain(today=JULY_2026, **stated))

    a100, t4 = (float(column.per_million.amount) for column in found.columns)
    assert a100 == pytest.approx(0.0272, abs=6e-5)
    assert t4 == pytest.approx(0.0249, abs=6e-5)
    assert found.answer is Answer.MOVE


@pytest.mark.parametrize(
    ("gate", "answer", "condition"),
    [
        (Gate.ACCEPTED, Answer.MOVE, None),
        (Gate.UNPROVEN, Answer.MOVE, "int8 keeps its quality, which was measured and is not proven"),
        (Gate.NOT_MEASURED, Answer.MOVE, "int8 keeps its quality, which was not measured"),
        (Gate.REJECTED, Answer.NOT_AVAILABLE, None),
    ],
)
def test_a_saving_waits_for_the_quality_gate(gate: Gate, answer: Answer, condition: str | None) -> None:
    found = project(plain(published(gate)))

    assert (found.answer, found.condition) == (answer, condition)
    assert {change.gate for change in found.changes} == {gate}


def test_where_one_column_is_rejected_the_other_is_judged_alone_and_the_reason_says_so() -> None:
    known = published() | rates(rate(T4, "int8", INT8_PER_S[T4], gate=Gate.REJECTED))

    found = project(plain(known, demand__peak="1000000 requests/s"))

    assert found.answer is Answer.QUANTISE
    assert "move: quality does not allow it" in found.reasons


def test_taking_what_serves_today_elsewhere_waits_for_no_proof_of_quality() -> None:
    known = rates(rate(A100, "int8", 30_000, gate=Gate.NOT_MEASURED), rate(T4, "int8", 6_000, gate=Gate.NOT_MEASURED))

    found = project(plain(known, from__precision="int8"))

    assert (found.answer, found.condition) == (Answer.MOVE, None)


@pytest.mark.parametrize("high", [100.0, 6_000.0, 1e6, 1e12])
def test_a_bound_of_int8_never_leads_to_a_change(high: float) -> None:
    known = rates(bound(A100, "tf32", 19_000), bound(A100, "int8", high * 6), bound(T4, "int8", high))

    found = project(plain(known, demand__peak="1000000 requests/s"))

    assert found.answer in {Answer.UNDECIDED, Answer.STAY}
    assert all(change.per_year.low is None and change.cash.npv.low is None for change in found.changes)


def test_a_bound_that_does_not_pay_even_at_its_bound_is_ruled_out() -> None:
    known = rates(rate(A100, "tf32", 10_000), bound(A100, "int8", 10_000), bound(T4, "int8", 50))

    found = project(plain(known, demand__peak="1000000 requests/s", migration__quantise="1000 USD"))

    assert found.answer is Answer.STAY
    assert "even at the bound" in found.reasons[0]


def test_a_bound_beside_a_known_change_is_named_and_not_taken() -> None:
    known = rates(rate(A100, "tf32", 10_000), rate(A100, "int8", 30_000), bound(T4, "int8", 1e6))

    found = project(plain(known, demand__peak="1000000 requests/s"))

    assert found.answer is Answer.QUANTISE
    assert any(reason.startswith("move may be worth it, at most") for reason in found.reasons)


def test_a_bound_that_may_pay_leaves_open_what_a_known_change_would_close() -> None:
    known = rates(rate(A100, "tf32", 30_000), rate(A100, "int8", 30_000), bound(T4, "int8", 1e6))

    found = project(plain(known, demand__peak="1000000 requests/s"))

    assert found.answer is Answer.UNDECIDED
    assert "measure it there" in found.reasons[0]


def test_where_no_change_pays_at_the_bound_of_today_nothing_is_decided() -> None:
    known = rates(bound(A100, "tf32", 1e6), rate(A100, "int8", 30_000), rate(T4, "int8", 5_000))

    found = project(plain(known, demand__peak="1000000 requests/s"))

    assert found.answer is Answer.UNDECIDED
    assert "measure what one replica really serves today" in found.reasons[0]


def test_a_move_must_beat_quantising_in_place() -> None:
    known = rates(rate(A100, "fp32", 2_000), rate(A100, "int8", 30_000), rate(T4, "int8", 3_000))

    found = project(plain(known, from__precision="fp32", demand__peak="1000000 requests/s"))

    quantise, move = (found.change(name) for name in (ColumnName.QUANTISE, ColumnName.MOVE))
    assert quantise is not None
    assert move is not None
    assert quantise.per_year.planned > move.per_year.planned > Money.of(0)
    assert found.answer is Answer.QUANTISE
    assert found.reasons[1].startswith("quantise is worth")


def test_who_moves_pays_the_quantised_fleet_beside_the_new_one_where_it_costs_less_than_todays() -> None:
    found = project(plain(demand__peak="1000000 requests/s", migration__parallel_running="6 months"))

    stay, quantised = found.columns[:2]
    move = next(one for one in found.changes if one.name is ColumnName.MOVE)
    assert quantised.cost.planned < stay.cost.planned
    assert move.cash.parallel_running == quantised.cost.planned / 2


def test_who_moves_what_quality_rejects_in_place_pays_todays_fleet_beside_the_new_one() -> None:
    known = published() | rates(rate(A100, "int8", INT8_PER_S[A100], gate=Gate.REJECTED))

    found = project(plain(known, migration__parallel_running="6 months"))

    move = next(one for one in found.changes if one.name is ColumnName.MOVE)
    assert move.cash.parallel_running == found.columns[0].cost.planned / 2


_ABSENT = [
    ({"to__target": "l4"}, "no rate of resnet50 in int8 is known on l4"),
    ({"to__purchase": "ondemand"}, "did you mean on_demand?"),
    ({"to__region": "us-esat-1"}, "did you mean us-east-1?"),
    ({"to__provider": "azzure"}, "the providers with one are aws"),
    ({"to__instance": "g4dn.huge"}, "there is no"),
    ({"to__purchase": "owned"}, "[[owned]]"),
]


@pytest.mark.parametrize(("stated", "told"), _ABSENT, ids=[one[1] for one in _ABSENT])
def test_a_column_that_cannot_be_says_why_in_one_sentence(stated: dict[str, Any], told: str) -> None:
    found = project(plain(**stated))

    assert [one.name for one in found.absences] == [ColumnName.MOVE]
    assert told in found.absences[0].reason
    assert found.absences[0].reason.isprintable()
    assert found.shares == ()
    assert found.shares_reason == "there is no move to take apart"


def test_where_nothing_can_be_changed_to_the_answer_is_open_and_says_why() -> None:
    found = project(plain(from__precision="int8", to__target=A100))

    assert found.answer is Answer.UNDECIDED
    assert found.reasons == (
        "quantise: int8 is what serves today already",
        "move: no other target, provider, region, purchase option or instance was named",
    )


def test_a_model_that_does_not_fit_a_card_is_absent_with_its_size() -> None:
    large = ModelFacts(name="resnet50", parameters=20_000_000_000, flop_per_sample=4e13, source="a test")
    known = rates(rate(A100, "int8", 10.0), rate(A100, "fp16", 5.0), rate(T4, "int8", 2.0))

    found = project(replace(plain(known, from__precision="int8", demand__peak="10 requests/s"), model=large))

    assert found.absences[-1].reason == "the weights of resnet50 in int8 take 20.0 GB, and NVIDIA T4 offers 14.4 GB"
    with pytest.raises(PricingError, match=r"in fp16 take 40\.0 GB"):
        project(replace(plain(known, from__precision="fp16", demand__peak="10 requests/s"), model=large))


_REFUSED = [
    ({"demand__peak": "1e12 requests/s"}, "a unit must be wrong"),
    ({"from__instances": 1}, r"no more than 152,605 requests/s can come out of those"),
    ({"from__target": "t9"}, "no rate of resnet50"),
    ({"from__region": "mars"}, "there is no"),
    ({"from__provider": "\x1b[2J"}, "write a name"),
    ({"prices__as_of": "2020-01-01"}, "a later one is not borrowed"),
]


@pytest.mark.parametrize(("stated", "told"), _REFUSED, ids=[one[1] for one in _REFUSED])
def test_what_nothing_can_carry_or_price_is_refused_in_one_sentence(stated: dict[str, Any], told: str) -> None:
    with pytest.raises(PricingError, match=told) as caught:
        project(plain(**{"demand__peak": "200000 requests/s", **stated}))

    assert str(caught.value).isprintable()


def test_one_off_costs_in_dollars_are_not_added_to_prices_in_another_currency() -> None:
    dollars = own_book().offers
    in_euro = PriceBook(tuple(replace(one, rate=replace(one.rate, currency="EUR")) for one in dollars))

    assert project(plain(book=in_euro)).columns[0].cost.planned.currency == "EUR"
    with pytest.raises(PricingError, match="prices are in EUR and the cost of migration is in USD"):
        project(plain(book=in_euro, migration__quantise="1 USD"))
    mixed = PriceBook((dollars[0], in_euro.offers[1]))
    with pytest.raises(PricingError, match="cannot be mixed"):
        project(plain(book=mixed))
