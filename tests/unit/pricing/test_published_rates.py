"""Published figures as service rates, and the bounds that peaks set."""

import math

import pytest

from pricing.errors import EvidenceError
from pricing.published import (
    as_baseline,
    find_model,
    known_models,
    nearest_precision,
    peak_bound,
    published_bound,
    published_rate,
    published_rows,
    server_share,
    two_point_curve,
)
from pricing.published.rates import SHARED_BAND
from pricing.published.rows import PublishedScenario
from pricing.targets import shipped_targets
from pricing.vocabulary import Gate, Precision, Provenance, RateMethod, ServiceRate, Slo, Target

INT8, FP16, FP32, TF32 = Precision.INT8, Precision.FP16, Precision.FP32, Precision.TF32


def _target(target_id: str) -> Target:
    found = shipped_targets().get(target_id)
    assert found is not None
    return found


def _rate(model: str, target_id: str, precision: Precision = INT8, limit_s: float | None = None) -> ServiceRate:
    slo = None if limit_s is None else Slo(quantile=0.99, limit_s=limit_s)
    return published_rate(model, precision, _target(target_id), slo)


def _published(benchmark: str, target_id: str, scenario: PublishedScenario, accelerators: int) -> float:
    wanted = (benchmark, target_id, scenario, accelerators)
    return next(
        row.value
        for row in published_rows()
        if (row.benchmark, row.target_id, row.scenario, row.accelerators) == wanted
    )


@pytest.mark.parametrize(
    ("benchmark", "ratio"), [("resnet50", 6.20974), ("bert-99", 7.52697), ("rnnt", 6.93), ("ssd-resnet34", 7.24)]
)
def test_one_a100_does_the_work_of_so_many_t4s(benchmark: str, ratio: float) -> None:
    offline = PublishedScenario.OFFLINE
    found = _published(benchmark, "a100-sxm4-40", offline, 1) / _published(benchmark, "t4", offline, 1)
    assert found == pytest.approx(ratio, rel=1e-6 if ratio in {6.20974, 7.52697} else 1e-3)


@pytest.mark.parametrize(
    ("benchmark", "share"), [("resnet50", 0.910), ("bert-99", 0.886), ("rnnt", 0.724), ("ssd-resnet34", 0.926)]
)
def test_a_promise_costs_eight_t4s_this_share_of_their_offline_rate(benchmark: str, share: float) -> None:
    server = _published(benchmark, "t4", PublishedScenario.SERVER, 8)
    assert server / _published(benchmark, "t4", PublishedScenario.OFFLINE, 8) == pytest.approx(share, abs=1e-3)


def test_a_server_rate_ranges_over_the_published_systems() -> None:
    rate = _rate("resnet50", "t4")
    assert (rate.per_s.low, rate.per_s.high) == (5563.0, 5575.0)
    assert rate.method is RateMethod.PUBLISHED_SERVER
    assert rate.evidence.kind is Provenance.PUBLISHED
    assert rate.slo == Slo(quantile=0.99, limit_s=0.015)
    assert rate.gate is Gate.NOT_MEASURED
    assert "published, quality not measured" in rate.note
    assert as_baseline(rate).gate is Gate.ACCEPTED


def test_a_looser_promise_takes_the_published_rate_and_a_stricter_one_is_refused() -> None:
    assert _rate("resnet50", "t4", limit_s=0.05).slo == Slo(quantile=0.99, limit_s=0.015)
    with pytest.raises(EvidenceError, match="published under p99 ≤ 15 ms, and p99 ≤ 10 ms is stricter"):
        _rate("resnet50", "t4", limit_s=0.010)
    with pytest.raises(EvidenceError, match="stricter"):
        published_rate("resnet50", INT8, _target("t4"), Slo(quantile=0.999, limit_s=0.05))


