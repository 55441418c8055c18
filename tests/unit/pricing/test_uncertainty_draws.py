"""Laws, chances, indices and the value of a measurement, where the right answer is known in closed form."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from helpers.projections import A100, T4, bound, own_book, plain, published, rate, rates

from pricing.errors import PricingError
from pricing.projection.model import ColumnName, Question
from pricing.projection.projecting import project
from pricing.uncertainty import Assessment, InputKind, Measurable, Model, Side, assess, drawn
from pricing.uncertainty.laws import Array, SplitLognormal, Triangular, interval_law
from pricing.uncertainty.learning import learn, perfect_value
from pricing.uncertainty.quantiles import chance_of
from pricing.uncertainty.tornado import indices_of
from pricing.vocabulary import Basis, Gate, Range

_KNOWN = rates(
    rate(A100, "tf32", 10_000), rate(A100, "int8", Range(low=20_000, point=30_000, high=40_000)), rate(T4, "int8", 200)
)
_UNIT = NormalDist()


def _asked(known: Any = None, **stated: Any) -> Question:  # noqa: ANN401 - rates, assumptions in any form
    return plain(_KNOWN if known is None else known, book=own_book(3, t4=1), demand__peak="100000 requests/s", **stated)


def _assessed(question: Question, **how: Any) -> Assessment:  # noqa: ANN401 - draws, seed
    return assess(project(question), **how)


def test_a_tenth_of_a_rate_lies_outside_its_interval_and_half_below_its_point() -> None:
    law = SplitLognormal(low=50.0, point=100.0, high=400.0)

    assert law.at(np.array([0.05, 0.5, 0.95])) == pytest.approx([50.0, 100.0, 400.0])
    deviations = _UNIT.inv_cdf(0.9) / _UNIT.inv_cdf(0.95)
    assert law.at(np.array([0.1, 0.9])) == pytest.approx([100 / 2**deviations, 100 * 4**deviations])
    assert interval_law(Range(low=4.0, point=None, high=9.0)) == SplitLognormal(low=4.0, point=6.0, high=9.0)
    for known in (Range.exactly(5.0), Range(low=0, point=None, high=5), Range(low=1, point=2, high=math.inf)):
        assert interval_law(known) is None


def test_an_assumption_has_the_quantiles_of_its_triangle_its_ends_included() -> None:
    law = Triangular(low=0.0, likely=1.0, high=4.0)

    # A quarter of the area lies left of 1; (4 − x)²/12 of it right of an x beyond.
    expected = [0.0, 1.0, 4 - math.sqrt(12 * 0.5), 4 - math.sqrt(12 * 0.1), 4.0]
    assert law.at(np.array([0.0, 0.25, 0.5, 0.9, 1.0])) == pytest.approx(expected)
    one_sided = Triangular(low=1.1, likely=1.56, high=1.56)
    assert one_sided.at(np.array([0.25, 1.0])) == pytest.approx([1.1 + 0.46 / 2, 1.56])


def test_the_chance_that_a_change_pays_and_its_quantiles_are_those_of_the_labour_alone() -> None:
    """Ten A100s become four: 157,680 a year, for a labour that is triangular and cannot be won back in one year."""
    exact = _KNOWN | rates(rate(A100, "int8", 30_000))
    labour = Triangular(low=50_000.0, likely=150_000.0, high=400_000.0)
    asked = _asked(
        exact,
        migration__quantise=["50000 USD", "150000 USD", "400000 USD"],
        money__horizon="1 year",
        money__discount_rate="0 %",
    )

    found = _assessed(asked, draws=40_000).changes[0]

    gain = 6 * 3 * 8760.0
    below = 1.0 - (400_000 - gain) ** 2 / (350_000 * 250_000)
    assert found.saves is not None
    assert found.pays is not None
    assert found.npv is not None
    assert found.saves.share == 1.0
    assert found.saves.error > 0.0
    assert found.pays.share == pytest.approx(below, abs=4 * found.pays.error)
    expected = gain - labour.at(np.array([0.9, 0.5, 0.1]))
    assert [found.npv.p10, found.npv.p50, found.npv.p90] == pytest.approx(expected, abs=3_000)
    (bar,) = (bar for bar in found.bars if bar.key == "migration.quantise")
    assert bar.npv == pytest.approx((expected[2], expected[0]))


def test_a_transferred_rate_keeps_its_band_and_moves_with_the_rate_that_it_came_from() -> None:
    base, times = Range(low=8_000, point=10_000, high=12_500), 1.4
    band = math.exp(math.hypot(math.log(1.25), math.log(times)))
    ratio = Range(low=0.5 / times, point=0.5, high=0.5 * times)
    there = replace(
        rate(T4, "int8", Range(low=5_000 / band, point=5_000, high=5_000 * band)),
        basis=Basis(rate=rate(A100, "int8", base), ratio=ratio),
    )
    model = Model(project(_asked(rates(rate(A100, "tf32", 9_000), rate(A100, "int8", base), there))))
    values = drawn(model.inputs, draws=20_000, seed=2)

    here, moved = (model.rate(name, values) for name in (ColumnName.QUANTISE, ColumnName.MOVE))

    assert [one.kind for one in model.inputs.drawn] == [InputKind.RATE, InputKind.RATIO]
    (drawn_ratio,) = (row for key, row in values.items() if key.startswith("ratio"))
    peak = 130e12 / 8.178e9
    assert moved == pytest.approx(np.minimum(here * drawn_ratio, peak))
    assert np.quantile(moved, [0.05, 0.5, 0.95]) == pytest.approx([5_000 / band, 5_000, 5_000 * band], rel=0.03)
    cut = replace(there, per_s=Range(low=3_000, point=4_000, high=4_500))
    floored = Model(project(_asked(rates(rate(A100, "tf32", 9_000), rate(A100, "int8", base), cut))))
    inside = floored.rate(ColumnName.MOVE, drawn(floored.inputs, draws=20_000, seed=2))
    assert np.quantile(inside, [0.05, 0.5, 0.95]) == pytest.approx([3_000, 4_000, 4_500], rel=0.02)
    assert 0.3 < np.corrcoef(np.log(here), np.log(inside))[0, 1] < 0.7


def test_what_a_figure_is_worth_is_the_unit_normal_loss_and_nothing_where_it_changes_no_choice() -> None:
    generator = np.random.default_rng(7)
    draws, mean = 20_000, 0.4
    figure, noise = generator.standard_normal(draws) + mean, generator.standard_normal(draws)
    options = np.stack([np.zeros(draws), figure + noise])

    learned = learn(figure, options, options[1])

    expected = _UNIT.pdf(mean) - mean * _UNIT.cdf(-mean)  # E[max(0, X)] − 0.4
    assert learned.value == pytest.approx(expected, abs=4 * learned.error)
    assert learned.variance_share == pytest.approx(0.5, abs=0.02)
    assert learned.narrowing == pytest.approx(1 - 1 / math.sqrt(2), abs=0.02)
    spread = math.sqrt(2)
    whole = spread * _UNIT.pdf(mean / spread) - mean * _UNIT.cdf(-mean / spread)
    assert perfect_value(options) == pytest.approx(whole, abs=0.03)
    sure = np.stack([np.zeros(draws), figure + 20.0])
    assert (learn(figure, sure, sure[1]).value, perfect_value(sure)) == (0.0, 0.0)


def test_noise_is_not_sold_as_value() -> None:
    """Learning what has no say is worth nothing, though binned means of noise have a largest one."""
    generator = np.random.default_rng(5)
    told, naive = [], []
    for _ in range(40):
        options = np.stack([np.zeros(2_000), generator.standard_normal(2_000)])
        figure = generator.standard_normal(2_000)
        told.append(learn(figure, options, options[1]).value)
        bins = options[:, np.argsort(figure)].reshape(2, 25, 80).mean(axis=2)
        naive.append(bins.max(axis=0).mean() - options.mean(axis=1).max())

    assert min(naive) > 0.0  # what choosing and valuing in the same draws would sell
    assert sum(value > 0.0 for value in told) <= 2


@dataclass(frozen=True)
class _Uniform:
    words = "between -π and π"

    def at(self, levels: Array) -> Array:
        return math.pi * (2.0 * levels - 1.0)


def test_sobol_indices_of_ishigamis_function_are_the_analytic_ones() -> None:
    def ishigami(x: Sequence[Array]) -> Array:
        found: Array = np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])
        return found

    found = indices_of(ishigami, [_Uniform()] * 3, draws=4_096, seed=1)

    assert found is not None
    assert [one.first for one in found] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert [one.total for one in found] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)
    assert indices_of(lambda x: np.where(x[0] > 0, np.nan, 1.0), [_Uniform()], draws=128, seed=1) is None


def test_the_same_seed_gives_the_same_answer_and_another_one_another() -> None:
    asked = project(_asked(migration__quantise=["1 USD", "2 USD", "4 USD"]))

    assert assess(asked, draws=500, seed=4, with_sobol=True) == assess(asked, draws=500, seed=4, with_sobol=True)
    assert assess(asked, draws=500, seed=4).changes[0].npv != assess(asked, draws=500, seed=5).changes[0].npv


@pytest.mark.parametrize("draws", [-1, 0, 99, 1_000_001, 1e4, True, "10000", None, 10**400])
def test_a_number_of_draws_that_is_none_is_refused(draws: Any) -> None:  # noqa: ANN401 - whatever comes
    with pytest.raises(PricingError, match="draws: use a whole number from 100 to 1,000,000") as caught:
        _assessed(_asked(), draws=draws)
    assert len(str(caught.value)) < 120


def test_a_bounded_baseline_makes_every_figure_of_a_saving_a_lower_bound() -> None:
    found = _assessed(_asked(_KNOWN | rates(bound(A100, "tf32", 19_000))), draws=200)

    assert [column.side for column in found.columns] == [Side.AT_LEAST, Side.BOTH, Side.BOTH]
    assert {(one.saving_side, one.npv_side) for one in found.changes} == {(Side.AT_LEAST, Side.AT_LEAST)}
    (today,) = (one for one in found.measurables if one.variant == "tf32")
    assert (today.value, today.decides) == (0.0, False)
    assert "can only raise the saving" in today.note


def test_where_both_fleets_are_paid_for_longer_than_the_horizon_a_bounded_baseline_bounds_no_net_present_value() -> (
    None
):
    known = rates(bound(A100, "tf32", 19_000), rate(T4, "int8", Range(low=5_000, point=6_000, high=7_000)))
    asked = _asked(known, migration__parallel_running="18 months", money__horizon="1 year")

    (move,) = _assessed(asked, draws=200).changes

    assert (move.saving_side, move.npv_side, move.pays) == (Side.AT_LEAST, Side.OPEN, None)


def test_a_rate_that_is_only_known_to_be_at_least_so_much_makes_its_fleet_cost_at_most_that_and_is_not_drawn() -> None:
    known = _KNOWN | rates(rate(A100, "int8", Range(low=20_000, point=None, high=math.inf)))

    found = _assessed(_asked(known, migration__parallel_running="3 months"), draws=200)

    assert [column.side for column in found.columns] == [Side.BOTH, Side.AT_MOST, Side.BOTH]
    assert found.changes[0].saving_side is Side.AT_LEAST
    # Who moves may pay the quantised fleet beside the new one, and that costs at most what is shown.
    assert (found.changes[1].saving_side, found.changes[1].npv_side) == (Side.BOTH, Side.AT_LEAST)


def test_a_bound_of_a_change_is_worth_at_most_what_it_would_be_at_the_bound_and_decides_nothing_itself() -> None:
    found = _assessed(_asked(_KNOWN | rates(bound(T4, "int8", 50_000))), draws=200)

    assert found.best is ColumnName.QUANTISE
    assert found.columns[2].side is Side.AT_LEAST
    assert found.changes[1].saving_side is Side.AT_MOST
    (there,) = (one for one in found.measurables if one.target_id == T4)
    assert there.at_most
    assert found.measurables[0] is there


def test_at_a_bound_at_which_no_change_pays_the_measurement_of_today_comes_first() -> None:
    known = rates(
        bound(A100, "tf32", 1e6), rate(A100, "int8", Range(low=2e4, point=3e4, high=4e4)), rate(T4, "int8", 9)
    )

    first = _assessed(_asked(known), draws=200).measurables[0]

    assert (first.variant, first.value, first.decides) == ("tf32", None, True)
    assert "how far beyond the bound it lies decides" in first.note


def test_while_the_gate_is_red_no_chance_of_a_saving_is_told() -> None:
    found = _assessed(_asked(published(Gate.REJECTED)), draws=200)

    assert found.best is ColumnName.STAY
    for change in found.changes:
        assert (change.saving, change.npv, change.saves, change.pays, change.bars) == (None, None, None, None, ())
        assert change.reason is not None
        assert "no saving is available" in change.reason


def test_a_saving_on_a_condition_names_it_and_that_quality_is_to_be_measured_first() -> None:
    known = {key: replace(one, gate=Gate.NOT_MEASURED) for key, one in _KNOWN.items()}

    found = _assessed(_asked(known), draws=200)

    assert found.changes[0].condition == "int8 keeps its quality, which was not measured"
    assert found.measurables[0].kind is InputKind.QUALITY
    assert found.measurables[0].decides


def test_the_rate_that_decides_is_worth_most_of_all_that_could_be_learnt_and_labour_nothing() -> None:
    wide = _KNOWN | rates(rate(A100, "int8", Range(low=8_000, point=10_000, high=20_000)))
    found = _assessed(_asked(wide, migration__quantise=["0 USD", "90000 USD", "300000 USD"]))

    by_key = {one.variant or one.kind: one for one in found.measurables}
    rate_alone, labour = _value(by_key["int8"]), _value(by_key[InputKind.LABOUR])
    assert 0.8 * found.ceiling < rate_alone < found.ceiling
    assert labour == 0.0
    assert chance_of(np.zeros(100, dtype=np.bool_)).error > 0.0


def _value(one: Measurable) -> float:
    assert one.value is not None
    return one.value
