"""Small ONNX models whose cost is known in advance, each with a workload that feeds it.

A chain of so many equal layers: 206 of them take 3 % longer than 200, less what a call costs besides. That is the
known difference that a method is to find.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.workloads.workload import Workload, open_workload

WIDTH = 64
LAYERS = 200
LONGER = 206  # 3 % more
_OPSET, _IR = 17, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A model file, and the workload that has its inputs."""

    model: Path
    workload: Workload


def write_chain(folder: Path, *, layers: int = LAYERS) -> Chain:
    """Write the chain and its description into the folder."""
    import onnx  # noqa: PLC0415 - an extra
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415 - an extra

    randomness = np.random.default_rng(0)
    weight = randomness.normal(0.0, WIDTH**-0.5, (WIDTH, WIDTH)).astype(np.float32)
    nodes, last = [], "x"
    for place in range(layers):
        nodes.append(helper.make_node("MatMul", [last, "w"], [f"m{place}"], name=f"/{place}/MatMul"))
        nodes.append(helper.make_node("Tanh", [f"m{place}"], [f"t{place}"], name=f"/{place}/Tanh"))
        last = f"t{place}"
    shape = ["n", WIDTH]
    graph = helper.make_graph(
        nodes,
        "chain",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(weight, "w")],
    )
    model = folder / f"chain-{layers}.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR), str(model))
    description = folder / f"chain-{layers}.toml"
    description.write_text(_DESCRIPTION.format(layers=layers, model=model.name, width=WIDTH), encoding="utf-8")
    return Chain(model=model, workload=open_workload(str(description)))


_DESCRIPTION = """schema = 2
name = "chain-{layers}"
title = "{layers} equal layers"
task = "none"
licence = "none"
source = "made for a comparison"

[model]
file = "{model}"

[preprocessing]
kind = "random"
samples = 16
seed = 1
tensors = [{{ name = "x", dtype = "float32", shape = [{width}] }}]

[variants]
default = ["fp32"]
"""
