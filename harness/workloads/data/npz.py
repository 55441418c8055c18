"""Opens numpy archives that nobody vouches for.

Looks at what every array claims to hold before it unpacks any of it, and never unpickles.
"""

import lzma
import struct
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.workloads.data.telling import sentence_of

# What numpy and zipfile raise for other files and damaged ones: nobody lists it, a fuzz test found these.
_NOT_AN_NPZ = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    RuntimeError,  # an encrypted member; also RecursionError and NotImplementedError
    MemoryError,
    SyntaxError,
    struct.error,
    tokenize.TokenError,
    lzma.LZMAError,
    zlib.error,
    zipfile.BadZipFile,
)
_SUFFIX = ".npy"
_NUMBERS, _WORDS = "biuf", "US"  # kinds of element by numpy's letters
_MOST_ARRAYS = 256
_LONGEST_NAME = 256
_LONGEST_HEADER = 10_000  # bytes; one of plain numbers has 118
MEMORY_SHARE = 0.5
"""Of the memory that is free when an archive is opened: so much may its arrays take."""
_BOMB_RATIO = 200  # deflate reaches 1,032 on zeros; photographs and tensors stay below 20
_BOMB_BYTES = 2**30  # a blank archive that is small when unpacked harms nobody
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}

Choice = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """What an array's header says of it."""

    name: str
    member: zipfile.ZipInfo
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    header_bytes: int

    @property
    def data_bytes(self) -> int:
        """Of the values."""
        size = self.dtype.itemsize
        for axis in self.shape:
            size *= axis
        return size


def read_npz(path: Path, choice: Choice = tuple, *, words: Collection[str] = ()) -> dict[str, NDArray[Any]]:
    """The arrays of an npz file whose names `choice` takes out of all, in native byte order.

    Args:
        path: the file.
        choice: takes names out of all.
        words: names of arrays that may hold words instead of numbers.

    Raises:
        WorkloadError: not an npz file; an array of something else, or not as large as its header says; more than
            fits into memory.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(path, archive)
            claims = [
                _claim(path, archive, name, members[name], kinds=_NUMBERS + _WORDS * (name in words))
                for name in choice(tuple(members))
            ]
            _check_sizes(path, claims)
            return {claim.name: _read(archive, claim) for claim in claims}
    except _NOT_AN_NPZ as error:
        raise WorkloadError(f"{path} is not an npz file with `inputs` and `labels`: {sentence_of(error)}") from error


def _members(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = [info for info in archive.infolist() if info.filename.endswith(_SUFFIX)]
    if len(infos) > _MOST_ARRAYS:
        raise WorkloadError(f"{path} holds {len(infos)} arrays, more than {_MOST_ARRAYS}: give one for each input")
    members = {}
    for info in infos:
        name = info.filename.removesuffix(_SUFFIX)
        if not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME or name in members:
            raise WorkloadError(
                f"{path}: {name[:60]!r} is no name for an array (empty, too long, twice, or with control characters)"
            )
        members[name] = info
    return members


def _claim(path: Path, archive: zipfile.ZipFile, name: str, member: zipfile.ZipInfo, *, kinds: str) -> _Claim:
    _check_header(path, archive, name, member)
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what numpy thinks of files written by Python 2
            shape, _, dtype = _HEADERS[version](stream)
        header_bytes = stream.tell()
    if dtype.kind == "O":
        raise WorkloadError(f"{path}: {name} holds pickled objects, which are never loaded: save plain numbers")
    if dtype.kind not in kinds:
        raise WorkloadError(f"{path}: {name} is {dtype} {shape}; give numbers, a row a sample")
    claim = _Claim(name=name, member=member, shape=shape, dtype=dtype, header_bytes=header_bytes)
    if min(shape, default=1) < 0 or claim.data_bytes != member.file_size - header_bytes:
        raise WorkloadError(
            f"{path}: {name} says it is {dtype} {shape}, but {member.file_size - header_bytes} bytes are stored: the "
            "file is damaged, save it again"
        )
    return claim


def _check_header(path: Path, archive: zipfile.ZipFile, name: str, member: zipfile.ZipInfo) -> None:
    """Numpy reads all of a header before it looks how long it is."""
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        if version not in _HEADERS:
            raise WorkloadError(f"{path}: {name} is an array with named fields; give plain numbers, a row a sample")
        width = 2 if version == (1, 0) else 4
        length = int.from_bytes(stream.read(width), "little")
    if length > _LONGEST_HEADER:
        raise WorkloadError(
            f"{path}: {name} begins with a header of {length:,} bytes, {_LONGEST_HEADER:,} are the most for plain "
            "numbers: the file is damaged or hostile, save it again"
        )


def _check_sizes(path: Path, claims: Sequence[_Claim]) -> None:
    unpacked = sum(claim.data_bytes for claim in claims)
    stored = sum(claim.member.compress_size for claim in claims)
    if unpacked > _BOMB_BYTES and unpacked > _BOMB_RATIO * stored:
        raise WorkloadError(
            f"{path} unpacks {stored} bytes to {unpacked / 2**30:.1f} GiB, which no measured data do: it looks like a "
            "decompression bomb and is not opened"
        )
    free = psutil.virtual_memory().available
    if unpacked > MEMORY_SHARE * free:
        raise WorkloadError(
            f"{path} holds {unpacked / 2**30:.1f} GiB, more than {MEMORY_SHARE:.0%} of the free memory "
            f"({free / 2**30:.1f} GiB): take fewer samples, or a folder of images, which is read bit by bit"
        )


def _read(archive: zipfile.ZipFile, claim: _Claim) -> NDArray[Any]:
    with archive.open(claim.member) as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as above
        array = np.lib.format.read_array(stream, allow_pickle=False)
    return np.asarray(array, dtype=claim.dtype.newbyteorder("="))
