"""A new workload file: a commented template, in which what the named model and data tell is filled in."""

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from harness.errors import UnavailableError, UsageError, WorkloadError
from harness.vocabulary import ModelCard, TensorSpec
from harness.workloads.description import (
    SCHEMA,
    Arrays,
    Data,
    Description,
    Images,
    Model,
    Preprocessing,
    RandomTensor,
    RandomTensors,
    Texts,
    read_description,
)
from harness.workloads.feeding_guess import TABLES, guess_preprocessing, stored_size
from harness.workloads.files import digest_of
from harness.workloads.naming import is_scripted, name_of
from harness.workloads.presets import image_guess, text_guess
from harness.workloads.template import template_text

_MAKER = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_TOKENIZER = "tokenizer.json"
_DATA = {"image": "images", "text": "texts.csv", "none": "test.npz"}
_PICTURE_AXES = 4

Inspect = Callable[[Path], ModelCard]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRequest:
    """What a user names: the file to write, and what is known already."""

    file: Path
    kind: str | None = None
    model: str | None = None
    data: str | None = None
    overwrite: bool = False


@dataclass(slots=True, kw_only=True)
class _Known:
    """What was found out about the named files."""

    model: Model = field(default_factory=lambda: Model(file="model.onnx"))
    inputs: tuple[TensorSpec, ...] | None = None
    data: Path | None = None
    hashes: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def write_draft(request: DraftRequest, *, inspect: Inspect) -> tuple[str, ...]:
    """Write the template, read it back, and return sentences on what was filled in.

    Raises:
        UsageError: the file exists, or what is named does not lie beside it.
        WorkloadError: a file that is named cannot be read, or the template cannot be written.
    """
    file = request.file
    if file.suffix != ".toml":
        raise UsageError(f"{file}: a workload is described in a .toml file, for example {file.name or 'mine'}.toml")
    if file.is_dir() or (file.exists() and not request.overwrite):
        raise UsageError(f"{file} exists: name another, or say --overwrite")
    known = _look(request, inspect)
    described = _described(request, known)
    text = template_text(described, file=str(file), hashes=known.hashes)
    _write(file, text)
    read_description(file)
    return tuple(known.notes)


def _look(request: DraftRequest, inspect: Inspect) -> _Known:
    known = _Known()
    if request.data is not None:
        known.data = _beside(request.file, request.data, option="--data")
        if known.data.is_file():
            known.hashes["data"] = digest_of(known.data)
    if request.model is None:
        return known
    if _MAKER.fullmatch(request.model) and not Path(request.model).exists():
        known.model = Model(torch=request.model)
        return known
    path = _beside(request.file, request.model, option="--model")
    known.model = Model(file=_relative(request.file, path))
    known.hashes["model"] = digest_of(path)
    if not is_scripted(path):
        _inspect(path, known, inspect)
    return known


def _inspect(path: Path, known: _Known, inspect: Inspect) -> None:
    try:
        card = inspect(path)
    except UnavailableError as error:
        known.notes.append(f"what {path.name} reads is not known: {error}")
        return
    known.inputs = card.inputs
    known.notes.append(f"{path.name} reads {', '.join(spec.text for spec in card.inputs)}")
    known.notes += [f"{path.name}: {problem}" for problem in card.problems]


def _described(request: DraftRequest, known: _Known) -> Description:
    kind = request.kind or _kind_of(known)
    preprocessing = _preprocessing(kind, request, known)
    data = Data()
    if kind != "random":
        data = Data(test=_relative(request.file, known.data) if known.data is not None else _DATA[kind])
    return Description(
        schema=SCHEMA,
        name=name_of(request.model or request.file.stem),
        model=known.model,
        preprocessing=preprocessing,
        data=data,
        task="none" if kind == "random" else "classification",
    )


def _kind_of(known: _Known) -> str:
    """By the data, else by the model's inputs, else pictures."""
    if known.data is not None:
        if known.data.is_dir():
            return "image"
        if known.data.suffix.lower() in TABLES:
            return "text"
        return "image" if _guessed(known) is not None else "none"
    if known.inputs is None:
        return "image"
    if any("input_ids" in spec.name for spec in known.inputs):
        return "text"
    return "image" if len(known.inputs) == 1 and len(known.inputs[0].shape) == _PICTURE_AXES else "none"


def _guessed(known: _Known) -> Images | None:
    guess, _ = guess_preprocessing(known.data, known.inputs, asked=None, tokenizer=None)
    return guess if isinstance(guess, Images) else None


def _preprocessing(kind: str, request: DraftRequest, known: _Known) -> Preprocessing:
    match kind:
        case "image":
            spec = known.inputs[0] if known.inputs else None
            guess = image_guess(spec, None, stored_size(known.data, spec) if known.data is not None else None)
            known.notes += guess.notes
            known.notes.append(
                "how pictures become inputs is assumed: correct [preprocessing] by what the model was trained with, or "
                "accuracy is lost without any error"
            )
            return guess.preprocessing
        case "text":
            return _texts(request, known)
        case "random":
            if known.inputs is None:
                return RandomTensors(tensors=(RandomTensor(name="input", shape=(3, 224, 224)),))
            random, notes = guess_preprocessing(None, known.inputs, asked=None, tokenizer=None)
            known.notes += notes
            return random
        case _:
            return Arrays()


def _texts(request: DraftRequest, known: _Known) -> Preprocessing:
    tokenizer = request.file.parent / _TOKENIZER
    if tokenizer.is_file():
        known.hashes["preprocessing"] = digest_of(tokenizer)
    if known.inputs is None:
        return Texts(tokenizer=_TOKENIZER)
    guess = text_guess(known.inputs, _TOKENIZER, "")
    return msgspec.structs.replace(guess.preprocessing, sha256=None)


def _beside(file: Path, name: str, *, option: str) -> Path:
    """The file or folder named, which must lie where the new file's own paths can reach it."""
    try:
        path = Path(name).expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise WorkloadError(f"{option} {name!r}: no such file or folder") from error
    if not (path.is_file() or path.is_dir()):  # a pipe or a device never ends
        raise WorkloadError(f"{option} {name!r} is neither a file nor a folder")
    folder = file.parent.resolve()
    if not path.is_relative_to(folder):
        raise UsageError(
            f"{option} {name} lies outside {folder}: a workload file names only what lies in its own folder; write it "
            f"there (planner workloads new {path.parent / file.name}), or skip the file: planner bench {option} {name}"
        )
    return path


def _relative(file: Path, path: Path) -> str:
    return path.relative_to(file.parent.resolve()).as_posix()


def _write(file: Path, text: str) -> None:
    """Whole or not at all."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-", suffix=".toml")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(text)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(file)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise WorkloadError(f"{file} cannot be written: {error.strerror or error}") from error
