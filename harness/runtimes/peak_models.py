"""Writes the ONNX models that a machine's peak rates are read from: chains of one layer, large and dense.

A chain spreads what stands before and behind the arithmetic (converting inputs, quantising) over several layers.
Convolutions have no padding, so that every operation counted is one that has to be done. INT8 is U8 activations
with S8 weights, one scale a channel: on x86 the pairing whose every layer runs in INT8.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.runtimes.base import Inputs

_OPSET = 17
_SCALE = 0.02
_INT8_ZERO = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakShape:
    """A chain of `layers`: matrix products of `side` rows, or convolutions that leave `side` x `side` places.

    `kernel` is the side of a convolution's kernel, 0 for matrix products.
    """

    channels: int
    side: int
    layers: int
    kernel: int = 0

    @property
    def text(self) -> str:
        """For people: `4 convolutions 3×3, 256 channels, 14×14`."""
        if not self.kernel:
            return f"{self.layers} products {self.side}×{self.channels} by {self.channels}×{self.channels}"
        what = f"{self.layers} convolution{'s' * (self.layers > 1)} {self.kernel}×{self.kernel}"
        return f"{what}, {self.channels} channels, {self.side}×{self.side}"

    @property
    def sides(self) -> tuple[int, ...]:
        """Of what each layer gives, the first one largest."""
        shrinks = max(0, self.kernel - 1)
        return tuple(self.side + shrinks * (self.layers - 1 - place) for place in range(self.layers))

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Of the one input, `x`."""
        if not self.kernel:
            return (self.side, self.channels)
        side = self.side + (self.kernel - 1) * self.layers
        return (1, self.channels, side, side)

    @property
    def weight_shape(self) -> tuple[int, ...]:
        """Of every layer's weight."""
        return (self.channels, self.channels, *(self.kernel,) * 2) if self.kernel else (self.channels,) * 2

    @property
    def operations(self) -> int:
        """Of one call, 2 for a multiply-add."""
        places = sum(side * side for side in self.sides) if self.kernel else sum(self.sides)
        return 2 * places * math.prod(self.weight_shape)


def peak_shapes(channels: int = 256) -> tuple[PeakShape, ...]:
    """Shapes that came near to the peak on a Zen 4 core, the quickest first; other `channels` only in tests.

    The first two take a few milliseconds in FP32: on a busy machine some calls then fit between two interruptions.
    """
    return (
        PeakShape(channels=3 * channels // 2, side=3 * channels // 4, layers=3),
        PeakShape(channels=channels, side=14, layers=1, kernel=3),
        PeakShape(channels=channels, side=14, layers=4, kernel=3),
    )


def write_peak_model(path: Path, shape: PeakShape, *, is_int8: bool) -> Inputs:
    """Write a chain with random weights, and give an input for it.

    Raises:
        ImportError: the package onnx is not here.
    """
    from onnx import TensorProto, helper, save  # noqa: PLC0415 - heavy, and absence is a normal answer

    chain = _Chain(shape, is_int8=is_int8)
    last = chain.build()
    side = shape.sides[-1]
    answer = (1, shape.channels, side, side) if shape.kernel else shape.input_shape
    graph = helper.make_graph(
        [*chain.nodes, helper.make_node("Identity", [last], ["y"])],
        "peak",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape.input_shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, answer)],
        chain.constants,
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=9), str(path))
    return {"x": chain.randomness.normal(0.0, 1.0, shape.input_shape).astype(np.float32)}


class _Chain:
    """The nodes and constants of a chain while it is being built."""

    def __init__(self, shape: PeakShape, *, is_int8: bool) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.randomness = np.random.default_rng(0)
        self._shape = shape
        self._is_int8 = is_int8

    def build(self) -> str:
        """Add everything; the name of the last layer's answer."""
        last = "x"
        if self._is_int8:
            self._constant("scale", np.array(_SCALE, dtype=np.float32))
            self._constant("zero", np.array(_INT8_ZERO, dtype=np.uint8))
            self._constant("weight_scales", np.full(self._shape.channels, _SCALE, dtype=np.float32))
            self._constant("weight_zeros", np.zeros(self._shape.channels, dtype=np.int8))
            last = self._quantized(last)
        for place in range(self._shape.layers):
            kind = "Conv" if self._shape.kernel else "MatMul"
            last = self._node(kind, last, self._weight(place), to=f"layer{place}")
            last = self._quantized(last) if self._is_int8 else last
        return last

    def _weight(self, place: int) -> str:
        shape, name = self._shape.weight_shape, f"weight{place}"
        if self._is_int8:
            self._constant(f"{name}_int8", self.randomness.integers(-127, 128, shape).astype(np.int8))
            told = (f"{name}_int8", "weight_scales", "weight_zeros")
            return self._node("DequantizeLinear", *told, to=name, axis=0 if self._shape.kernel else 1)
        spread = 1.0 / math.sqrt(math.prod(shape[1:]))  # else answers grow from layer to layer
        self._constant(name, self.randomness.normal(0.0, spread, shape).astype(np.float32))
        return name

    def _quantized(self, name: str) -> str:
        whole = self._node("QuantizeLinear", name, "scale", "zero", to=f"{name}_u8")
        return self._node("DequantizeLinear", whole, "scale", "zero", to=f"{name}_again")

    def _node(self, kind: str, *inputs: str, to: str, **attributes: int) -> str:
        from onnx import helper  # noqa: PLC0415 - see `write_peak_model`

        self.nodes.append(helper.make_node(kind, list(inputs), [to], name=to, **attributes))
        return to

    def _constant(self, name: str, value: NDArray[Any]) -> None:
        from onnx import numpy_helper  # noqa: PLC0415 - see `write_peak_model`

        self.constants.append(numpy_helper.from_array(value, name))
