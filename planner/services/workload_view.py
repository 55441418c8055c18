"""Everything that a workload is: what its description says, what lies behind it, and what is wrong with it.

Nothing is measured, but everything is looked at: every file against its hash, every label, and whether the first
samples become the inputs that the model reads. One fault does not hide the next.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from harness.errors import HarnessError, UnavailableError
from harness.vocabulary import GateRules, ModelCard, TensorSpec
from harness.workloads.answering import answering_output, check_candidate, classes_of
from harness.workloads.data.identity import alike, look_alikes
from harness.workloads.data.split import Split
from harness.workloads.description import File, Preprocessing
from harness.workloads.model_size import model_size
from harness.workloads.naming import is_scripted
from harness.workloads.trying import Feed, feed_some
from harness.workloads.workload import Workload, describe_workload
from planner.services.gate_rules import QualityAsked, gate_rules

SCHEMA = "planner.workload/1"
_MOST_NAMED = 5

Inspect = Callable[[Path], ModelCard]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelView:
    """The FP32 model. `inputs` and `outputs` are empty where only running it would tell, with the reason."""

    file: str | None
    torch: str | None
    output: str | None
    digest: str | None = None
    is_pinned: bool = False
    size_bytes: int | None = None
    opset: int | None = None
    inputs: tuple[TensorSpec, ...] = ()
    outputs: tuple[TensorSpec, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCount:
    """How many samples of a class there are."""

    name: str
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitView:
    """Samples of one purpose. `taken_from_test` is the share of the test data that calibration took."""

    name: str
    source: str | None
    samples: int
    digest: str
    is_pinned: bool
    classes: tuple[ClassCount, ...]
    taken_from_test: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateView:
    """A model made elsewhere, by the name under which it is judged."""

    variant: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadView:
    """A workload as it was found. Its JSON form is an API.

    `problems` keep it from being measured, or its figures from being right; `remarks` are worth knowing.
    """

    name: str
    title: str
    file: str
    licence: str
    source: str
    task: str
    metric: str
    digest: str | None
    model: ModelView
    preprocessing: Preprocessing
    splits: tuple[SplitView, ...]
    default_variants: tuple[str, ...]
    candidates: tuple[CandidateView, ...]
    ranked_nodes: int
    keep_fp32: int
    gate: GateRules | None
    problems: tuple[str, ...]
    remarks: tuple[str, ...]
    schema: str = SCHEMA


@dataclass(slots=True, kw_only=True)
class _Found:
    """Gathers what is wrong while it goes on looking."""

    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def attempt(self, look: Callable[[], _T]) -> _T | None:
        """What `look` finds; what it refuses becomes a problem."""
        try:
            return look()
        except UnavailableError as error:
            self.remarks.append(str(error))
        except HarnessError as error:
            self.problems.append(str(error))
        return None


def view_workload(reference: str, *, inspect: Inspect, feed: Feed = feed_some) -> WorkloadView:
    """Look at all of a workload; `feed` tries its first samples.

    Raises:
        WorkloadError: there is none of that name, or its description cannot be read; tells every fault of it.
    """
    unopened, found = describe_workload(reference), _Found()
    described = unopened.described
    path = found.attempt(unopened.locate_model)
    workload = dataclasses.replace(unopened, model=path)
    card = found.attempt(functools.partial(inspect, path)) if path is not None and not is_scripted(path) else None
    splits = {name: split for name in ("test", "calibration", "search") if (split := _split(workload, name, found))}
    views = tuple(_split_view(workload, name, split) for name, split in splits.items())
    if card is not None and "test" in splits:
        found.attempt(lambda: feed(workload, card.inputs))
        found.attempt(lambda: _require_answers(workload, card))
    candidates = found.attempt(lambda: _candidates(workload, card, inspect))
    gate = found.attempt(lambda: gate_rules(workload, QualityAsked())) if "test" in splits else None
    _remark(workload, views, found)
    return WorkloadView(
        name=described.name,
        title=described.title,
        file=str(workload.file),
        licence=described.licence,
        source=described.source,
        task=described.task,
        metric=described.quality.metric,
        digest=found.attempt(lambda: workload.digest) if not found.problems else None,
        model=_model_view(workload, card),
        preprocessing=described.preprocessing,
        splits=views,
        default_variants=tuple(one.label for one in found.attempt(lambda: workload.default_variants) or ()),
        candidates=candidates or (),
        ranked_nodes=len(workload.sensitive_nodes),
        keep_fp32=workload.keep_fp32,
        gate=gate,
        problems=tuple(dict.fromkeys(found.problems)),
        remarks=tuple(dict.fromkeys(found.remarks)),
    )


def _split(workload: Workload, name: str, found: _Found) -> Split | None:
    if name == "search" and workload.described.data.search is None:
        return None
    return found.attempt(lambda: workload.split(name))


def _split_view(workload: Workload, name: str, split: Split) -> SplitView:
    is_taken = name == "calibration" and workload.takes_calibration_from_test
    source = getattr(workload.described.data, "test" if is_taken else name)
    return SplitView(
        name=name,
        source=source.file if isinstance(source, File) else source,
        samples=split.samples,
        digest=split.digest,
        is_pinned=isinstance(source, File) and source.sha256 is not None,
        classes=tuple(_counts(workload, split)),
        taken_from_test=split.samples / (split.samples + workload.split("test").samples) if is_taken else None,
    )


def _counts(workload: Workload, split: Split) -> Iterator[ClassCount]:
    if split.labels is None or not workload.has_labels:
        return
    names = workload.class_names
    for name, samples in zip(names, np.bincount(split.labels, minlength=len(names)), strict=True):
        yield ClassCount(name=name, samples=int(samples))


def _require_answers(workload: Workload, card: ModelCard) -> None:
    """Does the model answer as many classes as the data have?"""
    if workload.has_labels:
        names = workload.class_names
        output = answering_output(card.outputs, workload.described.model.output, classes=len(names))
        classes_of(names, output, declared=workload.described.data.classes is not None)


def _candidates(workload: Workload, card: ModelCard | None, inspect: Inspect) -> tuple[CandidateView, ...]:
    views = []
    for recipe, (path, digest) in workload.candidates.items():
        if not is_scripted(path):
            check_candidate(inspect(path), recipe, model=card, output=workload.described.model.output)
        views.append(CandidateView(variant=recipe.label, digest=digest))
    return tuple(views)


def _model_view(workload: Workload, card: ModelCard | None) -> ModelView:
    model = workload.described.model
    if workload.model is None:
        reason = (
            "a PyTorch module: what it reads is known when it runs" if model.file is None else "the file is not usable"
        )
        return ModelView(file=model.file, torch=model.torch, output=model.output, reason=reason)
    return ModelView(
        file=model.file,
        torch=model.torch,
        output=model.output,
        digest=workload.model_digest,
        is_pinned=model.sha256 is not None,
        size_bytes=model_size(workload.model),
        opset=card.opset if card else None,
        inputs=card.inputs if card else (),
        outputs=card.outputs if card else (),
        reason=None if card else "a script for the fake runtime" if is_scripted(workload.model) else "not readable",
    )


def _remark(workload: Workload, splits: tuple[SplitView, ...], found: _Found) -> None:
    described = workload.described
    loose = [one.source for one in splits if one.source is not None and not one.is_pinned]
    if workload.model is not None and described.model.file is not None and described.model.sha256 is None:
        loose.insert(0, described.model.file)
    if loose:
        names = ", ".join(dict.fromkeys(loose))
        found.remarks.append(f"without sha256, a change of {names} is not noticed when a run is repeated")
    if described.model.torch is not None:
        found.remarks.append(
            f"measuring it runs the Python code that {described.model.torch} names: look at it first, where it is not "
            "your own"
        )
    for one, other in look_alikes(found.attempt(lambda: workload.class_names) or ()):
        found.remarks.append(alike(one, other))
    for split in splits:
        if empty := [one.name for one in split.classes if not one.samples]:
            more = f" and {len(empty) - _MOST_NAMED} more" if len(empty) > _MOST_NAMED else ""
            found.remarks.append(f"{split.name} has no sample of {', '.join(empty[:_MOST_NAMED])}{more}")
    if not described.licence:
        found.remarks.append("no licence is stated: write licence where others will see the figures")
