"""Models and data that cannot be quantised, each refused with what to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.quantizing import MISSING, Workshop, arm_of, brought_workload, tiny_images
from helpers.tiny_workload import write_tiny_model

from harness.errors import HarnessError, NothingToQuantizeError, QuantizeError

onnx = pytest.importorskip("onnx", reason=MISSING)
with pytest.MonkeyPatch.context() as _patch:
    _patch.setenv("CI", "true")  # these tell their makers of every import, unless they find this
    pytest.importorskip("onnxruntime", reason=MISSING)
    pytest.importorskip("nncf", reason=MISSING)

_BOTH = ("onnxruntime", "openvino")
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


def _branching(model: Model) -> Model:
    helper = onnx.helper
    answer = helper.make_tensor_value_info("answer", onnx.TensorProto.FLOAT, ["n", 4])
    branch = helper.make_graph([helper.make_node("Identity", ["scores"], ["answer"])], "branch", [], [answer])
    model.graph.node.append(
        helper.make_node("If", ["yes"], ["chosen"], name="/If", then_branch=branch, else_branch=branch)
    )
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.ones((), dtype=np.bool_), "yes"))
    model.graph.output[0].name = "chosen"
    return model


def _from_the_future(model: Model) -> Model:
    model.opset_import[0].version = 99
    return model


@pytest.mark.parametrize("runtime", _BOTH)
@pytest.mark.parametrize(
    "case",
    [
        (_branching, r"branches or loops inside \(If\).*Export the model with fixed control flow"),
        (_from_the_future, r"uses opset 99.*export the model with an older opset_version"),
    ],
)
def test_a_model_that_cannot_be_quantised_is_refused_with_what_to_do(
    workshop: Workshop, tiny: Model, tmp_path: Path, runtime: str, case: _Case
) -> None:
    change, says = case
    workload = brought_workload(tmp_path / "brought", change(tiny))

    with pytest.raises(QuantizeError, match=says):
        workshop.quantize(arm_of(runtime, "int8-static"), workload)


@pytest.mark.parametrize("runtime", _BOTH)
def test_a_model_that_is_quantised_already_is_not_quantised_again(
    workshop: Workshop, tmp_path: Path, runtime: str
) -> None:
    path, _ = workshop.quantize(arm_of("onnxruntime", "int8-static"), workshop.workload)
    workload = brought_workload(tmp_path / "brought", onnx.load(str(path)))

    with pytest.raises(QuantizeError, match=r"is quantised already.*bring it as it is with --candidate"):
        workshop.quantize(arm_of(runtime, "int8-static"), workload)


def test_data_that_make_activations_infinite_are_refused_by_the_name_of_the_tensor(
    workshop: Workshop, tiny: Model, tmp_path: Path
) -> None:
    images = tiny_images()
    images["image"][3] = np.finfo(np.float32).max
    workload = brought_workload(tmp_path / "brought", tiny, images)

    with pytest.raises(QuantizeError, match="infinite or no number: check the preprocessing"):
        workshop.quantize(arm_of("onnxruntime", "int8-static"), workload)


def _of_elementwise_operators(model: Model) -> Model:
    """The operators of a table's preprocessing, of which neither quantizer has any in INT8."""
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    nodes = [helper.make_node("Abs", ["image"], ["a"]), helper.make_node("Exp", ["a"], ["scores"])]
    ends = [helper.make_tensor_value_info(name, floats, ["n", 3, 8, 8]) for name in ("image", "scores")]
    graph = helper.make_graph(nodes, "elementwise", ends[:1], ends[1:])
    return helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)


@pytest.mark.parametrize(
    ("runtime", "variant"),
    [("onnxruntime", "int8-static"), ("onnxruntime", "int8-dynamic"), ("openvino", "int8-static")],
)
def test_a_model_of_which_nothing_was_quantised_does_not_pass_for_int8(
    runtime: str, variant: str, tiny: Model, workshop: Workshop, tmp_path: Path
) -> None:
    workload = brought_workload(tmp_path / "brought", _of_elementwise_operators(tiny))

    with pytest.raises(NothingToQuantizeError, match=r"nothing in this model can be quantised \(it has: Abs, Exp\)"):
        workshop.quantize(arm_of(runtime, variant), workload)


def test_leaving_everything_out_is_told_apart_from_a_model_without_anything(tiny: Model, workshop: Workshop) -> None:
    kinds = sorted({node.op_type for node in tiny.graph.node})
    arm = arm_of("onnxruntime", "int8-static:" + ",".join(f"without-type={kind}" for kind in kinds))

    with pytest.raises(NothingToQuantizeError, match="nothing but what is left out can be quantised"):
        workshop.quantize(arm, workshop.workload)


def test_an_operator_that_openvino_lacks_is_named_and_not_its_source_code(
    tiny: Model, workshop: Workshop, tmp_path: Path
) -> None:
    node = onnx.helper.make_node("Scaler", ["image"], ["scaled"], domain="ai.onnx.ml", offset=[0.0], scale=[1.0])
    first = next(one for one in tiny.graph.node if "image" in one.input)
    first.input[list(first.input).index("image")] = "scaled"
    tiny.graph.node.insert(0, node)
    tiny.opset_import.append(onnx.helper.make_opsetid("ai.onnx.ml", 3))
    workload = brought_workload(tmp_path / "brought", tiny)

    with pytest.raises(HarnessError) as refusal:
        workshop.quantize(arm_of("openvino", "int8-static"), workload)

    assert str(refusal.value).endswith("OpenVINO cannot open model.onnx: it has no Scaler (ai.onnx.ml)")
