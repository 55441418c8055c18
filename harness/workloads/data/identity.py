"""By what a sample is known again, however it is stored: the SHA-256 of what the model is fed.

Pictures are known by their pixels, numbers by their values, texts by their words; so that the same sample is the
same in another image format, another number format, or with other line ends.
"""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

PIXELS, TEXTS, NUMBERS = "pixels", "texts", "numbers"
"""What digests are of: those of one kind can be compared, whatever file they come from."""
_EXACT_IN_FLOAT32 = 2**24  # whole numbers up to it
_COLOUR = 3


def digest_of_arrays(rows: Mapping[str, NDArray[Any]]) -> str:
    """Of one sample's numbers: by value, whatever their type; floats as the float32 that models read.

    The name of an only array does not count: `inputs` and the model's own name mean the same.
    """
    found = hashlib.sha256()
    for name in sorted(rows):
        found.update(b"\0" if len(rows) == 1 else name.encode() + b"\0")
        _add(found, _canonical(np.asarray(rows[name])))
    return found.hexdigest()


def digest_of_pixels(pixels: NDArray[np.uint8]) -> str:
    """Of a picture [H, W] or [H, W, 3]; one whose channels are all alike is a grey one."""
    if pixels.ndim == _COLOUR and (pixels == pixels[..., :1]).all():
        pixels = pixels[..., 0]
    found = hashlib.sha256()
    _add(found, pixels)
    return found.hexdigest()


def digest_of_text(text: str) -> str:
    """Of a text's words."""
    return hashlib.sha256(unicodedata.normalize("NFC", essence_of(text)).encode()).hexdigest()


def essence_of(text: str) -> str:
    """What makes two texts the same: their words, not how they are laid out or where they have capitals."""
    return " ".join(text.split()).casefold()


def look_alikes(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of names that differ only in how their letters are composed, or in spaces: few can tell them apart."""
    first: dict[str, str] = {}
    pairs = []
    for name in names:
        seen = first.setdefault(" ".join(unicodedata.normalize("NFKC", name).split()), name)
        if seen != name:
            pairs.append((seen, name))
    return pairs


def alike(one: str, other: str) -> str:
    """What to say of two class names that look the same."""
    return (
        f"the classes {one!a} and {other!a} look alike and count as two: if they are one, normalise the labels "
        "(Unicode NFC)"
    )


def _canonical(values: NDArray[Any]) -> NDArray[Any]:
    """The same bytes for the same numbers, where float32 can tell them apart."""
    if values.dtype.kind in "biu" and max(-int(values.min()), int(values.max())) > _EXACT_IN_FLOAT32:
        return values.astype("<u8" if values.dtype == np.uint64 else "<i8")
    with np.errstate(over="ignore"):
        narrow = values.astype("<f4") + np.float32(0)  # minus zero becomes zero
    return narrow if np.isfinite(narrow).all() else values.astype("<f8")


def _add(found: Any, values: NDArray[Any]) -> None:  # noqa: ANN401 - a hash has no public type
    found.update(f"{values.dtype.str}{values.shape}".encode())
    found.update(np.ascontiguousarray(values).tobytes())
