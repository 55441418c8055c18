"""Reads pictures from a folder: `fetch` takes their encoded bytes, `prepare` decodes and preprocesses them.

One picture at a time is decoded, so that a batch takes the memory of its tensor and of one picture.
"""

import functools
import importlib.metadata
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from harness.errors import WorkloadError
from harness.runtimes.base import Inputs
from harness.workloads.data.digests import FolderDigest, digest_of_folder, remembered
from harness.workloads.data.identity import PIXELS, digest_of_pixels
from harness.workloads.data.image_decoding import decoded
from harness.workloads.data.image_preprocessing import ImagePreprocessing
from harness.workloads.data.split import Positions

_LARGEST_FILE = 2**28  # bytes; MOST_PIXELS in RGB without compression take less
_WORTH_REMEMBERING = 64  # pictures: fewer are decoded in less than a second


class EncodedImage(NamedTuple):
    """A picture as it is stored, with its path for messages."""

    path: Path
    content: bytes


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageReader:
    """The pictures `names` below `root`; `input` is the model's name for what is made of them."""

    root: Path
    names: tuple[str, ...]
    input: str
    preprocessing: ImagePreprocessing

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self.names)

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted paths and the SHA-256 of each file."""
        return self._digests.digest

    def fetch(self, positions: Positions) -> Sequence[EncodedImage]:
        """The files' bytes.

        Raises:
            WorkloadError: a file is gone, is no file any more, or too large for a picture.
        """
        return [_read(self.root / self.names[position]) for position in positions]

    def prepare(self, raw: Sequence[EncodedImage]) -> Inputs:
        """Decoded and preprocessed, whatever sizes the pictures have.

        Raises:
            WorkloadError: one is not an image, with its path.
        """
        first = self._prepared(raw[0])
        batch = np.empty((len(raw), *first.shape), dtype=first.dtype)
        batch[0] = first
        for place, image in enumerate(raw[1:], start=1):
            batch[place] = self._prepared(image)
        return {self.input: batch}

    @property
    def form(self) -> str:
        """Pixels."""
        return PIXELS

    def sample_digests(self, positions: Positions) -> tuple[str, ...]:
        """Of each picture's pixels, before they are resized; many are remembered by the files' hashes.

        Raises:
            WorkloadError: one is not an image, with its path.
        """

        def find() -> tuple[str, ...]:
            return tuple(self._pixel_digest(int(one)) for one in positions)

        if len(positions) < _WORTH_REMEMBERING:
            return find()
        return remembered(("pixels", _decoder(), *self.file_digests(positions)), find)

    def file_digests(self, positions: Positions) -> tuple[str, ...]:
        """SHA-256 of the files."""
        return tuple(self._digests.files[position] for position in positions)

    def stored_bytes(self, positions: Positions) -> int:
        """What the files take.

        Raises:
            WorkloadError: one is gone.
        """
        try:
            return sum((self.root / self.names[position]).stat().st_size for position in positions)
        except OSError as error:
            raise WorkloadError(f"{self.root} cannot be read: {error.strerror or error}") from error

    def _pixel_digest(self, position: int) -> str:
        image = _read(self.root / self.names[position])
        return digest_of_pixels(decoded(image.content, name=str(image.path)))

    @functools.cached_property
    def _digests(self) -> FolderDigest:
        return digest_of_folder(self.root, self.names)

    def _prepared(self, image: EncodedImage) -> Any:  # noqa: ANN401 - of the element type that the description names
        return self.preprocessing(decoded(image.content, name=str(image.path))[np.newaxis])[0]


def _decoder() -> str:
    """What decodes: another version may round a JPEG's pixels otherwise."""
    try:
        return importlib.metadata.version("pillow")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _read(path: Path) -> EncodedImage:
    try:
        # Non-blocking, for what was a file when the folder was listed may be a pipe by now.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:  # noqa: PTH123 - a descriptor
            found = os.fstat(stream.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST_FILE:
                raise WorkloadError(f"{path} is not an image: a file of {_LARGEST_FILE >> 20} MiB at most is needed")
            return EncodedImage(path, stream.read(_LARGEST_FILE))
    except OSError as error:
        raise WorkloadError(f"{path} cannot be read: {error.strerror or error}") from error
