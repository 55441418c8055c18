"""What a call of a check's model has to do, counted on shapes alone: nothing is computed, so that a CPU can count it.

Products of matrices and convolutions, a multiplication and an addition being two: PyTorch's own counter. Of a
convolution's operations, those on padding multiply zeros that are known beforehand.
"""

import copy
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from harness.vocabulary import ModelWork, StoredWeights

_FP32_BITS = 32
_LEAST_BYTES = 2
"""Of an element of inputs and outputs: no variant takes or gives fewer, and what is counted must not be too much."""


def work_of(module: Any, sample: Sequence[int], batch: int) -> ModelWork:  # noqa: ANN401 - a module of PyTorch
    """The work of a call of `module` with [batch, *sample]; its weights stay where they are, and as they are."""
    shapes = copy.deepcopy(module).to("meta")
    padding = _PaddingCounter()
    for one in shapes.modules():
        if isinstance(one, nn.Conv2d):
            one.register_forward_hook(padding)
    given = torch.empty(batch, *sample, device="meta")
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        answer = shapes(given)
    elements = sum(parameter.numel() for parameter in module.parameters())
    return ModelWork(
        batch=batch,
        operations=counter.get_total_flops(),
        skippable=padding.operations,
        weights=(StoredWeights(bits=_FP32_BITS, elements=elements),),
        input_bytes=given.numel() * _LEAST_BYTES,
        output_bytes=answer.numel() * _LEAST_BYTES,
        operators=(),
    )


class _PaddingCounter:
    """A hook that adds up the operations of convolutions whose operand is padding."""

    def __init__(self) -> None:
        self.operations = 0

    def __call__(self, convolution: nn.Conv2d, given: tuple[Any, ...], answer: Any) -> None:  # noqa: ANN401 - a tensor
        inside = [
            _taps_inside(given[0].shape[2 + side], answer.shape[2 + side], convolution, side) for side in range(2)
        ]
        taps = math.prod(answer.shape[2:]) * math.prod(convolution.kernel_size)
        each = 2 * answer.shape[0] * answer.shape[1] * convolution.in_channels // convolution.groups
        self.operations += each * (taps - math.prod(inside))


def _taps_inside(size: int, places: int, convolution: nn.Conv2d, side: int) -> int:
    """How often, along one side, a tap of the kernel lies on the input and not on its padding."""
    stride, dilation = convolution.stride[side], convolution.dilation[side]
    first = -int(convolution.padding[side])
    return sum(
        0 <= first + place * stride + tap * dilation < size
        for place in range(places)
        for tap in range(convolution.kernel_size[side])
    )
