"""TensorRT engines in words: what is asked of a builder, what decides an engine, and what was built."""

import hashlib
import re
from dataclasses import dataclass, field

import msgspec

from harness.errors import UsageError
from harness.vocabulary.findings import KernelProof
from harness.vocabulary.words import Precision

DEFAULT_WORKSPACE_BYTES = 4 * 2**30
"""Scratch memory that a tactic may ask for: enough for every tactic of the workloads here, and free on a T4."""
BUILT_PRECISIONS = (Precision.INT8, Precision.BF16, Precision.FP16, Precision.TF32, Precision.FP32)
_TARGET = re.compile(r"(?:sm_?)?(\d{1,2})[._]?(\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOrder:
    """What is asked of a builder.

    `target` is a compute capability (`sm_80`), `None` the GPU at hand. Every batch size gets an optimisation profile
    that is best at it. `axes` are the sizes behind the batch of inputs that leave more than the batch free. `rest` is
    what the layers between INT8 ones are typed in.
    """

    module: str
    precision: Precision
    target: str | None = None
    rest: Precision = Precision.FP32
    workspace_bytes: int = DEFAULT_WORKSPACE_BYTES
    batches: tuple[int, ...] = (1,)
    axes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no builder takes."""
        if self.precision not in BUILT_PRECISIONS:
            raise UsageError(f"no engine is built in {self.precision}; there are: {', '.join(BUILT_PRECISIONS)}")
        if self.rest not in {Precision.FP32, Precision.FP16, Precision.BF16}:
            raise UsageError(f"layers between INT8 ones are in fp32, fp16 or bf16, not in {self.rest}")
        if self.workspace_bytes < 2**20:
            raise UsageError(f"a workspace of {self.workspace_bytes} bytes is too small for any tactic: at least 1MiB")
        if not self.batches or min(self.batches) < 1 or len(set(self.batches)) < len(self.batches):
            raise UsageError(f"batch sizes {self.batches}: different positive numbers are needed")

    @property
    def allows_tf32(self) -> bool:
        """Whether FP32 layers may run in TF32: only where that is the name of what is built."""
        return self.precision is Precision.TF32


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRange:
    """An input's shapes in one optimisation profile: least, best and most."""

    name: str
    least: tuple[int, ...]
    best: tuple[int, ...]
    most: tuple[int, ...]


Profile = tuple[InputRange, ...]
"""One optimisation profile: a range for each input with free axes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRequest:
    """Everything that decides what an engine is: where one of these differs, it is another engine.

    `model_digests` are SHA-256 of the typed ONNX file and of files beside it that hold weights, `code` of our modules
    that configure the builder and read what it says. `target` is a compute capability; `gpu` names the card where
    tactics were timed on it, as they are no other's.
    """

    model_digests: tuple[str, ...]
    code: str
    module: str
    version: str
    target: str
    gpu: str
    precision: str
    rest: str
    flags: tuple[str, ...]
    workspace_bytes: int
    profiles: tuple[Profile, ...]
    optimization_level: int

    @property
    def key(self) -> str:
        """SHA-256 of the request."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRecord:
    """Where an engine comes from and what the builder says of it; lies beside the engine.

    `proof` is what each layer is to compute in, by the builder's own account: nothing has run. `timing_cache` says
    what became of it, `warnings` are the builder's own.
    """

    schema: str
    request: EngineRequest
    engine_sha256: str
    size_bytes: int
    build_s: float
    built_at: str
    proof: KernelProof
    timing_cache: str
    inputs: dict[str, str]
    outputs: dict[str, str]
    notes: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltEngine:
    """A serialised engine in a file."""

    path: str
    record: EngineRecord
    was_cached: bool


def read_target(text: str) -> str:
    """`sm_80` of `sm_80`, `SM80`, `80` or `8.0`.

    Raises:
        UsageError: it is no compute capability.
    """
    match = _TARGET.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"--target {text[:40]!r} is no compute capability: write sm_75 (T4), sm_80 (A100) or sm_89 (L4)"
        )
    return f"sm_{match[1]}{match[2]}"
