"""A workload on disk: `workload.toml`, a model, and labelled data.

Reads and checks; never runs a model. A file that is not what the description says is
refused before anything is measured with it.
"""

import dataclasses
import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.accuracy.calibration import wanted_samples
from harness.errors import UsageError, WorkloadError
from harness.variants import parse_variant
from harness.vocabulary import Method, Recipe
from harness.workloads.data.reading import LabelledData, read_data
from harness.workloads.data.split import Split
from harness.workloads.default_variants import default_variants
from harness.workloads.description import Description, File, RandomTensors, Texts, read_description
from harness.workloads.files import checked, digest_of, remedy
from harness.workloads.finding import find_description
from harness.workloads.limits import MOST_MODEL_BYTES, MOST_TOKENIZER_BYTES
from harness.workloads.places import workload_cache
from harness.workloads.strictness import listed, nearest, shown

BUILTIN_DEFAULT = "efficientnet-lite0-fashion-mnist"
OWN_CALIBRATION_SHARE = 0.2
"""At most this share of the test data is taken for calibration where none is given: the rest must judge."""
OWN_CALIBRATION_SAMPLES = 256
"""And no more than these, unless the audit's rules want more of so large a data set."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A model with its input specification, labelled data and metric.

    `file` is the description, whose folder holds the rest. `model` is what runtimes open: ONNX, or the script
    of a fake model; `None` where there is only a PyTorch module. `sensitive_nodes` are graph nodes, the one
    that loses most in INT8 first; `keep_fp32` is how many of them `int8-mixed` leaves out by default.
    """

    reference: str
    file: Path
    described: Description
    model: Path | None
    may_lie_anywhere: bool = False

    @property
    def folder(self) -> Path:
        """Where the description lies."""
        return self.file.parent

    @property
    def name(self) -> str:
        """What the workload calls itself."""
        return self.described.name

    @property
    def is_simulated(self) -> bool:
        """Whether the model is a script for the fake runtime, so that nothing real can come of it."""
        return self.model is not None and self.model.name.endswith(".fake.json")

    @property
    def required_model(self) -> Path:
        """The model file.

        Raises:
            WorkloadError: there is only a PyTorch module.
        """
        if self.model is None:
            raise WorkloadError(f"{self.name} has no model file, only a PyTorch module: give [model] file as well")
        return self.model

    def locate_model(self) -> Path | None:
        """The model file, checked against its hash with the weights beside it; `None` where none is named.

        Raises:
            WorkloadError: it is missing, is no file, or has changed.
        """
        model = self.described.model
        if model.file is None:
            return None
        path = self._path(File(file=model.file, sha256=model.sha256), most_bytes=MOST_MODEL_BYTES)
        for one in model.weights:
            self._path(one)
        if path.is_dir():
            raise WorkloadError(f"{path} is a folder: name the model file in it")
        return path

    @property
    def has_labels(self) -> bool:
        """Whether answers can be right or wrong."""
        return self.described.task == "classification"

    @functools.cached_property
    def model_digest(self) -> str:
        """SHA-256 of the model file; of the maker's name where there is only a PyTorch module."""
        if self.model is None:
            return hashlib.sha256(str(self.described.model.torch).encode()).hexdigest()
        own = self.described.model.sha256 or digest_of(self.model)
        weights = self.described.model.weights  # other weights beside the same file are another model
        together = [own, *(one.sha256 or digest_of(self._path(one)) for one in weights)]
        return hashlib.sha256(" ".join(together).encode()).hexdigest() if weights else own

    @functools.cached_property
    def digest(self) -> str:
        """Identity of what is asked: model, data and input specification, not the prose around them."""
        described = self.described
        model = (self.model_digest, described.model.torch, described.model.output)
        data = [self.data_digest(name) for name in ("test", "calibration", "search")]
        asked = (described.data.classes, described.task, described.quality.metric)
        return _hash_of((model, *self._preparation, data, *asked))

    @property
    def calibration_digest(self) -> str:
        """Identity of the tensors that calibration reads: the samples, and what makes tensors of them."""
        return _hash_of((self.split("calibration").digest, *self._preparation))

    @property
    def _preparation(self) -> tuple[object, str | None]:
        tokenizer = digest_of(self._tokenizer) if self._tokenizer is not None else None
        return self.described.preprocessing, tokenizer

    @property
    def class_names(self) -> tuple[str, ...]:
        """By class index."""
        return self.described.data.classes or self._whole("test").class_names

    @property
    def classes_that_matter(self) -> tuple[str, ...]:
        """Those that the description names for the gate; empty for all.

        Raises:
            WorkloadError: the data have no such class.
        """
        names = self.described.quality.classes
        known = self.class_names if names else ()
        for name in names:
            if name not in known:
                raise WorkloadError(
                    f"{self.file}: [quality] classes: no class {shown(name)}{nearest(name, known)}; {listed(known)}"
                )
        return names

    @property
    def default_variants(self) -> tuple[Recipe, ...]:
        """What is measured when nothing else is asked for, models made elsewhere included."""
        asked = self.described.variants
        texts = asked.default if asked else default_variants(self.described)
        return (*(parse_variant(text) for text in texts), *self.candidates)

    @functools.cached_property
    def candidates(self) -> dict[Recipe, tuple[Path, str]]:
        """Models made elsewhere: their files and hashes, by recipe."""
        found = {}
        for one, name in zip(self.described.candidates, self.described.candidate_names, strict=True):
            path = self._path(File(file=one.file, sha256=one.sha256), most_bytes=MOST_MODEL_BYTES)
            found[Recipe(method=Method(one.variant), file=name)] = (path, one.sha256 or digest_of(path))
        return found

    @property
    def sensitive_nodes(self) -> tuple[str, ...]:
        """Graph nodes, the one that loses most in INT8 first."""
        ranking = self.described.sensitivity
        return tuple(node.name for node in ranking.nodes) if ranking else ()

    @property
    def keep_fp32(self) -> int:
        """How many sensitive nodes int8-mixed leaves in FP32 by default."""
        return self.described.sensitivity.keep_fp32 if self.described.sensitivity else 0

    @property
    def takes_calibration_from_test(self) -> bool:
        """Whether there are no calibration data of their own, so that a part of the test data serves."""
        return self.described.data.calibration is None

    def split(self, name: str) -> Split:
        """Read a data split, `test`, `calibration` or `search`, checked against its hash and the class list.

        Raises:
            WorkloadError: the file is missing, changed or malformed.
        """
        if name != "search" and self.takes_calibration_from_test:
            whole = self._whole("test").split
            enough = max(OWN_CALIBRATION_SAMPLES, wanted_samples(whole.samples))
            count = min(enough, int(whole.samples * OWN_CALIBRATION_SHARE))
            taken = whole.take(max(1, count), seed=self.described.data.split_seed)
            return taken if name == "calibration" else whole.without(taken)
        return self._whole(name).split

    def test_split(self, samples: int | None, *, keeps_calibration_apart: bool = True) -> Split:
        """What is judged by: a seeded random subset of the test data, or all of them.

        Where nothing is calibrated, nothing has to be kept apart for it.

        Raises:
            WorkloadError: as for `split`.
        """
        test = self.split("test") if keeps_calibration_apart else self._whole("test").split
        return test if samples is None else test.take(samples, seed=self.described.data.split_seed)

    def data_digest(self, name: str) -> str | None:
        """SHA-256 of a split's source; `None` where the workload has none of that name."""
        source = self._source(name)
        if source is None:
            return None
        return source.sha256 or self._whole(name).split.digest

    def resolve(self, recipe: Recipe) -> Recipe:
        """Replace `keep=N`, or int8-mixed without nodes, by the names of the N most sensitive nodes.

        Raises:
            UsageError: the workload has no ranking, or fewer nodes than asked for.
        """
        if recipe.method is not Method.INT8_MIXED or (recipe.left_out and recipe.keep is None):
            return recipe
        if not self.sensitive_nodes:
            raise UsageError(
                f"{recipe.label} on {self.name}: its layers are not ranked by sensitivity, so none is known to keep: "
                "name them with without=NODE, or use another variant"
            )
        wanted = recipe.keep or self.keep_fp32
        if not 0 < wanted <= len(self.sensitive_nodes):
            raise UsageError(
                f"{recipe.label} on {self.name}: {wanted} layers to keep, {len(self.sensitive_nodes)} are ranked; "
                "name them with without=NODE, or use another variant"
            )
        left_out = tuple(dict.fromkeys((*self.sensitive_nodes[:wanted], *recipe.left_out)))
        return dataclasses.replace(recipe, left_out=left_out, keep=None)

    def _source(self, name: str) -> File | None:
        source: File | str | None = getattr(self.described.data, name)
        return File(file=source) if isinstance(source, str) else source

    def _whole(self, name: str) -> LabelledData:
        return self._data.setdefault(name, self._read(name)) if name not in self._data else self._data[name]

    @functools.cached_property
    def _data(self) -> dict[str, LabelledData]:
        return {}

    def _read(self, name: str) -> LabelledData:
        source, spec = self._source(name), self.described.preprocessing
        if source is None and not (name == "test" and isinstance(spec, RandomTensors)):
            raise WorkloadError(f"{self.file} names no {name} data")
        path = self._path(source) if source is not None else None
        needs_labels = self.has_labels and name == "test"
        data = self.described.data
        if self.has_labels and name != "test":  # a label means the same class in every split
            data = msgspec.structs.replace(data, classes=self.class_names)
        read = read_data(path, spec, data, tokenizer=self._tokenizer, needs_labels=needs_labels)
        if needs_labels and read.split.labels is None:
            raise WorkloadError(f'{path} has no labels: add them, or write task = "none" to measure speed alone')
        if path is not None and path.is_dir() and source is not None and source.sha256 is not None:
            self._check_samples(path, read.split.digest, source.sha256)
        return read

    def _check_samples(self, folder: Path, found: str, expected: str) -> None:
        if found != expected:
            raise WorkloadError(
                f"{folder} does not hold the samples its description names (SHA-256 {found[:12]}…, expected "
                f"{expected[:12]}…): {remedy(self.file)}"
            )

    @property
    def _tokenizer(self) -> Path | None:
        spec = self.described.preprocessing
        if not isinstance(spec, Texts):
            return None
        return self._path(File(file=spec.tokenizer, sha256=spec.sha256), most_bytes=MOST_TOKENIZER_BYTES)

    def _path(self, file: File, *, most_bytes: int | None = None) -> Path:
        return checked(self.file, file, may_lie_anywhere=self.may_lie_anywhere, most_bytes=most_bytes)


def open_workload(reference: str) -> Workload:
    """Open a built-in workload by name, one that was brought by name, or a folder or `.toml` file by path.

    Raises:
        WorkloadError: no such workload, or one whose description or model is unusable.
    """
    workload = describe_workload(reference)
    return dataclasses.replace(workload, model=workload.locate_model())


def describe_workload(reference: str) -> Workload:
    """What a description says, before anything that it names is looked for: a workload without its model.

    Raises:
        WorkloadError: no such workload, or one whose description is unusable.
    """
    file = find_description(reference)
    described = read_description(file)
    may_lie_anywhere = file.resolve().is_relative_to(workload_cache().resolve())
    return Workload(reference=reference, file=file, described=described, model=None, may_lie_anywhere=may_lie_anywhere)


def _hash_of(essence: object) -> str:
    return hashlib.sha256(msgspec.json.encode(essence)).hexdigest()
