"""Tiny networks with a residual, in FP32 and with Q/DQ, for builders of engines."""

from pathlib import Path

import numpy as np

from harness.vocabulary import KernelProof
from harness.vocabulary.engine import EngineRecord, EngineRequest, InputRange

NODES = ("/first/Conv", "/second/Conv", "/head/Gemm")
CHANNELS = 16
SIDE = 8
MISSING = "tensorrt-rtx is not here: pip install 'planner[tensorrt-rtx]'"


def make_request() -> EngineRequest:
    """An engine's key in full."""
    return EngineRequest(
        model_digests=("a" * 64,),
        code="b" * 64,
        module="tensorrt_rtx",
        version="1.7.1",
        target="sm_80",
        gpu="",
        precision="int8",
        rest="fp32",
        flags=("no-tf32",),
        workspace_bytes=2**32,
        profiles=((InputRange(name="x", least=(1, 3), best=(8, 3), most=(8, 3)),),),
        optimization_level=3,
    )


def make_record() -> EngineRecord:
    """Of an engine whose bytes are `abc`."""
    return EngineRecord(
        schema="planner.engine/1",
        request=make_request(),
        engine_sha256="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",  # of abc
        size_bytes=3,
        build_s=0.1,
        built_at="2026-11-28T00:00:00+00:00",
        proof=KernelProof(source="builder", layers=()),
        timing_cache="none",
        inputs={},
        outputs={},
    )


def write_residual_model(path: Path, *, batch: int | str = "n") -> Path:
    """`image` [batch, 3, 8, 8]: a convolution, another one that is added to it, a mean and a classifier."""
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415 - an extra: a test that needs it says so

    randomness = np.random.default_rng(0)
    shapes = {"w1": (CHANNELS, 3, 3, 3), "w2": (CHANNELS, CHANNELS, 3, 3), "b1": (CHANNELS,), "b2": (CHANNELS,)}
    weights = {name: randomness.normal(0.0, 0.2, shape) for name, shape in {**shapes, "wh": (16, CHANNELS)}.items()}
    nodes = [
        helper.make_node("Conv", ["image", "w1", "b1"], ["c1"], name=NODES[0], pads=[1] * 4),
        helper.make_node("Relu", ["c1"], ["r1"], name="/first/Relu"),
        helper.make_node("Conv", ["r1", "w2", "b2"], ["c2"], name=NODES[1], pads=[1] * 4),
        helper.make_node("Add", ["c2", "r1"], ["sum"], name="/add"),
        helper.make_node("Relu", ["sum"], ["r2"], name="/second/Relu"),
        helper.make_node("GlobalAveragePool", ["r2"], ["pooled"], name="/pool"),
        helper.make_node("Flatten", ["pooled"], ["flat"], name="/flatten"),
        helper.make_node("Gemm", ["flat", "wh"], ["scores"], name=NODES[2], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "residual",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [batch, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [batch, 16])],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()],
    )
    return _save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)


def write_qdq_model(path: Path, source: Path) -> Path:
    """The model with Q/DQ as our recipe for TensorRT places them before it looks at residuals."""
    from onnxruntime import quantization as quant  # noqa: PLC0415 - see above

    from harness.quantize.qdq_scheme import cpu_traits, static_scheme  # noqa: PLC0415 - imported by all tests
    from harness.variants import parse_variant  # noqa: PLC0415 - as above

    scheme = static_scheme(parse_variant("int8-static:symmetric,tensorrt"), cpu_traits())

    class Reader(quant.CalibrationDataReader):  # type: ignore[misc] # the package is untyped
        """Four batches."""

        def __init__(self) -> None:
            self.left = [np.random.default_rng(seed).normal(size=(2, 3, SIDE, SIDE)) for seed in range(4)]

        def get_next(self) -> dict[str, np.ndarray] | None:
            return {"image": self.left.pop().astype(np.float32)} if self.left else None

    quant.quantize_static(
        str(source),
        str(path),
        Reader(),
        quant_format=quant.QuantFormat.QDQ,
        per_channel=True,
        activation_type=quant.QuantType[scheme.activations],
        weight_type=quant.QuantType[scheme.weights],
        op_types_to_quantize=list(scheme.operators),
        extra_options=dict(scheme.options),
    )
    return path


def _save(model: object, path: Path) -> Path:
    import onnx  # noqa: PLC0415 - see above

    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path
