"""Whether a file can be an ONNX model, from the outermost fields of its protobuf: a few bytes, whatever its size."""

from pathlib import Path
from typing import BinaryIO

_GRAPH = 7  # the number of `graph` in onnx.proto's ModelProto
_VARINT, _LENGTH = 0, 2  # wire types: ModelProto has no others
_MOST_FIELDS = 500  # the graph may come after custom functions
_MOST_BYTES = 10  # of a varint


def has_graph(path: Path) -> bool:
    """Walk over fields until the graph. False where something else stands there, or the file ends before it does.

    Raises:
        OSError: it cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        for _ in range(_MOST_FIELDS):
            tag = _varint(file)
            value = _varint(file)
            if tag is None or value is None or tag & 7 not in {_VARINT, _LENGTH}:
                return False
            if tag & 7 == _LENGTH:
                if file.tell() + value > size:
                    return False
                if tag >> 3 == _GRAPH:
                    return True
                file.seek(value, 1)
    return True  # nobody knows: opening it will tell


def _varint(file: BinaryIO) -> int | None:
    value = 0
    for place in range(_MOST_BYTES):
        byte = file.read(1)
        if not byte:
            return None
        value |= (byte[0] & 127) << 7 * place
        if byte[0] < 128:  # noqa: PLR2004 - the bit that says: one more
            return value
    return None
