"""Writes what a workload's description names, so that the same content gives the same bytes."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

# The earliest time a zip entry can carry: the same arrays then give the same bytes.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_COMPRESSION_LEVEL = 9


def npz_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """A compressed npz file whose bytes depend on nothing but the arrays and the zlib at hand."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=_ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content.getvalue(), compresslevel=_COMPRESSION_LEVEL)
    return buffer.getvalue()


def toml_list(texts: Iterable[str]) -> str:
    """Strings as a TOML list; JSON writes strings as TOML reads them."""
    return json.dumps(list(texts), ensure_ascii=False)
