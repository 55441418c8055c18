"""Weights that an ONNX model keeps in files beside it: which there are, and whether they may be read.

A model file names these files itself. One that names a place outside its own folder could make a runtime
read any file of the user's, so that is refused before anything opens the model.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from harness.errors import WorkloadError

_LARGEST_NUMBER_DIGITS = 18
_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalTensor:
    """Where a tensor's bytes lie: `length` bytes from `offset`, or the rest of the file."""

    tensor: str
    location: str
    offset: int = 0
    length: int | None = None


def external_tensor(tensor: Any) -> ExternalTensor:  # noqa: ANN401 - a class of a package that may not be here
    """What a `TensorProto` says of its external data.

    Raises:
        WorkloadError: no place, or an offset or length that is no number.
    """
    told = {text(entry.key): text(entry.value) for entry in tensor.external_data}
    name = short(tensor.name)
    if not told.get("location"):
        raise WorkloadError(f"the tensor {name} is kept outside of the model, but no file is named: export it again")
    return ExternalTensor(
        tensor=name,
        location=told["location"],
        offset=_number(told.get("offset") or "0", name),
        length=_number(told["length"], name) if told.get("length") else None,
    )


def check_external_files(model: Path, tensors: Iterable[ExternalTensor]) -> tuple[str, ...]:
    """The files that a model's tensors lie in, each checked to be there, whole, and in the model's folder.

    Raises:
        WorkloadError: a file lies outside the folder, is missing, or is shorter than a tensor needs.
    """
    sizes: dict[str, int] = {}
    for one in tensors:
        if one.location not in sizes:
            sizes[one.location] = _size_of(model, one)
        end = one.offset + (one.length or 0)
        if end > sizes[one.location]:
            raise WorkloadError(
                f"{model.name}: the tensor {one.tensor} needs {end:,} bytes of {short(one.location)}, which has "
                f"{sizes[one.location]:,}: copy the file again"
            )
    return tuple(sorted(sizes))


def text(value: str | bytes) -> str:
    """A text of the file: protobuf hands out bytes where they are no UTF-8.

    Raises:
        WorkloadError: they are none.
    """
    if isinstance(value, bytes):
        raise WorkloadError(f"the model holds a name that is no UTF-8 text ({value[:_SHOWN]!r}): the file is damaged")
    return value


def short(name: str | bytes) -> str:
    """A name from a foreign file, no longer than a message can bear, without what a terminal would obey.

    Raises:
        WorkloadError: it is no text.
    """
    told = text(name)
    told = "".join(one if one.isprintable() else "?" for one in told[: _SHOWN + 1])
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"


def _size_of(model: Path, one: ExternalTensor) -> int:
    shown = short(one.location)
    named = PurePosixPath(one.location)
    if named.is_absolute() or PureWindowsPath(one.location).drive or ".." in (*named.parts, *_windows(one.location)):
        raise _outside(model, shown)
    folder = model.parent.resolve()
    try:
        path = (folder / one.location).resolve()
        if not path.is_relative_to(folder):  # by way of a symbolic link
            raise _outside(model, shown)
        if not path.is_file():
            raise WorkloadError(
                f"{model.name} keeps weights in {shown}, which is not beside it: copy that file into {folder}"
            )
        return path.stat().st_size
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL in the name, a name too long
        told = error.strerror if isinstance(error, OSError) else short(str(error))
        raise WorkloadError(f"{model.name} keeps weights in {shown}, which cannot be read: {told}") from error


def _windows(location: str) -> tuple[str, ...]:
    return PureWindowsPath(location).parts


def _outside(model: Path, shown: str) -> WorkloadError:
    return WorkloadError(
        f"{model.name} keeps weights in {shown}, outside of its own folder: that is not read; copy the file beside "
        "the model and save it with that name"
    )


def _number(text: str, tensor: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _LARGEST_NUMBER_DIGITS):
        raise WorkloadError(f"the tensor {tensor} is kept outside of the model at {short(text)!r}: that is no number")
    return int(text)
