"""Q/DQ on the other branch of an addition behind a convolution, as TensorRT wants it.

TensorRT fuses such an addition into the convolution. Where the residual is a float, the fused kernel must answer in
floats, and the Q behind it is a kernel of its own; where it is INT8, so is the answer. The pair stands on the residual
alone: one on the convolution's own branch would keep the two apart. Source: NVIDIA's developer guide, "Explicit
quantization", Q/DQ placement recommendations.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from harness.quantize.onnx_ranges import Ranges

_QUANTIZE, _DEQUANTIZE = "QuantizeLinear", "DequantizeLinear"
_LARGEST = 127.0
_LEAST_SCALE = float(np.finfo(np.float32).tiny)

Node = Any
"""An `onnx.NodeProto`: a class of a package that may not be here."""


def quantize_residuals(path: Path, ranges: Ranges, *, left_out: frozenset[str] = frozenset()) -> int:
    """Give every residual a Q/DQ pair of its own, and return how many.

    Args:
        path: a model with symmetric Q/DQ, changed in place; weights outside of it stay where they are.
        ranges: of activations, by name.
        left_out: additions, by name, that stay as they are.
    """
    import onnx  # noqa: PLC0415 - heavy, and absence is a normal answer

    model = onnx.load(str(path), load_external_data=False)
    graph = model.graph
    makers = {name: node for node in graph.node for name in node.output}
    found = [one for one in _residuals(graph, makers) if one[0].name not in left_out and one[2] in ranges]
    if not found:
        return 0
    pairs: dict[int, tuple[Node, Node]] = {}
    for number, (addition, place, tensor) in enumerate(found):
        scale = max(_LEAST_SCALE, max(map(abs, ranges[tensor])) / _LARGEST)
        names = [f"{tensor}/residual_{number}_{part}" for part in ("scale", "zero_point", "q", "dq")]
        graph.initializer.append(onnx.numpy_helper.from_array(np.float32(scale).reshape(()), names[0]))
        graph.initializer.append(onnx.numpy_helper.from_array(np.int8(0).reshape(()), names[1]))
        pairs[id(addition)] = (
            onnx.helper.make_node(_QUANTIZE, [tensor, *names[:2]], [names[2]], name=names[2]),
            onnx.helper.make_node(_DEQUANTIZE, [names[2], *names[:2]], [names[3]], name=names[3]),
        )
        addition.input[place] = names[3]
    ordered = [one for node in graph.node for one in (*pairs.get(id(node), ()), node)]
    copies = [onnx.NodeProto.FromString(one.SerializeToString()) for one in ordered]
    del graph.node[:]
    graph.node.extend(copies)
    onnx.save(model, str(path))
    return len(found)


def _residuals(graph: Any, makers: Mapping[str, Node]) -> Iterator[tuple[Node, int, str]]:  # noqa: ANN401 - an onnx.GraphProto
    """Additions, which of their inputs is the residual, and the float tensor that it comes from."""
    constants = {one.name for one in graph.initializer}
    depths = _depths(graph)
    for node in graph.node:
        if node.op_type != "Add" or constants.intersection(node.input):
            continue
        behind = [place for place, name in enumerate(node.input) if _is_convolution(makers.get(name))]
        if not behind:
            continue
        main = max(behind, key=lambda place: depths.get(node.input[place], 0))
        residual = 1 - main
        yield node, residual, _float_source(node.input[residual], makers)


def _is_convolution(node: Node | None) -> bool:
    return node is not None and node.op_type in {"Conv", "ConvTranspose"}


def _float_source(name: str, makers: Mapping[str, Node]) -> str:
    """The tensor before the Q/DQ pair that a name comes from, which another node may be reading: each has its own."""
    dequantize = makers.get(name)
    quantize = makers.get(dequantize.input[0]) if dequantize is not None and dequantize.op_type == _DEQUANTIZE else None
    return str(quantize.input[0]) if quantize is not None and quantize.op_type == _QUANTIZE else name


def _depths(graph: Any) -> dict[str, int]:  # noqa: ANN401 - an onnx.GraphProto
    """How many nodes, at most, lie before each tensor: the residual is the shorter way."""
    depths: dict[str, int] = {}
    for node in graph.node:
        depth = 1 + max((depths.get(name, 0) for name in node.input), default=0)
        depths.update(dict.fromkeys(node.output, depth))
    return depths
