"""Makes the workloads that measure speed and memory alone: an exported network, and a seed for its inputs.

Needs torch, onnx and for some transformers, imported inside the functions; running what it makes needs none.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.workloads.builtin.exporting import traced, write_model
from harness.workloads.builtin.files import toml_list
from harness.workloads.builtin.pinned import require_modules, sha256_of

_PACKAGE = "harness.workloads.builtin.latency_only"
_TOML = """\
# Written by `planner workloads prepare {name}`. The weights are random: quality is not measured.
schema = 2
name = "{name}"
title = "{title}"
task = "none"
licence = "Apache-2.0 (architecture built here, random weights)"
source = "{source}"

[model]
file = "model.onnx"
sha256 = "{model}"
torch = "{torch}"

[preprocessing]
kind = "random"
samples = {samples}
tensors = [
{tensors}
]

[variants]
default = {variants}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tensor:
    """An input: its name, the shape of one sample, and for whole numbers the first and the one after the last."""

    name: str
    shape: tuple[int, ...]
    limits: tuple[int, int] | None = None

    @property
    def line(self) -> str:
        """As the description names it."""
        told = f'name = "{self.name}", shape = {list(self.shape)}'
        if self.limits is None:
            return f"    {{ {told} }},"
        return f'    {{ {told}, dtype = "int64", low = {self.limits[0]}, high = {self.limits[1]} }},'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    """What is made: `maker` in a module of this package gives the network."""

    name: str
    title: str
    source: str
    module: str
    maker: str
    needs: tuple[str, ...]
    tensors: tuple[_Tensor, ...]
    output: str
    samples: int
    variants: tuple[str, ...]


_IMAGE = _Tensor(name="image", shape=(3, 224, 224))
_RESNET50 = _Network(
    name="resnet50",
    title="ResNet-50 with random weights, 224 x 224",
    source="He et al., 2015, with random weights from seed 1 and settled BatchNorm.",
    module="resnet50",
    maker="resnet50",
    needs=("torch", "onnx"),
    tensors=(_IMAGE,),
    output="logits",
    samples=64,
    variants=("fp32", "int8-static:per-tensor", "int8-static:per-channel"),
)
_BERT_BASE = _Network(
    name="bert-base",
    title="BERT-base with random weights, 128 tokens",
    source="Devlin et al., 2018, from transformers' configuration, with random weights from seed 1.",
    module="transformer",
    maker="bert_base",
    needs=("torch", "transformers", "onnx"),
    tensors=(
        _Tensor(name="input_ids", shape=(128,), limits=(0, 30_522)),
        _Tensor(name="attention_mask", shape=(128,), limits=(1, 2)),  # no token is padding
        _Tensor(name="token_type_ids", shape=(128,), limits=(0, 2)),
    ),
    output="features",
    samples=32,
    variants=("fp32", "int8-dynamic:per-channel", "int8-static:per-channel"),
)
_VIT_L_16 = _Network(
    name="vit-l-16",
    title="ViT-L/16 with random weights, 224 x 224",
    source="Dosovitskiy et al., 2020, from transformers' configuration, with random weights from seed 1.",
    module="transformer",
    maker="vit_l_16",
    needs=("torch", "transformers", "onnx"),
    tensors=(_IMAGE,),
    output="logits",
    samples=16,
    variants=("fp32", "int8-dynamic:per-channel", "int8-static:per-channel"),
)


def make_resnet50(folder: Path, *, report: Callable[[str], None]) -> None:
    """Write the workload `resnet50` into an empty folder.

    Raises:
        WorkloadError: something it is made with is missing.
    """
    _make(_RESNET50, folder, report)


def make_bert_base(folder: Path, *, report: Callable[[str], None]) -> None:
    """Write the workload `bert-base` into an empty folder.

    Raises:
        WorkloadError: something it is made with is missing.
    """
    _make(_BERT_BASE, folder, report)


def make_vit_l_16(folder: Path, *, report: Callable[[str], None]) -> None:
    """Write the workload `vit-l-16` into an empty folder.

    Raises:
        WorkloadError: something it is made with is missing.
    """
    _make(_VIT_L_16, folder, report)


def _make(network: _Network, folder: Path, report: Callable[[str], None]) -> None:
    require_modules(*network.needs)
    report(f"building {network.title}")
    built = getattr(importlib.import_module(f"{_PACKAGE}.{network.module}"), network.maker)()
    report("exporting it to ONNX")
    write_model(traced(built, _examples(network), output=network.output), folder / "model.onnx", name=network.name)
    text = _TOML.format(
        name=network.name,
        title=network.title,
        source=network.source,
        model=sha256_of(folder / "model.onnx"),
        torch=f"{_PACKAGE}.{network.module}:{network.maker}",
        samples=network.samples,
        tensors="\n".join(tensor.line for tensor in network.tensors),
        variants=toml_list(network.variants),
    )
    (folder / "workload.toml").write_text(text, encoding="utf-8")


def _examples(network: _Network) -> dict[str, object]:
    """Two samples that only have the right shapes and types: tracing reads no values."""
    import torch  # noqa: PLC0415 - heavy and optional

    types = {tensor.name: torch.float32 if tensor.limits is None else torch.int64 for tensor in network.tensors}
    return {tensor.name: torch.ones(2, *tensor.shape, dtype=types[tensor.name]) for tensor in network.tensors}
