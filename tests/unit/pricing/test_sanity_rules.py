"""The rules, each both ways: what passes and what does not, with the figures that decide."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.llm import LANGUAGE_MODELS
from pricing.money import HourlyRate
from pricing.sanity import physics, prices, quality, savings, sizes
from pricing.sanity.finding import TITLES, Finding, Rule, Verdict, mildest, worst
from pricing.targets import shipped_targets
from pricing.vocabulary import Offer, Precision, Range

_T4 = shipped_targets().find("t4")
_A100 = shipped_targets().find("a100-sxm4-40")
_RESNET = 8.178e9
_13B = next(one for one in LANGUAGE_MODELS if one.name == "llama-2-13b")
HOLDS, IMPOSSIBLE, IMPLAUSIBLE = Verdict.HOLDS, Verdict.IMPOSSIBLE, Verdict.IMPLAUSIBLE


def said(found: Finding | None) -> Finding:
    assert found is not None
    return found


def test_r1_more_operations_than_the_peak_are_impossible_and_the_floor_is_told() -> None:
    found = said(physics.peak_rate(_T4, Precision.FP32, flop_per_sample=_RESNET, samples=32, seconds=8.2e-3))

    assert (found.rule, found.verdict) == (Rule.PEAK_RATE, IMPOSSIBLE)
    assert found.figures["reached_flop_per_s"] == pytest.approx(31.914e12, rel=1e-4)
    assert found.figures["times_peak"] == pytest.approx(3.940, abs=5e-4)
    assert found.figures["floor_s"] == pytest.approx(32.308e-3, rel=1e-4)


@pytest.mark.parametrize(
    ("precision", "images_per_s"), [(Precision.FP32, 990.46), (Precision.FP16, 7948.15), (Precision.INT8, 15896.31)]
)
def test_r1_holds_at_the_peak_and_not_above(precision: Precision, images_per_s: float) -> None:
    at = physics.peak_rate(_T4, precision, flop_per_sample=_RESNET, samples=images_per_s, seconds=1.0)
    above = physics.peak_rate(_T4, precision, flop_per_sample=_RESNET, samples=1.02 * images_per_s, seconds=1.0)

    assert said(at).verdict is HOLDS
    assert said(at).figures["times_peak"] == pytest.approx(1.0, rel=1e-5)
    assert said(above).verdict is IMPOSSIBLE


def test_r1_what_exceeds_fp32_but_not_tf32_did_not_run_in_strict_fp32() -> None:
    found = physics.peak_rate(_A100, Precision.FP32, flop_per_sample=_RESNET, samples=10_000, seconds=1.0)

    assert said(found).verdict is Verdict.PREMISE_FAILS
    assert "TF32" in said(found).sentence


def test_r1_says_nothing_of_a_precision_that_the_data_sheet_lacks() -> None:
    assert physics.peak_rate(_T4, Precision.TF32, flop_per_sample=1.0, samples=1, seconds=1.0) is None


@pytest.mark.parametrize(("moved", "verdict"), [(320e9, HOLDS), (330e9, IMPOSSIBLE)])
def test_r2_bytes_against_bandwidth(moved: float, verdict: Verdict) -> None:
    assert said(physics.bandwidth(_T4, bytes_moved=moved, seconds=1.0)).verdict is verdict


@pytest.mark.parametrize(("rate", "verdict"), [(6639.0, HOLDS), (6640.0, IMPLAUSIBLE), (32 / 3.1e-3, IMPLAUSIBLE)])
def test_r3_more_than_a_tenth_above_the_best_published_is_implausible(rate: float, verdict: Verdict) -> None:
    found = physics.published_best(rate, 6035.6, source="MLPerf")

    assert found.verdict is verdict
    assert found.figures["times_published"] == pytest.approx(rate / 6035.6)


@pytest.mark.parametrize(("rate", "verdict"), [(20.0, HOLDS), (19.0, IMPLAUSIBLE)])
def test_r4_below_a_fiftieth_of_the_peak_is_suspicious(rate: float, verdict: Verdict) -> None:
    found = said(physics.slow(_T4, Precision.FP32, flop_per_sample=_RESNET, rate_per_s=rate))

    assert found.verdict is verdict


@pytest.mark.parametrize(
    ("size", "verdict"),
    [(102.2e6, HOLDS), (117e6, HOLDS), (118e6, IMPLAUSIBLE), (350e6, IMPLAUSIBLE), (86e6, IMPLAUSIBLE)],
)
def test_r5_a_size_follows_from_the_parameters(size: float, verdict: Verdict) -> None:
    found = sizes.model_size("resnet50", 25_557_032, Precision.FP32, size_bytes=size)

    assert found.verdict is verdict
    assert found.figures["expected_bytes"] == 102_228_128
    assert (
        sizes.model_size("resnet50", 25_557_032, Precision.INT8, size_bytes=1).figures["expected_bytes"] == 25_557_032
    )


@pytest.mark.parametrize(
    ("power", "idle", "verdict"),
    [(73.5, None, HOLDS), (73.6, None, IMPOSSIBLE), (9.0, 10.0, IMPOSSIBLE), (9.0, None, HOLDS)],
)
def test_r6_power_lies_between_idle_and_the_boards_limit(power: float, idle: float | None, verdict: Verdict) -> None:
    assert said(physics.power(_T4, power, idle_w=idle)).verdict is verdict


def test_r7_no_more_power_is_saved_than_there_is() -> None:
    whole = savings.power_cost(400, pue=1.56, usd_per_kwh=0.12)
    ask = {"pue": 1.56, "usd_per_kwh": 0.12}

    assert whole == pytest.approx(655.9488)
    assert savings.saving_of_power(2000, 400, **ask).verdict is IMPOSSIBLE
    assert savings.saving_of_power(600, 400, **ask).verdict is HOLDS
    assert savings.saving_of_power(600, 400, share=0.4, **ask).verdict is Verdict.WRONG
    assert savings.saving_of_power(500_000, 400, count=100_000 / 2190, **ask).figures["whole_usd"] == pytest.approx(
        29_952, abs=0.5
    )


@pytest.mark.parametrize(("saved", "verdict"), [(100.0, HOLDS), (100.01, IMPOSSIBLE)])
def test_r7_a_saving_is_no_larger_than_what_was_spent(saved: float, verdict: Verdict) -> None:
    assert savings.saving_of_whole(saved, 100.0, what="rent").verdict is verdict


@pytest.mark.parametrize(
    ("told", "computed", "verdict"),
    [(26_000, 26_280, HOLDS), (1.8e6, 1.828e6, HOLDS), (3e6, 9e5, Verdict.WRONG), (1.0, 0.0, Verdict.WRONG)],
)
def test_r8_a_rounded_figure_passes_and_another_does_not(told: float, computed: float, verdict: Verdict) -> None:
    assert savings.adds_up(told, computed, working="sum").verdict is verdict


def test_r9_power_beside_rent_is_counted_twice() -> None:
    assert savings.counted_twice(1.2e6, 5e5).verdict is Verdict.PREMISE_FAILS


def test_r10_a_swap_needs_the_ratio_of_throughput() -> None:
    costs = {"cost_before_usd": 26_280, "cost_after_usd": 8000}
    swap = savings.one_for_one(100, 100, rates=Range.exactly(37479.5 / 6035.6), unquantised=2384.45 / 6035.6, **costs)
    berts = savings.one_for_one(100, 100, rates=Range.exactly(3335.2 / 443.1), **costs)

    assert swap.verdict is Verdict.PREMISE_FAILS
    assert swap.figures["ratio_low"] == pytest.approx(6.20974, abs=5e-6)
    assert (swap.figures["needed"], swap.figures["then_usd"]) == (621, 4_968_000)
    assert swap.figures["needed_unquantised"] == 40
    assert "1.89×" in swap.sentence
    assert berts.figures["needed"] == 753
    assert savings.one_for_one(100, 621, rates=Range.exactly(6.2), **costs).verdict is HOLDS
    assert savings.one_for_one(100, 100, rates=None, **costs).verdict is Verdict.INCOMPLETE


def test_r11_names_the_other_model_and_what_is_equal() -> None:
    found = sizes.repeated("bert", "resnet50", {"fp32 size (bytes)": 350e6}, told_in="claim 5")

    assert found.verdict is IMPLAUSIBLE
    assert "resnet50 (claim 5)" in found.sentence


@pytest.mark.parametrize(
    ("gigabytes", "precision", "tokens", "verdict"),
    [
        (24, Precision.INT8, None, HOLDS),
        (24, Precision.INT8, 10_478, HOLDS),
        (24, Precision.INT8, 10_479, IMPOSSIBLE),
        (16, Precision.INT8, None, IMPOSSIBLE),
        (24, Precision.FP16, None, IMPOSSIBLE),
    ],
)
def test_r12_weights_and_cache_against_memory(
    gigabytes: int, precision: Precision, tokens: int | None, verdict: Verdict
) -> None:
    assert sizes.memory_fit(_13B, precision, memory_bytes=gigabytes * 1e9, tokens=tokens).verdict is verdict


@pytest.mark.parametrize(
    ("rate", "newest", "verdict"),
    [
        (8000 / 8760, date(2026, 7, 20), IMPLAUSIBLE),
        (0.526, date(2026, 7, 20), HOLDS),
        (0.20, date(2026, 7, 20), IMPLAUSIBLE),
        (0.526, date(2025, 7, 20), Verdict.UNVERIFIABLE),
    ],
)
def test_r13_a_price_lies_in_the_band_of_a_day_not_long_past(rate: float, newest: date, verdict: Verdict) -> None:
    markets = {"a": 0.28, "b": 0.526, "c": 0.658}
    found = prices.price(rate, 0.224, 0.8225, what="T4", markets=markets, newest=newest, as_of=date(2026, 7, 30))

    assert found.verdict is verdict
    assert "$4,607.76 a year" in found.arithmetic[0]


def offer(instance: str, devices: float, vcpus: int | None, price: float, *, region: str = "r") -> Offer:
    return Offer(
        provider="p", region=region, instance=instance, target_id="t4", device="T4", devices=devices, vcpus=vcpus,
        memory_gib=16.0, is_rentable_alone=True, purchase="on_demand", rate=HourlyRate.of(price),
        as_of=date(2026, 1, 1), source="s",
    )  # fmt: skip


def test_r14_a_larger_offer_of_one_family_is_not_cheaper() -> None:
    small = offer("g4.small", 1, 4, 1.0)

    (found,) = prices.larger_but_cheaper([small, offer("g4.large", 1, 8, 0.9)])
    assert (found.rule, found.verdict) == (Rule.PRICE_ORDER, IMPLAUSIBLE)
    assert "g4.large is smaller than g4.small in no respect" in found.sentence
    for other in (
        offer("g4.large", 1, 8, 1.0),
        offer("g5.large", 1, 8, 0.9),
        offer("g4.large", 1, None, 0.9),
        offer("g4.large", 0.5, 8, 0.9),
        offer("g4.large", 1, 8, 0.9, region="other"),
    ):
        assert prices.larger_but_cheaper([small, other]) == ()


@pytest.mark.parametrize(
    ("written", "is_mixed"),
    [(["26 GB", "13 GiB"], True), (["26 GB", "350 MB"], False), (["26 GiB"], False), ([], False)],
)
def test_r15_gb_and_gib_side_by_side_are_told(written: list[str], *, is_mixed: bool) -> None:
    found = sizes.mixed_units(written)

    assert (found is not None) is is_mixed
    assert found is None or found.verdict is Verdict.INCOMPLETE


def test_r16_p99_is_not_below_p50() -> None:
    assert physics.quantile_order(0.02, 0.01).verdict is IMPOSSIBLE
    assert physics.quantile_order(0.01, 0.01).verdict is HOLDS


@pytest.mark.parametrize(
    ("concurrency", "verdict"), [(16, HOLDS), (14, Verdict.WRONG), (18, Verdict.WRONG), (15, HOLDS)]
)
def test_r16_requests_in_flight_are_rate_times_mean_latency(concurrency: float, verdict: Verdict) -> None:
    assert physics.little(concurrency, 1140, mean_latency_s=0.014).verdict is verdict


@pytest.mark.parametrize(("gain", "verdict"), [(2.65, HOLDS), (16.04, HOLDS), (16.2, IMPLAUSIBLE)])
def test_r17_a_speed_up_is_bounded_by_the_peaks(gain: float, verdict: Verdict) -> None:
    found = said(physics.speed_up(_T4, gain, before=Precision.FP32, after=Precision.INT8))

    assert found.verdict is verdict
    assert found.figures["bound"] == pytest.approx(130 / 8.1)


@pytest.mark.parametrize(
    ("after", "samples", "changed", "verdict"),
    [
        (0.770, 50_000, None, IMPLAUSIBLE),
        (0.762, 50_000, None, HOLDS),
        (0.762, 50_000, 0.0001, IMPLAUSIBLE),
        (0.770, 100, None, HOLDS),
        (0.700, 50_000, None, HOLDS),
    ],
)
def test_r18_a_gain_beyond_the_noise_of_the_test_set(
    after: float, samples: int, changed: float | None, verdict: Verdict
) -> None:
    assert quality.accuracy_gained(0.761, after, samples=samples, changed=changed).verdict is verdict


@pytest.mark.parametrize(("stay", "verdict"), [(183_960, Verdict.PREMISE_FAILS), (900_000, HOLDS)])
def test_r19_a_move_is_set_against_the_quantised_baseline(stay: float, verdict: Verdict) -> None:
    assert savings.quantised_baseline(stay, 800_000, working="sum").verdict is verdict


def test_every_rule_has_a_title_and_a_number() -> None:
    assert [str(rule) for rule in Rule] == [f"R{number}" for number in range(1, 20)]
    assert set(TITLES) == set(Rule)


@given(st.lists(st.sampled_from(Verdict), min_size=1))
def test_the_worst_verdict_decides_and_the_mildest_excuses(verdicts: list[Verdict]) -> None:
    findings = [Finding(rule=Rule.SUM, verdict=one, sentence="") for one in verdicts]
    order = list(Verdict)

    assert order.index(worst(findings)) == min(map(order.index, verdicts))
    assert order.index(mildest(findings).verdict) == max(map(order.index, verdicts))
