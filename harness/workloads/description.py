"""`workload.toml`, strictly: its fields as types. A file that is not what this says is refused.

Reads text and checks it against itself; never opens a model or data.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from harness.errors import UsageError, WorkloadError
from harness.variants import parse_variant
from harness.workloads import limits
from harness.workloads.candidate_names import candidate_names
from harness.workloads.strictness import faults_in, listed, nearest, read_toml, refusal, shown, twice

SCHEMA = 2
DESCRIPTION_FILE = "workload.toml"
_BEST_OF_TOP_5 = 5


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file or folder, relative to the description; `sha256` pins its content."""

    file: limits.PathText
    sha256: limits.Sha256 | None = None


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The FP32 model: an ONNX file, a PyTorch module's maker, or both; `output` answers where it is not the first.

    `weights`: files beside an ONNX file that hold its weights.
    """

    file: limits.PathText | None = None
    sha256: limits.Sha256 | None = None
    torch: limits.Maker | None = None
    output: limits.Name | None = None
    weights: tuple[File, ...] = ()

    def faults(self) -> Iterator[str]:
        """What its fields contradict in one another."""
        if self.file is None and self.torch is None:
            yield '[model] names no model: write file = "model.onnx" or torch = "package.module:function"'
        if self.file is None and self.sha256 is not None:
            yield "[model] sha256 is of no file: write file as well"


class Images(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="image"):
    """Pictures to one tensor: resized, then `(x / scale - mean) / std` for each channel."""

    height: limits.Side
    width: limits.Side
    input: limits.Name | None = None
    resize: limits.Resize = "stretch"
    shorter_side: Annotated[int, Meta(ge=1, le=2 * limits.MOST_SIDE)] | None = None
    colour: limits.Colour = "RGB"
    layout: limits.Layout = "NCHW"
    scale: limits.Divisor = 1.0
    mean: Annotated[tuple[limits.Figure, ...], Meta(min_length=1)] = (0.0,)
    std: Annotated[tuple[limits.Divisor, ...], Meta(min_length=1)] = (1.0,)
    dtype: limits.ImageType = "float32"

    def faults(self) -> Iterator[str]:
        """What its fields contradict in one another."""
        channels = 1 if self.colour == "grey" else 3
        for name, values in (("mean", self.mean), ("std", self.std)):
            if len(values) not in {1, channels}:
                each = f", or {channels}, one a channel" if channels > 1 else f": {self.colour} is one channel"
                yield f"[preprocessing] {name} has {len(values)} numbers: give one{each}"
        if self.shorter_side is not None and self.resize != "crop":
            yield f'[preprocessing] shorter_side belongs to resize = "crop", not to "{self.resize}": leave it out'
        elif self.shorter_side is not None and self.shorter_side < max(self.height, self.width):
            size = f"{self.height} x {self.width}"
            yield f"[preprocessing] shorter_side {self.shorter_side} leaves less than {size} to crop: give more"


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="text"):
    """Texts to token ids, attention mask and token types, under the names that the model gives them."""

    tokenizer: limits.PathText
    max_length: Annotated[int, Meta(ge=1, le=131_072)] = 128
    pad: limits.Padding = "longest"
    ids: limits.Name = "input_ids"
    mask: limits.Name | None = "attention_mask"
    types: limits.Name | None = None
    dtype: limits.TextType = "int64"
    sha256: limits.Sha256 | None = None

    def faults(self) -> Iterator[str]:
        """What its fields contradict in one another."""
        names = [one for one in (self.ids, self.mask, self.types) if one is not None]
        for name in twice(names):
            yield f"[preprocessing] ids, mask and types name the input {shown(name)} twice: each needs its own"


class Arrays(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="none"):
    """Arrays that the model reads as they are, by its own input names; one input may be called `inputs`."""

    def faults(self) -> Iterator[str]:
        """Nothing: there are no fields."""
        return iter(())


class RandomTensor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One input of seeded random numbers: normal floats, or whole numbers from `low` up to and without `high`.

    `shape` is that of one sample, without the batch axis.
    """

    name: limits.Name
    shape: Annotated[tuple[Annotated[int, Meta(ge=1, le=limits.MOST_SAMPLE_VALUES)], ...], Meta(max_length=8)]
    dtype: limits.RandomType = "float32"
    low: limits.Whole = 0
    high: limits.Whole = 2


class RandomTensors(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="random"):
    """Inputs of the right shape that mean nothing: for speed and memory alone."""

    tensors: Annotated[tuple[RandomTensor, ...], Meta(min_length=1, max_length=256)]
    samples: Annotated[int, Meta(ge=1, le=1_000_000)] = 64
    seed: limits.Seed = 1

    def faults(self) -> Iterator[str]:
        """What its fields contradict in one another."""
        for name in twice([tensor.name for tensor in self.tensors]):
            yield f"[preprocessing] tensors name the input {shown(name)} twice: each needs its own"
        for one in self.tensors:
            if math.prod(one.shape) > limits.MOST_SAMPLE_VALUES:
                yield f"[preprocessing] tensors, {one.name}: a sample has over {limits.MOST_SAMPLE_VALUES:,} values"
            if one.low >= one.high:
                yield f"[preprocessing] tensors, {one.name}: no number is from {one.low} up to and without {one.high}"