@pytest.mark.parametrize(("model", "target_id"), [("resnet50", "a100-pcie-40"), ("bert-99", "a10")])
def test_an_offline_rate_is_never_taken_alone(model: str, target_id: str) -> None:
    rate = _rate(model, target_id)
    offline = _published(find_model(model).benchmarks[0], target_id, PublishedScenario.OFFLINE, 1)
    share = server_share(find_model(model), INT8)
    assert share is not None
    assert rate.per_s.point == pytest.approx(offline * share.mean)
    assert rate.per_s.low <= offline * share.low
    assert offline * share.high <= rate.per_s.high <= offline
    assert (rate.evidence.kind, rate.evidence.level, rate.evidence.band) == (Provenance.PROJECTED, 2, SHARED_BAND)
    assert "projected: the offline rate" in rate.note


def test_the_stated_band_holds_every_server_share_that_another_card_tells() -> None:
    shares = [server_share(model, precision) for model in known_models() for precision in (INT8, FP16)]
    spreads = [share.high / share.low for share in shares if share is not None]
    assert len(spreads) == 6
    assert max(spreads) == pytest.approx(1.2186, abs=1e-4)
    assert max(spreads) < SHARED_BAND


def test_offline_without_any_server_rate_is_refused() -> None:
    with pytest.raises(EvidenceError, match="only an offline rate is published for t4"):
        _rate("3d-unet", "t4")


def test_batch_latencies_become_a_curve_inside_the_promise() -> None:
    rate = _rate("bert-large-128", "t4", limit_s=0.050)
    assert rate.method is RateMethod.PUBLISHED_CURVE
    assert rate.curve is not None
    assert rate.curve.seconds(rate.curve.max_batch) <= 0.050
    assert rate.per_s.point is not None
    assert 380 < rate.per_s.low <= rate.per_s.point <= rate.per_s.high < 16 / 0.02882
    assert "not a server measurement" in rate.note


def test_a_looser_promise_is_never_served_more_slowly() -> None:
    rates = [_rate("bert-base", "t4", limit_s=limit_s).per_s.low for limit_s in (0.002, 0.004, 0.008)]
    assert rates == sorted(rates)


def test_latencies_under_no_promise_or_a_hopeless_one_are_refused() -> None:
    with pytest.raises(EvidenceError, match="published under no promise"):
        _rate("bert-base", "t4")
    with pytest.raises(EvidenceError, match=r"a batch of 1 takes up to 3\.51 ms alone"):
        _rate("bert-large-128", "t4", limit_s=0.003)


def test_where_no_single_request_was_timed_there_is_no_point() -> None:
    rate = _rate("bert-large-512", "t4", FP32, limit_s=2.0)
    assert rate.per_s.point is None
    assert 0.0 < rate.per_s.low < 8 / 0.6945
    assert rate.gate is Gate.ACCEPTED


def test_two_figures_of_mlperf_make_a_curve_for_simulation() -> None:
    curve = two_point_curve(find_model("resnet50"), INT8, "t4")
    assert curve is not None
    assert curve.seconds(1) == pytest.approx(1.086e-3)
    assert 1.0 / curve.per_sample_s == pytest.approx(6112.0)
    assert curve.seconds(curve.max_batch) <= 0.015


def test_what_is_not_published_is_refused_with_what_is() -> None:
    with pytest.raises(EvidenceError, match="there is int8 on t4"):
        _rate("resnet50", "t4", FP32)
    with pytest.raises(EvidenceError, match=r"did you mean resnet50"):
        _rate("resnet5", "t4")
    with pytest.raises(EvidenceError, match=r"model 'x{59}…"):
        _rate("x" * 5000, "t4")


@pytest.mark.parametrize(
    ("target_id", "precision", "bound"),
    [
        ("t4", FP32, 990.46),
        ("t4", FP16, 7948.15),
        ("t4", INT8, 15896.31),
        ("a100-sxm4-40", FP32, 2384.45),
        ("a100-sxm4-40", TF32, 19075.57),
    ],
)
def test_a_peak_bounds_resnet50(target_id: str, precision: Precision, bound: float) -> None:
    rate = peak_bound(find_model("resnet-50").facts, precision, _target(target_id))
    assert round(rate.per_s.high, 2) == bound
    assert rate.is_bound
    assert rate.slo is None
    assert rate.evidence.level == 4


