"""Whole requests, agreement and answers that cannot be judged, measured by real workers on real runtimes."""

from pathlib import Path
from typing import Any

import pytest
from helpers.builders import make_arm, make_plan
from helpers.fake_bench import FakeBench, read_json
from helpers.tiny_workload import describe, write_tiny_workload

from harness.events import Load, Loaded
from harness.run_events import PipelineMeasured, RunEvent, StageBegan
from harness.supervisor.patience import Patience
from harness.supervisor.pipeline import measure_pipelines
from harness.supervisor.process import WorkerProcess
from harness.workloads.workload import open_workload

FP32, INT8 = "onnxruntime/fp32", "onnxruntime/int8-static:per-channel"
PHASES = ("preprocess_s", "copy_s", "inference_s", "postprocess_s")
_QUICK = ("--runtime", "onnxruntime", "--variants", "fp32,int8-static", "--budget", "0.5s")
_PATIENCE_S = 60.0

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")


@pytest.fixture
def bench(tmp_path: Path) -> FakeBench:
    """Where `bench` measures the tiny workload."""
    found = FakeBench(folder=tmp_path)
    write_tiny_workload(found.workload)
    return found


def measured(bench: FakeBench, *options: str) -> dict[str, Any]:
    """The document of a quick run of the workload that is there."""
    return read_json(bench.bench(*_QUICK, "--json", *options))


def test_every_arms_whole_requests_are_timed_at_the_first_and_the_largest_batch_size(bench: FakeBench) -> None:
    document = measured(bench, "--batch", "1,2,4")

    found = {(one["arm"], one["batch"]): one for one in document["pipelines"]}
    assert set(found) == {(arm, batch) for arm in (FP32, INT8) for batch in (1, 4)}
    for one in found.values():
        assert one["repeats"] >= 3
        assert all(one[phase] > 0.0 for phase in PHASES)
        assert one["total_s"] == pytest.approx(sum(one[phase] for phase in PHASES))
        assert 0.0 < one["inference_share"] < 1.0 < one["most_speed_up"]
    assert found[FP32, 1]["speed_up"] is None
    assert found[INT8, 4]["speed_up"] == pytest.approx(found[FP32, 4]["total_s"] / found[INT8, 4]["total_s"])

    story = bench.planner("show")
    assert f"of a request to {FP32}" in " ".join(story.stdout.split())


def test_without_labels_agreement_is_measured_and_no_accuracy_is_shown(bench: FakeBench) -> None:
    _replace(bench, 'task = "classification"', 'task = "none"')

    document = measured(bench)

    (verdict,) = document["verdicts"]
    agreement = next(arm["agreement"] for arm in document["arms"] if arm["name"] == INT8)
    assert verdict["gate"] == "not-measured"
    assert f"outputs agree to {agreement['snr_db']:.1f} dB" in verdict["gate_reasons"][0]
    assert agreement["same_class"] is None
    assert (agreement["samples"], agreement["compared_samples"]) == (32, 32)
    assert 5.0 < agreement["worst_snr_db"] <= agreement["snr_db"] < 90.0
    assert [arm["quality"] for arm in document["arms"]] == [None, None]
    story = bench.planner("show").stdout
    assert "agreement" in story
    assert "accuracy" not in story


def test_a_model_with_a_random_operator_is_timed_but_never_judged(bench: FakeBench) -> None:
    _add_random_operator(bench.workload / "model.onnx")
    describe(bench.workload)

    (verdict,) = measured(bench)["verdicts"]

    assert verdict["gate"] == "not-measured"
    assert "answers change from call to call by up to" in verdict["gate_reasons"][0]
    assert "a random operator or dropout left on?" in verdict["gate_reasons"][0]


def test_a_model_that_gives_no_numbers_is_called_so_and_not_judged(bench: FakeBench) -> None:
    _divide_by_zero(bench.workload / "model.onnx")
    describe(bench.workload)

    document = measured(bench, "--variants", "fp32,int8-dynamic")

    (verdict,) = document["verdicts"]
    assert verdict["gate"] == "not-measured"
    assert "the baseline gives no number for 32 of 32 samples: check the model" in verdict["gate_reasons"][0]


def test_what_an_earlier_attempt_timed_is_not_timed_again(tmp_path: Path) -> None:
    folder = write_tiny_workload(tmp_path / "workload")
    workload, arm = open_workload(str(folder)), make_arm(runtime="onnxruntime", threads=1)
    load = Load(arm=arm, workload=str(folder), artifact=str(workload.model), batches=(1, 4), launch=0)
    worker = WorkerProcess(arm.name, log=tmp_path / "log")
    worker.ask(load, Loaded, timeout_s=_PATIENCE_S)
    plan = make_plan(arms=(arm,), batches=(1, 4))

    events: list[RunEvent] = list(
        measure_pipelines(plan, workload, {arm.name: worker}, done={(arm.name, 1)}, patience=Patience())
    )

    worker.close()
    assert [event.total for event in events if isinstance(event, StageBegan)] == [1]
    assert [event.timing.batch for event in events if isinstance(event, PipelineMeasured)] == [4]


def _replace(bench: FakeBench, old: str, new: str) -> None:
    description = bench.workload / "workload.toml"
    text = description.read_text(encoding="utf-8")
    assert old in text
    description.write_text(text.replace(old, new), encoding="utf-8")


def _add_random_operator(path: Path) -> None:
    """Noise as large as the scores is added to them."""
    import onnx  # noqa: PLC0415 - an extra, required above
    from onnx import helper  # noqa: PLC0415 - see above

    model = onnx.load(str(path))
    _rename_output(model, "quiet")
    model.graph.node.append(helper.make_node("RandomNormalLike", ["quiet"], ["noise"], name="/noise"))
    model.graph.node.append(helper.make_node("Add", ["quiet", "noise"], ["scores"], name="/loud"))
    onnx.save(model, str(path))


def _divide_by_zero(path: Path) -> None:
    """Scores become 0 / 0."""
    import onnx  # noqa: PLC0415 - an extra, required above
    from onnx import helper  # noqa: PLC0415 - see above

    model = onnx.load(str(path))
    _rename_output(model, "sound")
    model.graph.node.append(helper.make_node("Sub", ["sound", "sound"], ["nothing"], name="/nothing"))
    model.graph.node.append(helper.make_node("Div", ["nothing", "nothing"], ["scores"], name="/divide"))
    onnx.save(model, str(path))


def _rename_output(model: Any, name: str) -> None:  # noqa: ANN401 - onnx types are its own
    last = model.graph.node[-1]
    assert list(last.output) == ["scores"]
    last.output[0] = name
