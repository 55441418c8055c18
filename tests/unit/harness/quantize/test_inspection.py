"""What an ONNX file is found to be, and which files are refused, with real files of a few hundred bytes."""

import contextlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.tiny_workload import write_tiny_model

from harness.errors import HarnessError, WorkloadError
from harness.quantize.inspection import inspect_onnx
from harness.vocabulary import TensorSpec

onnx = pytest.importorskip("onnx")
helper = onnx.helper
_FLOAT = 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "mine.onnx"


def _write(path: Path, change: Callable[[Any], None] | None = None, *, opset: int = 17) -> Path:
    """A model of one addition, with an initialiser, changed as the test wants."""
    ends = [helper.make_tensor_value_info(name, _FLOAT, ["n", 4]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"], name="/add")], "g", ends[:1], ends[1:])
    graph.initializer.append(helper.make_tensor("w", _FLOAT, [4], b"\0" * 16, raw=True))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    if change is not None:
        change(model)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(model.SerializeToString())
    return path


def _external(location: str, **entries: str) -> Callable[[Any], None]:
    def change(model: Any) -> None:  # noqa: ANN401 - a class of a package that may not be here
        tensor = model.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = tensor.EXTERNAL
        for key, value in ({"location": location} | entries).items():
            tensor.external_data.add(key=key, value=value)

    return change


def test_a_card_tells_inputs_outputs_operators_and_weights(path: Path) -> None:
    path.parent.mkdir()
    write_tiny_model(path)

    card = inspect_onnx(path)

    assert card.inputs == (TensorSpec(name="image", dtype="float32", shape=(None, 3, 8, 8)),)
    assert card.outputs == (TensorSpec(name="scores", dtype="float32", shape=(None, 4)),)
    assert card.operators == {"Conv": 3, "Relu": 3, "GlobalAveragePool": 1, "Flatten": 1, "Gemm": 1}
    assert (card.opset, card.batch, card.is_quantized, card.external_files) == (17, None, False, ())
    assert card.problems == ()
    assert 20_000 < card.parameter_bytes < card.size_bytes


def test_a_fixed_batch_axis_and_an_axis_of_minus_one_are_told_apart(path: Path) -> None:
    def fix(model: Any) -> None:  # noqa: ANN401 - see `_external`
        first, second = model.graph.input[0].type.tensor_type.shape.dim
        first.dim_value, second.dim_value = 2, -1

    card = inspect_onnx(_write(path, fix))

    assert card.inputs[0].shape == (2, None)
    assert card.batch == 2


def test_weights_listed_among_the_inputs_are_no_inputs(path: Path) -> None:
    def list_weight(model: Any) -> None:  # noqa: ANN401 - see `_external`
        model.graph.input.append(helper.make_tensor_value_info("w", _FLOAT, [4]))

    assert [spec.name for spec in inspect_onnx(_write(path, list_weight)).inputs] == ["x"]


def test_weights_in_a_file_beside_the_model_are_named_and_counted(path: Path) -> None:
    _write(path, _external("mine.data", offset="0", length="16"))
    (path.parent / "mine.data").write_bytes(b"\0" * 16)

    card = inspect_onnx(path)

    assert card.external_files == ("mine.data",)
    assert card.parameter_bytes == 16


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("/etc/passwd", "outside of its own folder"),
        ("../secret.bin", "outside of its own folder"),
        ("a/../../secret.bin", "outside of its own folder"),
        ("..\\secret.bin", "outside of its own folder"),
        ("C:\\secret.bin", "outside of its own folder"),
        ("link.bin", "outside of its own folder"),
        ("missing.bin", "is not beside it: copy that file into"),
        (".", "is not beside it"),
        ("a\0b", "cannot be read"),
        ("x" * 5000, "keeps weights in xxx"),
        ("loop.bin", "keeps weights in loop.bin"),
    ],
)
def test_weights_outside_the_models_folder_are_not_read(path: Path, location: str, says: str) -> None:
    _write(path, _external(location))
    (path.parent.parent / "secret.bin").write_bytes(b"\0" * 16)
    (path.parent / "link.bin").symlink_to("../secret.bin")
    (path.parent / "loop.bin").symlink_to("loop.bin")

    with pytest.raises(WorkloadError) as refusal:
        inspect_onnx(path)

    assert says in str(refusal.value)
    assert len(str(refusal.value)) < 600


@pytest.mark.parametrize("entries", [{"offset": "8", "length": "9"}, {"offset": "-1"}, {"length": "9" * 400}])
def test_weights_that_their_file_does_not_hold_are_refused(path: Path, entries: dict[str, str]) -> None:
    _write(path, _external("mine.data", **entries))
    (path.parent / "mine.data").write_bytes(b"\0" * 16)

    with pytest.raises(WorkloadError, match=r"copy the file again|that is no number"):
        inspect_onnx(path)


def test_weights_of_an_inner_graph_are_looked_at_too(path: Path) -> None:
    def nest(model: Any) -> None:  # noqa: ANN401 - see `_external`
        inner = helper.make_graph([], "inner", [], [])
        tensor = helper.make_tensor("hidden", _FLOAT, [4], b"\0" * 16, raw=True)
        inner.node.append(helper.make_node("Constant", [], ["hidden"], value=tensor))
        stored = inner.node[0].attribute[0].t
        stored.ClearField("raw_data")
        stored.data_location = stored.EXTERNAL
        stored.external_data.add(key="location", value="/etc/passwd")
        node = helper.make_node("If", ["x"], ["z"])
        node.attribute.append(helper.make_attribute("then_branch", inner))
        model.graph.node.append(node)

    with pytest.raises(WorkloadError, match="/etc/passwd, outside of its own folder"):
        inspect_onnx(_write(path, nest))


