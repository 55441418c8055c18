"""Rates of cards that nobody measured: levels, bands that never saw what they judge, latency floors, refusals."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.errors import EvidenceError
from pricing.published import find_model, published_rate, published_rows
from pricing.targets import shipped_targets
from pricing.transfer import (
    Ground,
    Way,
    band,
    coverage,
    floor,
    judged,
    judged_floors,
    misses,
    shipped_ground,
    transfer,
    way_to,
)
from pricing.transfer.floors import curve_there, ends_of
from pricing.vocabulary import (
    BatchCurve,
    Evidence,
    Gate,
    Precision,
    Provenance,
    Range,
    RateMethod,
    Replica,
    ServiceRate,
    Slo,
    Target,
    TargetKind,
)

INT8, FP16, FP32 = Precision.INT8, Precision.FP16, Precision.FP32
RESNET = find_model("resnet50").facts
GROUND = shipped_ground()


def _target(target_id: str) -> Target:
    return shipped_targets().find(target_id)


def _measured(target_id: str = "a10", precision: Precision = INT8, **fields: object) -> ServiceRate:
    default = ServiceRate(
        replica=Replica(target_id=target_id),
        model="resnet50",
        variant="int8-static:per-channel",
        precision=precision,
        per_s=Range(low=1_800.0, point=2_000.0, high=2_100.0),
        slo=Slo(quantile=0.99, limit_s=0.015),
        method=RateMethod.CURVE,
        evidence=Evidence(kind=Provenance.MEASURED, source="run abcd1234", level=1, rows=("run abcd1234, arm a/b",)),
        curve=BatchCurve(fixed_s=0.0005, per_sample_s=0.0005, max_batch=16),
        gate=Gate.ACCEPTED,
    )
    return replace(default, **fields)  # type: ignore[arg-type] # an override has its field's type


@pytest.mark.parametrize(("model", "ratio"), [("resnet50", 6.20974), ("bert-99", 7.52697)])
def test_one_a100_does_the_int8_work_of_so_many_t4s(model: str, ratio: float) -> None:
    pairs = {one.model: (one, there) for one, there in GROUND.shared(INT8, "t4", "a100-sxm4-40")}
    here, there = pairs[model]
    assert there.per_s / here.per_s == pytest.approx(ratio, rel=1e-6)


def test_level_2_is_the_geometric_mean_of_the_ratios_of_other_models_one_vote_a_family() -> None:
    alone = GROUND.shared_log(INT8, "t4", "a10", without={"resnet50"})
    assert alone == pytest.approx(math.log(1_111.5 / 443.1))
    both = GROUND.shared_log(INT8, "t4", "a10")
    assert both == pytest.approx(0.5 * (math.log(1_111.5 / 443.1) + math.log(13_805.2 / 6_035.6)))


def test_the_three_ways_follow_from_what_is_published() -> None:
    assert way_to(GROUND, INT8, "a10", "t4") is Way.SHARED
    assert way_to(GROUND, INT8, "t4", "l4") is Way.ONE_NEW
    assert way_to(GROUND, INT8, "l4", "h100-sxm5-80") is Way.BOTH_NEW
    assert way_to(GROUND, FP32, "a10", "t4") is Way.ONE_NEW  # a10 is published in INT8 alone


def test_the_t4_is_derated_by_its_rows_and_a_card_without_rows_by_its_prior() -> None:
    derates = {card: math.exp(log) for card, log in GROUND.derates(INT8).items()}
    assert 0.64 < derates["t4"] < 0.90
    assert all(0.9 < derates[card] < 1.1 for card in derates if card != "t4")
    there = GROUND.sheet_ratio_log(INT8, "t4", "l4")
    assert there is not None
    assert math.exp(there) == pytest.approx(math.sqrt(242 / 130 * 300 / 320) / derates["t4"])


def test_a_ratio_there_and_back_is_one() -> None:
    for source, destination in (("t4", "a10"), ("t4", "l4"), ("l4", "h200-sxm-141")):
        there = GROUND.sheet_ratio_log(INT8, source, destination)
        back = GROUND.sheet_ratio_log(INT8, destination, source)
        assert there is not None
        assert back is not None
        assert there + back == pytest.approx(0.0, abs=1e-12)


def test_bands_cover_85_to_95_percent_of_the_pairs_that_they_never_saw() -> None:
    found = {way: coverage(judged(GROUND, way)) for way in Way}
    for way, one in found.items():
        assert 0.85 <= one.share <= 0.95, way
        low, high = one.interval
        assert low < 0.90 < high
    assert [round(one.pairs) for one in found.values()] == [38, 40, 40, 40]
    assert {one.contrasts for one in found.values()} == {21, 22}


def test_the_band_that_judges_a_model_does_not_move_with_that_model() -> None:
    spoiled = [
        replace(row, value=row.value * 1.5) if row.benchmark == "resnet50" and row.target_id == "t4" else row
        for row in published_rows()
    ]
    other = Ground(spoiled, shipped_targets())
    for way in Way:
        assert band(other, way, INT8, without={"resnet50"}) == band(GROUND, way, INT8, without={"resnet50"})
        before, after = (
            [one.predicted_log for one in misses(ground, way, INT8) if one.pair[0].model == "resnet50"]
            for ground in (GROUND, other)
        )
        assert sorted(before) == pytest.approx(sorted(after))
    assert band(other, Way.SHARED, INT8).factor > band(GROUND, Way.SHARED, INT8).factor


def test_fewer_than_ten_pairs_keep_the_stated_prior_and_say_so() -> None:
    assert "fitted to 30 held-out pairs" in band(GROUND, Way.SHARED, INT8).words
    few = band(GROUND, Way.SHARED, FP16)
    assert few.factor == pytest.approx(1.25)
    assert few.fitted is None
    assert "the stated prior: 2 held-out pairs, fewer than 10" in few.words
    new = band(GROUND, Way.ONE_NEW, INT8)
    assert new.factor == pytest.approx(1.41)
    assert "the stated prior: 40 held-out pairs ask for 1.37, no more" in new.words
    assert band(GROUND, Way.SHEET, Precision.TF32).factor == pytest.approx(1.41)


def test_single_requests_scale_less_than_throughput() -> None:
    """T4 over A100: 1.086 over 0.507 ms, while throughputs are 6.2 apart."""
    found = floor(GROUND, INT8)
    assert found.is_fitted
    assert found.power.point is not None
    assert 0.2 < found.power.point < 0.6
    assert not floor(GROUND, FP32).is_fitted
    held = list(judged_floors(GROUND))
    assert sum(one.is_inside for one in held) / len(held) >= 0.85


def test_a_transferred_rate_says_level_band_rows_and_where_it_comes_from() -> None:
    source = replace(published_rate("resnet50", INT8, _target("t4")), curve=None)
    rate = transfer(source, RESNET, _target("l4"))
    assert (rate.method, rate.evidence.kind, rate.evidence.level) == (RateMethod.TRANSFER, Provenance.PROJECTED, 3)
    assert rate.evidence.band == pytest.approx(math.exp(math.hypot(math.log(1.41), math.log(1.25))))
    assert rate.evidence.rows[0].startswith("resnet50 int8 server on t4 × 8: 5,563/s")
    assert any("derate of l4 in int8: 1.00, the prior" in row for row in rate.evidence.rows)
    assert "no other model is published for both cards in int8" in rate.evidence.source
    assert rate.basis is not None
    assert rate.basis.rate == source
    assert source.per_s.point is not None
    assert rate.per_s.point is not None
    assert rate.per_s.point == pytest.approx(source.per_s.point * (rate.basis.ratio.point or 0.0))
    assert rate.per_s.low < rate.per_s.point < rate.per_s.high
    assert rate.slo == source.slo


def test_no_transferred_rate_promises_what_the_latency_floor_forbids() -> None:
    """On a card seven times slower a request alone takes nearly half of 14 ms: far less than a seventh is left."""
    tight = Slo(quantile=0.99, limit_s=0.014)
    curve = BatchCurve(fixed_s=0.0009, per_sample_s=0.0001, max_batch=32)
    source = _measured("a100-sxm4-40", slo=tight, curve=curve, per_s=Range(low=3_500.0, point=3_600.0, high=3_700.0))
    rate = transfer(source, RESNET, _target("t4"))
    assert rate.curve is not None
    assert rate.curve.seconds(rate.curve.max_batch) < tight.limit_s
    assert rate.basis is not None
    assert rate.per_s.low < source.per_s.low * rate.basis.ratio.low
    assert "the latency floor leaves less than the ratio alone" in rate.note
    with pytest.raises(EvidenceError, match=r"p99 ≤ 8 ms is not shown to be kept"):
        transfer(replace(source, slo=Slo(quantile=0.99, limit_s=0.008)), RESNET, _target("t4"))


def test_nothing_exceeds_the_peak_of_the_destination() -> None:
    source = _measured("t4", per_s=Range(low=14_000.0, point=15_000.0, high=15_800.0), curve=None)
    rate = transfer(source, RESNET, _target("l4"))
    peak = 242e12 / 8.178e9
    assert rate.per_s.high == pytest.approx(peak)
    assert rate.per_s.point is not None
    assert rate.per_s.point <= peak
    assert "is cut to the peak" in rate.note
    assert "no batch curve of the source is known" in rate.note


def test_quality_accepted_on_one_card_is_unproven_on_another_but_for_strict_fp32() -> None:
    assert transfer(_measured(), RESNET, _target("t4")).gate is Gate.UNPROVEN
    assert "quality was measured on another device" in transfer(_measured(), RESNET, _target("t4")).note
    assert transfer(_measured(gate=Gate.REJECTED), RESNET, _target("t4")).gate is Gate.REJECTED
    fp32 = _measured(precision=FP32, per_s=Range.exactly(500.0))
    assert transfer(fp32, RESNET, _target("t4")).gate is Gate.ACCEPTED


def test_from_a_cpu_or_to_another_vendor_only_a_bound_is_known() -> None:
    cpu = replace(_measured(), replica=Replica(target_id="epyc-genoa", devices=0.0, vcpus=2))
    rate = transfer(cpu, RESNET, _target("t4"))
    assert rate.is_bound
    assert rate.evidence.level == 4
    assert rate.evidence.band is None
    assert rate.per_s.high == pytest.approx(15_896.31, abs=0.01)
    assert "from a CPU to a GPU no rate is transferred" in rate.evidence.source
    assert rate.evidence.rows[0] == "run abcd1234, arm a/b"
    amd = Target(
        target_id="x1", name="X1", kind=TargetKind.GPU, vendor="AMD", peaks_per_s={INT8: 1e15}, source="a test"
    )
    assert "from NVIDIA to AMD no rate is transferred" in transfer(_measured(), RESNET, amd).evidence.source
    with pytest.raises(EvidenceError, match="and nothing bounds it"):
        transfer(cpu, RESNET, _target("graviton4"))


def test_what_a_card_lacks_and_what_is_projected_already_is_refused() -> None:
    with pytest.raises(EvidenceError, match="has no units of its own"):
        transfer(_measured(), RESNET, _target("v100-sxm2-16"))
    with pytest.raises(EvidenceError, match="a rate in TF32 becomes none in FP32"):
        transfer(_measured(precision=Precision.TF32), RESNET, _target("t4"))
    with pytest.raises(EvidenceError, match="itself no measured or published one"):
        transfer(transfer(_measured(), RESNET, _target("t4")), RESNET, _target("l4"))


def test_measured_rates_of_other_models_are_shared_ones_too() -> None:
    others = [
        _measured(card, model="mine", per_s=Range.exactly(per_s)) for card, per_s in (("t4", 100.0), ("l4", 180.0))
    ]
    ground = Ground(published_rows(), shipped_targets(), measured=[replace(one, model="mine") for one in others])
    assert way_to(ground, INT8, "t4", "l4") is Way.SHARED
    assert math.exp(ground.shared_log(INT8, "t4", "l4") or 0.0) == pytest.approx(1.8)


@given(
    ratio=st.floats(0.05, 20.0),
    fixed_s=st.floats(0.0, 0.01),
    per_sample_s=st.floats(1e-6, 0.01),
    batch=st.integers(1, 256),
)
def test_a_batch_never_gains_more_than_the_ratio_nor_loses_more(
    ratio: float, fixed_s: float, per_sample_s: float, batch: int
) -> None:
    curve = BatchCurve(fixed_s=fixed_s, per_sample_s=per_sample_s, max_batch=256)
    longest, shortest = ends_of(floor(GROUND, FP32).power, ratio)
    slow, quick = (curve_there(curve, ratio, power).seconds(batch) for power in (longest, shortest))
    before = curve.seconds(batch)
    assert quick <= slow * (1 + 1e-9)
    least, most = sorted((before, before / ratio))
    assert least * (1 - 1e-9) <= quick
    assert slow <= most * (1 + 1e-9)
