"""The real TensorRT-RTX builds for GPUs that are not here: what it says of precisions is asserted as it was found."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.engines import MISSING, NODES, write_qdq_model, write_residual_model

from harness.errors import UnavailableError, UsageError, WorkloadError
from harness.quantize.typed_onnx import write_typed
from harness.runtimes.cuda.driver import driver_refusal
from harness.runtimes.tensorrt import TensorRtRtx
from harness.runtimes.tensorrt.building import TypedModel, build_engine, digest_of_model
from harness.runtimes.tensorrt.cache import EngineCache
from harness.vocabulary import Method, Precision
from harness.vocabulary.engine import BuiltEngine, EngineOrder

trt = pytest.importorskip("tensorrt_rtx", reason=MISSING)
pytest.importorskip("onnxruntime", reason=MISSING)

_NO_DRIVER = pytest.mark.skipif(driver_refusal() is None, reason="there is a GPU here")


class Yard:
    """Models, and one cache of what is built of them."""

    def __init__(self, folder: Path) -> None:
        self.log = io.StringIO()
        self.steps: list[tuple[int, int]] = []
        self._cache = EngineCache(folder / "cache")
        self.models = {"fp32": write_residual_model(folder / "fp32.onnx")}
        self.models["int8"] = write_qdq_model(folder / "int8.onnx", self.models["fp32"])
        for source, name in (("fp32", "fp16"), ("int8", "int8-in-fp16")):
            self.models[name] = folder / f"{name}.onnx"
            write_typed(self.models[source], self.models[name], Method.FP16)

    def build(self, name: str, target: str | None, *, batches: tuple[int, ...] = (1,)) -> BuiltEngine:
        path = self.models[name]
        order = EngineOrder(
            module="tensorrt_rtx", precision=Precision(name.partition("-")[0]), target=target, batches=batches
        )
        model = TypedModel(path=path, digests=digest_of_model(path), compute_nodes=NODES)
        return build_engine(
            model, order, cache=self._cache, log=self.log, progress=lambda done, total: self.steps.append((done, total))
        )

    def precisions(self, name: str, target: str) -> list[str]:
        """Of the layers of linear algebra."""
        return [str(one.precision) for one in self.build(name, target).record.proof.layers if one.is_compute]


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Yard:
    return Yard(tmp_path_factory.mktemp("yard"))


@pytest.mark.parametrize(
    ("name", "target", "found"),
    [
        ("fp32", "sm_80", ["fp32", "fp32", "fp32"]),
        ("fp16", "sm_80", ["fp16", "fp16", "fp16"]),
        ("fp16", "sm_75", ["fp16", "fp16", "fp16"]),
        ("int8", "sm_80", ["int8", "int8", "int8"]),
        # Built without a word, and not INT8: on sm_75 convolutions with Q/DQ multiply in FP16, the product in INT8.
        ("int8-in-fp16", "sm_75", ["fp16", "fp16", "int8"]),
    ],
)
def test_the_builder_tells_what_each_layer_computes_in(yard: Yard, name: str, target: str, found: list[str]) -> None:
    assert yard.precisions(name, target) == found


@pytest.mark.parametrize("name", ["fp32", "int8"])
def test_a_refusal_of_the_builder_is_told_in_its_own_words_with_what_helps(yard: Yard, name: str) -> None:
    with pytest.raises(UnavailableError, match=r"FP32 GEMM is not supported.*--precision fp16"):
        yard.build(name, "sm_75")


def test_an_engine_comes_with_everything_that_decided_it_and_is_not_built_twice(yard: Yard) -> None:
    built = yard.build("fp16", "sm_89", batches=(1, 4))
    again = yard.build("fp16", "sm_89", batches=(1, 4))

    request = built.record.request
    assert (built.was_cached, again.was_cached) == (False, True)
    assert again.record == built.record
    assert Path(built.path).stat().st_size == built.record.size_bytes > 10_000
    assert (request.version, request.target, request.workspace_bytes) == (trt.__version__, "sm_89", 4 * 2**30)
    assert [one.least[0] for (one,) in request.profiles] == [1, 2]
    assert "no-tf32" in request.flags
    assert built.record.timing_cache == "none: this builder times no tactics"
    assert yard.steps[-1][0] <= yard.steps[-1][1]


def test_what_tensorrt_says_goes_into_the_log_and_nowhere_else(yard: Yard, capfd: pytest.CaptureFixture[str]) -> None:
    yard.build("fp16", "sm_86")

    assert capfd.readouterr() == ("", "")
    assert "TensorRT info: " in yard.log.getvalue()


def test_a_target_that_the_builder_does_not_know_is_refused_with_those_it_knows(yard: Yard) -> None:
    with pytest.raises(UnavailableError, match=r"builds for sm_75, sm_80, .*not for sm_90"):
        yard.build("fp16", "sm_90")
    with pytest.raises(UsageError, match="--target"):
        yard.build("fp16", "t4")


def test_a_file_that_is_no_model_is_told_so_by_the_parser(yard: Yard, tmp_path: Path) -> None:
    yard.models["fp32-broken"] = tmp_path / "broken.onnx"
    yard.models["fp32-broken"].write_bytes(b"no model")

    with pytest.raises(WorkloadError, match=r"TensorRT cannot read broken\.onnx"):
        yard.build("fp32-broken", "sm_80")


def test_q_dq_for_a_cpu_is_refused_with_the_recipe_that_tensorrt_takes(yard: Yard, tmp_path: Path) -> None:
    import onnx  # noqa: PLC0415 - an extra

    model = onnx.load(str(yard.models["int8"]))
    for one in model.graph.initializer:
        if one.name == "image_zero_point":
            one.CopyFrom(onnx.helper.make_tensor(one.name, onnx.TensorProto.UINT8, [], [128]))
    yard.models["int8-for-cpu"] = tmp_path / "cpu.onnx"
    onnx.save(model, str(yard.models["int8-for-cpu"]))

    with pytest.raises(WorkloadError, match=r"TensorRT cannot read cpu\.onnx.*int8-static:symmetric,tensorrt"):
        yard.build("int8-for-cpu", "sm_80")


def test_the_runtime_reads_what_a_model_takes_without_a_gpu(yard: Yard) -> None:
    (spec,) = TensorRtRtx().read(yard.models["fp32"])

    assert spec.text == "image float32 [N, 3, 8, 8]"


_OPEN = """
import sys
from pathlib import Path
from harness.errors import UnavailableError
from harness.runtimes.tensorrt import TensorRtRtx
from harness.runtimes.tensorrt.cache import read_record
from harness.runtimes.tensorrt.engine import open_engine
from harness.variants import parse_variant
engine, model = map(Path, sys.argv[1:])
record = read_record(engine.with_name("provenance.json"))
for attempt in (
    lambda: open_engine(engine, record, log=sys.stderr),
    lambda: TensorRtRtx().open(model, recipe=parse_variant("fp32"), threads=1),
):
    try:
        attempt()
    except UnavailableError as error:
        print(error)
