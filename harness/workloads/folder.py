"""A workload on disk: `workload.toml`, a model, and labelled data, each named by its hash.

Reads and checks; never runs a model. A file that is not what the description says is
refused before anything is measured with it.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.errors import UsageError, WorkloadError
from harness.variants import parse_variant
from harness.vocabulary import Method, Recipe
from harness.workloads.preprocess import ImagePreprocessing
from harness.workloads.splits import Split, read_split

SCHEMA = 1
_MOST_CLASSES = 2**15 - 1  # labels and predictions are kept in 16 bits with a sign
DESCRIPTION_FILE = "workload.toml"
_BUILTIN_FOLDER = Path(__file__).parent / "builtin"
BUILTIN_DEFAULT = "efficientnet-lite0-fashion-mnist"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    file: str
    sha256: str


class _Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    height: int
    width: int
    channels: int
    mean: float
    scale: float


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    test: _File
    calibration: _File
    classes: tuple[str, ...]
    search: _File | None = None


class _Variants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    default: tuple[str, ...]


class _Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    snr_db: float


class _Sensitivity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keep_fp32: int
    nodes: tuple[_Node, ...]


class _Description(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    name: str
    title: str
    task: str
    licence: str
    source: str
    model: _File
    input: _Input
    data: _Data
    variants: _Variants
    sensitivity: _Sensitivity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A model with its input specification, labelled data and metric.

    `sensitive_nodes` are graph nodes, the one that loses most in INT8 first, ranked on the
    search split; `keep_fp32` is how many of them `int8-mixed` leaves out by default.
    """

    reference: str
    name: str
    title: str
    source: str
    licence: str
    folder: Path
    model: Path
    model_digest: str
    digest: str
    input_name: str
    preprocessing: ImagePreprocessing
    class_names: tuple[str, ...]
    default_variants: tuple[Recipe, ...]
    sensitive_nodes: tuple[str, ...]
    keep_fp32: int
    files: dict[str, tuple[str, str]]

    @property
    def is_simulated(self) -> bool:
        """Whether the model is a script for the fake runtime, so that nothing real can come of it."""
        return self.model.name.endswith(".fake.json")

    def split(self, name: str) -> Split:
        """Read a data split, checked against its hash and the class list.

        Raises:
            WorkloadError: the file is missing, changed or malformed.
        """
        file, digest = self.files[name]
        path = _checked(self.folder, _File(file=file, sha256=digest))
        return read_split(path, digest=digest, classes=len(self.class_names))

    def resolve(self, recipe: Recipe) -> Recipe:
        """Replace `keep=N`, or int8-mixed without nodes, by the names of the N most sensitive nodes.

        Raises:
            UsageError: the workload has no ranking, or fewer nodes than asked for.
        """
        if recipe.method is not Method.INT8_MIXED or (recipe.left_out and recipe.keep is None):
            return recipe
        wanted = recipe.keep or self.keep_fp32
        if not 0 < wanted <= len(self.sensitive_nodes):
            raise UsageError(
                f"{recipe.label} on {self.name}: {wanted} layers to keep, {len(self.sensitive_nodes)} are ranked; "
                "name them with without=NODE, or use another variant"
            )
        left_out = tuple(dict.fromkeys((*self.sensitive_nodes[:wanted], *recipe.left_out)))
        return Recipe(method=recipe.method, granularity=recipe.granularity, left_out=left_out)


def builtin_names() -> tuple[str, ...]:
    """Names of the workloads that ship with the package."""
    return tuple(
        sorted(path.parent.name.replace("_", "-") for path in _BUILTIN_FOLDER.glob(f"*/{DESCRIPTION_FILE}")),
    )


def open_workload(reference: str) -> Workload:
    """Open a built-in workload by name, or a folder or `workload.toml` by path.

    Raises:
        WorkloadError: no such workload, or one whose description or model is unusable.
    """
    folder = _BUILTIN_FOLDER / reference.replace("-", "_")
    if reference not in builtin_names():
        path = Path(reference)
        folder = path.parent if path.name == DESCRIPTION_FILE else path
        if not _is_file(folder / DESCRIPTION_FILE):
            raise WorkloadError(
                f"no workload {reference!r}: give a built-in name ({', '.join(builtin_names())}) "
                f"or a folder with a {DESCRIPTION_FILE}",
            )
    return _read(reference, folder)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, or a folder that may not be searched
        return False


def _read(reference: str, folder: Path) -> Workload:
    described = _describe(folder / DESCRIPTION_FILE)
    model = _checked(folder, described.model)
    spec = described.input
    splits = {"test": described.data.test, "calibration": described.data.calibration}
    if described.data.search is not None:
        splits["search"] = described.data.search
    return Workload(
        reference=reference,
        name=described.name,
        title=described.title,
        source=described.source,
        licence=described.licence,
        folder=folder,
        model=model,
        model_digest=described.model.sha256,
        digest=_digest_of(described),
        input_name=spec.name,
        preprocessing=ImagePreprocessing(
            height=spec.height, width=spec.width, channels=spec.channels, mean=spec.mean, scale=spec.scale
        ),
        class_names=described.data.classes,
        default_variants=_default_variants(folder, described),
        sensitive_nodes=tuple(node.name for node in described.sensitivity.nodes) if described.sensitivity else (),
        keep_fp32=described.sensitivity.keep_fp32 if described.sensitivity else 0,
        files={name: (file.file, file.sha256) for name, file in splits.items()},
    )


def _describe(path: Path) -> _Description:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise WorkloadError(f"{path} cannot be read: {error}") from error
    if raw.get("schema", SCHEMA) != SCHEMA:  # first of all: another schema has other fields
        raise WorkloadError(f"{path} has schema {raw['schema']}, this planner reads {SCHEMA}: update one of them")
    try:
        described = msgspec.convert(raw, _Description)
    except msgspec.ValidationError as error:
        raise WorkloadError(f"{path} is not a workload description: {error}") from error
    if described.task != "classification":
        raise WorkloadError(f"{path}: task {described.task!r} is not known; there is: classification")
    classes = described.data.classes
    if not 0 < len(set(classes)) == len(classes) <= _MOST_CLASSES:
        raise WorkloadError(f"{path} names {len(classes)} classes: 1 to {_MOST_CLASSES} different names are needed")
    return described


def _default_variants(folder: Path, described: _Description) -> tuple[Recipe, ...]:
    try:
        return tuple(parse_variant(text) for text in described.variants.default)
    except UsageError as error:
        raise WorkloadError(f"{folder / DESCRIPTION_FILE}, default variants: {error}") from error


def _digest_of(described: _Description) -> str:
    """Identity of what is asked: model, data and input specification, not the prose around them."""
    essence = (described.model, described.input, described.data)
    return hashlib.sha256(msgspec.json.encode(essence)).hexdigest()


def _checked(folder: Path, file: _File) -> Path:
    try:
        path = (folder / file.file).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL in the name
        raise WorkloadError(f"{folder / DESCRIPTION_FILE} names {file.file!r}: {error}") from error
    if not path.is_relative_to(folder.resolve()):
        raise WorkloadError(f"{folder / DESCRIPTION_FILE} names {file.file!r}, which lies outside its folder")
    try:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise WorkloadError(f"{path} cannot be read: {error.strerror or error}") from error
    if found != file.sha256:
        raise WorkloadError(
            f"{path} is not the file its description names (SHA-256 {found[:12]}…, expected {file.sha256[:12]}…): "
            "restore it, or put the new hash into workload.toml",
        )
    return path