def test_a_precision_that_a_card_lacks_is_an_error_that_names_what_it_has() -> None:
    facts = find_model("resnet50").facts
    with pytest.raises(EvidenceError, match="NVIDIA T4 has no TF32: it has FP32, FP16 or INT8"):
        peak_bound(facts, TF32, _target("t4"))
    with pytest.raises(EvidenceError, match=r"V100 .* has no INT8"):
        peak_bound(facts, INT8, _target("v100-pcie-32"))
    with pytest.raises(EvidenceError, match="no data sheet states the peaks"):
        peak_bound(facts, INT8, _target("epyc-genoa"))
    with pytest.raises(EvidenceError, match="rate of rnnt, whose operations are not known"):
        peak_bound(find_model("rnnt").facts, INT8, _target("t4"))


def test_the_nearest_precision_is_what_would_really_run() -> None:
    assert nearest_precision(TF32, _target("a100-pcie-40")) == (TF32, "")
    for asked in (TF32, Precision.BF16):
        found, why = nearest_precision(asked, _target("t4"))
        assert found is FP32
        assert "NVIDIA T4 has no" in why
    with pytest.raises(EvidenceError, match="has no units of its own"):
        nearest_precision(INT8, _target("v100-sxm2-16"))


def test_parameters_and_operations_follow_from_the_sizes_of_a_transformer() -> None:
    large, base = find_model("bert-large-384").facts, find_model("bert-base").facts
    assert (large.parameters, base.parameters) == (335_141_888, 109_482_240)
    assert large.flop_per_sample == 2 * 24 * 384 * (4 * 1024**2 + 2 * 1024 * 4096 + 2 * 384 * 1024)
    assert find_model("gpt2-large").facts.parameters == 774_030_080
    assert find_model("resnet50").facts.weight_bytes(FP32) == 102_228_128


def test_texts_of_mlperf_are_shorter_than_the_limit_that_their_operations_would_be_counted_at() -> None:
    full = peak_bound(find_model("bert-large-384").facts, INT8, _target("a100-pcie-40")).per_s.high
    assert _published("bert-99", "a100-pcie-40", PublishedScenario.OFFLINE, 1) > full
    assert find_model("bert-99").facts.name == "bert-large"
    with pytest.raises(EvidenceError, match="mostly shorter than their limit of 384 tokens"):
        peak_bound(find_model("bert-99").facts, INT8, _target("a100-pcie-40"))


def test_no_published_rate_is_above_the_peak_of_its_card() -> None:
    for model in known_models():
        for row in published_rows():
            if row.benchmark not in model.benchmarks or row.sequence != model.sequence:
                continue
            if row.scenario is PublishedScenario.OFFLINE and model.facts.flop_per_sample is not None:
                bound = peak_bound(model.facts, row.precision, _target(row.target_id)).per_s.high
                assert math.isfinite(bound)
                assert row.value < bound


def test_texts_of_any_length_are_bounded_by_the_best_fp16_rate() -> None:
    """MLPerf v0.7, BERT-99.9 in FP16: 1,692 a second on an A100-SXM4, 209.8 on a T4."""
    model, targets = find_model("bert-99").facts, shipped_targets()

    on_a100 = published_bound(model, Precision.TF32, targets.find("a100-sxm4-40"))
    on_t4 = published_bound(model, Precision.FP32, targets.find("t4"))

    assert (on_a100.per_s.high, on_t4.per_s.high) == (1692, 209.8)
    assert on_a100.is_bound
    assert on_a100.method is RateMethod.PUBLISHED_BOUND
    with pytest.raises(EvidenceError, match="no FP16 rate bounds bert-large in INT8"):
        published_bound(model, Precision.INT8, targets.find("t4"))
