"""What a user named on the command line, as the start of a description: places, hashes, and what a base adds.

Looks whether files are there; opens neither models nor data.
"""

import dataclasses
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.errors import UsageError, WorkloadError
from harness.workloads.description import (
    SCHEMA,
    Arrays,
    Candidate,
    Data,
    Description,
    File,
    Model,
    Preprocessing,
    Texts,
    Variants,
)
from harness.workloads.files import digest_of
from harness.workloads.limits import MOST_MODEL_BYTES
from harness.workloads.presets import AskedPreset
from harness.workloads.workload import Workload

_MAKER = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 60
_CONTROLS = {"Cc", "Zl", "Zp"}  # what no description holds


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFile:
    """A model made elsewhere, and the variant under whose name it is judged."""

    path: str
    variant: str = "int8-static"


@dataclass(frozen=True, slots=True, kw_only=True)
class BringRequest:
    """What the user named. `model` is an ONNX file or `package.module:function`; paths are as typed."""

    model: str | None = None
    data: str | None = None
    calibration: str | None = None
    candidates: tuple[CandidateFile, ...] = ()
    preset: AskedPreset | None = None
    classes: tuple[str, ...] | None = None
    tokenizer: str | None = None
    output: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was named, so that a workload is used as it is."""
        return all(getattr(self, field.name) in {None, ()} for field in dataclasses.fields(self))


def named_model(request: BringRequest, base: Workload | None) -> tuple[Model, Path | None]:
    """The model's table, and its file where it has one.

    Raises:
        UsageError: no model is named.
        WorkloadError: there is no such file.
    """
    if base is None and request.model is None:
        raise UsageError("name the model with --model, or with --workload the one that the files belong to")
    if request.model is None and base is not None:
        model = base.described.model
        found = msgspec.structs.replace(
            model,
            file=str(base.model) if base.model else None,
            sha256=digest_of(base.model) if base.model else None,
            output=request.output or model.output,
        )
        return found, base.model
    named = str(request.model)
    if _MAKER.fullmatch(named) and not Path(named).exists():
        return Model(torch=named, output=request.output), None
    path = absolute(named, option="--model")
    if path.is_dir():
        raise WorkloadError(f"--model {named} is a folder: name the ONNX file in it, or package.module:function")
    return Model(
        file=str(path), sha256=digest_of(path, most_bytes=MOST_MODEL_BYTES), output=request.output
    ), path.resolve()


def drafted(request: BringRequest, base: Workload | None, model: Model) -> Description:
    """Everything that needs no look at the data. The preprocessing is the base's, or none yet.

    Raises:
        WorkloadError: a file is not there.
    """
    candidates = tuple(_candidate(one) for one in request.candidates)
    data = Data(
        test=_named(request.data, option="--data"),
        calibration=_named(request.calibration, option="--calibration"),
        classes=request.classes,
    )
    alone = Variants(default=("fp32",)) if candidates else None
    if base is None:
        return Description(
            schema=SCHEMA,
            name=name_of(str(request.model)),
            title=f"{Path(str(request.model)).name}, brought from the command line"[:300],
            model=model,
            preprocessing=Arrays(),
            data=data,
            variants=alone,
            candidates=candidates,
        )
    own = base.described
    is_same_model = request.model is None
    return msgspec.structs.replace(
        own,
        name=name_of(own.name if is_same_model else str(request.model)),
        model=model,
        preprocessing=_absolute_tokenizer(own.preprocessing, base),
        data=_overridden(own.data, data, base),
        variants=alone or (own.variants if is_same_model else None),
        sensitivity=own.sensitivity if is_same_model else None,  # it ranks the nodes of the other model
        candidates=candidates
        or tuple(msgspec.structs.replace(one, file=_beside(base, one.file)) for one in own.candidates),
    )


def _overridden(own: Data, named: Data, base: Workload) -> Data:
    """The base's data with what was named in its place; its own files under absolute paths."""
    found = {}
    for split in ("test", "calibration", "search"):
        source = getattr(own, split)
        if isinstance(source, File):
            source = msgspec.structs.replace(source, file=_beside(base, source.file))
        elif source is not None:
            source = _beside(base, source)
        found[split] = getattr(named, split) or source
    return msgspec.structs.replace(own, classes=named.classes or own.classes, **found)


def _absolute_tokenizer(own: Preprocessing, base: Workload) -> Preprocessing:
    if isinstance(own, Texts):
        return msgspec.structs.replace(own, tokenizer=_beside(base, own.tokenizer))
    return own


def is_scripted(path: Path) -> bool:
    """Whether a model is a script for the fake runtime, in which there is nothing to look at."""
    return path.name.endswith(".fake.json")


def _candidate(one: CandidateFile) -> Candidate:
    path = absolute(one.path, option="--candidate")
    if "," in path.name:
        raise WorkloadError(f"--candidate {one.path}: a comma separates variants, so rename the file")
    return Candidate(file=str(path), variant=one.variant, sha256=digest_of(path, most_bytes=MOST_MODEL_BYTES))


def _named(text: str | None, *, option: str) -> str | None:
    return str(absolute(text, option=option)) if text is not None else None


def _beside(base: Workload, name: str) -> str:
    return str(base.file.parent.resolve() / name)


def absolute(text: str, *, option: str) -> Path:
    """The place that a user named.

    Raises:
        WorkloadError: nothing is there.
    """
    try:
        path = Path(text).expanduser().absolute()
        exists = bool(text) and path.exists()
    except (OSError, RuntimeError, ValueError) as error:  # no such user, a loop of links, a NUL
        raise WorkloadError(f"{option} {text!r}: {error}") from error
    if not exists:
        raise WorkloadError(f"{option} {text!r}: no such file or folder")
    if any(unicodedata.category(one) in _CONTROLS for one in str(path)):
        raise WorkloadError(f"{option} {text!r}: its name has control characters or line breaks: rename it")
    if not (path.is_file() or path.is_dir()):  # a pipe or a device never ends
        raise WorkloadError(f"{option} {text!r} is neither a file nor a folder: name one")
    return path


def name_of(model: str) -> str:
    """A name for a workload, after its model: letters, digits, dots and dashes."""
    base = model.replace(":", ".") if _MAKER.fullmatch(model) else Path(model).name.removesuffix(".onnx")
    return _NOT_IN_A_NAME.sub("-", base).strip("-._")[:_LONGEST_NAME] or "model"
