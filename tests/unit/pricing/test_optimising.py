"""The cheapest mix: against trying all, against the plan's own fleets, under every loss, and why it won."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from helpers.optimising import ALL_DAY, least_daily_cost, make_choice, make_task, random_instance
from helpers.price_rows import make_offer
from helpers.projections import A100, T4, bound, own_book, owned, plain, published, question, rate, rates

from pricing.book import PriceBook
from pricing.errors import CapacityError
from pricing.money import Money
from pricing.optimising.cases import End
from pricing.optimising.cheapest import cheapest
from pricing.optimising.checking import fault_of
from pricing.optimising.choices import Cause
from pricing.optimising.model import Level, Mix, Scope, mix_of
from pricing.optimising.optimise import optimise
from pricing.projection.fleets import Fleets
from pricing.vocabulary import BatchCurve, Gate, Range

_AWS = (("aws", "us-east-1"),)
_DAY = [0.0, 0.1, 0.1, 0.2, 0.4, 0.8] * 2 + [1.0, 0.9, 0.7] * 4
_BATCHES_OF_ONE = BatchCurve(fixed_s=0.002, per_sample_s=0.008, max_batch=1)


def _scope(*targets: str, purchases: tuple[str, ...] = ("on_demand",), most_kinds: int = 2) -> Scope:
    return Scope(targets=targets, markets=_AWS, purchases=purchases, most_kinds=most_kinds)


@pytest.mark.parametrize("seed", range(0, 120, 20))
def test_no_mix_that_can_be_tried_is_cheaper(seed: int) -> None:
    for number in range(seed, seed + 20):
        choices, task = random_instance(number)

        mix, _ = cheapest(choices, task)

        assert float(mix.per_year.amount) / 365 == pytest.approx(least_daily_cost(choices, task), abs=1e-6), number
        assert (fault_of(mix, task), mix.gap) == (None, 0.0)


@pytest.mark.parametrize("purchase", ["on_demand", "committed_1y", "owned"])
@pytest.mark.parametrize("curve", [None, _BATCHES_OF_ONE])
@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"fleet__plus": 2, "fleet__spares": 1},
        {"fleet__zones": 3, "fleet__headroom": "30 %", "fleet__plus": 1},
        {"fleet__autoscaling": True, "demand__profile": _DAY, "fleet__plus": 1},
        {"fleet__autoscaling": True, "demand__profile": _DAY, "fleet__zones": 2, "fleet__spares": 2},
    ],
)
def test_one_offer_alone_gives_the_fleet_and_the_cost_of_the_plan(
    stated: dict[str, Any], curve: BatchCurve | None, purchase: str
) -> None:
    known = rates(rate(T4, "int8", 70.0, curve=curve), rate(A100, "tf32", 500))
    book = PriceBook(
        own_book(t4=0.526, purchase=purchase).offers if purchase != "owned" else (), owned=(owned(T4, 5000),)
    )
    asked = plain(known, book=book, demand__peak="1234 requests/s", to__purchase=purchase, **stated)
    fleet = Fleets(asked).size(asked.assumptions.move, T4, precision="int8")

    found = optimise(asked, _scope(T4, purchases=(purchase,))).mix

    assert [line.most for line in found.lines] == [fleet.line.instances]
    assert found.per_year.cents == fleet.per_year.cents


def test_a_commitment_carries_the_base_and_demand_the_peak() -> None:
    committed, stopped = make_choice("base", 0.6, 10.0, is_unstopped=True), make_choice("peak", 1.0, 10.0)
    night, day = Level(need_per_s=20.0, hours=ALL_DAY[:12]), Level(need_per_s=50.0, hours=ALL_DAY[12:])

    mix, _ = cheapest([committed, stopped], make_task(night, day))

    assert {line.choice.offer.instance: line.counts for line in mix.lines} == {"base": (2, 2), "peak": (0, 3)}
    assert mix.per_year == Money.of(0.6 * 2 * 8760) + Money.of(3 * 12 * 365)


def test_a_large_instance_that_may_fail_costs_more_than_it_looks() -> None:
    large, small = make_choice("large", 4.0, 80.0), make_choice("small", 1.0, 10.0)
    flat = Level(need_per_s=80.0, hours=ALL_DAY)

    without, _ = cheapest([large, small], make_task(flat))
    with_failure, _ = cheapest([large, small], make_task(flat, plus=1))

    assert [line.choice.offer.instance for line in without.lines] == ["large"]
    assert {line.choice.offer.instance: line.most for line in with_failure.lines} == {"large": 2}
    assert fault_of(without, make_task(flat, plus=1)) is not None


def test_a_fleet_too_large_for_the_programme_is_not_called_proven() -> None:
    flat = Level(need_per_s=1e7, hours=ALL_DAY)

    mix, effort = cheapest([make_choice("large", 4.0, 80.0), make_choice("small", 0.51, 10.0)], make_task(flat, plus=1))

    assert (effort.programmes, fault_of(mix, make_task(flat, plus=1))) == (0, None)
    assert 0.0 < mix.gap < 1e-4


def _less(mix: Mix) -> Mix:
    first = mix.lines[0]
    return mix_of([replace(first, counts=tuple(n - 3 for n in first.counts)), *mix.lines[1:]], _TASK.levels)


def _uneven(mix: Mix) -> Mix:
    first = mix.lines[0]
    return mix_of([replace(first, counts=tuple(n + 1 for n in first.counts)), *mix.lines[1:]], _TASK.levels)


_TASK = make_task(Level(need_per_s=95.0, hours=ALL_DAY), plus=1, zones=3, spares=1)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (_less, "not carried"),
        (_uneven, "equal numbers"),
        (lambda mix: replace(mix, lines=(*mix.lines, *mix.lines, *mix.lines)), "kinds"),
        (lambda mix: replace(mix, per_year=mix.per_year + Money.of(0.01)), "it costs"),
        (lambda mix: replace(mix, lines=tuple(replace(one, spares=0) for one in mix.lines)), "spares"),
    ],
)
def test_the_check_finds_what_does_not_hold(spoil: Callable[[Mix], Mix], fault: str) -> None:
    mix, _ = cheapest([make_choice("small", 1.0, 10.0), make_choice("large", 3.5, 40.0)], _TASK)

    assert fault_of(mix, _TASK) is None
    assert fault in (fault_of(spoil(mix), _TASK) or "")


def test_bounds_and_rejected_variants_never_win_and_are_told() -> None:
    known = rates(
        bound(A100, "tf32", 1e6),
        rate(A100, "int8", 1e6, gate=Gate.REJECTED),
        rate(T4, "int8", 6_000, gate=Gate.UNPROVEN),
    )

    found = optimise(question(known), _scope(T4, A100, "l4", "b200"))

    assert {line.choice.target_id for line in found.mix.lines} == {T4}
    assert {one.subject: one.cause for one in found.left_out} == {
        A100: Cause.QUALITY, "l4": Cause.NO_RATE, "b200": Cause.NO_PRICE,
    }  # fmt: skip
    assert found.conditions == ("int8 keeps its quality, which was measured and is not proven",)
    with pytest.raises(CapacityError, match=r"quality does not allow it: a100-sxm4-40.*no rate is known: l4"):
        optimise(question(known), _scope(A100, "l4"))


def test_below_the_price_that_is_told_the_winner_no_longer_wins() -> None:
    book = PriceBook((*own_book(t4=0.526).offers, make_offer(0.75, instance="two-t4", devices=2.0)))
    asked = question(published(), book=book, demand__peak="300000 requests/s")
    found = optimise(asked, _scope(T4, A100))
    rival = next(one for one in found.rivals if not one.mix.keys & found.mix.keys)
    factor, own = rival.turn.factor or 0.0, {key[2] for key in rival.mix.keys}
    varied = {name.split()[0] for name in (rival.turn.subject, *rival.turn.alike)}

    cut = PriceBook(
        tuple(replace(one, rate=one.rate.times(0.999 * factor)) if one.instance in own else one for one in book.offers)
    )
    then = optimise(replace(asked, book=cut), _scope(T4, A100)).mix

    assert varied == own
    assert rival.difference == rival.mix.per_year - found.mix.per_year
    assert float((rival.mix.per_year * factor).amount) == pytest.approx(float(found.mix.per_year.amount))
    assert then.per_year < found.mix.per_year
    assert {line.choice.offer.instance for line in then.lines} & own


def test_a_rate_that_may_be_higher_is_tried_there() -> None:
    wide = Range(low=6_000.0, point=9_000.0, high=30_000.0)
    known = rates(rate(T4, "int8", 6_000.0), rate(A100, "int8", 37_000.0), rate("l4", "int8", wide))

    found = optimise(question(known, fleet__plus=0), _scope(T4, A100, "l4"))

    assert {line.choice.target_id for line in found.mix.lines} == {T4}
    high = next(one for one in found.cases if one.end is End.HIGH)
    assert (high.subject, high.is_same, high.mix.lines[0].choice.target_id) == ("int8 on l4", False, "l4")
    assert high.mix.per_year < found.mix.per_year
