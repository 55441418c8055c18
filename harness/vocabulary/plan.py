"""What a run is asked to do: recipes, arms, and the plan that binds them to its rules."""

from dataclasses import dataclass
from enum import StrEnum

from harness.errors import UsageError
from harness.vocabulary.device import CPU, DeviceKind, kind_of_device
from harness.vocabulary.rules import GateRules, LoadPoint, TimingRules
from harness.vocabulary.server import ServerRules
from harness.vocabulary.words import Scenario


class Method(StrEnum):
    """How an FP32 model becomes a variant."""

    FP32 = "fp32"
    TF32 = "tf32"
    BF16 = "bf16"
    FP16 = "fp16"
    INT8_STATIC = "int8-static"
    INT8_DYNAMIC = "int8-dynamic"
    INT8_MIXED = "int8-mixed"
    INT8_QAT = "int8-qat"

    @property
    def is_int8(self) -> bool:
        """Whether the variant's arithmetic is to run in INT8."""
        return self.value.startswith("int8")

    @property
    def is_calibrated(self) -> bool:
        """Whether the recipe reads calibration data."""
        return self in {Method.INT8_STATIC, Method.INT8_MIXED}


class Granularity(StrEnum):
    """How many scales a weight tensor gets: one, or one per output channel."""

    PER_TENSOR = "per-tensor"
    PER_CHANNEL = "per-channel"


class CalibrationMethod(StrEnum):
    """How the range of an activation is taken from what calibration saw."""

    MIN_MAX = "min-max"
    ENTROPY = "entropy"
    PERCENTILE = "percentile"


class Toolkit(StrEnum):
    """Who makes a variant where a runtime has more than one maker."""

    TORCHAO = "torchao"
    TENSORRT = "tensorrt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How an FP32 model becomes a variant.

    `left_out` names graph nodes that stay in FP32, `left_out_types` whole operator types. `keep` asks
    for the workload's N most sensitive nodes instead, and is replaced by their names before anything is
    quantised. `file` names a model that was made elsewhere: a recipe that somebody else carried out.
    `is_symmetric` puts the zero point of activations in the middle: 0 in int8, 128 in uint8. The toolkit
    `tensorrt` places Q/DQ nodes as TensorRT takes them; `torchao` is another maker than PyTorch's own.
    `is_compiled` runs torch.compile.
    """

    method: Method
    granularity: Granularity | None = None
    is_symmetric: bool = False
    calibration: CalibrationMethod = CalibrationMethod.MIN_MAX
    left_out: tuple[str, ...] = ()
    left_out_types: tuple[str, ...] = ()
    keep: int | None = None
    file: str | None = None
    toolkit: Toolkit | None = None
    is_compiled: bool = False

    def __post_init__(self) -> None:
        """Refuse options that the method has no use for."""
        if not self.method.is_int8:
            self._require_plain()
        elif self.file is not None:
            self._require_made_elsewhere()
        else:
            self._require_makeable()
        for what, names in (("a node", self.left_out), ("an operator type", self.left_out_types)):
            if len(set(names)) != len(names):
                raise UsageError(f"{self.method} leaves out {what} twice: {', '.join(names)}")

    def _require_plain(self) -> None:
        options = (self.granularity, self.is_symmetric, self.left_out, self.left_out_types, self.keep, self.toolkit)
        if any(options) or self.calibration is not CalibrationMethod.MIN_MAX:
            raise UsageError(f"{self.method} takes no option but compile: write `{self.method}` alone")

    def _require_made_elsewhere(self) -> None:
        options = (self.granularity, self.is_symmetric, self.left_out, self.left_out_types, self.keep, self.toolkit)
        if any(options) or self.calibration is not CalibrationMethod.MIN_MAX:
            raise UsageError(f"{self.method}:file={self.file} is made already: it takes no other option")

    def _require_makeable(self) -> None:
        if self.method is Method.INT8_QAT:
            raise UsageError("int8-qat is made in training: bring its file with --candidate int8-qat=FILE")
        if self.granularity is None:
            raise UsageError(f"{self.method} needs a granularity: per-tensor or per-channel")
        if self.keep is not None and self.keep < 1:
            raise UsageError(f"keep={self.keep} leaves nothing in FP32: use 1 or more")
        if self.keep is not None and self.method is not Method.INT8_MIXED:
            raise UsageError(f"keep= belongs to int8-mixed, not to {self.method}")
        if not self.method.is_calibrated and self.calibration is not CalibrationMethod.MIN_MAX:
            raise UsageError(f"{self.method} needs no calibration: leave {self.calibration} out")
        if self.toolkit is Toolkit.TENSORRT and not (self.method.is_calibrated and self.is_symmetric):
            raise UsageError(f"TensorRT takes static, symmetric Q/DQ: write {Method.INT8_STATIC}:symmetric,tensorrt")
        if self.toolkit is Toolkit.TORCHAO and self.method is not Method.INT8_DYNAMIC:
            raise UsageError(f"torchao belongs to {Method.INT8_DYNAMIC}, not to {self.method}")

    @property
    def label(self) -> str:
        """The variant in the grammar that `--variants` reads; what is the default is not named."""
        options = [str(self.granularity)] if self.granularity else []
        if self.is_symmetric:
            options.append("symmetric")
        if self.calibration is not CalibrationMethod.MIN_MAX:
            options.append(str(self.calibration))
        if self.keep is not None:
            options.append(f"keep={self.keep}")
        options.extend(f"without={node}" for node in self.left_out)
        options.extend(f"without-type={kind}" for kind in self.left_out_types)
        if self.toolkit is not None:
            options.append(str(self.toolkit))
        if self.is_compiled:
            options.append("compile")
        if self.file is not None:
            options.append(f"file={self.file}")
        return f"{self.method}:{','.join(options)}" if options else str(self.method)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One side of an experiment: a variant on a runtime and device, in a process of its own.

    `label` is the variant as the user named it; `recipe` is what it came to, with every node
    that stays in FP32 named.
    """

    label: str
    recipe: Recipe
    runtime: str
    threads: int
    device: str = CPU

    def __post_init__(self) -> None:
        """Refuse a thread count that cannot run, and a device that none is."""
        if self.threads < 1:
            raise UsageError(f"--threads {self.threads}: at least one thread is needed")
        kind_of_device(self.device)

    @property
    def name(self) -> str:
        """Unique within a plan, and readable: `onnxruntime/int8-static:per-channel`, `torch@gpu:0/fp32`."""
        return f"{self.place}/{self.label}"

    @property
    def place(self) -> str:
        """What it runs on, and with: `openvino`, on the CPU unless it says otherwise; `torch@gpu:0`.

        Only what has one place is compared: each has a baseline of its own.
        """
        return place_of(self.runtime, self.device)

    @property
    def is_on_gpu(self) -> bool:
        """Whether it runs on a GPU."""
        return kind_of_device(self.device) is DeviceKind.GPU


