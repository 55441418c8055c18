"""Fits prepared samples to what a model asks for: names, element types, axes, and a batch axis that is fixed.

Converts only what loses nothing that matters (float64 to float32, whole numbers that fit); anything
else is refused with what the model reads and what the data are.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.runtimes.base import Inputs, Outputs
from harness.vocabulary import TensorSpec
from harness.vocabulary.model import ANY_DTYPE
from harness.workloads.data.reading import INPUT
from harness.workloads.data.renaming import renaming

_FLOATS = {"float16", "float32", "float64"}


def fit(inputs: Inputs, specs: Sequence[TensorSpec]) -> dict[str, NDArray[Any]]:
    """The inputs under the model's names, in its types, C-contiguous, padded where the batch is fixed.

    Raises:
        WorkloadError: an input is missing or unknown, or of another type or shape.
    """
    named = _named(inputs, specs)
    return {spec.name: _fitted(named[spec.name], spec) for spec in specs if spec.name in named}


def require_batch(specs: Sequence[TensorSpec], batch: int) -> None:
    """Refuse a batch size that the model cannot be called with.

    Raises:
        WorkloadError: its batch axis is fixed at another size.
    """
    for spec in specs:
        if spec.batch not in {None, batch}:
            raise WorkloadError(
                f"the batch axis of {spec.text} is fixed at {spec.batch}: use --batch {spec.batch}, or export the "
                "model with a dynamic batch axis"
            )


def unpadded(outputs: Outputs, *, samples: int) -> Outputs:
    """The answers to the samples alone, without those that filled a fixed batch up."""
    return {name: array[:samples] if array.ndim else array for name, array in outputs.items()}


def samples_of(inputs: Inputs) -> int:
    """How many samples a batch holds."""
    return len(next(iter(inputs.values())))


def _named(inputs: Inputs, specs: Sequence[TensorSpec]) -> Mapping[str, NDArray[Any]]:
    known = {spec.name for spec in specs}.intersection(inputs)
    wanted = [spec.name for spec in specs if not spec.is_optional or (not known and spec is specs[0])]
    is_nameless = set(inputs) == {INPUT} or (not known and all(spec.dtype == ANY_DTYPE for spec in specs))
    if is_nameless and len(inputs) == len(wanted) == 1:
        return {wanted[0]: next(iter(inputs.values()))}
    if missing := [name for name in wanted if name not in inputs]:
        told = ", ".join(spec.text for spec in specs)
        given = ", ".join(name or "one without a name" for name in inputs)
        how = renaming([name for name in inputs if name != INPUT], missing, {spec.name for spec in specs})
        raise WorkloadError(f"the model reads {told}; the data give {given}: {missing[0]!r} is missing; {how}")
    return inputs


def _fitted(array: NDArray[Any], spec: TensorSpec) -> NDArray[Any]:
    _check_shape(array, spec)
    converted = np.ascontiguousarray(_converted(array, spec))
    if spec.batch is None or len(converted) == spec.batch:
        return converted
    if len(converted) > spec.batch:
        require_batch((spec,), len(converted))
    filling = np.repeat(converted[-1:], spec.batch - len(converted), axis=0)
    return np.concatenate([converted, filling])


def _check_shape(array: NDArray[Any], spec: TensorSpec) -> None:
    axes = spec.shape[1:]
    fits = len(array.shape) == len(spec.shape) and all(
        axis is None or axis == size for axis, size in zip(axes, array.shape[1:], strict=True)
    )
    if spec.shape and not fits:
        given = ", ".join(str(size) for size in array.shape[1:])
        raise WorkloadError(
            f"the model reads {spec.text}; the data give {array.dtype} [N, {given}]: check the preprocessing "
            "(size, layout and channels of images, max_length and pad of texts)"
        )


def _converted(array: NDArray[Any], spec: TensorSpec) -> NDArray[Any]:
    if spec.dtype == ANY_DTYPE:
        return array
    target = _known(spec)
    if array.dtype == target:
        return array
    if array.dtype.name in _FLOATS and spec.dtype in _FLOATS:
        return _narrowed(array, spec, target)
    if array.dtype.kind in "iu" and target.kind in "iu":
        limits = np.iinfo(target)
        if array.size and (array.min() < limits.min or array.max() > limits.max):
            raise WorkloadError(f"the model reads {spec.text}; the data hold {array.min()} to {array.max()}")
        return array.astype(target)
    if array.dtype.kind == "b" and target.kind in "iuf":
        return array.astype(target)
    raise WorkloadError(
        f"the model reads {spec.text}; the data are {array.dtype}: give {spec.dtype}, or describe the preprocessing"
    )


def _known(spec: TensorSpec) -> np.dtype[Any]:
    try:
        return np.dtype(spec.dtype)
    except TypeError as error:
        raise WorkloadError(
            f"the model reads {spec.text}, a type that data cannot be given in: export it with another"
        ) from error


def _narrowed(array: NDArray[Any], spec: TensorSpec, target: np.dtype[Any]) -> NDArray[Any]:
    """Floats as other floats; too large a number would silently become infinite."""
    with np.errstate(over="ignore"):
        converted = array.astype(target)
    if target.itemsize < array.dtype.itemsize and not np.isfinite(converted).all() and np.isfinite(array).all():
        raise WorkloadError(
            f"the model reads {spec.text}; the data reach {np.abs(array).max():.3g}, more than {target} holds: scale "
            "them"
        )
    return converted
