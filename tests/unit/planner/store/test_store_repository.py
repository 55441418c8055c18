"""What the store gives back is what was put in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from helpers.builders import (
    DIGEST,
    FP32,
    INT8,
    make_agreement,
    make_arm,
    make_calibration_finding,
    make_comparison,
    make_energy,
    make_environment,
    make_failure,
    make_measurement,
    make_memory,
    make_noise,
    make_pipeline,
    make_plan,
    make_prediction,
    make_proof,
    make_proof_verdict,
    make_quality,
    make_quality_comparison,
    make_quantile,
    make_round,
    make_verdict,
    make_warm_up,
)
from helpers.runs import create_full_run, create_run
from helpers.stores import open_store
from sqlalchemy import text

from harness.environment import Observer
from harness.vocabulary import ProofState, RunState, Speed
from planner.errors import StoreError
from planner.store import Store


def test_a_new_run_is_running_and_holds_its_plan_and_environment(store: Store) -> None:
    plan, environment = make_plan(batches=(1, 8)), make_environment()

    run_id = store.create_run(plan, environment, observer=Observer.TUI, planner_version="9.9")

    stored = store.load(run_id)
    assert (stored.plan, stored.environment) == (plan, environment)
    assert (stored.observer, stored.planner_version) == (Observer.TUI, "9.9")
    assert (stored.state, stored.exit_code, stored.finished_at) == (RunState.RUNNING, None, None)
    assert stored.started_at == datetime(2026, 1, 2, 3, 4, tzinfo=UTC) + timedelta(minutes=0)
    assert [arm.name for arm in stored.arms] == [FP32, INT8]
    assert stored.measurements == ()


def test_run_identifiers_are_eight_hexadecimal_characters_that_begin_with_a_letter(store: Store) -> None:
    made = {create_run(store) for _ in range(20)}

    assert len(made) == 20
    assert all(len(one) == 8 and one[0] in "abcdef" and int(one, 16) for one in made)


def test_an_identifier_that_is_taken_is_not_given_again(tmp_path: Path) -> None:
    offered = iter(["abcdef01", "abcdef01", "abcdef02"])
    with open_store(tmp_path / "results.db", new_id=lambda: next(offered)) as store:
        assert [create_run(store), create_run(store)] == ["abcdef01", "abcdef02"]


def test_a_source_of_identifiers_that_repeats_itself_is_an_error_and_not_a_loop(tmp_path: Path) -> None:
    with open_store(tmp_path / "results.db", new_id=lambda: "abcdef01") as store:
        create_run(store)
        with pytest.raises(StoreError, match="no free identifier"):
            create_run(store)


def test_everything_recorded_of_an_arm_comes_back(store: Store) -> None:
    run_id = create_run(store)
    provenance = {"recipe": {"method": "int8-static"}, "samples": [1, 2], "share": 0.5, "none": None}

    store.record_artifact(run_id, INT8, DIGEST, 12_345, provenance)
    store.record_proof(run_id, INT8, make_proof(), make_proof_verdict())
    store.record_memory(run_id, INT8, make_memory(launch=2))
    store.record_memory(run_id, INT8, make_memory(launch=1, peak_bytes=None, reason="not told"))
    store.record_prediction(run_id, INT8, make_prediction(0, 9, 300, non_finite=1))
    store.record_quality(run_id, INT8, make_quality())
    store.record_energy(run_id, INT8, make_energy(source="nvml", gross_j=0.5, net_j=0.25, reason=None))

    arm = store.load(run_id).arm(INT8)
    assert arm is not None
    assert arm.artifact is not None
    assert (arm.artifact.digest, arm.artifact.size_bytes, arm.artifact.provenance) == (DIGEST, 12_345, provenance)
    assert arm.proof is not None
    assert (arm.proof.proof, arm.proof.verdict) == (make_proof(), make_proof_verdict())
    assert arm.memory == (make_memory(launch=1, peak_bytes=None, reason="not told"), make_memory(launch=2))
    assert arm.prediction == make_prediction(0, 9, 300, non_finite=1)
    assert arm.quality == make_quality()
    assert arm.energy == make_energy(source="nvml", gross_j=0.5, net_j=0.25, reason=None)


def test_settings_of_an_arm_add_up(store: Store) -> None:
    run_id = create_run(store)

    store.record_settings(run_id, INT8, {"hint": "f32", "load_s": "0.1"})
    store.record_settings(run_id, INT8, {"cpus": "0-1", "load_s": "0.2"})

    arms = store.load(run_id).arms
    assert [arm.settings for arm in arms] == [{}, {"cpus": "0-1", "hint": "f32", "load_s": "0.2"}]


def test_an_arm_of_which_nothing_was_recorded_is_there_and_empty(store: Store) -> None:
    stored = store.load(create_run(store))

    arm = stored.arm(FP32)
    assert arm is not None
    assert (arm.artifact, arm.proof, arm.memory, arm.prediction, arm.quality, arm.energy) == (
        *(None, None, ()),
        *(None, None, None),
    )
    assert stored.arm("nothing/fp32") is None
    assert stored.planned_arm(FP32) == make_arm("fp32")
    assert stored.planned_arm("nothing/fp32") is None


def test_results_come_back_in_the_order_of_the_plan_and_then_by_batch(store: Store) -> None:
    run_id = create_run(store, batches=(1, 8))
    for batch in (8, 1):
        for arm in (INT8, FP32):
            store.record_measurement(run_id, make_measurement(arm=arm, batch=batch))
            store.record_warm_up(run_id, make_warm_up(arm=arm, batch=batch))
            store.record_pipeline(run_id, make_pipeline(arm=arm, batch=batch))
        store.record_comparison(run_id, make_comparison(batch=batch))
        store.record_verdict(run_id, make_verdict(batch=batch))
    store.record_quality_comparison(run_id, INT8, FP32, make_quality_comparison())

    stored = store.load(run_id)
    expected = [(FP32, 1), (FP32, 8), (INT8, 1), (INT8, 8)]
    assert [(one.arm, one.batch) for one in stored.measurements] == expected
    assert [(one.arm, one.batch) for one in stored.warm_ups] == expected
    assert [(one.arm, one.batch) for one in stored.pipelines] == expected
    assert stored.comparisons == (make_comparison(batch=1), make_comparison(batch=8))
    assert stored.verdicts == (make_verdict(batch=1), make_verdict(batch=8))
    assert [one.comparison for one in stored.quality_comparisons] == [make_quality_comparison()]


def test_rounds_come_back_whole_by_batch_launch_and_index(store: Store) -> None:
    run_id = create_run(store, batches=(1, 8))
    rounds = [make_round(batch=b, launch=n, index=i) for b in (8, 1) for n in (2, 1) for i in (1, 0)]

    for one in rounds:
        store.record_round(run_id, one)

    assert store.rounds(run_id) == tuple(sorted(rounds, key=lambda one: (one.batch, one.launch, one.index)))


def test_the_same_thing_recorded_again_replaces_the_first(store: Store) -> None:
    run_id = create_full_run(store, rounds=1)

    store.record_artifact(run_id, FP32, "ab" * 32, 7, {})
    store.record_proof(run_id, FP32, make_proof(source="second"), make_proof_verdict(state=ProofState.UNVERIFIED))
    store.record_memory(run_id, FP32, make_memory(peak_bytes=7))
    store.record_prediction(run_id, FP32, make_prediction(2))
    store.record_quality(run_id, FP32, make_quality(accuracy=0.5))
    store.record_energy(run_id, FP32, make_energy(reason="second"))
    store.record_warm_up(run_id, make_warm_up(discard=3))
    store.record_round(run_id, make_round(wall_s=9.0))
    store.record_measurement(run_id, make_measurement(calls=7))
    store.record_quality_comparison(run_id, INT8, FP32, make_quality_comparison(lost=7))
    store.record_comparison(run_id, make_comparison(rounds=7))
    store.record_agreement(run_id, make_agreement(snr_db=7.0))
    store.record_pipeline(run_id, make_pipeline(repeats=7))
    store.record_calibration_findings(run_id, (make_calibration_finding(check="second"),))
    store.record_verdict(run_id, make_verdict(speed=Speed.SLOWER))
    store.record_failure(run_id, make_failure(hint="second"))

    stored = store.load(run_id)
    arm = stored.arms[0]
    assert arm.artifact is not None
    assert arm.artifact.size_bytes == 7
    assert arm.proof is not None
    assert (arm.proof.proof.source, arm.proof.verdict.state) == ("second", ProofState.UNVERIFIED)
    assert [one.peak_bytes for one in arm.memory] == [7, None]
    assert (arm.prediction, arm.quality) == (make_prediction(2), make_quality(accuracy=0.5))
    assert arm.energy == make_energy(reason="second")
    assert [one.discard for one in stored.warm_ups] == [3, 1]
    assert [one.wall_s for one in store.rounds(run_id)] == [9.0]
    assert [one.calls for one in stored.measurements] == [7, 1_000]
    assert [one.comparison.lost for one in stored.quality_comparisons] == [7]
    assert [one.rounds for one in stored.comparisons] == [7]
    assert [one.snr_db for one in stored.agreements] == [7.0]
    assert [one.repeats for one in stored.pipelines] == [7, 100]
    assert [one.check for one in stored.calibration_findings] == ["second"]
    assert [one.speed for one in stored.verdicts] == [Speed.SLOWER]
    assert [one.hint for one in stored.failures] == ["second"]


def test_different_failures_of_one_arm_are_all_kept_in_order(store: Store) -> None:
    run_id = create_run(store)
    failures = (make_failure(message="first"), make_failure(message="second"), make_failure(arm="not in the plan"))

    for failure in failures:
        store.record_failure(run_id, failure)

    assert store.load(run_id).failures == failures


def test_a_failure_is_kept_whatever_bytes_its_log_holds(store: Store) -> None:
    run_id = create_run(store)

    store.record_failure(run_id, make_failure(log_tail="bad \udcff byte and \0 end"))

    assert store.load(run_id).failures[0].log_tail == "bad ? byte and � end"


def test_summary_columns_can_be_asked_in_sql(store: Store) -> None:
    run_id = create_run(store)
    quantiles = (make_quantile(0.5, 0.001), make_quantile(0.99, 0.003))
    store.record_measurement(run_id, make_measurement(quantiles=quantiles, throughput=950.0))
    store.record_comparison(run_id, make_comparison(ratio=None, noise=make_noise(minimal_effect=None)))
    store.record_quality(run_id, FP32, make_quality())

    with store.reading() as session:
        trial = session.execute(text("SELECT variant, threads, p50_s, p90_s, p99_s, throughput FROM trials")).first()
        ratio = session.execute(text("SELECT ratio, noise FROM comparisons")).first()
        worst = session.execute(text("SELECT worst_class, worst_recall FROM qualities")).first()
    assert tuple(trial or ()) == ("fp32", 2, 0.001, None, 0.003, 950.0)
    assert tuple(ratio or ()) == (None, "quiet")
    assert tuple(worst or ()) == ("shirt", 0.8)


def test_quality_without_any_recall_has_no_worst_class(store: Store) -> None:
    run_id = create_run(store)
    figures = make_quality(recall=(None, None, None))

    store.record_quality(run_id, FP32, figures)

    arm = store.load(run_id).arm(FP32)
    assert arm is not None
    assert arm.quality == figures


def test_finishing_says_how_and_when(store: Store) -> None:
    run_id = create_run(store)

    store.finish(run_id, RunState.FAILED, 3)

    stored = store.load(run_id)
    assert (stored.state, stored.exit_code) == (RunState.FAILED, 3)
    assert stored.finished_at is not None
    assert stored.finished_at > stored.started_at


def test_reopening_keeps_the_evidence_and_drops_what_is_derived_from_it(store: Store) -> None:
    run_id = create_full_run(store, rounds=3)
    before = store.load(run_id)

    store.reopen(run_id)

    after = store.load(run_id)
    kept = replace(before, state=RunState.RUNNING, exit_code=None, finished_at=None)
    assert after == replace(kept, measurements=(), comparisons=(), verdicts=(), limits=(), failures=())
    assert len(store.rounds(run_id)) == 3


def test_deleting_a_run_removes_every_row_of_it_and_no_other(store: Store) -> None:
    doomed, kept = create_full_run(store), create_full_run(store)
    before = store.load(kept)

    store.delete(doomed)

    assert [one.run_id for one in store.runs()] == [kept]
    assert store.load(kept) == before
    with store.reading() as session:
        tables = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        of_no_run = {"planner_schema_version", "selftests", "price_books", "plans", "waivers"}
        for table in set(tables) - of_no_run:
            left = session.execute(text(f"SELECT count(*) FROM {table} WHERE run_id = '{doomed}'")).scalar()  # noqa: S608 - names of our own tables
            assert left == 0, table
