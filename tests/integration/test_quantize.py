"""The real quantizers on a tiny network: what each makes opens, and runs in the precision it is named for."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from helpers.quantizing import MISSING, Workshop, arm_of
from helpers.tiny_workload import CHANNELS, NODES, describe, write_tiny_workload

from harness.devices import read_cpu
from harness.errors import QuantizeError, WorkloadError
from harness.events import Load, Loaded, Quantize, Quantized
from harness.kernels import layers_of_openvino
from harness.runtimes.openvino import _operation
from harness.runtimes.registry import find_runtime
from harness.supervisor.process import WorkerProcess
from harness.variants import parse_variant
from harness.verdict.precision import judge_proof
from harness.vocabulary import KernelProof, Precision, ProofState
from harness.workloads.workload import open_workload

onnx = pytest.importorskip("onnx", reason=MISSING)
with pytest.MonkeyPatch.context() as _patch:
    _patch.setenv("CI", "true")  # these tell their makers of every import, unless they find this
    pytest.importorskip("onnxruntime", reason=MISSING)
    openvino = pytest.importorskip("openvino", reason=MISSING)
    pytest.importorskip("nncf", reason=MISSING)

_FP32 = parse_variant("fp32")
_BOTH = ("onnxruntime", "openvino")
_PATIENCE_S = 120.0
_STATIC = ("int8-static:per-tensor", "int8-static:per-channel")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("workshop"))


@pytest.mark.parametrize("runtime", _BOTH)
@pytest.mark.parametrize("variant", [*_STATIC, "int8-mixed:without=/middle/Conv"])
def test_an_artifact_answers_nearly_as_the_model_it_was_made_from(
    workshop: Workshop, runtime: str, variant: str
) -> None:
    baseline = workshop.make(runtime, "fp32").scores

    scores = workshop.make(runtime, variant).scores

    assert scores.shape == baseline.shape
    assert scores.dtype == np.dtype(np.float32)
    assert not np.array_equal(scores, baseline)
    assert np.abs(scores - baseline).max() < 0.1 * np.ptp(baseline)


@pytest.mark.parametrize(
    ("runtime", "variant"),
    [*((runtime, variant) for runtime in _BOTH for variant in _STATIC), ("onnxruntime", "int8-dynamic")],
)
def test_every_layer_runs_in_int8_where_none_is_left_out(workshop: Workshop, runtime: str, variant: str) -> None:
    made = workshop.make(runtime, variant)

    assert made.verdict.state is ProofState.AS_NAMED, made.verdict.reason
    assert made.verdict.ran == "int8"
    assert len(made.layers) == len(NODES)


@pytest.mark.parametrize("runtime", _BOTH)
@pytest.mark.parametrize("granularity", ["per-tensor", "per-channel"])
@pytest.mark.parametrize("node", NODES)
def test_exactly_the_node_that_is_left_out_runs_in_fp32(
    workshop: Workshop, runtime: str, granularity: str, node: str
) -> None:
    made = workshop.make(runtime, f"int8-mixed:{granularity},without={node}")

    assert [layer.precision for layer in made.not_int8] == [Precision.FP32], made.verdict.reason
    assert len(made.layers) == len(NODES)
    assert "yet in int8" not in made.verdict.reason
    in_int8 = " ".join(layer.name for layer in made.layers if layer not in made.not_int8)
    assert all((one in in_int8) == (one != node) for one in NODES)


def test_a_static_and_a_dynamic_variant_can_leave_a_node_out_too(workshop: Workshop) -> None:
    static = workshop.make("openvino", "int8-static:without=/last/Conv")
    dynamic = workshop.make("onnxruntime", "int8-dynamic:without=/last/Conv")

    assert [layer.name for layer in static.not_int8] == ["/last/Conv/WithoutBiases"]
    assert [layer.precision for layer in dynamic.not_int8] == [Precision.FP32]


@pytest.mark.parametrize(("variant", "scales"), [(_STATIC[0], {1}), (_STATIC[1], {CHANNELS})])
def test_the_granularity_decides_how_many_scales_a_convolutions_weights_have(
    workshop: Workshop, variant: str, scales: set[int]
) -> None:
    graph = onnx.load(str(workshop.make("onnxruntime", variant).path)).graph
    sizes = {tensor.name: int(np.prod(tensor.dims)) for tensor in graph.initializer}
    model = openvino.Core().read_model(str(workshop.make("openvino", variant).path))
    multiplied = {
        int(np.prod(operation.input_value(1).get_shape()))
        for operation in model.get_ops()
        if operation.get_type_name() == "Multiply" and "Conv" in operation.get_friendly_name()
    }

    assert {size for name, size in sizes.items() if name.endswith(".w_scale") and "head" not in name} == scales
    assert multiplied == scales


def test_what_stays_out_of_int8_keeps_its_weights_in_fp32(workshop: Workshop) -> None:
    model = openvino.Core().read_model(str(workshop.make("openvino", "int8-mixed:without=/middle/Conv").path))

    types = {str(one.get_element_type()) for one in model.get_ops() if one.get_type_name() == "Constant"}

    assert not [name for name in types if "16" in name]


@pytest.mark.parametrize("runtime", _BOTH)
@pytest.mark.parametrize("node", ["/absent/Conv", "/middle", "/middle/Conv/WithoutBiases/x"])
def test_a_node_that_the_model_does_not_have_is_refused_rather_than_quantised(
    workshop: Workshop, runtime: str, node: str
) -> None:
    arm = arm_of(runtime, f"int8-mixed:without=/middle/Conv,without={node}")

    with pytest.raises(QuantizeError, match=f"leaves out '{node}', which is no node of the model"):
        workshop.quantize(arm, workshop.workload)


@pytest.mark.parametrize("runtime", _BOTH)
def test_a_model_that_is_none_is_refused_by_quantizer_and_runtime_in_our_own_words(
    workshop: Workshop, runtime: str, tmp_path: Path
) -> None:
    folder = write_tiny_workload(tmp_path)
    (folder / "model.onnx").write_bytes(b"not a model")
    describe(folder)
    workload = open_workload(str(folder))

    with pytest.raises(WorkloadError, match=r"model\.onnx is not an ONNX file, or is damaged"):
        workshop.quantize(arm_of(runtime, _STATIC[0]), workload)
    with pytest.raises(WorkloadError, match=r"cannot open model\.onnx"):
        find_runtime(runtime).open(workload.required_model, recipe=_FP32, threads=1)


@pytest.mark.parametrize("runtime", _BOTH)
def test_workers_make_and_run_artifacts_without_a_trace_in_the_home_folder(
    workshop: Workshop, runtime: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, made, arm = tmp_path / "home", tmp_path / "made", arm_of(runtime, _STATIC[0])
    home.mkdir()
    made.mkdir()
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home))
    workload = workshop.workload.reference
    quantize = Quantize(arm=arm, workload=workload, destination=str(made), calibration_samples=8, seed=1)
    worker = WorkerProcess(arm.name, log=tmp_path / "log")

    quantized = worker.ask(quantize, Quantized, timeout_s=_PATIENCE_S)
    load = Load(arm=arm, workload=workload, artifact=str(made / quantized.file), batches=(1,), launch=0)
    worker.ask(load, Loaded, timeout_s=_PATIENCE_S)
    worker.close()

    assert len(quantized.calibration_digests) == 8
    assert list(home.rglob("*")) == []


@pytest.mark.parametrize("runtime", _BOTH)
def test_the_baseline_is_proved_to_run_in_fp32(workshop: Workshop, runtime: str) -> None:
    made = workshop.make(runtime, "fp32")

    assert (made.verdict.state, made.verdict.ran) == (ProofState.AS_NAMED, "fp32")
    assert len(made.layers) == len(NODES)


def test_openvino_says_itself_that_it_was_told_to_stay_in_fp32(workshop: Workshop) -> None:
    settings = find_runtime("openvino").open(workshop.workload.required_model, recipe=_FP32, threads=1).settings

    assert settings["INFERENCE_PRECISION_HINT"] == "f32"
    assert settings["NUM_STREAMS"] == "1"


def test_openvino_left_to_itself_runs_bf16_and_is_caught(workshop: Workshop) -> None:
    if not {"avx512_bf16", "amx_bf16"} & set(read_cpu().features):
        pytest.skip("this CPU has no BF16: OpenVINO's default is FP32 here, and there is nothing to catch")
    compiled = openvino.Core().compile_model(str(workshop.workload.model), "CPU", {"PERF_COUNT": "YES"})
    inputs = workshop.workload.split("test").feed(slice(0, 1))

    compiled.create_infer_request().infer(dict(inputs))

    layers = layers_of_openvino(_operation(node) for node in compiled.get_runtime_model().get_ordered_ops())
    verdict = judge_proof(KernelProof(source="OpenVINO runtime model", layers=layers), _FP32)
    assert verdict.state is ProofState.NOT_AS_NAMED
    assert "ran in bf16" in verdict.reason


@pytest.mark.parametrize("runtime", _BOTH)
def test_nothing_but_the_artifact_is_left_where_it_was_made_or_among_temporary_files(
    workshop: Workshop, runtime: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    path, _ = workshop.quantize(arm_of(runtime, "int8-static:percentile"), workshop.workload)

    expected = {"onnxruntime": ["model.onnx"], "openvino": ["model.bin", "model.xml"]}
    assert sorted(one.name for one in path.parent.iterdir()) == expected[runtime]
    assert list(tmp_path.iterdir()) == []
