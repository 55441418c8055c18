"""Model files that are damaged, given to the real runtimes: each is one sentence, and never a traceback."""

import importlib.util
from pathlib import Path

import pytest
from helpers.command_line import refuses
from helpers.fake_bench import FakeBench, read_json, wait_until
from helpers.fake_workload import FP32, make_script, replace_model

from harness.runtimes.fake import Fault
from harness.workloads.workload import BUILTIN_DEFAULT, open_workload


@pytest.fixture
def bench(tmp_path: Path) -> FakeBench:
    """With data, and a model that the test replaces. The fake runtime is not offered for an ONNX file."""
    found = FakeBench(folder=tmp_path)
    found.write_workload(samples=64, calibration_samples=64)
    return found


def _damaged(damage: str) -> bytes:
    whole = open_workload(BUILTIN_DEFAULT).required_model.read_bytes()
    return {"empty": b"", "truncated": whole[: len(whole) // 2], "noise": bytes(range(256)) * 40}[damage]


def _of_nodes(*nodes: tuple[str, str, str, dict[str, int]]) -> bytes:
    """A whole ONNX file of such operators, in their order: name, input, output, attributes."""
    helper = pytest.importorskip("onnx").helper
    ends = [helper.make_tensor_value_info(name, 1, ["n", 1, 1, 2]) for name in ("image", "scores")]
    made = [helper.make_node(name, [taken], [given], **how) for name, taken, given, how in nodes]
    graph = helper.make_graph(made, "g", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


def _with_unknown_operator() -> bytes:
    """What no runtime can run."""
    return _of_nodes(("Frobnicate", "image", "scores", {}))


def _with_an_operator_that_has_no_kernel() -> bytes:
    """Valid ONNX that ONNX Runtime does not open: it has this operator in 32 bits alone."""
    return _of_nodes(
        ("Cast", "image", "wide", {"to": 11}), ("Acosh", "wide", "more", {}), ("Cast", "more", "scores", {"to": 1})
    )


@pytest.mark.parametrize("damage", ["empty", "truncated", "noise"])
def test_a_damaged_model_is_refused_in_one_sentence_before_anything_is_stored(bench: FakeBench, damage: str) -> None:
    pytest.importorskip("onnx")
    replace_model(bench.workload, "model.onnx", _damaged(damage))

    refusal = refuses(bench.bench("--variants", "fp32"))

    assert "model.onnx is not an ONNX file, or is damaged: " in refusal
    assert not bench.database.exists()
    assert bench.processes() == []


def test_a_model_that_a_runtime_refuses_is_a_failed_trial_in_one_sentence(bench: FakeBench) -> None:
    _require("onnxruntime")
    replace_model(bench.workload, "model.onnx", _with_an_operator_that_has_no_kernel())

    answer = bench.bench("--runtimes", "onnxruntime", "--variants", "fp32", "--json")

    (failure,) = read_json(answer)["failures"]
    assert answer.returncode == 5
    assert (failure["arm"], failure["stage"]) == ("onnxruntime/fp32", "load")
    assert "cannot open model.onnx: " in failure["message"]
    assert "Acosh" in failure["message"]
    assert "\n" not in failure["message"]
    assert failure["hint"] == "check the model and data files the workload names"
    assert "Traceback" not in answer.stderr
    assert bench.processes() == []


def test_a_model_that_openvino_cannot_read_is_refused_before_anything_is_stored(bench: FakeBench) -> None:
    _require("openvino")
    pytest.importorskip("onnx")
    replace_model(bench.workload, "model.onnx", _with_unknown_operator())

    refusal = refuses(bench.bench("--runtimes", "openvino", "--variants", "fp32", "--quiet"))

    assert "Frobnicate" in refusal
    assert not bench.database.exists()
    assert bench.processes() == []


def test_a_model_that_a_runtime_refuses_fails_its_quantized_variant_too(bench: FakeBench) -> None:
    _require("onnxruntime")
    replace_model(bench.workload, "model.onnx", _with_an_operator_that_has_no_kernel())

    answer = bench.bench("--runtimes", "onnxruntime", "--variants", "fp32,int8-static:per-channel", "--quiet")

    failures = {one["stage"]: one["message"] for one in bench.document()["failures"]}
    assert answer.returncode == 5
    assert answer.stderr == ""
    assert "load" in failures
    assert len(bench.document()["failures"]) == 2
    assert all(message and "\n" not in message for message in failures.values())
    assert bench.processes() == []


def test_a_model_that_is_not_the_one_described_is_refused_before_anything_starts(bench: FakeBench) -> None:
    replace_model(bench.workload, "model.onnx", _damaged("truncated"), digest="0" * 64)

    refusal = refuses(bench.bench("--variants", "fp32"))

    assert "model.onnx is not the file its description names (SHA-256 " in refusal
    assert "restore it, or put the new hash into workload.toml" in refusal
    assert not bench.database.exists()
    assert bench.logs == []


def test_test_data_that_are_not_as_described_are_refused_before_a_run_is_stored(bench: FakeBench) -> None:
    (bench.workload / "test.npz").write_bytes(b"something else")

    assert "test.npz is not the file its description names" in refuses(bench.bench())
    (bench.workload / "test.npz").unlink()
    assert "test.npz cannot be read: No such file or directory" in refuses(bench.bench())
    assert not bench.database.exists()


def test_calibration_data_that_are_damaged_fail_only_what_needs_them(bench: FakeBench) -> None:
    (bench.workload / "calibration.npz").write_bytes(b"something else")

    answer = bench.bench("--json", "--quiet")

    document = read_json(answer)
    assert answer.returncode == 5
    assert {one["stage"] for one in document["failures"]} == {"quantize"}
    assert [one["arm"] for one in document["measurements"]] == ["fake/fp32"]


def test_data_that_disappear_while_a_run_goes_on_fail_what_still_needs_them(bench: FakeBench) -> None:
    marker = bench.folder / "hangs"
    bench.write_workload({FP32: make_script(fault=Fault(at="predict", kind="hang", marker=str(marker)))})

    with bench.started("--quiet") as process:
        wait_until(marker.exists, what="the worker hangs")
        (bench.workload / "test.npz").unlink()
        bench.kill_workers(process)
        _, stderr = process.communicate()

    document = bench.document()
    assert process.returncode == 5
    assert stderr == ""
    assert document["state"] == "completed"
    assert [one["stage"] for one in document["failures"]] == ["quality"]
    assert bench.processes() == []


def _require(runtime: str) -> None:
    if importlib.util.find_spec(runtime) is None:
        pytest.skip(f"{runtime} is not installed: pip install 'planner[cpu]'")
