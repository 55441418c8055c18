"""Optimisation profiles: for which shapes an engine is built, and at which its kernels are best."""

from collections.abc import Mapping, Sequence

from harness.errors import UsageError
from harness.vocabulary import TensorSpec
from harness.vocabulary.engine import InputRange, Profile


def profiles_of(
    inputs: Sequence[TensorSpec], batches: Sequence[int], axes: Mapping[str, Sequence[int]]
) -> tuple[Profile, ...]:
    """A profile for each batch size, best at it, that also takes what is smaller down to the one before.

    So every size up to the largest is served, and each that was asked for has kernels of its own. A model without
    free axes needs none.

    Args:
        inputs: what the network reads; `None` is a free axis.
        batches: sizes of the first axis.
        axes: for inputs that leave more than the first axis free, the sizes of all axes behind it.

    Raises:
        UsageError: a model is fixed at another batch size, or axes are missing or do not fit.
    """
    unknown = sorted(set(axes) - {one.name for one in inputs})
    if unknown:
        known = ", ".join(one.text for one in inputs)
        raise UsageError(f"the model reads no {', '.join(unknown)}; it reads {known}")
    free = [one for one in inputs if None in one.shape]
    _require_batches(inputs, batches)
    if not free:
        return ()
    rests = {one.name: _rest(one, axes.get(one.name)) for one in free}
    least = 1
    found = []
    for batch in sorted(batches):
        found.append(tuple(_range(one, rests[one.name], least, batch) for one in free))
        least = batch + 1
    return tuple(found)


def _range(one: TensorSpec, rest: tuple[int, ...], least: int, batch: int) -> InputRange:
    low, high = (least, batch) if one.batch is None else (one.batch, one.batch)
    return InputRange(name=one.name, least=(low, *rest), best=(high, *rest), most=(high, *rest))


def _require_batches(inputs: Sequence[TensorSpec], batches: Sequence[int]) -> None:
    for one in inputs:
        if one.shape and one.batch is not None and tuple(batches) != (one.batch,):
            raise UsageError(
                f"the model is fixed at a batch of {one.batch} ({one.text}): ask for --batch {one.batch}, or export it "
                "with a free batch axis"
            )


def _rest(one: TensorSpec, told: Sequence[int] | None) -> tuple[int, ...]:
    fixed = one.shape[1:]
    if told is None:
        if None in fixed:
            raise UsageError(
                f"{one.text} leaves more free than the batch: say the sizes behind it, for example "
                f"--shape {one.name}={'x'.join('128' if axis is None else str(axis) for axis in fixed)}"
            )
        return tuple(axis for axis in fixed if axis is not None)
    fits = len(told) == len(fixed) and all(axis in {None, size} for axis, size in zip(fixed, told, strict=True))
    if not fits or min(told, default=1) < 1:
        raise UsageError(f"--shape {one.name}={'x'.join(map(str, told))} does not fit {one.text}")
    return tuple(told)
