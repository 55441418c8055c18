"""What a model asks for and answers, in the words of no runtime."""

from collections.abc import Iterator
from dataclasses import dataclass

ANY_DTYPE = "any"
_PICTURE_AXES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorSpec:
    """A model's input or output. `dtype` is numpy's name; an axis of `None` takes any size; the first is the batch.

    Where a model does not tell them, the dtype is `ANY_DTYPE` and the shape empty: data are taken as they come.
    An optional input may be left out.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...]
    is_optional: bool = False

    @property
    def batch(self) -> int | None:
        """The batch size that the model is fixed at; `None` where it takes any."""
        return self.shape[0] if self.shape else None

    @property
    def text(self) -> str:
        """For messages: `image float32 [N, 3, 96, 96]`; free axes behind the batch are L, or H and W of a picture."""
        if self.dtype == ANY_DTYPE:
            return self.name
        letters = iter(self._letters())
        axes = ", ".join(next(letters) if axis is None else str(axis) for axis in self.shape)
        return f"{self.name} {self.dtype} [{axes}]"

    def _letters(self) -> Iterator[str]:
        """A letter for each free axis, no two the same: nothing says that they are equally long."""
        if self.shape[:1] == (None,):
            yield "N"
        free = self.shape[1:].count(None)
        is_picture = len(self.shape) == _PICTURE_AXES and free == len("HW")
        yield from "HW" if is_picture else "LMK"[:free]
        yield from (f"L{number}" for number in range(4, free + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What a model file says of itself, without its weights being loaded or anything being run.

    `operators` counts the nodes of each kind, subgraphs included; names outside of ONNX's own domain bear theirs
    (`com.microsoft.QGemm`). `custom_domains` are those other than ONNX's own that nodes come from. `external_files`
    are files beside the model that hold weights, relative to its folder. `problems` do not keep it from being
    measured, but may keep a runtime or a recipe from it: each is a sentence.
    """

    file: str
    size_bytes: int
    opset: int
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    operators: dict[str, int]
    custom_domains: tuple[str, ...]
    parameter_bytes: int
    external_files: tuple[str, ...]
    is_quantized: bool
    problems: tuple[str, ...] = ()

    @property
    def batch(self) -> int | None:
        """The batch size that the model is fixed at; `None` where it takes any."""
        return next((spec.batch for spec in self.inputs if spec.batch is not None), None)
