"""What a recipe leaves out: found by name and by operator, or refused with the nearest that exists."""

import pytest

from harness.errors import QuantizeError
from harness.quantize.attention import attends
from harness.quantize.left_out import GraphNode, nodes_left_out
from harness.quantize.nncf_openvino import openvino_names
from harness.variants import parse_variant
from harness.vocabulary import Arm


class _Operation:
    """What is asked of an OpenVINO operation."""

    def __init__(self, name: str, kind: str = "MatMul") -> None:
        self._name, self._kind = name, kind

    def get_friendly_name(self) -> str:
        return self._name

    def get_type_name(self) -> str:
        return self._kind


def _node(name: str, operator: str, inputs: str = "", outputs: str = "") -> GraphNode:
    return GraphNode(name=name, operator=operator, inputs=tuple(inputs.split()), outputs=tuple(outputs.split()))


_NODES = (
    _node("/stem/Conv", "Conv", "x", "a"),
    _node("/stem/Relu", "Relu", "a", "b"),
    _node("/block/Conv", "Conv", "b", "c"),
    _node("/head/Gemm", "Gemm", "c", "scores"),
)


def _arm(variant: str) -> Arm:
    recipe = parse_variant(variant)
    return Arm(label=recipe.label, recipe=recipe, runtime="onnxruntime", threads=1)


def test_nodes_are_left_out_by_name_and_by_operator_in_the_graphs_order() -> None:
    arm = _arm("int8-static:without=/head/Gemm,without-type=Conv")

    assert [node.name for node in nodes_left_out(arm, _NODES)] == ["/stem/Conv", "/block/Conv", "/head/Gemm"]
    assert nodes_left_out(_arm("int8-static"), _NODES) == ()


@pytest.mark.parametrize(
    ("variant", "says"),
    [
        ("int8-static:without=/blok/Conv", "leaves out '/blok/Conv', which is no node of the model (did you mean /b"),
        ("int8-static:without=xyzzy", "which is no node of the model; it has: /stem/Conv, "),
        ("int8-static:without-type=Convv", "'Convv', of which the model has no node (did you mean Conv?); it has:"),
        ("int8-static:without-type=LSTM", "it has: Conv, Gemm, Relu"),
    ],
)
def test_what_the_model_does_not_have_is_refused_with_the_nearest(variant: str, says: str) -> None:
    with pytest.raises(QuantizeError) as refusal:
        nodes_left_out(_arm(variant), _NODES)

    assert says in str(refusal.value)


def test_a_node_is_known_to_openvino_by_its_name_its_suffix_or_its_output() -> None:
    operations = [
        _Operation("/stem/Conv/WithoutBiases"),
        _Operation("/stem/Conv", "Add"),
        _Operation("/block/Conv"),
        _Operation("scores/WithoutBiases"),
        _Operation("scores", "Add"),
        _Operation("scores", "Constant"),
    ]

    assert openvino_names((_NODES[0],), operations) == ["/stem/Conv/WithoutBiases", "/stem/Conv"]
    assert openvino_names((_NODES[3],), operations) == ["scores/WithoutBiases", "scores"]


def test_attention_is_a_softmax_that_matrices_are_multiplied_with() -> None:
    attention = (
        _node("s", "Softmax", "x", "p"),
        _node("c", "Cast", "p", "q"),
        _node("v", "MatMul", "q v", "y"),
    )
    classifier = (_node("m", "MatMul", "x w", "y"), _node("s", "Softmax", "y", "p"))

    assert attends(attention)
    assert not attends(classifier)
    assert not attends(_NODES)
