"""Up to which operator set ONNX Runtime can run what its quantizer writes.

A release of ONNX Runtime runs the FP32 operators of a newer set long before it has QuantizeLinear of that set.
"""

from functools import cache

_SMALLEST = 13  # from here on scales may be given for each channel; every release since 1.6 has it
_IR = 8  # of 2021, which every release in use reads
_FLOAT, _UINT8 = 1, 2


@cache
def newest_qdq_opset(opset: int) -> int:
    """The newest operator set up to `opset` whose QuantizeLinear the installed ONNX Runtime has."""
    return next((one for one in range(opset, _SMALLEST, -1) if _runs(one)), _SMALLEST)


def _runs(opset: int) -> bool:
    import onnxruntime as ort  # noqa: PLC0415 - heavy, and absence is a normal answer

    options = ort.SessionOptions()
    options.log_severity_level = 4  # a refusal is an answer here
    try:
        ort.InferenceSession(_pair(opset), options, providers=["CPUExecutionProvider"])
    except Exception:  # noqa: BLE001 - its errors share no class but this one
        return False
    return True


def _pair(opset: int) -> bytes:
    from onnx import helper  # noqa: PLC0415 - see above

    scale = [helper.make_tensor("scale", _FLOAT, [], [0.1]), helper.make_tensor("zero", _UINT8, [], [0])]
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["y"]),
    ]
    ends = [helper.make_tensor_value_info(name, _FLOAT, ["n"]) for name in ("x", "y")]
    graph = helper.make_graph(nodes, "pair", ends[:1], ends[1:], scale)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=_IR)
    return bytes(model.SerializeToString())
