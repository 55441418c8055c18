"""Plans whose rates come from another card: what is found first, and how answer, screen and JSON say it."""

import pytest
from helpers.plans import planning_of, record_priced_run, request_of

from planner.drawing.plan_figures import rate_of
from planner.drawing.plan_grounds import evidence_lines
from planner.evidence import rates_of
from planner.services.plans.finding_rates import rate_finder
from planner.services.plans.planning import make_plan
from planner.store import Store
from pricing.errors import EvidenceError
from pricing.projection.model import Answer
from pricing.published import find_model
from pricing.targets import shipped_targets
from pricing.vocabulary import Gate, Provenance, RateMethod, Slo

RESNET, LONG_TEXTS = find_model("resnet50").facts, find_model("bert-large-512").facts
SLO, SLOW = Slo(quantile=0.99, limit_s=0.015), Slo(quantile=0.99, limit_s=2.0)


def test_what_is_published_of_a_card_goes_before_what_another_tells_and_both_before_a_bound() -> None:
    find = rate_finder(None, LONG_TEXTS, shipped_targets(), slo=SLOW)
    assert find("t4", "fp32").evidence.kind is Provenance.PUBLISHED
    assert find("t4", "fp32").evidence.level == 1
    assert find("t4", "tf32").per_s == find("t4", "fp32").per_s
    assert "NVIDIA T4 has no TF32" in find("t4", "tf32").note
    assert find("a10", "tf32").is_bound  # nothing is published in TF32 anywhere
    transferred = find("l4", "fp32")
    assert (transferred.method, transferred.evidence.level) == (RateMethod.TRANSFER, 3)
    assert transferred.gate is Gate.ACCEPTED
    assert transferred.basis is not None
    assert transferred.basis.rate.replica.target_id == "t4"  # the nearest data sheet of three
    assert find("l4", "fp32") is transferred


def test_what_was_measured_on_a_cpu_becomes_a_bound_of_a_gpu_and_nothing_of_another_cpu() -> None:
    with Store.open("sqlite://") as store:
        run = store.load(record_priced_run(store))
        find = rate_finder(rates_of([run]), RESNET, shipped_targets(), slo=SLO)
        bound = find("h100-sxm5-80", "int8-static:per-channel")
        assert bound.is_bound
        assert bound.evidence.level == 4
        assert bound.gate is Gate.UNPROVEN
        assert run.run_id in bound.evidence.rows[0]
        with pytest.raises(EvidenceError, match="no data sheet states the peaks of"):
            find("graviton4", "int8-static:per-channel")


def test_a_card_without_int8_units_is_refused_with_the_reason() -> None:
    find = rate_finder(None, RESNET, shipped_targets(), slo=SLO)
    with pytest.raises(EvidenceError, match="NVIDIA V100 SXM2 16 GB has no INT8"):
        find("v100-sxm2-16", "int8")


def test_a_saving_that_rests_on_a_projected_rate_is_conditional_and_says_level_band_and_rows() -> None:
    stated = {"from__precision": "int8", "to__target": "l4", "workload__model": "dlrm", "demand__peak": "500000 /s"}
    with Store.open("sqlite://") as store:
        (one,) = make_plan(store, planning_of(store, request_of(**stated))).projections
    assert one.answer is Answer.MOVE
    assert one.condition == "l4 serves in int8 what is projected and was not measured (level 3, ×/÷ 1.51)"
    assert one.headline.startswith("conditional saving, the rate of l4 projected, not measured: ")
    moved = one.columns[-1]
    assert moved.rate.evidence.level == 3
    assert moved.rate.evidence.band == pytest.approx(1.507, abs=1e-3)
    assert any("derate of l4" in row for row in moved.rate.evidence.rows)
    assert rate_of(moved).endswith("/s, projected ×/÷ 1.51")
    assert "sized with the low end of a projected rate, which nobody measured there" in moved.notes
    assert list(evidence_lines(one))
