"""One run beside published figures and claims: what compares, in which terms, and what does not and why."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from helpers.builders import (
    make_comparison,
    make_environment,
    make_measurement,
    make_plan,
    make_proof,
    make_proof_verdict,
    make_quantile,
    make_ratio,
)
from helpers.gpu_runs import RESNET_FLOP, gpu_arm, make_card, make_check
from helpers.stored_runs import make_stored_run
from helpers.stores import open_store

from harness.errors import UsageError
from harness.gpu_check.findings import write_report
from harness.gpu_check.names import BERT_BASE, RESNET_50, VIT_L_16
from harness.vocabulary import Arm, Granularity, Method, ProofState, Recipe, Scenario, ServerRate, Slo
from planner.services.gpu_evidence import store_check
from planner.services.published_comparison import BesidePublished, compare_with_published
from planner.services.published_comparison.document import Beside, How, Quantity
from planner.store.records import ArmRecord, ArtifactRecord, ProofRecord, StoredRun
from pricing.sanity.claims import read_claims
from pricing.sanity.shipped import article_claims

TODAY = date(2026, 7, 30)
FP32 = gpu_arm()
INT8 = replace(
    FP32,
    label="int8-static:per-channel",
    recipe=Recipe(method=Method.INT8_STATIC, granularity=Granularity.PER_CHANNEL),
)


def a_run(
    workload: str = "resnet50",
    *,
    batch: int = 32,
    seconds: tuple[float, float] = (0.100, 0.010),
    card: str = "Tesla T4",
    state: ProofState = ProofState.AS_NAMED,
    **fields: object,
) -> StoredRun:
    """FP32 and INT8 of a workload on a card, at one batch size."""
    quantiles = [tuple(make_quantile(p, one * times) for p, times in ((0.5, 1.0), (0.9, 1.2))) for one in seconds]
    measurements = tuple(
        make_measurement(arm=arm.name, batch=batch, quantiles=found, throughput=batch / one)
        for arm, found, one in zip((FP32, INT8), quantiles, seconds, strict=True)
    )
    run = make_stored_run(
        plan=make_plan(workload=workload, workload_name=workload, arms=(FP32, INT8), batches=(batch,)),
        environment=make_environment(gpus=(make_card(card),)),
        measurements=measurements,
        arms=(a_record(FP32, 102_000_000, ProofState.AS_NAMED), a_record(INT8, 25_700_000, state)),
        comparisons=(make_comparison(candidate=INT8.name, baseline=FP32.name, batch=batch, ratio=make_ratio(9.9)),),
    )
    return replace(run, **fields)  # type: ignore[arg-type] # the fields of a run


def a_record(arm: Arm, size: int, state: ProofState) -> ArmRecord:
    """What was found of an arm: its file, and what ran."""
    return ArmRecord(
        name=arm.name,
        artifact=ArtifactRecord(digest="0" * 64, size_bytes=size, provenance={}),
        proof=ProofRecord(proof=make_proof(), verdict=make_proof_verdict(state=state)),
        memory=(),
        prediction=None,
        quality=None,
        energy=None,
        settings={"power_w": "70" if arm == FP32 else "49"},
    )


def beside(run: StoredRun, **options: object) -> BesidePublished:
    return compare_with_published(run, article_claims(), today=TODAY, **options)  # type: ignore[arg-type]


def row(found: BesidePublished, told: str, quantity: Quantity) -> Beside:
    """The published figure whose device, batch and scenario are these words."""
    (one,) = [
        one
        for one in found.published
        if told == f"{one.theirs.figure.device} {one.theirs.figure.precision} {one.theirs.figure.batch}"
        and one.theirs.figure.quantity is quantity
    ]
    return one


def claim(found: BesidePublished, claim_id: str) -> dict[str, Beside]:
    """The figures of a claim, by precision and quantity."""
    (one,) = [one for one in found.sources if one.id == claim_id]
    return {f"{figure.theirs.figure.precision} {figure.theirs.figure.quantity}": figure for figure in one.figures}


def test_a_latency_at_the_same_batch_on_the_same_card_compares_with_the_claim_and_nothing_differs() -> None:
    found = beside(a_run())

    latency = claim(found, "resnet50-t4-fp32")["fp32 latency-s"]
    assert latency.ratio == pytest.approx(0.100 / 0.0082)
    assert latency.unlike == ()
    assert latency.like == ("fp32", "t4", "batch 32", "one batch after the other, mean")
    (told,) = [one for one in found.sources if one.id == "resnet50-t4-fp32"]
    assert told.verdict == "impossible"
    assert "R1 impossible: 3.94× the fp32 peak of NVIDIA T4; the floor is 32.31 ms" in told.sentences


def test_a_speed_up_takes_the_paired_interval_and_sizes_and_power_are_compared_too() -> None:
    found = beside(a_run())

    int8 = claim(found, "resnet50-t4-int8")
    gain = int8["int8 speed-up"]
    assert gain.ratio == pytest.approx(9.9 / 2.65)
    assert gain.ours is not None
    assert gain.ours.arm == INT8.name
    assert gain.ours.upper == pytest.approx(9.9 * 1.01)
    assert int8["int8 model-bytes"].ratio == pytest.approx(25.7 / 87.5)
    saved = claim(found, "power-per-gpu")["int8 share-of-power-saved"]
    assert saved.ratio == pytest.approx(0.3 / 0.4)
    assert saved.unlike == ("another device: t4 here, a100 there",)


def test_offline_and_server_rates_wait_for_a_run_of_those_scenarios() -> None:
    without = beside(a_run())
    offline = {one.reason for one in without.published if one.theirs.figure.quantity is Quantity.RATE}
    assert offline == {
        "offline there, and this run has no such scenario: planner bench --scenario offline",
        "server there, and this run has no such scenario: planner bench --scenario server --slo p99=15ms",
    }

    rate = ServerRate(
        arm=INT8.name,
        slo=Slo(quantile=0.99, limit_s=0.015),
        held_rate_per_s=2_000.0,
        missed_rate_per_s=2_100.0,
        point_per_s=2_050.0,
        binds="latency",
        reason="",
        levels=3,
        is_contaminated=False,
    )
    run = a_run()
    plan = replace(run.plan, scenarios=(Scenario.OFFLINE,))
    found = beside(replace(run, plan=plan, server_rates=(rate,)))
    rates = {
        (one.theirs.figure.how, one.theirs.figure.device, one.theirs.accelerators): one
        for one in found.published
        if one.theirs.figure.quantity is Quantity.RATE
    }
    one_card, eight = rates[How.OFFLINE, "t4", 1], rates[How.SERVER, "t4", 8]
    assert one_card.ratio == pytest.approx(3_200 / 6_035.6)
    assert one_card.unlike == ()
    assert eight.ratio == pytest.approx(2_000 / 5_563)
    assert eight.like == ("int8", "t4", "p99 ≤ 15 ms")
    assert eight.unlike == ("a system of 8 there, figures of one",)
    assert "another device: t4 here, a100-pcie-40 there" in rates[How.OFFLINE, "a100-pcie-40", 1].unlike

    other = replace(rate, slo=Slo(quantile=0.99, limit_s=0.020))
    (reason, *_) = [
        one.reason
        for one in beside(replace(run, plan=plan, server_rates=(other,))).published
        if one.theirs.figure.how is How.SERVER
    ]
    assert reason == "p99 ≤ 15 ms there, p99 ≤ 20 ms here"


def test_a_single_stream_compares_its_p90_at_batch_1() -> None:
    found = beside(a_run(batch=1, seconds=(0.010, 0.001)))

    single = row(found, "t4 int8 1", Quantity.LATENCY)
    assert single.ratio == pytest.approx(0.0012 / 0.001086)
    assert single.like == ("int8", "t4", "batch 1", "single stream, p90")


def test_bert_compares_one_sequence_of_as_many_tokens_and_says_what_a_claim_leaves_out() -> None:
    found = beside(a_run("bert-base", batch=1, seconds=(0.010, 0.0026), card="NVIDIA A100-SXM4-40GB"))

    assert row(found, "t4 int8 1", Quantity.LATENCY).ratio == pytest.approx(0.0026 / 0.00133)
    assert row(found, "t4 int8 8", Quantity.LATENCY).reason == "another batch there, batch 1 here"
    assert row(found, "t4 fp16 1", Quantity.LATENCY).reason == "fp16 there, fp32 and int8 here"
    assert "128 tokens" in row(found, "a100-sxm4-40 int8 1", Quantity.LATENCY).like
    told = claim(found, "bert-a100")
    assert told["int8 latency-s"].reason == "no batch is told there"
    gain = told["int8 speed-up"]
    assert gain.ratio == pytest.approx(9.9 / (24 / 7))
    assert gain.unlike == (
        "device: a100-sxm4-40 here, one of a100-pcie-40, a100-pcie-80, a100-sxm4-40, a100-sxm4-80 there",
        "batch 1 here, not told there",
        "128 tokens here, not told there",
        "model: bert-base or bert-large may be meant there",
    )


def test_what_did_not_run_in_its_precision_is_laid_beside_nothing_and_what_is_unproved_says_so() -> None:
    wrong = claim(beside(a_run(state=ProofState.NOT_AS_NAMED)), "resnet50-t4-int8")
    assert wrong["int8 latency-s"].reason == "int8 there, fp32 here"
    assert (
        wrong["int8 speed-up"].reason
        == f"not measured in this run; {INT8.name} did not run in the precision of the name"
    )

    unproved = claim(beside(a_run(state=ProofState.UNVERIFIED)), "resnet50-t4-int8")["int8 latency-s"]
    assert unproved.ratio == pytest.approx(0.010 / 0.0031)
    assert unproved.unlike == ("not proved which precision ran",)


@pytest.mark.parametrize(
    ("workload", "model", "known"),
    [
        ("resnet50", None, "resnet50"),
        ("vit-l-16", None, "vit-large"),
        (f"gpu-check: {BERT_BASE}, batch 1", None, "bert-base"),
        (f"gpu-check: {VIT_L_16}, batch 32", None, "vit-large"),
        ("/home/me/resnet50", None, None),
        ("efficientnet-lite0-fashion-mnist", None, None),
        ("/home/me/mine", "RN50", "resnet50"),
        ("/home/me/mine", "vit_large", "vit-large"),
        ("/home/me/mine", "rnnt", "rnnt"),
    ],
)
def test_the_model_is_that_of_a_workload_of_ours_or_the_users_word(
    workload: str, model: str | None, known: str | None
) -> None:
    run = a_run(workload)
    if workload.startswith("gpu-check"):
        run = replace(run, plan=replace(run.plan, workload_digest=""))

    found = beside(run, model=model)

    assert (found.model.name if found.model else None) == known
    if known is None:
        assert found.published == ()
        assert f"nothing is published here of {workload}" in str(found.note)


@pytest.mark.parametrize(
    ("name", "told"),
    [("resnet51", "did you mean resnet50"), ("bert", "may mean bert-base or bert-large"), ("\x1b[2J", r"'\\x1b\[2J'")],
)
def test_a_model_that_nobody_knows_is_refused(name: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        beside(a_run(), model=name)


def test_a_simulated_run_is_laid_beside_nothing() -> None:
    run = a_run()
    found = beside(replace(run, plan=replace(run.plan, is_simulated=True)))

    assert (found.published, found.sources) == ((), ())
    assert "a script's times" in str(found.note)


def test_a_check_that_was_imported_is_known_and_its_power_is_compared(tmp_path: Path) -> None:
    write_report(make_check(), tmp_path / "check.json")
    with open_store(tmp_path / "results.db") as store:
        (run_id,) = store_check(store, tmp_path / "check.json")
        found = beside(store.load(run_id))

    assert found.model is not None
    assert (found.model.name, found.devices) == ("resnet50", ("t4",))
    assert f"{RESNET_50}, batch 32" in found.run.workload
    latency = claim(found, "resnet50-t4-fp32")["fp32 latency-s"]
    assert latency.ratio == pytest.approx(0.1 / 0.0082)
    assert latency.ours is not None
    assert latency.ours.share_of_limit == pytest.approx(32 * RESNET_FLOP / 4e12 / 0.1)
    assert claim(found, "power-per-gpu")["int8 share-of-power-saved"].reason == "fp32 to int8 there, fp32 to fp16 here"


def test_claims_of_ones_own_stand_in_place_of_the_articles(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'title = "mine"\n[[claim]]\nid = "one"\nsays = "odd"\nkind = "throughput"\nmodel = "resnet50"\n'
        'device = "no such card"\nprecision = "fp32"\nrate = "100 images/s"\n'
        '[[claim]]\nid = "two"\nsays = "other"\nkind = "throughput"\nmodel = "vit-base"\nprecision = "fp32"\n'
    )

    found = compare_with_published(a_run(), read_claims(file), today=TODAY)

    (only,) = found.sources
    assert only.id == "one"
    assert only.figures[0].reason == "how requests were sent is not told there"