Preprocessing = Images | Texts | Arrays | RandomTensors


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Test data to judge by, calibration data to quantise with, search data to choose layers with.

    Without calibration data a seeded part of the test data is taken, and left out of the test.
    """

    test: File | limits.PathText | None = None
    calibration: File | limits.PathText | None = None
    search: File | limits.PathText | None = None
    classes: Annotated[tuple[limits.Name, ...], Meta(min_length=1, max_length=limits.MOST_CLASSES)] | None = None
    text_column: limits.Name = "text"
    label_column: limits.Name = "label"
    split_seed: limits.Seed = 1

    def faults(self) -> Iterator[str]:
        """What its fields contradict in one another."""
        for name in twice(self.classes or ()):
            yield f"[data] classes name {shown(name)} twice: every class needs a name of its own"


class Variants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is measured when nothing else is asked for."""

    default: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1, max_length=256)]

    def faults(self) -> Iterator[str]:
        """Words that are no variant, and variants named twice."""
        labels = []
        for text in self.default:
            try:
                labels.append(parse_variant(text).label)
            except UsageError as error:
                yield f"[variants] default: {error}"
        for label in twice(labels):
            yield f"[variants] default names {label} twice"


class Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A graph node with the signal-to-noise ratio of the outputs when it alone is in INT8."""

    name: limits.PathText
    snr_db: limits.Figure


class Sensitivity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nodes, the most sensitive first, and how many of them int8-mixed leaves in FP32."""

    keep_fp32: Annotated[int, Meta(ge=0, le=1_000_000)]
    nodes: tuple[Node, ...]

    def faults(self) -> Iterator[str]:
        """What its fields contradict in one another."""
        if self.keep_fp32 > len(self.nodes):
            yield f"[sensitivity] keep_fp32 is {self.keep_fp32}, but {len(self.nodes)} nodes are ranked"
        for name in twice([node.name for node in self.nodes]):
            yield f"[sensitivity] nodes rank {shown(name)} twice"


class Quality(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the gate asks for where the command line does not say otherwise. `classes` are those that matter."""

    metric: limits.Metric = "top-1"
    classes: tuple[limits.Name, ...] = ()
    max_relative_loss: limits.Share | None = None
    max_class_drop: limits.Share | None = None
    min_worst_class: limits.Share | None = None

    def faults(self, known: Sequence[str] | None) -> Iterator[str]:
        """What contradicts the names of the classes, as far as they are `known`."""
        for name in twice(self.classes):
            yield f"[quality] classes name {shown(name)} twice"
        if known is None:
            return
        for name in self.classes:
            if name not in known:
                yield f"[quality] classes: no class {shown(name)}{nearest(name, known)}; {listed(known)}"
        if self.metric == "top-5" and len(known) <= _BEST_OF_TOP_5:
            yield f'[quality] metric "top-5" of {len(known)} classes cannot be wrong: use "top-1"'


class Candidate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model that was made elsewhere, judged under the name of `variant`, for example int8-qat."""

    file: limits.PathText
    variant: limits.MadeElsewhere = "int8-static"
    sha256: limits.Sha256 | None = None


class Description(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    schema: int
    name: limits.Label
    model: Model
    preprocessing: Preprocessing
    data: Data = Data()
    task: limits.Task = "classification"
    title: Annotated[str, Meta(max_length=300)] = ""
    licence: limits.Prose = ""
    source: limits.Prose = ""
    variants: Variants | None = None
    sensitivity: Sensitivity | None = None
    quality: Quality = Quality()
    candidates: Annotated[tuple[Candidate, ...], Meta(max_length=256)] = ()

    @property
    def candidate_names(self) -> tuple[str, ...]:
        """By which candidates are known as variants: `int8-qat:file=NAME`."""
        return candidate_names([one.file for one in self.candidates], [one.variant for one in self.candidates])

    def faults(self) -> Iterator[str]:
        """What types alone cannot say, in every table and between them."""
        for table in (self.model, self.preprocessing, self.data, self.variants, self.sensitivity):
            yield from table.faults() if table is not None else ()
        yield from self.quality.faults(self.data.classes)
        yield from self._data_faults()
        named = list(zip(self.candidates, self.candidate_names, strict=True))
        for file in (one.file for one, name in named if "," in name or not name.strip()):
            yield f"[[candidates]] {shown(file)}: a name without commas is needed, they separate variants"
        for label in twice([f"{one.variant}:file={name}" for one, name in named]):
            yield f"[[candidates]] name {label} twice: rename one of the files"

    def _data_faults(self) -> Iterator[str]:
        if not isinstance(self.preprocessing, RandomTensors):
            if self.data.test is None:
                yield '[data] names no test data: write test = "test.npz"'
        elif self.data.test or self.data.calibration or self.data.search:
            yield '[data] is never read where [preprocessing] kind = "random": leave the files out'
        elif self.task != "none":
            yield 'random inputs have no labels: write task = "none" at the top'


def read_description(path: Path) -> Description:
    """Read and check a description.

    Raises:
        WorkloadError: it cannot be read, or does not say what a workload must say; tells every fault.
    """
    raw = read_toml(path)
    if "schema" in raw and raw["schema"] != SCHEMA:  # first of all: another schema has other fields
        raise WorkloadError(f"{path} {_other_schema(raw['schema'])}")
    if (refused := refusal(path, faults_in(raw, Description))) is not None:
        raise refused
    try:
        described = msgspec.convert(raw, Description)
    except msgspec.ValidationError as error:
        raise WorkloadError(f"{path} is not a workload description: {error}") from error
    if (refused := refusal(path, described.faults())) is not None:
        raise refused
    return described


def _other_schema(found: object) -> str:
    if found == 1:
        return (
            f"has schema 1, this planner reads {SCHEMA}: [input] became [preprocessing] with a kind, its `name` "
            "became `input`, mean and scale became lists mean and std, channels became colour "
            "(`planner workloads new FILE` writes a commented template)"
        )
    return f"has schema {shown(found)}, this planner reads {SCHEMA}: update planner, or write schema = {SCHEMA}"