def trial_name(arm: str, batch: int) -> str:
    """An arm at one batch size, where that alone is meant."""
    return f"{arm} at batch {batch}"


def place_of(runtime: str, device: str) -> str:
    """A runtime on a device, in the words of arms' names; the CPU is not named."""
    return runtime if device == CPU else f"{runtime}@{device}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactRef:
    """An artifact by content: `digest` is the SHA-256 of what the runtime loads."""

    digest: str
    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run, completely: the same plan on the same machine asks for the same experiment.

    `workload` is what the workload is opened by, `workload_name` what it calls itself (empty in runs of old).
    `unavailable` holds the combinations asked for that this machine cannot run, with reasons. Quality is
    judged on a seeded subset of `test_samples`, or on all where it is `None`. Where a workload has no calibration
    data of its own, a part of the test data is kept for it, unless `keeps_calibration_apart` is False. `assumed`
    are sentences on what the files that were named leave open.
    """

    workload: str
    workload_digest: str
    arms: tuple[Arm, ...]
    batches: tuple[int, ...]
    baseline: str
    seed: int
    timing: TimingRules
    gate: GateRules
    unavailable: tuple[tuple[str, str], ...] = ()
    is_simulated: bool = False
    test_samples: int | None = None
    keeps_calibration_apart: bool = True
    scenarios: tuple[Scenario, ...] = (Scenario.SINGLE_STREAM,)
    concurrencies: tuple[int, ...] = (1,)
    server: ServerRules | None = None
    assumed: tuple[str, ...] = ()
    workload_name: str = ""

    def __post_init__(self) -> None:
        """Refuse a plan that names an arm twice or measures nothing."""
        names = [arm.name for arm in self.arms]
        if not names or not self.batches:
            raise UsageError("nothing to measure: no variant, runtime or batch size is left")
        if len(set(names)) != len(names):
            raise UsageError(f"an arm is named twice: {', '.join(sorted(names))}")
        if self.test_samples is not None and self.test_samples < 1:
            raise UsageError(f"--samples {self.test_samples}: at least one sample is needed to judge by")
        if len(set(self.batches)) != len(self.batches):
            raise UsageError(f"a batch size is named twice: {self.batches}")
        if not self.concurrencies or len(set(self.loads)) != len(self.loads):
            raise UsageError(f"--concurrency names a number twice, or none: {self.concurrencies}")
        if (self.server is None) == (Scenario.SERVER in self.scenarios):
            raise UsageError("the server scenario goes with an SLO, and an SLO with the server scenario")

    @property
    def loads(self) -> tuple[LoadPoint, ...]:
        """Everything that is timed as a closed loop: each batch size at each concurrency."""
        return tuple(
            LoadPoint(batch=batch, concurrency=count) for batch in self.batches for count in self.concurrencies
        )

    def baseline_of(self, arm: Arm) -> Arm | None:
        """The arm this one is compared with: the named baseline on its own runtime and device, if planned."""
        for other in self.arms:
            if other.place == arm.place and other.label == self.baseline and other != arm:
                return other
        return None
