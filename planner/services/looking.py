"""Looks at a workload's models before a plan is made: what they fix, and which runtime cannot read which of them.

Each is read in a process of its own. What no runtime can measure is refused here, before the host is waited for and
before anything is stored; what one runtime cannot read is left out of the plan, with the reason.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import UnavailableError, WorkloadError
from harness.runtimes import registry
from harness.runtimes.base import ModelReader
from harness.supervisor.inspection import feed_apart, inspect_model, read_model
from harness.vocabulary import ModelCard, TensorSpec
from harness.workloads.description import Texts
from harness.workloads.naming import is_scripted
from harness.workloads.workload import Workload
from planner import settings

_LOGS = "inspection"
TORCH = "torch"

Tell = Callable[[str], None]
"""Takes a sentence on what is being waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsSeen:
    """What was found: the one batch size that the models can be called with, where there is one.

    `unreadable` says why a runtime cannot read a model: by the runtime's name where it is the workload's own model,
    by the arm's (`openvino/int8-qat:file=x.onnx`) where it is one made elsewhere.
    """

    fixed_batch: int | None = None
    unreadable: Mapping[str, str] = field(default_factory=dict)


def look_at_models(
    workload: Workload, runtimes: Iterable[str] | None, *, tell: Tell, has_built_module: bool = False
) -> ModelsSeen:
    """Read every model of a workload, with the package onnx and with each runtime that can say beforehand.

    Args:
        workload: whose models they are.
        runtimes: those that are asked for; all that are here where it is `None`.
        tell: told of what takes long.
        has_built_module: whether its PyTorch module was built a moment ago, so that it need not be again.

    Raises:
        WorkloadError: a file must not be opened, two are fixed at different batch sizes, or the only model is a
            PyTorch module that cannot be built.
    """
    if isinstance(workload.described.preprocessing, Texts):
        feed_texts_apart(workload, ())
    files = dict(_onnx_files(workload))
    fixed_batch = _one_batch(_cards(files.values()))
    unreadable: dict[str, str] = {}
    for name in runtimes or registry.runtime_names():
        reads = _reads(name)
        if reads == "onnx":
            unreadable |= _refusals(name, files)
        if reads == TORCH and workload.described.model.torch is not None and not has_built_module:
            unreadable |= _module_refusal(workload, tell)
    return ModelsSeen(fixed_batch=fixed_batch, unreadable=unreadable)


def fixed_batch_of(workload: Workload) -> int | None:
    """The one batch size that a workload's models can be called with; `None` where any will do.

    Raises:
        WorkloadError: a file must not be opened, or two are fixed at different batch sizes.
    """
    return _one_batch(_cards(dict(_onnx_files(workload)).values()))


def feed_texts_apart(workload: Workload, specs: Sequence[TensorSpec]) -> None:
    """See whether the first samples become what a model reads; texts in a process of their own.

    Raises:
        WorkloadError: they do not, or the tokenizer does not work, never ends, or needs too much memory.
        UnavailableError: a package that reads them is not here.
    """
    feed_apart(workload, specs, logs=settings.log_folder(_LOGS))


def inspect_file(path: Path) -> ModelCard:
    """What an ONNX file says of itself.

    Raises:
        WorkloadError: it must not be opened.
        UnavailableError: the package onnx is not here.
    """
    return inspect_model(path, logs=settings.log_folder(_LOGS))


def build_module(reference: str, *, tell: Tell) -> tuple[TensorSpec, ...]:
    """What a PyTorch module reads, which is built once for that: its code is run.

    Raises:
        WorkloadError: it cannot be built.
        UnavailableError: PyTorch is not here.
    """
    here = registry.probe(TORCH)
    if not here.is_available:
        raise UnavailableError(f"{reference} needs PyTorch: {here.reason}; {here.hint}")

    def waited(seconds: float) -> None:
        tell(f"building {reference} to see that it works: {seconds:.0f} s so far, Ctrl-C ends it")

    return read_model(TORCH, reference, logs=settings.log_folder(_LOGS), waited=waited)


def _module_refusal(workload: Workload, tell: Tell) -> dict[str, str]:
    try:
        build_module(str(workload.described.model.torch), tell=tell)
    except WorkloadError as error:
        if workload.model is None:
            raise
        return {TORCH: str(error)}
    return {}


def _onnx_files(workload: Workload) -> Iterator[tuple[str, Path]]:
    """By the label of the candidate, or "" for the workload's own."""
    if workload.model is not None and not is_scripted(workload.model):
        yield "", workload.model
    for recipe, (path, _) in workload.candidates.items():
        if not is_scripted(path):
            yield recipe.label, path


def _cards(files: Iterable[Path]) -> list[ModelCard]:
    cards = []
    for path in files:
        try:
            cards.append(inspect_file(path))
        except UnavailableError:  # without the package onnx nothing is known: a runtime will say what it cannot do
            return []
    return cards


def _one_batch(cards: list[ModelCard]) -> int | None:
    sizes = {card.batch: card.file for card in cards if card.batch is not None}
    if len(sizes) > 1:
        told = " and ".join(f"{file} at {size}" for size, file in sizes.items())
        raise WorkloadError(f"models with different fixed batch axes cannot be compared ({told}): export them alike")
    return next(iter(sizes), None)


def _reads(name: str) -> str | None:
    """The kind of model that a runtime can read beforehand; `None` where it is not here, or cannot."""
    if not registry.probe(name).is_available:
        return None
    runtime = registry.find_runtime(name)
    return runtime.model_format if isinstance(runtime, ModelReader) else None


def _refusals(runtime: str, files: Mapping[str, Path]) -> dict[str, str]:
    found = {}
    for label, path in files.items():
        try:
            read_model(runtime, str(path), logs=settings.log_folder(_LOGS))
        except (WorkloadError, UnavailableError) as error:
            found[f"{runtime}/{label}" if label else runtime] = str(error)
            if not label:  # what was made of a model has its operators
                return found
    return found
