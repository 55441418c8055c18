"""How large an ONNX model is: its file, with the files beside it that hold its weights.

The model is not parsed, for it may be anybody's: the names of those files stand in it as they are. An ONNX file
writes each as an entry of two texts, the key `location` and the name (`StringStringEntryProto` of onnx.proto).
"""

import mmap
import re
from collections.abc import Iterator
from pathlib import Path

from harness.errors import WorkloadError

# Field 1 is a text of 8 bytes, field 2 a text whose length of at most 2**14 bytes follows, seven bits a byte.
_LOCATION = re.compile(rb"\x0a\x08location\x12([\x80-\xff]?[\x00-\x7f])", re.DOTALL)
_BITS = 7
_LOW = 0x7F


def model_size(model: Path) -> int:
    """Bytes of a model file and of the files beside it that it keeps weights in; of other files, their own.

    Raises:
        WorkloadError: it cannot be read.
    """
    try:
        return sum(one.stat().st_size for one in {model.resolve(), *_weight_files(model.resolve())})
    except (OSError, ValueError) as error:
        raise WorkloadError(f"{model} cannot be read: {error}") from error


def _weight_files(model: Path) -> Iterator[Path]:
    """Those that are there; a name that leads out of the model's folder is none."""
    for name in _locations(model):
        path = (model.parent / name).resolve()
        if path.is_relative_to(model.parent) and path.is_file():
            yield path


def _locations(model: Path) -> set[str]:
    with model.open("rb") as stream:
        if not model.stat().st_size:  # nothing to map
            return set()
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            found = {content[end : end + length] for end, length in _places(content)}
    return {name.decode() for name in found if _is_name(name)}


def _places(content: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Where each name begins, and how many bytes it has."""
    for match in _LOCATION.finditer(content):
        *low, high = match.group(1)
        yield match.end(), (low[0] & _LOW) + (high << _BITS) if low else high


def _is_name(name: bytes) -> bool:
    try:
        return b"\0" not in name and bool(name.decode())
    except UnicodeDecodeError:
        return False
