"""A workload out of files that a user names: model, data, calibration data, models made elsewhere.

What the files leave open is assumed, and every assumption is told: in sentences for whoever started it, and as
comments in the description. Models are looked at by whoever is handed in as `inspect`, never opened here.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.errors import UsageError, WorkloadError
from harness.vocabulary import ModelCard, TensorSpec
from harness.workloads.answering import answering_output, check_candidate, classes_of
from harness.workloads.data.identity import alike, look_alikes
from harness.workloads.data.reading import INPUT
from harness.workloads.description import (
    DESCRIPTION_FILE,
    Arrays,
    Description,
    File,
    Images,
    Model,
    Preprocessing,
    RandomTensors,
)
from harness.workloads.feeding_guess import guess_preprocessing
from harness.workloads.files import digest_of
from harness.workloads.naming import BringRequest, absolute, drafted, is_scripted, named_model
from harness.workloads.places import workload_cache
from harness.workloads.trying import Feed, feed_some
from harness.workloads.workload import Workload

Inspect = Callable[[Path], ModelCard]
Build = Callable[[str], tuple[TensorSpec, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence on one table of the description."""

    table: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A description of what was named, with what was assumed."""

    described: Description
    notes: tuple[Note, ...]


def bring(
    request: BringRequest, base: Workload | None, *, inspect: Inspect, build: Build, feed: Feed = feed_some
) -> Brought:
    """Describe what was named; what was not comes from `base`, where there is one.

    Args:
        request: what was named.
        base: a workload that supplies the rest.
        inspect: reads ONNX files.
        build: makes a PyTorch module, for what it reads: one that cannot be made is not described.
        feed: tries the first samples: a tokenizer that nobody vouches for is better run elsewhere.

    Raises:
        UsageError: what was named cannot be meant together.
        WorkloadError: a file cannot be read, or model and data do not fit one another.
    """
    notes: list[Note] = []
    model, path = named_model(request, base)
    card = inspect(path) if path is not None and not is_scripted(path) else None
    if card is not None and path is not None:
        model = _with_weights(model, path, card)
        notes += [Note(table="model", sentence=sentence) for sentence in _of_card(card)]
    reads = card.inputs if card else ()
    if path is None and model.torch is not None:
        reads = build(model.torch)
        notes.append(Note(table="model", sentence=_of_module(model.torch, reads)))
    described = drafted(request, base, model)
    described, told = _fed(described, request, base, card)
    notes += told
    described, told = _answered(_opened(described, path), request, card)
    notes += told
    workload = _opened(described, path)
    feed(workload, reads)
    notes += _checked_candidates(workload, card, inspect, feed)
    notes += _of_calibration(workload)
    return Brought(described=described, notes=tuple(notes))


def _with_weights(model: Model, path: Path, card: ModelCard) -> Model:
    """Files beside the model are part of it: other weights are another model."""
    weights = tuple(
        File(file=str(path.parent / name), sha256=digest_of(path.parent / name)) for name in card.external_files
    )
    return msgspec.structs.replace(model, weights=weights)


def _of_module(maker: str, reads: Sequence[TensorSpec]) -> str:
    told = ", ".join(spec.text for spec in reads if not spec.is_optional)
    return f"model: {maker} was called and makes a PyTorch module" + (f" that reads {told}" if told else "")


def _of_card(card: ModelCard) -> list[str]:
    reads = ", ".join(spec.text for spec in card.inputs)
    answers = ", ".join(spec.text for spec in card.outputs)
    told = [f"model: {card.file}, opset {card.opset}, reads {reads} and answers {answers}"]
    return told + [f"{card.file}: {problem}" for problem in card.problems]


def _fed(
    described: Description, request: BringRequest, base: Workload | None, card: ModelCard | None
) -> tuple[Description, list[Note]]:
    """With its preprocessing: the base's unless another model or preset was named, else a guess."""
    is_new = base is None or request.preset is not None or request.tokenizer is not None
    if not is_new and not isinstance(described.preprocessing, RandomTensors):
        kept = _renamed(described.preprocessing, card)
        return msgspec.structs.replace(described, preprocessing=kept), []
    source = described.data.test
    place = Path(source.file if isinstance(source, File) else source) if source is not None else None
    preprocessing, sentences = guess_preprocessing(
        place,
        card.inputs if card else None,
        asked=request.preset,
        tokenizer=absolute(request.tokenizer, option="--tokenizer") if request.tokenizer else None,
    )
    notes = [Note(table="preprocessing", sentence=sentence) for sentence in sentences]
    return msgspec.structs.replace(described, preprocessing=preprocessing), notes


