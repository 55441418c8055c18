"""What cannot be kept is refused with a reason, and nothing of it stays."""

import pytest
from helpers.builders import (
    FP32,
    make_measurement,
    make_memory,
    make_prediction,
    make_proof_verdict,
    make_round,
    make_warm_up,
)
from helpers.runs import create_run

from harness.vocabulary import KernelProof, RunState
from planner.errors import RunNotFoundError, StoreError
from planner.store import Store


@pytest.mark.parametrize("action", ["load", "rounds", "reopen", "delete"])
def test_naming_a_run_that_is_not_there_is_an_error(store: Store, action: str) -> None:
    with pytest.raises(RunNotFoundError, match=r"no run 'abcdef01'.*planner runs"):
        getattr(store, action)("abcdef01")


def test_recording_for_a_run_that_is_not_there_is_an_error(store: Store) -> None:
    with pytest.raises(RunNotFoundError, match="no run 'abcdef01'"):
        store.record_round("abcdef01", make_round())
    with pytest.raises(RunNotFoundError, match="no run 'abcdef01'"):
        store.record_memory("abcdef01", FP32, make_memory())
    with pytest.raises(RunNotFoundError, match="no run 'abcdef01'"):
        store.record_measurement("abcdef01", make_measurement())
    with pytest.raises(RunNotFoundError, match="no run 'abcdef01'"):
        store.record_settings("abcdef01", FP32, {})
    with pytest.raises(RunNotFoundError, match="no run 'abcdef01'"):
        store.finish("abcdef01", RunState.FAILED, 1)


def test_recording_for_an_arm_that_the_plan_lacks_is_an_error(store: Store) -> None:
    run_id = create_run(store)

    with pytest.raises(StoreError, match="only arms of its plan"):
        store.record_memory(run_id, "nothing/fp32", make_memory())
    with pytest.raises(StoreError, match="has no arm 'nothing/fp32'"):
        store.record_settings(run_id, "nothing/fp32", {})
    with pytest.raises(StoreError, match="no trial of 'fake/fp32' at batch 64"):
        store.record_measurement(run_id, make_measurement(batch=64))


def test_a_number_that_is_not_finite_is_refused_and_not_lost(store: Store) -> None:
    run_id = create_run(store)

    with pytest.raises(StoreError, match="Measurement holds a number that is not finite"):
        store.record_measurement(run_id, make_measurement(throughput=float("nan")))
    with pytest.raises(StoreError, match="not finite"):
        store.record_round(run_id, make_round(wall_s=float("inf")))
    with pytest.raises(StoreError, match="not finite"):
        store.record_proof(
            run_id, FP32, KernelProof(source="x", layers=()), make_proof_verdict(share_by_time=float("nan"))
        )


def test_a_number_that_no_column_holds_is_an_error_of_the_store(store: Store) -> None:
    run_id = create_run(store)

    with pytest.raises(StoreError, match="too large"):
        store.record_memory(run_id, FP32, make_memory(peak_bytes=2**64))


def test_broken_samples_are_refused(store: Store) -> None:
    run_id = create_run(store)

    with pytest.raises(StoreError, match="broken latency"):
        store.record_warm_up(run_id, make_warm_up(latencies_ns=b"12345"))
    with pytest.raises(StoreError, match="not 2 each"):
        store.record_prediction(run_id, FP32, make_prediction(1, 2, samples=3))


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    run_id = create_run(store)

    with pytest.raises(StoreError):
        store.record_memory(run_id, "nothing/fp32", make_memory())

    assert store.load(run_id).arms[0].memory == ()
