"""Writes a workload with a real ONNX model, so small that quantizing it takes no time.

Three convolutions with biases and a classifier, with random weights. The second convolution lies
between two that are quantised, which is where runtimes and quantizers quietly quantise what a
recipe leaves out.
"""

import hashlib
from pathlib import Path

import numpy as np

INPUT = "image"
NODES = ("/first/Conv", "/middle/Conv", "/last/Conv", "/head/Gemm")
CHANNELS = 16
_SIDE = 8
_CLASSES = 4


def write_tiny_workload(folder: Path) -> Path:
    """Write the workload into `folder`, which is made if it is missing, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tiny_model(folder / "model.onnx")
    randomness = np.random.default_rng(1)
    for name, samples in (("test", 32), ("calibration", 24)):
        inputs = randomness.integers(0, 256, (samples, _SIDE, _SIDE), dtype=np.uint8)
        np.savez_compressed(folder / f"{name}.npz", inputs=inputs, labels=np.arange(samples) % _CLASSES)
    describe(folder)
    return folder


def write_tiny_model(path: Path) -> None:
    """Write the model alone."""
    import onnx  # noqa: PLC0415 - an extra: a test that needs it says so, this module is imported by all
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415 - see above

    randomness = np.random.default_rng(0)
    inputs_of = {"first": 3, "middle": CHANNELS, "last": CHANNELS}
    weights = {
        name: randomness.normal(0.0, 0.2, shape).astype(np.float32)
        for layer, inputs in inputs_of.items()
        for name, shape in ((f"{layer}.w", (CHANNELS, inputs, 3, 3)), (f"{layer}.b", (CHANNELS,)))
    }
    weights["head.w"] = randomness.normal(0.0, 0.5, (_CLASSES, CHANNELS)).astype(np.float32)
    weights["head.b"] = randomness.normal(0.0, 0.1, _CLASSES).astype(np.float32)
    nodes, last = [], INPUT
    for layer in inputs_of:
        taken = [last, f"{layer}.w", f"{layer}.b"]
        nodes.append(helper.make_node("Conv", taken, [f"{layer}.c"], name=f"/{layer}/Conv", pads=[1] * 4))
        nodes.append(helper.make_node("Relu", [f"{layer}.c"], [f"{layer}.r"], name=f"/{layer}/Relu"))
        last = f"{layer}.r"
    nodes.append(helper.make_node("GlobalAveragePool", [last], ["pooled"], name="/pool"))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["flat"], name="/flatten"))
    nodes.append(helper.make_node("Gemm", ["flat", "head.w", "head.b"], ["scores"], name="/head/Gemm", transB=1))
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", 3, _SIDE, _SIDE])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", _CLASSES])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(path))


def describe(folder: Path) -> None:
    """Write `workload.toml` with the hashes that the files in `folder` have now."""
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in _FILES.values()}
    model, test, calibration = (f'{{ file = "{name}", sha256 = "{files[name]}" }}' for name in _FILES.values())
    text = f"""schema = 2
name = "tiny"
title = "Three convolutions"
task = "classification"
licence = "none"
source = "made for a test"
model = {model}
variants = {{ default = ["fp32", "int8-static"] }}

[preprocessing]
kind = "image"
input = "{INPUT}"
height = {_SIDE}
width = {_SIDE}
mean = [127.0]
std = [128.0]

[data]
test = {test}
calibration = {calibration}
classes = ["a", "b", "c", "d"]

[sensitivity]
keep_fp32 = 1
nodes = [{", ".join(f'{{ name = "{node}", snr_db = {20 + place}.0 }}' for place, node in enumerate(NODES))}]
"""
    (folder / "workload.toml").write_text(text, encoding="utf-8")


_FILES = {"model": "model.onnx", "test": "test.npz", "calibration": "calibration.npz"}
