"""ONNX Runtime for GPUs, as far as a CPU tells: a provider that is not there, nodes that strayed, bound memory."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers.nvml import stubbed_nvml

from harness.errors import GpuMemoryError, UnavailableError
from harness.runtimes.gpu_memory import require_memory
from harness.runtimes.onnxruntime import OnnxRuntime, OnnxRuntimeSession
from harness.runtimes.ort_gpu import (
    CUDA,
    OrtBoundSession,
    open_on_gpu,
    probe_provider,
    relative_difference,
    require_nodes_on,
    told_by_difference,
)
from harness.variants import parse_variant
from harness.vocabulary import LayerRun, Precision
from planner.services.checkup import check_runtimes

ort = pytest.importorskip("onnxruntime", reason="ONNX Runtime is not here: pip install 'planner[cpu]'")
onnx = pytest.importorskip("onnx", reason="onnx is not here")
_FP32 = parse_variant("fp32")
is_cpu_package = pytest.mark.skipif(probe_provider().is_available, reason="this ONNX Runtime has a CUDA provider")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """X [N, 4] times a matrix of ones."""
    weights = onnx.numpy_helper.from_array(np.ones((4, 2), np.float32), "w")
    inputs, outputs = (
        [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", width])]
        for name, width in (("x", 4), ("y", 2))
    )
    node = onnx.helper.make_node("MatMul", ["x", "w"], ["y"], name="/product")
    graph = onnx.helper.make_graph([node], "g", inputs, outputs, [weights])
    file = tmp_path / "model.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9), file)
    return file


@is_cpu_package
@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_session_that_fell_back_to_the_cpu_without_an_error_is_refused_by_name(model: Path) -> None:
    with pytest.raises(UnavailableError, match=f"asked for {CUDA}, ONNX Runtime fell back to CPUExecutionProvider"):
        open_on_gpu(model, _FP32, threads=1)


@is_cpu_package
def test_the_package_for_cpus_is_told_without_importing_it() -> None:
    found = OnnxRuntime().probe_gpu()

    assert "no CUDAExecutionProvider: it is the package for CPUs" in str(found.reason)
    assert "onnxruntime-gpu" in str(found.hint)


def test_both_packages_in_one_environment_are_told_and_not_used_on_a_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("onnxruntime", "onnxruntime_gpu"):
        folder = tmp_path / f"{name}-9.9.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.9\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    told = next(one for one in check_runtimes() if one.name == "onnxruntime")
    on_gpus = OnnxRuntime().probe_gpu()

    assert told.is_available
    assert "onnxruntime 9.9 and onnxruntime-gpu 9.9 are both installed" in str(told.note)
    assert not on_gpus.is_available
    assert "pip uninstall onnxruntime onnxruntime-gpu" in str(on_gpus.hint)


def test_nodes_that_ran_on_the_cpu_are_named(model: Path, tmp_path: Path) -> None:
    options = ort.SessionOptions()
    options.enable_profiling = True
    options.profile_file_prefix = str(tmp_path / "profile")
    session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    session.run(None, {"x": np.ones((1, 4), np.float32)})
    events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))

    with pytest.raises(UnavailableError, match=r"1 nodes that compute .*MatMul /product on CPUExecutionProvider"):
        require_nodes_on(events, [CUDA])
    require_nodes_on(events, ["CPUExecutionProvider"])


def test_bound_memory_gives_the_same_answers(model: Path) -> None:
    session = ort.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    plain = OnnxRuntimeSession(session, threads=1)
    bound = OrtBoundSession(session, threads=1, specs=(plain.inputs, plain.outputs), memory="cpu")
    inputs = {"x": np.arange(12, dtype=np.float32).reshape(3, 4)}
    bound.bind(inputs)()

    np.testing.assert_array_equal(bound.predict(inputs)["y"], plain.predict(inputs)["y"])
    assert bound.settings["inputs"] == "in the memory of cpu, by I/O binding"


@pytest.mark.parametrize(
    ("card", "variant", "words"),
    [
        ("a100", "fp32", None),
        ("a100", "tf32", None),
        ("t4", "tf32", "Tesla T4 has no TF32"),
        ("a100", "fp16", None),
        ("a100", "bf16", "--candidate bf16=FILE"),
        ("a100", "int8-dynamic", "on the CPU only"),
        ("a100", "int8-static", "write int8-static:symmetric,tensorrt"),
        ("a100", "int8-dynamic:torchao", "belongs to PyTorch"),
    ],
)
def test_variants_are_refused_by_what_its_providers_have(card: str, variant: str, words: str | None) -> None:
    with stubbed_nvml(card):
        reason = OnnxRuntime().refusal(parse_variant(variant), device="gpu:0")

    assert (reason is None) if words is None else (words in str(reason))


def test_tf32_is_told_by_what_the_outputs_lost() -> None:
    exact = {"y": np.array([4.0, 2.0], np.float32)}
    rounded = {"y": np.array([4.0, 2.002], np.float32)}
    layer = LayerRun(name="/product", kind="MatMul", precision=Precision.FP32, is_compute=True, time_s=1e-6)

    assert relative_difference(exact, exact) == 0.0
    assert relative_difference(exact, rounded) == pytest.approx(5e-4, rel=1e-3)
    assert [one.precision for one in told_by_difference((layer,), Precision.TF32)] == [Precision.TF32]


@pytest.mark.parametrize(
    "told",
    [
        "Failed to allocate memory for requested buffer of size 21474836480",
        "CUDA failure 2: out of memory ; GPU=0",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    ],
)
def test_a_full_gpu_is_known_by_what_libraries_say_of_it(told: str) -> None:
    with pytest.raises(GpuMemoryError):
        require_memory(RuntimeError(told))
