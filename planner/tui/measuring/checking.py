"""What is typed beside the ticks, looked at as it is typed: what is wrong with it, or what it will come to.

The words of a field that is wrong are those of the command line, whose readers are the same. Files are looked at, never
read: a zip's table of contents, a folder's first entries.
"""

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from harness.errors import HarnessError
from harness.workloads.naming import absolute
from planner.tui.measuring.sniffing import has_graph
from planner.wording import quantities
from planner.wording.typed import duration_s, share

_MAKER = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_TEXTS = (".csv", ".tsv", ".jsonl", ".ndjson")
_MOST_ENTRIES = 2000
_MOST_NAMES = 4
_NO_LABELS = "no labels: speed, memory and agreement with FP32 are judged, accuracy is not"
_LABELS = "with labels: accuracy and every class are judged"
_RANDOM = "no data: random inputs, speed and memory alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A sentence on a field. `is_wrong`: it cannot be measured so. `brief`: for beside the field, without its words."""

    told: str = ""
    is_wrong: bool = False
    brief: str = ""


def check_fields(values: Mapping[str, str]) -> dict[str, Checked]:
    """A sentence on each field that has one; fields are named as in `Asked`."""
    checks: Mapping[str, Callable[[str], str]] = {
        "budget": _budget,
        "max_relative_loss": lambda text: _share(text, "--max-relative-loss"),
        "max_class_drop": lambda text: _share(text, "--max-class-drop"),
        "model": _model,
        "data": _data,
        "calibration": _calibration,
        "tokenizer": lambda text: _tokenizer(text, values.get("data", "")),
    }
    return {name: _checked(checks[name], text.strip()) for name, text in values.items()}


def _checked(check: Callable[[str], str], text: str) -> Checked:
    try:
        told = check(text)
    except HarnessError as error:
        return Checked(told=str(error), is_wrong=True, brief=_brief(str(error), text))
    return Checked(told=told, brief=told)


def _brief(sentence: str, text: str) -> str:
    if not (sentence.startswith("--") and text and text in sentence):
        return sentence
    return sentence[sentence.index(text) + len(text) :].lstrip("': ")


def _budget(text: str) -> str:
    if text and duration_s(text, option="--budget") <= 0:
        raise HarnessError(f"--budget {text!r}: nothing can be timed in no time: write for example 45s")
    return ""


def _share(text: str, option: str) -> str:
    if text:
        share(text, option=option)
    return ""


def _model(text: str) -> str:
    if not text:
        return "name an .onnx file, or package.module:function of a PyTorch module"
    if _MAKER.fullmatch(text) and not Path(text).exists():
        return "a PyTorch module: its code is run to make it"
    path = absolute(text, option="--model")
    if path.is_dir():
        raise HarnessError(f"--model {text} is a folder: name the ONNX file in it")
    if path.suffix.lower() != ".onnx":
        raise HarnessError(f"--model {text}: {path.suffix or 'no suffix'} is not .onnx: export the model to ONNX")
    try:
        size, is_onnx = path.stat().st_size, has_graph(path)
    except OSError as error:
        raise HarnessError(f"--model {text} cannot be read: {error.strerror}") from error
    if not is_onnx:
        raise HarnessError(f"--model {text} is not an ONNX file, or is damaged: it holds no graph")
    return quantities.size(size)


def _data(text: str) -> str:
    if not text:
        return _RANDOM
    path = absolute(text, option="--data")
    if path.is_dir():
        return _folder(path)
    suffix = path.suffix.lower()
    if suffix == ".npz":
        return _arrays(path)
    if suffix in _TEXTS:
        return "texts: name the model's tokenizer.json below"
    raise HarnessError(f"--data {text}: in no known form: a folder of images, an .npz file, or texts in CSV or JSONL")


def _folder(path: Path) -> str:
    try:
        folders = sum(one.is_dir() for one in islice(path.iterdir(), _MOST_ENTRIES))
    except OSError as error:
        raise HarnessError(f"--data {path} cannot be read: {error.strerror}") from error
    return f"{folders:,} sub-folders, a class each · {_LABELS}" if folders else f"images · {_NO_LABELS}"


def _arrays(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile) as error:
        raise HarnessError(f"--data {path} is not an .npz file: {error}") from error
    if "labels.npy" in names:
        return _LABELS
    told = ", ".join(name.removesuffix(".npy") for name in names[:_MOST_NAMES])
    return f"no array is called labels (there: {told}): agreement with FP32 is judged, accuracy is not"


def _calibration(text: str) -> str:
    if not text:
        return ""
    absolute(text, option="--calibration")
    return "calibrated with these, none of the data are taken for it"


def _tokenizer(text: str, data: str) -> str:
    is_text = Path(data.strip()).suffix.lower() in _TEXTS
    if not text:
        if is_text:
            raise HarnessError("texts need the model's tokenizer.json: name it")
        return ""
    if data and not is_text:
        raise HarnessError("a tokenizer is for texts in CSV or JSONL: leave it out")
    absolute(text, option="--tokenizer")
    return ""
