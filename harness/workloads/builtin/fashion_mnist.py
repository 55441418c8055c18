"""Fashion-MNIST, as Debian packages it: where its files come from, and how they are read."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.workloads.builtin.pinned import DebianPackage, require_sha256, unpacked

PACKAGE = DebianPackage(
    name="dataset-fashion-mnist",
    version="0.0~git20200523.55506a9-1",
    sha256="39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0",
)
LICENCE = "MIT (Zalando SE)"
CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

_IDX_SHA256: Mapping[str, str] = MappingProxyType(
    {
        "train-images-idx3-ubyte.gz": "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
        "train-labels-idx1-ubyte.gz": "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
        "t10k-images-idx3-ubyte.gz": "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
        "t10k-labels-idx1-ubyte.gz": "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",
    }
)
# An IDX header is two zero bytes, a type code and the number of dimensions, then one big-endian int32 each.
_IDX_TYPE_UINT8 = 8


def data_folder(cache: Path | None = None) -> Path:
    """The folder of the Debian package's IDX files; downloaded where they are not in the cache.

    Raises:
        WorkloadError: the package cannot be downloaded or unpacked.
    """
    return unpacked(PACKAGE, cache=cache) / "usr/share/datasets/fashion-mnist"


def read_split(folder: Path, prefix: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images [N, 28, 28] and labels [N] of `train` or `t10k`, both uint8.

    Raises:
        WorkloadError: a file is missing or is not the pinned one.
    """
    images = _read_idx(folder / f"{prefix}-images-idx3-ubyte.gz")
    labels = _read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz")
    return images, labels


def _read_idx(path: Path) -> NDArray[np.uint8]:
    require_sha256(path, _IDX_SHA256[path.name])
    content = gzip.decompress(path.read_bytes())
    dimensions = content[3]
    if content[2] != _IDX_TYPE_UINT8:
        raise WorkloadError(f"{path} is not an IDX file of bytes")
    header = 4 + 4 * dimensions
    shape = np.frombuffer(content, ">i4", count=dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)
