"""Class indices out of what data call their classes: whole numbers, one-hot rows, folder names, words.

Words that are declared in `[data] classes` count by their place there; else whole numbers are the index
itself; else the words are sorted, as torchvision sorts folders.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.workloads.data.split import Labels
from harness.workloads.limits import MOST_CLASSES
from harness.workloads.strictness import nearest, shown

_LONGEST_NUMBER = 9
_ONE_HOT_DIMENSIONS = 2
_WORDS = "US"  # kinds of element by numpy's letters: text, and bytes of text
_NAMED = 3  # classes that a message names; so many more are only counted


def indices_of_words(
    words: Sequence[str], classes: tuple[str, ...] | None, *, place: Callable[[int], str]
) -> tuple[Labels, tuple[str, ...]]:
    """Class indices [N] of the words that label N samples, and the names that they count.

    Args:
        words: a class name or a whole number each, at least one.
        classes: the declared names, by index.
        place: for messages, where the sample at a position lies.

    Raises:
        WorkloadError: a word is no class, or there are too many; the first such sample is named.
    """
    known = sorted(set(words))
    are_numbers = all(_is_number(word) for word in known)
    if are_numbers and not set(known) <= set(classes or ()):
        index_of = {word: int(word) for word in known}
    else:
        index_of = {name: index for index, name in enumerate(classes or known)}
    count = len(classes) if classes is not None else max(index_of.values()) + 1
    most = min(count, MOST_CLASSES)
    for word in known:
        if index_of.get(word, most) >= most:
            raise WorkloadError(f"{place(words.index(word))}: {_no_class(word, classes)}")
    labels = np.array([index_of[word] for word in words], dtype=np.int16)
    return labels, classes or (_counted(count) if are_numbers else tuple(known))


def indices_of_array(
    path: Path, labels: NDArray[Any], *, samples: int, classes: tuple[str, ...] | None
) -> tuple[Labels, tuple[str, ...]]:
    """Class indices [N] of an array of labels, and their names: declared, or `class 0` and so on.

    Takes whole numbers [N], one-hot rows [N, C] of any kind of number, or words [N], which are themselves the names.

    Raises:
        WorkloadError: other than one class from 0 to the number of classes - 1 a sample.
    """
    if labels.dtype.kind in _WORDS:
        return indices_of_words(
            _words(path, labels, samples=samples), classes, place=lambda position: f"{path}, label {position}"
        )
    declared = None if classes is None else len(classes)
    if labels.ndim == _ONE_HOT_DIMENSIONS and len(labels) == samples and labels.shape[1] > 1:
        indices, count = _of_one_hot(path, labels), labels.shape[1]
        if declared not in {None, count} or count > MOST_CLASSES:
            raise WorkloadError(f"{path}: one-hot labels of {count} classes, but {declared or MOST_CLASSES} are named")
    else:
        indices = _whole_numbers(path, labels, samples=samples)
        count = declared or max(1, min(int(indices.max()) + 1, MOST_CLASSES))
    if indices.min() < 0 or indices.max() >= count:
        most = f"{count} classes are named" if declared else f"they count from 0 to {MOST_CLASSES - 1} at most"
        raise WorkloadError(f"{path}: labels run from {indices.min()} to {indices.max()}, but {most}")
    return indices.astype(np.int16), classes or _counted(count)


def require_every_class(labels: Labels, names: tuple[str, ...], *, where: Path, things: str) -> None:
    """Refuse test data in which a declared class does not occur: nothing could be said about it.

    Raises:
        WorkloadError: with the classes that are missing.
    """
    missing = [repr(names[index]) for index in np.setdiff1d(np.arange(len(names)), labels)]
    if not missing:
        return
    others = f"; nor has {', '.join(missing[1:_NAMED])}" if len(missing) > 1 else ""
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    raise WorkloadError(f"{where}: class {missing[0]} has no {things}{others}{more}: add some, or take other test data")


def _no_class(word: str, classes: tuple[str, ...] | None) -> str:
    if classes is None:
        return f"{shown(word)} is no class: there can be {MOST_CLASSES} at most"
    number = f", which count from 0 to {len(classes) - 1}" if _is_number(word) else ""
    return f"{shown(word)} is none of the {len(classes)} classes in [data] classes{number}{nearest(word, classes)}"


def _words(path: Path, labels: NDArray[Any], *, samples: int) -> list[str]:
    if labels.shape != (samples,):
        raise WorkloadError(f"{path}: {samples} inputs but labels are words {labels.shape}{_remedy(labels, samples)}")
    try:
        words = [(one.decode() if isinstance(one, bytes) else str(one)).strip() for one in labels.tolist()]
    except ValueError as error:  # no UTF-8, or no characters at all
        raise WorkloadError(f"{path}: a label is no text: save them as str, or as class indices from 0") from error
    wrong = next((place for place, word in enumerate(words) if not word or not word.isprintable()), None)
    if wrong is not None:
        raise WorkloadError(f"{path}: label {wrong} is empty, or has control characters: give each sample its class")
    return words


def _whole_numbers(path: Path, labels: NDArray[Any], *, samples: int) -> NDArray[np.integer]:
    if labels.shape != (samples,) or not np.issubdtype(labels.dtype, np.integer):
        raise WorkloadError(
            f"{path}: {samples} inputs but labels are {labels.dtype} {labels.shape}{_remedy(labels, samples)}"
        )
    return labels


def _remedy(labels: NDArray[Any], samples: int) -> str:
    if labels.shape == (samples, 1):
        return ": save labels.reshape(-1)"
    if labels.shape != (samples,):
        return ": give one class index a sample"
    if labels.dtype.kind == "b" or (labels.dtype.kind == "f" and bool((labels == np.rint(labels)).all())):
        return ': save labels.astype("int64")'
    return ": give class indices, whole numbers from 0"


def _of_one_hot(path: Path, rows: NDArray[Any]) -> NDArray[np.integer]:
    is_one = rows == 1
    wrong = np.flatnonzero((is_one.sum(axis=1) != 1) | (rows != is_one).any(axis=1))
    if wrong.size:
        raise WorkloadError(
            f"{path}: labels {rows.dtype} {rows.shape} are not one-hot, sample {wrong[0]} is not a single 1: give one "
            "class index a sample"
        )
    return np.asarray(is_one.argmax(axis=1))


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= _LONGEST_NUMBER


def _counted(count: int) -> tuple[str, ...]:
    return tuple(f"class {index}" for index in range(count))
