"""Opens data by what they are: an npz file, a folder of images, a table of texts, or a seed.

Gives the samples' reader, their class indices, and the names of the classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.runtimes.base import Inputs
from harness.workloads.data.arrays import INPUTS, ArrayReader, read_arrays, read_pictures
from harness.workloads.data.image_folder import list_images
from harness.workloads.data.image_preprocessing import Colour, ImagePreprocessing, Layout, Resize
from harness.workloads.data.image_reader import ImageReader
from harness.workloads.data.labels import indices_of_array, indices_of_words, require_every_class
from harness.workloads.data.random_tensors import RandomReader
from harness.workloads.data.split import SampleReader, Split
from harness.workloads.data.telling import shown_path
from harness.workloads.data.text_reader import TextReader
from harness.workloads.data.text_table import SUFFIXES as TABLES
from harness.workloads.data.text_table import read_table
from harness.workloads.description import Arrays, Data, Images, Preprocessing, RandomTensors, Texts

INPUT = ""
"""The name of a model's only input, where the description does not tell it."""
_ARCHIVE = ".npz"


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledData:
    """All samples of one source, with the names that their labels count."""

    split: Split
    class_names: tuple[str, ...]


def read_data(
    path: Path | None,
    preprocessing: Preprocessing,
    data: Data,
    *,
    tokenizer: Path | None = None,
    needs_labels: bool = True,
) -> LabelledData:
    """Open data in whatever form they lie at `path`.

    Args:
        path: a file or folder; `None` for random tensors.
        preprocessing: what makes model inputs of them.
        data: the classes, and the columns of a table.
        tokenizer: the file that a text preprocessing names, checked to be where it may lie.
        needs_labels: for test data that are judged: every declared class must occur. Calibration data may
            lack some, or all.

    Raises:
        WorkloadError: they are in no known form, do not fit the preprocessing, or are damaged.
        UnavailableError: a package that reads them is not installed.
    """
    if path is None or isinstance(preprocessing, RandomTensors):
        return _random(path, preprocessing)
    suffix = path.suffix.lower()
    match preprocessing:
        case Images() if path.is_dir():
            return _folder(path, preprocessing, data, needs_labels=needs_labels)
        case Images() if suffix == _ARCHIVE:
            return _pictures(path, preprocessing, data)
        case Arrays() if suffix == _ARCHIVE:
            arrays, labels = read_arrays(path)
            return _labelled(path, ArrayReader(path=path, arrays=arrays, preparation=_as_they_are), labels, data)
        case Texts() if suffix in TABLES and tokenizer is not None:
            return _texts(path, preprocessing, data, tokenizer, needs_labels=needs_labels)
        case _:
            raise WorkloadError(_mismatch(path, preprocessing))


def image_preprocessing(spec: Images) -> ImagePreprocessing:
    """What an image description asks for.

    Raises:
        WorkloadError: a word that does not exist, or a size that cannot be.
    """
    try:
        return ImagePreprocessing(
            height=spec.height,
            width=spec.width,
            resize=Resize(spec.resize),
            shorter_side=spec.shorter_side,
            colour=Colour(spec.colour),
            layout=Layout(spec.layout),
            scale=spec.scale,
            mean=spec.mean,
            std=spec.std,
            dtype=spec.dtype,
        )
    except ValueError as error:
        words = "; ".join(f"{kind.__name__.lower()}: {', '.join(kind)}" for kind in (Resize, Colour, Layout))
        raise WorkloadError(f"[preprocessing]: {error}; there are {words}") from error


def _random(path: Path | None, preprocessing: Preprocessing) -> LabelledData:
    if not isinstance(preprocessing, RandomTensors):
        raise WorkloadError('no data are given: name them in [data] test, or write [preprocessing] kind = "random"')
    if path is not None:
        raise WorkloadError(f'{shown_path(path)} is not read with [preprocessing] kind = "random": remove one of them')
    return LabelledData(split=Split.whole(RandomReader(spec=preprocessing), None), class_names=())


def _folder(path: Path, spec: Images, data: Data, *, needs_labels: bool) -> LabelledData:
    found = list_images(path)
    reader = ImageReader(
        root=found.root, names=found.names, input=spec.input or INPUT, preprocessing=image_preprocessing(spec)
    )
    words = found.words
    if words is None:
        return _unlabelled(reader, data)
    labels, names = indices_of_words(
        words, data.classes, place=lambda position: f"{found.root}, folder {words[position]!r}"
    )
    if needs_labels and data.classes is not None:
        require_every_class(labels, names, where=path, things="images")
    return LabelledData(split=Split.whole(reader, labels), class_names=names)


def _texts(path: Path, spec: Texts, data: Data, tokenizer: Path, *, needs_labels: bool) -> LabelledData:
    table = read_table(path, data)
    reader = TextReader(table=table, spec=spec, tokenizer=tokenizer)
    if table.words is None:
        return _unlabelled(reader, data)
    labels, names = indices_of_words(table.words, data.classes, place=table.place)
    if needs_labels and data.classes is not None:
        require_every_class(labels, names, where=path, things="texts")
    return LabelledData(split=Split.whole(reader, labels), class_names=names)


def _pictures(path: Path, spec: Images, data: Data) -> LabelledData:
    preparation = _ImagePreparation(input=spec.input or INPUT, preprocessing=image_preprocessing(spec))
    arrays, labels = read_pictures(path, spec.input)
    reader = ArrayReader(path=path, arrays=dict(arrays), preparation=preparation, are_pictures=True)
    return _labelled(path, reader, labels, data)


def _labelled(path: Path, reader: ArrayReader, labels: NDArray[Any] | None, data: Data) -> LabelledData:
    if labels is None:
        return _unlabelled(reader, data)
    checked, names = indices_of_array(path, labels, samples=len(reader), classes=data.classes)
    return LabelledData(split=Split.whole(reader, checked), class_names=names)


def _unlabelled(reader: SampleReader, data: Data) -> LabelledData:
    return LabelledData(split=Split.whole(reader, None), class_names=data.classes or ())


def _mismatch(path: Path, preprocessing: Preprocessing) -> str:
    """What lies at the path, and what to write so that it is read."""
    suffix, kind = path.suffix.lower(), preprocessing.__struct_config__.tag
    if not path.exists():
        return f"{shown_path(path)} cannot be read: No such file or directory"
    if path.is_dir():
        return f'{shown_path(path)} is a folder, which kind = "{kind}" does not read: images need kind = "image"'
    if suffix in TABLES:
        remedy = 'write [preprocessing] kind = "text" with tokenizer = "tokenizer.json"'
        return f'{shown_path(path)} holds texts, which kind = "{kind}" does not read: {remedy}'
    if suffix == _ARCHIVE:
        return (
            f'{shown_path(path)} holds arrays, which kind = "{kind}" does not read: write [preprocessing] kind = "none"'
        )
    return (
        f"{shown_path(path)} is in no known form: give an .npz file ({INPUTS} and labels), a folder of images with one "
        "sub-folder a class, or texts in .csv, .tsv or .jsonl"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _ImagePreparation:
    """Makes the one input of an image model."""

    input: str
    preprocessing: ImagePreprocessing

    def __call__(self, arrays: Mapping[str, NDArray[Any]]) -> Inputs:
        return {self.input: self.preprocessing(next(iter(arrays.values())))}


def _as_they_are(arrays: Mapping[str, NDArray[Any]]) -> Inputs:
    return {(INPUT if name == INPUTS and len(arrays) == 1 else name): array for name, array in arrays.items()}
