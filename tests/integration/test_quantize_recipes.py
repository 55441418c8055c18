"""Every recipe on a tiny network: ranges, zero points, what is left out, and Q/DQ as TensorRT takes it."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.quantizing import MISSING, Workshop, arm_of, run
from helpers.tiny_workload import CHANNELS, NODES

from harness.devices import read_cpu
from harness.errors import QuantizeError
from harness.runtimes.openvino import refusal_of_16_bits
from harness.runtimes.registry import find_runtime
from harness.variants import parse_variant
from harness.vocabulary import Method, Precision, ProofState

onnx = pytest.importorskip("onnx", reason=MISSING)
with pytest.MonkeyPatch.context() as _patch:
    _patch.setenv("CI", "true")  # these tell their makers of every import, unless they find this
    pytest.importorskip("onnxruntime", reason=MISSING)
    pytest.importorskip("nncf", reason=MISSING)
    openvino = pytest.importorskip("openvino", reason=MISSING)

_TENSORRT = "int8-static:symmetric,tensorrt"
_ORT_RECIPES = [
    "int8-static:symmetric",
    "int8-static:entropy",
    "int8-static:percentile",
    "int8-static:per-tensor,symmetric,entropy",
    "int8-static:symmetric,percentile",
    "int8-static:without-type=Gemm",
]
_OPENVINO_RECIPES = ["int8-static:symmetric", "int8-static:percentile", "int8-static:symmetric,percentile"]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("workshop"))


def _graph(path: Path) -> Any:  # noqa: ANN401 - an `onnx.GraphProto`
    return onnx.load(str(path)).graph


def _zero_points(graph: Any) -> dict[str, np.ndarray[Any, Any]]:  # noqa: ANN401 - as above
    """Of each QuantizeLinear and DequantizeLinear, by the tensor that it reads."""
    constants = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    return {node.input[0]: constants[node.input[2]] for node in graph.node if node.op_type.endswith("quantizeLinear")}


@pytest.mark.parametrize(
    ("runtime", "variant"),
    [
        *(("onnxruntime", variant) for variant in _ORT_RECIPES),
        *(("openvino", variant) for variant in _OPENVINO_RECIPES),
    ],
)
def test_every_recipe_answers_nearly_as_fp32_and_runs_in_int8(workshop: Workshop, runtime: str, variant: str) -> None:
    baseline = workshop.make(runtime, "fp32").scores

    made = workshop.make(runtime, variant)

    assert made.verdict.state is ProofState.AS_NAMED, made.verdict.reason
    assert not np.array_equal(made.scores, baseline)
    assert np.abs(made.scores - baseline).max() < 0.1 * np.ptp(baseline)


@pytest.mark.parametrize(("runtime", "method"), [("onnxruntime", "entropy"), ("openvino", "percentile")])
def test_the_calibration_method_changes_what_is_made(workshop: Workshop, runtime: str, method: str) -> None:
    usual = workshop.make(runtime, "int8-static")
    other = workshop.make(runtime, f"int8-static:{method}")

    assert other.notes["calibration_method"] != usual.notes["calibration_method"]
    assert not np.array_equal(other.scores, usual.scores)


def test_symmetric_activations_have_their_zero_point_in_the_middle(workshop: Workshop) -> None:
    points = {
        variant: {
            int(value)
            for tensor, value in _zero_points(_graph(workshop.make("onnxruntime", variant).path)).items()
            if value.dtype == np.uint8
        }
        for variant in ("int8-static", "int8-static:symmetric")
    }

    assert points["int8-static:symmetric"] == {128}
    assert points["int8-static"] != {128}


def test_openvino_is_told_to_be_symmetric(workshop: Workshop) -> None:
    notes = [workshop.make("openvino", variant).notes["preset"] for variant in ("int8-static", "int8-static:symmetric")]

    assert notes == ["mixed", "performance"]


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
@pytest.mark.parametrize(("kind", "count"), [("Conv", 3), ("Gemm", 1)])
def test_no_node_of_an_operator_that_is_left_out_runs_in_int8(
    workshop: Workshop, runtime: str, kind: str, count: int
) -> None:
    made = workshop.make(runtime, f"int8-static:without-type={kind}")

    assert [layer.precision for layer in made.not_int8] == [Precision.FP32] * count
    assert f"{count} left out on purpose" in made.verdict.reason
    assert "without being asked" not in made.verdict.reason


def test_a_gemm_can_be_left_out_of_dynamic_quantisation(workshop: Workshop) -> None:
    made = workshop.make("onnxruntime", "int8-dynamic:without=/head/Gemm")

    assert [layer.kind for layer in made.not_int8] == ["Gemm"], made.verdict.reason


def test_an_operator_that_the_model_does_not_have_is_refused(workshop: Workshop) -> None:
    for runtime in ("onnxruntime", "openvino"):
        with pytest.raises(QuantizeError, match=r"the operator type 'Convv'.*did you mean Conv\?"):
            workshop.quantize(arm_of(runtime, "int8-static:without-type=Convv"), workshop.workload)


def test_q_dq_for_tensorrt_is_int8_with_zero_points_of_0_throughout(workshop: Workshop) -> None:
    graph = _graph(workshop.make("onnxruntime", _TENSORRT).path)

    points = _zero_points(graph)
    assert {point.dtype for point in points.values()} == {np.dtype(np.int8)}
    assert not any(point.any() for point in points.values())


def test_q_dq_for_tensorrt_stands_in_pairs_of_their_own_before_every_weighted_layer(workshop: Workshop) -> None:
    graph = _graph(workshop.make("onnxruntime", _TENSORRT).path)
    makers = {output: node for node in graph.node for output in node.output}
    readers = Counter(name for node in graph.node for name in node.input)

    weighted = [node for node in graph.node if node.op_type in {"Conv", "Gemm"}]

    assert len(weighted) == len(NODES)
    for node in weighted:
        for tensor in node.input[:2]:
            dequantize = makers[tensor]
            quantize = makers[dequantize.input[0]]
            assert [dequantize.op_type, quantize.op_type] == ["DequantizeLinear", "QuantizeLinear"]
            assert readers[tensor] == readers[quantize.output[0]] == 1


def test_q_dq_for_tensorrt_leaves_biases_and_what_follows_a_layer_in_fp32(workshop: Workshop) -> None:
    graph = _graph(workshop.make("onnxruntime", _TENSORRT).path)
    constants = {one.name: one.data_type for one in graph.initializer}
    readers = {name: node.op_type for node in graph.node for name in node.input}

    weighted = [node for node in graph.node if node.op_type in {"Conv", "Gemm"}]

    assert {constants[node.input[2]] for node in weighted} == {onnx.TensorProto.FLOAT}
    assert onnx.TensorProto.INT32 not in constants.values()
    assert not [node.name for node in weighted if readers.get(node.output[0]) == "QuantizeLinear"]


def test_q_dq_for_tensorrt_has_a_scale_for_each_output_channel(workshop: Workshop) -> None:
    graph = _graph(workshop.make("onnxruntime", _TENSORRT).path)
    constants = {one.name: one for one in graph.initializer}

    axes = {
        node.input[0]: next(attribute.i for attribute in node.attribute if attribute.name == "axis")
        for node in graph.node
        if node.op_type == "QuantizeLinear" and node.input[0] in constants
    }
    scales = {node.input[0]: list(constants[node.input[1]].dims) for node in graph.node if node.input[0] in axes}

    assert axes == {"first.w": 0, "middle.w": 0, "last.w": 0, "head.w": 0}
    assert [scales[f"{layer}.w"] for layer in ("first", "middle", "last", "head")] == [[CHANNELS]] * 3 + [[4]]


def test_q_dq_for_tensorrt_runs_in_onnx_runtime_with_nearly_the_same_answers(workshop: Workshop) -> None:
    baseline = workshop.make("onnxruntime", "fp32").scores

    made = workshop.make("onnxruntime", _TENSORRT)

    assert np.abs(made.scores - baseline).max() < 0.1 * np.ptp(baseline)


def test_an_int8_file_made_elsewhere_opens_in_openvino_as_it_is(workshop: Workshop) -> None:
    made = workshop.make("onnxruntime", "int8-static")

    elsewhere = run("openvino", "int8-static:file=model.onnx", made.path, workshop.workload)

    assert elsewhere.verdict.state is ProofState.AS_NAMED, elsewhere.verdict.reason
    assert np.abs(elsewhere.scores - made.scores).max() < 0.05 * np.ptp(made.scores)


def test_a_candidate_without_any_int8_is_not_what_it_is_called(workshop: Workshop) -> None:
    for runtime in ("onnxruntime", "openvino"):
        made = run(runtime, "int8-static:file=model.onnx", workshop.workload.required_model, workshop.workload)

        assert made.verdict.state is ProofState.NOT_AS_NAMED
        assert made.verdict.reason.startswith("no layer ran in int8: the 4 compute layers are")


def test_bf16_runs_where_the_cpu_has_it_and_is_refused_where_not(workshop: Workshop) -> None:
    missing = refusal_of_16_bits(Method.BF16, read_cpu().features)

    assert find_runtime("openvino").refusal(parse_variant("bf16")) == missing
    if missing is not None:
        pytest.skip(missing)
    made = workshop.make("openvino", "bf16")
    assert made.verdict.state is ProofState.AS_NAMED, made.verdict.reason
    assert "ran in bf16" in made.verdict.reason


@pytest.mark.parametrize(
    ("runtime", "variant", "says"),
    [
        ("openvino", "int8-static:entropy", "NNCF.*has no entropy calibration"),
        ("openvino", _TENSORRT, "made through the runtime onnxruntime"),
        ("openvino", "int8-dynamic", "only under compressed"),
        ("onnxruntime", "bf16", "no bf16 kernels"),
        ("onnxruntime", "int8-dynamic:symmetric", "leave symmetric out"),
        ("onnxruntime", "int8-dynamic:torchao", "belongs to PyTorch"),
        ("openvino", "fp32:compile", "belongs to PyTorch"),
    ],
)
def test_what_a_runtime_cannot_make_is_refused_with_the_reason(runtime: str, variant: str, says: str) -> None:
    refusal = find_runtime(runtime).refusal(parse_variant(variant))

    assert refusal is not None
    assert re.search(says, refusal)
