"""Builds model cards, and hands them out in place of the worker process that reads model files."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.vocabulary import ModelCard, TensorSpec


def make_spec(name: str, *shape: int | None, dtype: str = "float32") -> TensorSpec:
    """A tensor; `None` for an axis of any size."""
    return TensorSpec(name=name, dtype=dtype, shape=shape)


def make_card(**fields: Any) -> ModelCard:  # noqa: ANN401 - an override has its field's type
    """A model of one convolution that reads pictures of 8 x 8 and knows three classes."""
    default = ModelCard(
        file="mine.onnx",
        size_bytes=1000,
        opset=17,
        inputs=(make_spec("image", None, 3, 8, 8),),
        outputs=(make_spec("scores", None, 3),),
        operators={"Conv": 1},
        custom_domains=(),
        parameter_bytes=500,
        external_files=(),
        is_quantized=False,
    )
    return replace(default, **fields)


def handed_out(cards: Mapping[str, ModelCard]) -> Callable[[Path], ModelCard]:
    """Looks a card up by the file's name."""
    return lambda path: cards[path.name]
