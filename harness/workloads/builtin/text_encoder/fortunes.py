"""The texts of Debian's fortunes, each labelled with the file it is in, in four splits that share none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.errors import WorkloadError
from harness.workloads.builtin.pinned import DebianPackage, unpacked
from harness.workloads.data.identity import essence_of

PACKAGES = (
    DebianPackage(
        name="fortunes",
        version="1:1.99.1-7.3",
        sha256="41d0551dc0ff52f875a2ecef7c39da2f672ab468c37e170119f7e0245a9d63c5",
    ),
    DebianPackage(
        name="fortunes-min",
        version="1:1.99.1-7.3",
        sha256="9eed5b45064e41133dae0967cf3a17588ad77c014fcc7bf1527fa3ea48e44d07",
    ),
)
# The files that are about something: left out are those of mixed content and those of fewer than 150 texts.
CLASSES = (
    "people",
    "definitions",
    "computers",
    "politics",
    "songs-poems",
    "science",
    "art",
    "wisdom",
    "linux",
    "perl",
    "startrek",
    "food",
    "law",
    "education",
    "love",
)
_FOLDER = "usr/share/games/fortunes"
_END_OF_TEXT = "\n%\n"
_SEED = 20
# Of each class. What is left, a little over half, trains the head. Calibration takes about 500 texts.
_SHARES = {"test": 0.30, "calibration": 0.06, "search": 0.10}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text with the class it belongs to."""

    text: str
    label: str


def read_texts() -> list[Text]:
    """Every text of the chosen files once; a text that stands in two of them is in none of the result.

    Raises:
        WorkloadError: a package cannot be had, or is not the pinned one.
    """
    roots = [unpacked(package) / _FOLDER for package in PACKAGES]
    files: dict[str, set[str]] = {}
    found: dict[str, Text] = {}
    for label in CLASSES:
        for text in _texts_of(roots, label):
            key = essence_of(text)
            files.setdefault(key, set()).add(label)
            found.setdefault(key, Text(text=text, label=label))
    return [text for key, text in found.items() if len(files[key]) == 1]


def choose_splits(texts: Sequence[Text]) -> dict[str, list[Text]]:
    """The texts for `test`, `calibration`, `search` and `train`: the same shares of every class, chosen by a seed."""
    randomness = np.random.default_rng(_SEED)
    splits: dict[str, list[Text]] = {name: [] for name in (*_SHARES, "train")}
    for label in CLASSES:
        members = [text for text in texts if text.label == label]
        order = [members[place] for place in randomness.permutation(len(members))]
        for name, share in _SHARES.items():
            count = round(share * len(members))
            splits[name] += order[:count]
            order = order[count:]
        splits["train"] += order
    return splits


def _texts_of(roots: Sequence[Path], label: str) -> Iterator[str]:
    path = next((root / label for root in roots if (root / label).is_file()), None)
    if path is None:
        raise WorkloadError(f"the packages {' and '.join(one.name for one in PACKAGES)} hold no file {label!r}")
    for text in path.read_text(encoding="utf-8").split(_END_OF_TEXT):
        if stripped := text.strip().removesuffix("\n%"):
            yield stripped