@pytest.mark.parametrize("domain", ["my.domain", "com.microsoft.nchwc", "ai.onnx.training"])
def test_operators_that_no_runtime_here_knows_are_refused_by_name(path: Path, domain: str) -> None:
    def replace(model: Any) -> None:  # noqa: ANN401 - see `_external`
        model.graph.node.append(helper.make_node("Frobnicate", ["y"], ["z"], domain=domain))

    with pytest.raises(WorkloadError, match=rf"mine\.onnx uses the operator Frobnicate of {domain} in 1 node: "):
        inspect_onnx(_write(path, replace))


def test_a_misspelt_operator_of_onnx_is_refused_unless_onnx_runtime_has_it(path: Path) -> None:
    pytest.importorskip("onnxruntime")

    def with_node(kind: str) -> Callable[[Any], None]:
        return lambda model: model.graph.node.append(helper.make_node(kind, ["y"], ["z"]))

    with pytest.raises(WorkloadError, match=r"mine\.onnx uses the operator Rellu of ONNX in 1 node: no runtime here"):
        inspect_onnx(_write(path, with_node("Rellu")))
    fused = inspect_onnx(_write(path, with_node("SimplifiedLayerNormalization")))
    assert fused.problems == ("SimplifiedLayerNormalization is no operator of ONNX: a runtime may refuse it",)


def test_operators_of_onnx_runtime_and_functions_of_the_model_itself_are_fine(path: Path) -> None:
    def extend(model: Any) -> None:  # noqa: ANN401 - see `_external`
        model.graph.node.append(helper.make_node("QGemm", ["y"], ["z"], domain="com.microsoft"))
        model.graph.node.append(helper.make_node("Twice", ["y"], ["t"], domain="own"))
        body = [helper.make_node("Add", ["a", "a"], ["b"])]
        model.functions.append(helper.make_function("own", "Twice", ["a"], ["b"], body, model.opset_import))

    card = inspect_onnx(_write(path, extend))

    assert card.is_quantized
    assert card.custom_domains == ("com.microsoft", "own")
    assert card.operators["com.microsoft.QGemm"] == 1
    assert card.problems == ("QGemm belong to ONNX Runtime: others may refuse them",)


@pytest.mark.parametrize("opset", [7, 12])
def test_an_old_opset_is_told_and_not_refused(path: Path, opset: int) -> None:
    assert f"its opset is {opset}" in inspect_onnx(_write(path, opset=opset)).problems[0]


@pytest.mark.parametrize("dims", [[0, 4], [2**40], [2**20, 2**20], [1, 2**31]])
def test_inputs_of_absurd_shapes_are_refused(path: Path, dims: list[int]) -> None:
    def stretch(model: Any) -> None:  # noqa: ANN401 - see `_external`
        model.graph.input[0].CopyFrom(helper.make_tensor_value_info("x", _FLOAT, dims))

    with pytest.raises(WorkloadError, match=r"cannot be: an axis|more memory than any machine has"):
        inspect_onnx(_write(path, stretch))


@pytest.mark.parametrize("dims", [[-1], [2**40, 2**40], [5]])
def test_weights_of_absurd_shapes_are_refused(path: Path, dims: list[int]) -> None:
    def stretch(model: Any) -> None:  # noqa: ANN401 - see `_external`
        model.graph.initializer[0].dims[:] = dims

    with pytest.raises(WorkloadError, match=r"claims .*: the file is damaged"):
        inspect_onnx(_write(path, stretch))


def test_an_input_that_is_no_tensor_is_refused(path: Path) -> None:
    def replace(model: Any) -> None:  # noqa: ANN401 - see `_external`
        model.graph.input[0].CopyFrom(helper.make_tensor_sequence_value_info("x", _FLOAT, ["n"]))

    with pytest.raises(WorkloadError, match="x is no tensor"):
        inspect_onnx(_write(path, replace))


@pytest.mark.parametrize("content", [b"", b"\x80\x04garbage", b"PK\x03\x04", b"hello world\n" * 50])
def test_what_is_no_onnx_file_is_refused(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(WorkloadError, match=r"mine\.onnx is not an ONNX file, or is damaged"):
        inspect_onnx(path)


def test_what_is_no_file_at_all_is_refused(path: Path) -> None:
    with pytest.raises(WorkloadError, match="cannot be read: No such file"):
        inspect_onnx(path)
    with pytest.raises(WorkloadError, match="is not a file: name an ONNX file"):
        inspect_onnx(path.parent.parent)


def test_a_file_larger_than_protobuf_can_hold_is_refused_before_it_is_read(path: Path) -> None:
    path.parent.mkdir()
    with path.open("wb") as file:
        file.truncate(2**31)  # a hole: no byte is written

    with pytest.raises(WorkloadError, match=r"2\.1 GB, an ONNX file can hold at most 2 GB: save it with its weights"):
        inspect_onnx(path)


def test_files_damaged_at_random_are_read_or_refused_and_nothing_else(path: Path) -> None:
    whole = _write(path, _external("mine.data")).read_bytes()
    (path.parent / "mine.data").write_bytes(b"\0" * 16)
    randomness = random.Random(1)

    for _ in range(1500):
        content = bytearray(whole)
        for _ in range(randomness.randint(1, 4)):
            content[randomness.randrange(len(content))] = randomness.randrange(256)
        path.write_bytes(bytes(content[: randomness.choice((len(content), randomness.randrange(len(content))))]))
        with contextlib.suppress(HarnessError):
            inspect_onnx(path)
