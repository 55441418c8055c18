"""Limits of stored runs: what is stored is shown, what is not has a reason, and models are counted when needed."""

from pathlib import Path

import pytest
from helpers.builders import FP32, INT8, make_arm, make_environment, make_measurement, make_plan
from helpers.limits import make_bandwidth, make_limit, make_peaks
from helpers.runs import create_full_run, create_run
from helpers.stores import open_store
from helpers.tiny_workload import write_tiny_workload

from harness.environment import Observer
from harness.verdict.roofline import NOT_MEASURED, SIMULATED
from harness.vocabulary import LimitState, RunState
from harness.workloads.workload import open_workload
from planner.services.limits import record_limits, shown_limits
from planner.services.machine_peaks import PeakCache
from planner.services.run_document import document_of
from planner.store import Store

THREADS = 2
PEAKS = make_peaks(threads=THREADS, bandwidths=(make_bandwidth(threads=THREADS),))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty one."""
    return open_store(tmp_path / "results.db")


def measured_run(store: Store, reference: str, digest: str) -> str:
    """A completed run of a workload, an FP32 arm alone, at two batch sizes."""
    arm = make_arm(runtime="onnxruntime", threads=THREADS)
    plan = make_plan(workload=reference, workload_digest=digest, arms=(arm,), batches=(1, 8))
    run_id = store.create_run(plan, make_environment(), observer=Observer.HEADLESS, planner_version="0.1.0")
    for batch in plan.batches:
        store.record_measurement(run_id, make_measurement(arm=arm.name, batch=batch))
    store.finish(run_id, RunState.COMPLETED, 0)
    return run_id


def test_stored_limits_are_shown_as_they_are(store: Store) -> None:
    run = store.load(create_full_run(store))

    assert shown_limits(run) == (make_limit(arm=FP32), make_limit(arm=INT8))
    assert document_of(run).limits == shown_limits(run)


def test_what_was_measured_without_peaks_has_a_reason_and_no_figure(store: Store) -> None:
    run_id = create_run(store)
    store.record_measurement(run_id, make_measurement())

    (limit,) = shown_limits(store.load(run_id))

    assert (limit.state, limit.share, limit.reason) == (LimitState.UNKNOWN, None, NOT_MEASURED)
    assert (limit.arm, limit.threads) == (FP32, 2)


def test_a_simulated_run_says_so(store: Store) -> None:
    run_id = create_run(store, is_simulated=True)
    store.record_measurement(run_id, make_measurement())

    assert [one.reason for one in shown_limits(store.load(run_id))] == [SIMULATED]


def test_without_peaks_of_the_runs_host_nothing_is_counted_or_stored(store: Store, tmp_path: Path) -> None:
    workload = open_workload(str(write_tiny_workload(tmp_path / "tiny")))
    run_id = measured_run(store, workload.reference, workload.digest)
    cache = PeakCache(root=tmp_path / "cache")
    cache.keep(PEAKS, make_environment(host_id="ba9876543210"))

    record_limits(store, run_id, workload, cache=cache, logs=tmp_path / "logs")

    assert store.load(run_id).limits == ()
    assert not (tmp_path / "logs").exists()


def test_with_peaks_the_model_is_counted_and_every_measurement_gets_its_share(store: Store, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    workload = open_workload(str(write_tiny_workload(tmp_path / "tiny")))
    run_id = measured_run(store, workload.reference, workload.digest)
    cache = PeakCache(root=tmp_path / "cache")
    cache.keep(PEAKS, make_environment())

    record_limits(store, run_id, workload, cache=cache, logs=tmp_path / "logs")

    one, eight = store.load(run_id).limits
    assert (one.batch, eight.batch) == (1, 8)
    assert one.operations is not None
    assert eight.operations == 8 * one.operations
    assert one.share == pytest.approx((one.least_operations or 0) / (one.peak or 1) / 0.001)
    assert "which precision ran is not proved" in (one.reason or "")


def test_a_model_that_cannot_be_counted_leaves_its_reason_with_the_run(store: Store, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    folder = write_tiny_workload(tmp_path / "tiny")
    workload = open_workload(str(folder))
    run_id = measured_run(store, workload.reference, workload.digest)
    (folder / "model.onnx").write_bytes(b"not a model any more")
    cache = PeakCache(root=tmp_path / "cache")
    cache.keep(PEAKS, make_environment())

    record_limits(store, run_id, workload, cache=cache, logs=tmp_path / "logs")

    limits = store.load(run_id).limits
    assert [one.state for one in limits] == [LimitState.UNKNOWN] * 2
    assert all("model.onnx" in (one.reason or "") for one in limits)