def _renamed(preprocessing: Preprocessing, card: ModelCard | None) -> Preprocessing:
    """Another model may call its one picture by another name."""
    if isinstance(preprocessing, Images) and card is not None and len(card.inputs) == 1:
        return msgspec.structs.replace(preprocessing, input=card.inputs[0].name)
    return preprocessing


def _answered(workload: Workload, request: BringRequest, card: ModelCard | None) -> tuple[Description, list[Note]]:
    """With its task, classes and output, after a look at the data."""
    described = workload.described
    outputs = card.outputs if card else ()
    if isinstance(described.preprocessing, RandomTensors):
        notes = [Note(table="data", sentence="data: random inputs, as no --data are named: speed and memory alone")]
        return msgspec.structs.replace(described, task="none"), notes
    if not _has_labels(workload):
        if request.classes is not None:
            raise UsageError(
                "--classes names the classes of labels, and the data have none: add labels, or leave it out"
            )
        sentence = "data: no labels, so quality is not measured: speed, memory and agreement alone"
        if card is not None and (spare := _spare_arrays(workload, card.inputs)):
            sentence += f" (the model reads no {' or '.join(spare)}: labels are to be called `labels`)"
        return msgspec.structs.replace(described, task="none"), [Note(table="data", sentence=sentence)]
    output = answering_output(outputs, described.model.output, classes=len(workload.class_names))
    names, told = classes_of(workload.class_names, output, declared=described.data.classes is not None)
    notes = [
        Note(table="data", sentence=sentence) for sentence in (told, *itertools.starmap(alike, look_alikes(names)))
    ]
    model = described.model
    if output is not None and len(outputs) > 1:
        model = msgspec.structs.replace(model, output=output.name)
        notes.append(Note(table="model", sentence=f"output: {output.text} is judged (--output names another)"))
    data = msgspec.structs.replace(described.data, classes=names)
    return msgspec.structs.replace(described, task="classification", model=model, data=data), notes


def _spare_arrays(workload: Workload, specs: Sequence[TensorSpec]) -> list[str]:
    """Arrays beside the model's inputs, which may be meant as labels."""
    if not isinstance(workload.described.preprocessing, Arrays):
        return []
    unlabelled = msgspec.structs.replace(workload.described, task="none")
    given = _opened(unlabelled, workload.model).split("test").feed(slice(0, 1))
    return [name for name in given if name not in {INPUT, *(spec.name for spec in specs)}]


def _has_labels(workload: Workload) -> bool:
    """Whether the data have labels, or would have if the task asked for them."""
    unlabelled = msgspec.structs.replace(workload.described, task="none")
    return _opened(unlabelled, workload.model).split("test").labels is not None


def _checked_candidates(workload: Workload, card: ModelCard | None, inspect: Inspect, feed: Feed) -> list[Note]:
    notes = []
    for recipe, (path, _) in workload.candidates.items():
        if is_scripted(path):
            continue
        candidate = inspect(path)
        sentences = check_candidate(candidate, recipe, model=card, output=workload.described.model.output)
        _feed_candidate(workload, candidate, feed)
        notes += [Note(table="candidates", sentence=sentence) for sentence in sentences]
    return notes


def _feed_candidate(workload: Workload, candidate: ModelCard, feed: Feed) -> None:
    try:
        feed(workload, candidate.inputs)
    except WorkloadError as error:
        raise WorkloadError(f"candidate {candidate.file} does not fit the data: {error}") from error


def _of_calibration(workload: Workload) -> list[Note]:
    if isinstance(workload.described.preprocessing, RandomTensors):
        return []
    seed = workload.described.data.split_seed
    taken, rest = workload.split("calibration").samples, workload.split("test").samples
    if workload.takes_calibration_from_test:
        sentence = (
            f"calibration: what needs it takes {taken:,} of the {taken + rest:,} test samples, seed {seed}, which are "
            "then left out of the test (--calibration names others)"
        )
    else:
        sentence = f"calibration: up to {taken:,} samples of their own; test: {rest:,} samples"
    return [Note(table="data", sentence=sentence)]


def _opened(described: Description, model: Path | None) -> Workload:
    """The workload as it would be opened, before it is written down."""
    file = workload_cache() / described.name / DESCRIPTION_FILE
    return Workload(reference=described.name, file=file, described=described, model=model, may_lie_anywhere=True)
