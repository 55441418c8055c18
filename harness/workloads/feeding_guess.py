"""Which preprocessing stands between data and a model, by what the two look like."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import UsageError, WorkloadError
from harness.vocabulary import TensorSpec
from harness.workloads.data.arrays import INPUTS, LABELS
from harness.workloads.data.npz import read_npz
from harness.workloads.data.picture_sizes import PictureSize, size_in_folder, size_of_pixels
from harness.workloads.description import Arrays, Preprocessing, RandomTensor, RandomTensors
from harness.workloads.files import digest_of
from harness.workloads.limits import MOST_TOKENIZER_BYTES
from harness.workloads.presets import AskedPreset, Preset, image_guess, text_guess

TABLES = (".csv", ".tsv", ".jsonl", ".ndjson")
_PICTURE_RANKS = {3, 4}
_SIDE = 224
_LENGTH = 128
_CHANNELS = 3
_PICTURE_RANK = 4

Specs = tuple[TensorSpec, ...]
Pixels = Mapping[str, NDArray[Any]]


def guess_preprocessing(
    data: Path | None, specs: Specs | None, *, asked: AskedPreset | None, tokenizer: Path | None
) -> tuple[Preprocessing, tuple[str, ...]]:
    """The preprocessing, with sentences on what is assumed.

    Args:
        data: test data; without any, inputs are random.
        specs: the model's inputs; `None` where only running it would tell.
        asked: the preset that the user named.
        tokenizer: a `tokenizer.json`.

    Raises:
        UsageError: what was named cannot be meant together.
        WorkloadError: data of this form cannot become such inputs.
    """
    wants_tokens = asked is not None and asked.preset is Preset.TOKENS
    if data is None:
        return _random(specs)
    if data.suffix.lower() in TABLES:
        return _texts(data, specs, asked, tokenizer)
    if tokenizer is not None or wants_tokens:
        raise UsageError(f"--tokenizer is for texts in CSV or JSONL, not for {data.name}: leave it out")
    if data.is_dir():
        guess = image_guess(_only_input(data, specs), asked, size_in_folder(data))
        return guess.preprocessing, guess.notes
    if data.suffix.lower() == ".npz":
        return _arrays(data, specs, asked)
    raise WorkloadError(
        f"--data {data} is in no known form: give an .npz file, a folder with a sub-folder of images for each class, "
        "or texts in CSV or JSONL"
    )


def _only_input(data: Path, specs: Specs | None) -> TensorSpec | None:
    if specs is None:
        return None
    needed = [spec for spec in specs if not spec.is_optional]
    if len(needed) != 1:
        told = ", ".join(spec.text for spec in needed)
        raise WorkloadError(f"{data} holds pictures for one input, the model reads {told}: give an npz file with each")
    return needed[0]


def _texts(
    data: Path, specs: Specs | None, asked: AskedPreset | None, tokenizer: Path | None
) -> tuple[Preprocessing, tuple[str, ...]]:
    if asked is not None and asked.preset is not Preset.TOKENS:
        raise UsageError(f"--preprocess {asked.preset} is for pictures, {data.name} holds texts: use tokens")
    if tokenizer is None:
        raise UsageError(f"{data.name} holds texts: name the model's tokenizer.json with --tokenizer")
    if specs is None:
        raise WorkloadError("what a PyTorch module reads is not known before it runs: describe it in a workload.toml")
    guess = text_guess(specs, str(tokenizer), digest_of(tokenizer, most_bytes=MOST_TOKENIZER_BYTES))
    return guess.preprocessing, guess.notes


def _arrays(data: Path, specs: Specs | None, asked: AskedPreset | None) -> tuple[Preprocessing, tuple[str, ...]]:
    arrays = read_npz(data, _inputs)
    if asked is not None or _are_pictures(arrays, specs):
        spec = _only_input(data, specs)
        guess = image_guess(spec, asked, _size_in(arrays, spec))
        return guess.preprocessing, guess.notes
    told = ", ".join(f"{name} {array.dtype} {list(array.shape[1:])}" for name, array in arrays.items())
    return Arrays(), (f"preprocessing: none, {data.name} is fed as it is ({told})",)


def stored_size(data: Path, spec: TensorSpec | None) -> PictureSize | None:
    """The one size that all pictures have for an input; `None` where they differ, or are no pictures.

    Raises:
        WorkloadError: the data cannot be read.
    """
    if data.is_dir():
        return size_in_folder(data)
    return _size_in(read_npz(data, _inputs), spec) if data.suffix.lower() == ".npz" else None


def _size_in(arrays: Pixels, spec: TensorSpec | None) -> PictureSize | None:
    pixels = next((arrays[name] for name in (INPUTS, spec.name if spec else "") if name in arrays), None)
    return size_of_pixels(pixels) if pixels is not None else None


def _inputs(names: Sequence[str]) -> Sequence[str]:
    return [name for name in names if name != LABELS]


def _are_pictures(arrays: Pixels, specs: Specs | None) -> bool:
    """Pixels as they are stored, for a model that reads something else."""
    if len(arrays) != 1:
        return False
    (pixels,) = arrays.values()
    stored = pixels.dtype == np.uint8 and pixels.ndim in _PICTURE_RANKS
    if not stored or specs is None:
        return stored
    (needed, *others) = specs
    fits = needed.dtype == "uint8" and needed.shape[1:] == pixels.shape[1:]
    return not others and len(needed.shape) == _PICTURE_RANK and not fits


def _random(specs: Specs | None) -> tuple[Preprocessing, tuple[str, ...]]:
    if specs is None:
        raise UsageError("what a PyTorch module reads is not known before it runs: name data with --data")
    tensors = tuple(RandomTensor(name=spec.name, shape=_sizes(spec), dtype=spec.dtype) for spec in specs)
    told = ", ".join(f"{one.name} {one.dtype} {list(one.shape)}" for one in tensors)
    return RandomTensors(tensors=tensors), (f"preprocessing: random inputs, {told} a sample",)


def _sizes(spec: TensorSpec) -> tuple[int, ...]:
    """A sample's shape, with usual sizes where any will do."""
    axes = spec.shape[1:]
    if len(spec.shape) == _PICTURE_RANK:
        usual = [_SIDE, _SIDE, _CHANNELS] if axes[-1] in {1, _CHANNELS} else [_CHANNELS, _SIDE, _SIDE]
        return tuple(axis or other for axis, other in zip(axes, usual, strict=True))
    return tuple(axis or _LENGTH for axis in axes)
