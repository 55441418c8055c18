"""Counting whole models: small ones by hand, the flagship by ONNX Runtime's own shapes, and files to doubt."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.hostile_models import write_model_that_needs_all_memory, write_model_that_runs_in_a_circle
from helpers.tiny_workload import CHANNELS, write_tiny_model, write_tiny_workload

from harness.errors import WorkloadError
from harness.quantize.counting import count_calls, count_work
from harness.runtimes.peak_models import PeakShape, peak_shapes, write_peak_model
from harness.vocabulary import ModelWork, StoredWeights
from harness.workloads.workload import BUILTIN_DEFAULT, open_workload

pytest.importorskip("onnx")
FLOAT, INT64 = 1, 7


def node(kind: str, *inputs: str, to: str = "y", **attributes: Any) -> Any:  # noqa: ANN401 - a class of a package that may not be here
    from onnx import helper  # noqa: PLC0415 - an extra

    return helper.make_node(kind, list(inputs), [to], **attributes)


def counted(
    path: Path, nodes: list[Any], weights: dict[str, Any], shape: tuple[int, ...] = (2, 8), *, element: int = FLOAT
) -> ModelWork:
    """The work of a model from x to y."""
    from onnx import helper, numpy_helper, save  # noqa: PLC0415 - an extra

    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", element, list(shape))],
        [helper.make_tensor_value_info("y", FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    save(helper.make_model(graph, opset_imports=opsets, ir_version=9), str(path))
    return count_work(path, (("x", shape),), batch=shape[0])


def weight(*shape: int) -> Any:  # noqa: ANN401 - an array
    return np.zeros(shape, np.float32)


def test_a_small_network_is_counted_as_by_hand(tmp_path: Path) -> None:
    workload = open_workload(str(write_tiny_workload(tmp_path)))

    works = count_calls(workload.required_model, workload.test_split(None), batches=(1, 8))

    convolutions = [2 * CHANNELS * inputs * 9 * 64 for inputs in (3, CHANNELS, CHANNELS)]
    inside = math.prod((3 * 8 - 2,) * 2) / (9 * 64)  # of the taps on 8 places a side, one is lost at either end
    gemm = 2 * CHANNELS * 4
    for batch, work in zip((1, 8), works, strict=True):
        assert work.batch == batch
        assert work.operations == batch * (sum(convolutions) + gemm)
        assert work.skippable == round(batch * sum(convolutions) * (1 - inside))
        assert work.input_bytes == batch * 3 * 64 * 4
        assert work.output_bytes == batch * 4 * 4
        assert [(one.kind, one.nodes) for one in work.operators[:2]] == [("Conv", 3), ("Gemm", 1)]
        assert work.uncounted == ()
    parameters = CHANNELS * 9 * (3 + CHANNELS + CHANNELS) + 3 * CHANNELS + CHANNELS * 4 + 4
    assert works[0].weights == works[1].weights == (StoredWeights(bits=32, elements=parameters),)
    assert works[0].weight_bytes() == 4 * parameters
    assert works[0].weight_bytes(most_bits=8) == parameters


def test_the_flagship_is_counted_as_onnxruntime_runs_it(tmp_path: Path) -> None:
    ort = pytest.importorskip("onnxruntime")
    workload = open_workload(BUILTIN_DEFAULT)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.enable_profiling, options.profile_file_prefix = True, str(tmp_path / "profile")
    session = ort.InferenceSession(str(workload.required_model), options, providers=["CPUExecutionProvider"])
    session.run(None, {"image": np.zeros((1, 3, 96, 96), np.float32)})
    events = json.loads(Path(session.end_profiling()).read_text())

    (work,) = count_calls(workload.required_model, workload.test_split(None), batches=(1,))

    seen = 0
    for event in events:
        told = event.get("args", {})
        if told.get("op_name") == "Conv" and "output_type_shape" in told:
            shapes = [next(iter(one.values())) for one in (*told["input_type_shape"], *told["output_type_shape"])]
            seen += 2 * math.prod(shapes[-1]) * math.prod(shapes[1][1:])
    convolutions, head = work.operators[:2]
    assert convolutions.operations == seen > 0
    assert (head.kind, head.operations) == ("Gemm", 2 * 1280 * 10)
    assert work.uncounted == ()


@pytest.mark.parametrize("is_int8", [False, True])
@pytest.mark.parametrize("shape", peak_shapes(8), ids=lambda shape: shape.text)
def test_a_probe_of_the_peak_rate_takes_the_operations_that_it_says_whatever_its_precision(
    tmp_path: Path,
    shape: PeakShape,
    *,
    is_int8: bool,
) -> None:
    inputs = write_peak_model(tmp_path / "peak.onnx", shape, is_int8=is_int8)

    work = count_work(tmp_path / "peak.onnx", (("x", inputs["x"].shape),), batch=1)

    assert (work.operations, work.skippable) == (shape.operations, 0)
    stored = next(one for one in work.weights if one.bits == (8 if is_int8 else 32))
    assert stored.elements >= shape.layers * math.prod(shape.weight_shape)


def test_constants_are_folded_and_what_nobody_reads_or_is_read_twice_is_not_computed_again(tmp_path: Path) -> None:
    nodes = [
        node("MatMul", "a", "b", to="folded"),
        node("MatMul", "x", "folded", to="one"),
        node("MatMul", "x", "folded", to="again"),
        node("Relu", "again", to="again_relu"),
        node("Relu", "one", to="one_relu"),
        node("MatMul", "x", "b", to="unread"),
        node("Add", "one_relu", "again_relu"),
    ]

    work = counted(tmp_path / "m.onnx", nodes, {"a": weight(8, 8), "b": weight(8, 8)})

    assert work.operations == 2 * 2 * 8 * 8
    assert {one.kind: one.nodes for one in work.operators} == {"MatMul": 1, "Relu": 1, "Add": 1}
    assert work.weight_bytes() == 8 * 8 * 4


def test_quantised_weights_count_at_their_stored_width(tmp_path: Path) -> None:
    nodes = [node("DequantizeLinear", "w", "scale", to="d"), node("MatMul", "x", "d")]

    work = counted(tmp_path / "m.onnx", nodes, {"w": np.zeros((8, 8), np.int8), "scale": np.float32(0.1).reshape(())})

    assert work.weights == (StoredWeights(bits=8, elements=64),)


def test_of_a_table_only_what_is_looked_up_is_read(tmp_path: Path) -> None:
    work = counted(
        tmp_path / "m.onnx", [node("Gather", "table", "x")], {"table": weight(1000, 16)}, (2, 3), element=INT64
    )

    assert work.weight_bytes() == 2 * 3 * 16 * 4
    assert work.operations == 0


def test_branches_and_operators_without_known_shapes_are_named_as_not_counted(tmp_path: Path) -> None:
    from onnx import helper  # noqa: PLC0415 - an extra

    branch = helper.make_graph(
        [node("MatMul", "x", "w", to="b")], "branch", [], [helper.make_tensor_value_info("b", FLOAT, None)]
    )
    nodes = [
        node("ReduceSum", "x", to="s", keepdims=0),
        helper.make_node("Cast", ["s"], ["c"], to=9),
        node("If", "c", to="i", then_branch=branch, else_branch=branch),
        node("FusedMatMul", "x", "w", to="f", domain="com.microsoft"),
        node("MatMul", "f", "w", to="g"),
        node("Add", "i", "g"),
    ]

    work = counted(tmp_path / "m.onnx", nodes, {"w": weight(8, 8)})

    assert work.operations == 2 * 2 * 8 * 8  # of FusedMatMul alone
    assert set(work.uncounted) == {"1 MatMul", "1 If", "the size of its answers"}


def test_a_file_that_may_not_be_opened_is_not_counted(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"nothing")

    with pytest.raises(WorkloadError, match="not an ONNX file"):
        count_work(tmp_path / "m.onnx", (("x", (1,)),), batch=1)


def test_a_graph_that_runs_in_a_circle_is_counted_as_far_as_shapes_go(tmp_path: Path) -> None:
    path = write_model_that_runs_in_a_circle(tmp_path / "m.onnx")

    work = count_work(path, (("pixels", (1, 3, 8, 8)),), batch=1)

    assert (work.operations, work.uncounted) == (0, ("the size of its answers",))


def test_a_tensor_that_no_machine_holds_makes_no_number_that_overflows(tmp_path: Path) -> None:
    path = write_model_that_needs_all_memory(tmp_path / "m.onnx")

    work = count_work(path, (("pixels", (1, 3, 8, 8)),), batch=1)

    assert sum(one.operand_bytes for one in work.operators) < 2**63


def test_a_layer_that_its_input_does_not_fit_is_named_as_not_counted(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "m.onnx")

    work = count_work(tmp_path / "m.onnx", (("image", (1, 5, 8, 8)),), batch=1)

    assert work.uncounted == ("1 of 3 Conv",)
