"""The models of the check, in plain PyTorch with random weights: stacks of encoders, and ResNet-50.

Sizes are those of the papers. A rehearsal takes the same structure in small.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from harness.gpu_check.names import BERT_BASE, RESNET_50, VIT_L_16
from harness.workloads.builtin.latency_only.resnet50 import SIDE, resnet50

_SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A model and the batches that it is asked for. `is_convolutional` models have no INT8 in torchao."""

    name: str
    make: Callable[[], Any]
    sample: tuple[int, ...]
    batches: tuple[int, ...]
    is_convolutional: bool = False


class _Encoder(nn.Module):  # type: ignore[misc]  # torch is read as untyped
    """A layer of a transformer, pre-norm: attention and two products, as wide as `width`."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Any) -> Any:  # noqa: ANN401 - a tensor
        """[N, tokens, width] to the same."""
        shape = x.shape
        parts = self.qkv(self.first(x)).reshape(shape[0], shape[1], 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2])
        x = x + self.out(seen.transpose(1, 2).reshape(shape))
        return x + self.down(functional.gelu(self.up(self.second(x))))


def stack(layers: int, width: int, heads: int) -> Any:  # noqa: ANN401 - a module
    """So many encoders, one behind the other, the same at every call."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        return nn.Sequential(*(_Encoder(width, heads) for _ in range(layers))).eval()


def networks(*, is_rehearsal: bool) -> tuple[Network, ...]:
    """BERT-base on one sequence of 128 tokens and on 32 of them; ViT-L/16 and ResNet-50 on 32 images."""
    if is_rehearsal:
        return (Network(name="small encoders", make=lambda: stack(2, 64, 4), sample=(32, 64), batches=(1,)),)
    return (
        Network(name=BERT_BASE, make=lambda: stack(12, 768, 12), sample=(128, 768), batches=(1, 32)),
        Network(name=VIT_L_16, make=lambda: stack(24, 1024, 16), sample=(197, 1024), batches=(32,)),
        Network(name=RESNET_50, make=resnet50, sample=(3, SIDE, SIDE), batches=(32,), is_convolutional=True),
    )
