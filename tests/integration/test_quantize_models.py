"""Models as people bring them: old, half-precision, unnamed, large, several inputs, or not quantisable at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.quantizing import MISSING, Made, Workshop, arm_of, brought_workload, run, tiny_images
from helpers.tiny_workload import NODES, write_tiny_model

from harness.quantize import fit_model
from harness.quantize.artifacts import digest_of, size_of
from harness.quantize.qdq_opsets import newest_qdq_opset
from harness.vocabulary import Precision, ProofState
from harness.workloads.workload import Workload

onnx = pytest.importorskip("onnx", reason=MISSING)
with pytest.MonkeyPatch.context() as _patch:
    _patch.setenv("CI", "true")  # these tell their makers of every import, unless they find this
    pytest.importorskip("onnxruntime", reason=MISSING)
    pytest.importorskip("nncf", reason=MISSING)

_BOTH = ("onnxruntime", "openvino")
_SAMPLES = 40
Model = Any
"""An `onnx.ModelProto`."""
_Case = tuple[Callable[[Model], Model], str]


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "workshop")


@pytest.fixture
def tiny(tmp_path: Path) -> Model:
    write_tiny_model(tmp_path / "tiny.onnx")
    return onnx.load(str(tmp_path / "tiny.onnx"))


def _made(workshop: Workshop, workload: Workload, runtime: str, variant: str = "int8-static") -> Made:
    path, notes = workshop.quantize(arm_of(runtime, variant), workload)
    return run(runtime, variant, path, workload, notes=notes)


def _old(model: Model) -> Model:
    model.opset_import[0].version = 11
    model.ir_version = 6
    return model


def _half(model: Model) -> Model:
    for tensor in model.graph.initializer:
        half = onnx.numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(onnx.numpy_helper.from_array(half, tensor.name))
    for told in (*model.graph.input, *model.graph.output):
        told.type.tensor_type.elem_type = onnx.TensorProto.FLOAT16
    return model


def _listed(model: Model) -> Model:
    for tensor in model.graph.initializer:
        told = onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
        model.graph.input.append(told)
    return model


def _unnamed(model: Model) -> Model:
    for node in model.graph.node:
        node.name = ""
    return model


def _fixed(model: Model) -> Model:
    for told in (*model.graph.input, *model.graph.output):
        told.type.tensor_type.shape.dim[0].dim_value = 16
    return model


@pytest.mark.parametrize("runtime", _BOTH)
@pytest.mark.parametrize(
    "case",
    [
        (_half, "16-bit floats widened"),
        (_listed, "weights taken off the list of inputs"),
        (_unnamed, "named after their outputs"),
    ],
)
def test_what_quantizers_cannot_work_with_is_changed_in_a_copy_and_told(
    workshop: Workshop, tiny: Model, tmp_path: Path, runtime: str, case: _Case
) -> None:
    change, note = case
    workload = brought_workload(tmp_path / "brought", change(tiny))
    before = workload.required_model.read_bytes()
    baseline = run(runtime, "fp32", workload.required_model, workload).scores

    made = _made(workshop, workload, runtime)

    assert note in made.notes["changed_first"]
    assert made.verdict.ran == "int8", made.verdict.reason
    assert np.abs(made.scores - baseline).max() < 0.15 * np.ptp(baseline)
    assert workload.required_model.read_bytes() == before


def test_an_old_operator_set_is_converted_where_the_quantizer_needs_a_newer_one(
    workshop: Workshop, tiny: Model, tmp_path: Path
) -> None:
    workload = brought_workload(tmp_path / "brought", _old(tiny))

    made = [_made(workshop, workload, runtime) for runtime in _BOTH]

    assert made[0].notes["changed_first"] == "opset 11 converted to 13"
    assert "changed_first" not in made[1].notes
    assert [one.verdict.ran for one in made] == ["int8", "int8"]


def test_an_operator_set_newer_than_the_runtimes_own_q_dq_is_converted(
    workshop: Workshop, tiny: Model, tmp_path: Path
) -> None:
    newest = onnx.defs.onnx_opset_version()
    runs = newest_qdq_opset(newest)
    if runs == newest:
        pytest.skip("this ONNX Runtime has QuantizeLinear of every operator set that onnx knows")
    tiny.opset_import[0].version = newest

    made = _made(workshop, brought_workload(tmp_path / "brought", tiny), "onnxruntime")

    assert made.notes["changed_first"] == f"opset {newest} converted to {runs}"
    assert made.verdict.ran == "int8"


@pytest.mark.parametrize("runtime", _BOTH)
def test_a_node_without_a_name_is_left_out_by_the_name_of_its_output(
    workshop: Workshop, tiny: Model, tmp_path: Path, runtime: str
) -> None:
    workload = brought_workload(tmp_path / "brought", _unnamed(tiny))

    made = _made(workshop, workload, runtime, "int8-static:without=middle.c")

    assert [layer.precision for layer in made.not_int8] == [Precision.FP32], made.verdict.reason


@pytest.mark.parametrize("runtime", _BOTH)
def test_a_last_layer_without_a_bias_can_be_left_out(
    workshop: Workshop, tiny: Model, tmp_path: Path, runtime: str
) -> None:
    head = tiny.graph.node[-1]
    del head.input[2]
    workload = brought_workload(tmp_path / "brought", tiny)

    made = _made(workshop, workload, runtime, f"int8-static:without={NODES[-1]}")

    assert [layer.precision for layer in made.not_int8] == [Precision.FP32], made.verdict.reason
    assert len(made.layers) == len(NODES)


@pytest.mark.parametrize("runtime", _BOTH)
@pytest.mark.parametrize("calibration", ["min-max", "percentile"])
def test_a_fixed_batch_axis_is_calibrated_in_batches_of_its_size(
    workshop: Workshop, tiny: Model, tmp_path: Path, runtime: str, calibration: str
) -> None:
    workload = brought_workload(tmp_path / "brought", _fixed(tiny), {"image": tiny_images()["image"][:16]})

    path, _ = workshop.quantize(arm_of(runtime, f"int8-static:{calibration}"), workload)

    assert path.is_file()


@pytest.mark.parametrize("runtime", _BOTH)
@pytest.mark.parametrize("calibration", ["min-max", "percentile"])
def test_inputs_of_several_types_are_calibrated_together(
    workshop: Workshop, tmp_path: Path, runtime: str, calibration: str
) -> None:
    helper, kinds, randomness = onnx.helper, onnx.TensorProto, np.random.default_rng(7)
    weights = {"table": (50, 16), "w": (16, 16), "head": (16, 4)}
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "ids"], ["words"], name="/words"),
            helper.make_node("Mul", ["words", "scale"], ["scaled"], name="/scale"),
            helper.make_node("MatMul", ["scaled", "w"], ["hidden"], name="/hidden"),
            helper.make_node("Tanh", ["hidden"], ["active"], name="/tanh"),
            helper.make_node("MatMul", ["active", "head"], ["scores"], name="/head"),
        ],
        "words",
        [
            helper.make_tensor_value_info("ids", kinds.INT64, ["n", "length"]),
            helper.make_tensor_value_info("scale", kinds.FLOAT, ["n", 1, 1]),
        ],
        [helper.make_tensor_value_info("scores", kinds.FLOAT, ["n", "length", 4])],
        [
            onnx.numpy_helper.from_array(randomness.normal(size=shape).astype(np.float32), name)
            for name, shape in weights.items()
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    arrays: dict[str, Any] = {
        "ids": randomness.integers(0, 50, (_SAMPLES, 6)),
        "scale": randomness.uniform(0.5, 2.0, (_SAMPLES, 1, 1)).astype(np.float32),
    }

    made = _made(workshop, brought_workload(tmp_path / "brought", model, arrays), runtime, f"int8-static:{calibration}")

    assert made.verdict.state is ProofState.AS_NAMED, made.verdict.reason


def test_weights_beyond_what_one_file_can_hold_lie_in_a_second_file_of_the_same_artifact(
    workshop: Workshop, tiny: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_model, "_WHOLE_IN_MEMORY", 1000)
    workload = brought_workload(tmp_path / "brought", tiny)
    baseline = run("onnxruntime", "fp32", workload.required_model, workload).scores

    for variant in ("int8-static", "int8-static:entropy", "int8-dynamic"):
        made = _made(workshop, workload, "onnxruntime", variant)

        files = sorted(one.name for one in made.path.parent.iterdir())
        assert len(files) == 2
        assert "model.onnx" in files
        assert np.abs(made.scores - baseline).max() < 0.1 * np.ptp(baseline)
        digest = digest_of(made.path.parent)
        second = next(one for one in made.path.parent.iterdir() if one.name != "model.onnx")
        second.write_bytes(second.read_bytes()[:-1] + b"\x01")
        assert digest_of(made.path.parent) != digest
        assert size_of(made.path.parent) > second.stat().st_size


def test_a_local_function_is_quantised_as_the_nodes_it_stands_for(
    workshop: Workshop, tiny: Model, tmp_path: Path
) -> None:
    helper = onnx.helper
    inside = helper.make_node("Relu", ["x"], ["y"])
    own = helper.make_function("mine", "Active", ["x"], ["y"], [inside], [helper.make_opsetid("", 17)])
    tiny.functions.append(own)
    tiny.opset_import.append(helper.make_opsetid("mine", 1))
    for node in tiny.graph.node:
        if node.op_type == "Relu":
            node.op_type, node.domain = "Active", "mine"

    made = _made(workshop, brought_workload(tmp_path / "brought", tiny), "onnxruntime")

    assert "functions replaced by their nodes" in made.notes["changed_first"]
    assert made.verdict.ran == "int8"


@pytest.mark.parametrize("runtime", _BOTH)
def test_attention_is_quantised_and_openvino_is_told_of_it(workshop: Workshop, tmp_path: Path, runtime: str) -> None:
    helper, randomness = onnx.helper, np.random.default_rng(11)
    steps = [
        ("MatMul", "x q", "query"),
        ("MatMul", "x k", "key"),
        ("MatMul", "x v", "value"),
        ("Transpose", "key", "turned"),
        ("MatMul", "query turned", "likeness"),
        ("Softmax", "likeness", "shares"),
        ("MatMul", "shares value", "mixed"),
        ("MatMul", "mixed head", "scores"),
    ]
    nodes = [
        helper.make_node(
            kind, reads.split(), [makes], name=f"/{makes}", **({"perm": [0, 2, 1]} if kind == "Transpose" else {})
        )
        for kind, reads, makes in steps
    ]
    tensors = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", 6, width])
        for name, width in (("x", 32), ("scores", 4))
    ]
    weights = [
        onnx.numpy_helper.from_array(randomness.normal(0, 0.2, (32, 4 if name == "head" else 32)).astype("f4"), name)
        for name in ("q", "k", "v", "head")
    ]
    graph = helper.make_graph(nodes, "attention", tensors[:1], tensors[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    workload = brought_workload(tmp_path / "brought", model, {"x": randomness.normal(size=(24, 6, 32)).astype("f4")})

    made = _made(workshop, workload, runtime)

    assert made.verdict.state is ProofState.AS_NAMED, made.verdict.reason
    assert made.notes.get("model_type") == ("transformer" if runtime == "openvino" else None)