print(TensorRtRtx().probe().reason)
print("tensorrt_rtx" in sys.modules)
"""


def test_what_only_a_gpu_reaches_bears_the_names_that_are_used_there() -> None:
    for name in ("create_runtime_cache", "set_runtime_cache", "dynamic_shapes_kernel_specialization_strategy"):
        assert hasattr(trt.IRuntimeConfig, name)
    for name in ("serialize", "deserialize"):
        assert hasattr(trt.IRuntimeCache, name)
    assert trt.DynamicShapesKernelSpecializationStrategy.EAGER
    assert trt.CudaGraphStrategy.WHOLE_GRAPH_CAPTURE


@_NO_DRIVER
def test_without_a_target_and_a_gpu_a_target_is_asked_for(yard: Yard) -> None:
    with pytest.raises(UnavailableError, match="for example --target sm_80"):
        yard.build("fp16", None)


@_NO_DRIVER
def test_without_a_driver_engines_are_refused_before_tensorrt_is_even_loaded(yard: Yard) -> None:
    engine = yard.build("fp16", "sm_80").path

    answer = subprocess.run(
        [sys.executable, "-c", _OPEN, engine, str(yard.models["fp32"])], capture_output=True, text=True, check=True
    )

    opened, ran, probed, is_loaded = answer.stdout.splitlines()
    assert "no NVIDIA driver" in opened
    assert "tensorrt-rtx cannot run here: no NVIDIA driver" in ran
    assert "is installed, but no NVIDIA driver" in probed
    assert is_loaded == "False"
