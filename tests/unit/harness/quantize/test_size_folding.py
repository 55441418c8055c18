"""Shapes behind sizes that a graph computes: followed where they are small numbers, left open where they are not."""

from typing import Any

import pytest

from harness.quantize.size_folding import infer_with_sizes

onnx = pytest.importorskip("onnx", reason="onnx is not here: pip install 'planner[quantize]'")


def shapes_of(
    nodes: list[Any], constants: dict[str, tuple[list[int], tuple[int, ...]]], x: tuple[int, ...]
) -> dict[str, list[int]]:
    """What is inferred of a graph that reads `x`, with whole numbers as constants; -1 for an open axis."""
    graph = onnx.helper.make_graph(
        nodes,
        "g",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, x)],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)],
        [
            onnx.helper.make_tensor(name, onnx.TensorProto.INT64, shape, values)
            for name, (values, shape) in constants.items()
        ],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    found = infer_with_sizes(model, lambda one: onnx.shape_inference.infer_shapes(one, data_prop=True))
    return {
        one.name: [axis.dim_value if axis.HasField("dim_value") else -1 for axis in one.type.tensor_type.shape.dim]
        for one in (*found.graph.value_info, *found.graph.output)
    }


NODE = onnx.helper.make_node
SIZE = [
    NODE("Shape", ["x"], ["shape"]),
    NODE("Gather", ["shape", "one"], ["size"]),
    NODE("Unsqueeze", ["size", "zeros"], ["end"]),
]
NUMBERS: dict[str, tuple[list[int], tuple[int, ...]]] = {"one": ([1], ()), "zeros": ([0], (1,)), "ones": ([1], (1,))}


def test_a_slice_that_ends_at_a_computed_size_has_a_shape() -> None:
    table = {"table": (list(range(9)), (1, 9))}
    nodes = [*SIZE, NODE("Slice", ["table", "zeros", "end", "ones"], ["cut"]), NODE("Cast", ["cut"], ["y"], to=1)]

    assert shapes_of(nodes, NUMBERS | table, (1, 5))["y"] == [1, 5]


def test_an_expansion_to_a_shape_that_is_chosen_by_its_numbers_has_a_shape() -> None:
    nodes = [
        *SIZE,
        NODE("ConstantOfShape", ["ones"], ["filled"], value=onnx.helper.make_tensor("v", 7, [1], [1])),
        NODE("Reshape", ["end", "minus"], ["flat"]),
        NODE("Equal", ["end", "minus"], ["is_free"]),
        NODE("Where", ["is_free", "filled", "flat"], ["wanted"]),
        NODE("Concat", ["ones", "wanted"], ["both"], axis=0),
        NODE("Expand", ["x", "both"], ["y"]),
    ]

    assert shapes_of(nodes, NUMBERS | {"minus": ([-1], (1,))}, (1, 5))["y"] == [1, 5]


@pytest.mark.parametrize("asked", [65, -1])
def test_what_would_grow_or_makes_no_sense_is_left_open(asked: int) -> None:
    nodes = [
        NODE("ConstantOfShape", ["many"], ["filled"], value=onnx.helper.make_tensor("v", 7, [1], [3])),
        NODE("Gather", ["filled", "far"], ["end"]),
        NODE("Slice", ["x", "zeros", "end", "ones"], ["y"]),
    ]

    found = shapes_of(nodes, NUMBERS | {"many": ([asked], (1,)), "far": ([10**9], (1,))}, (4, 5))

    assert -1 in found["y"]
