"""Makes INT8 files of a workload's model and hands them over. Nothing is measured or stored.

The files come from the same workers and the same cache as those that `bench` measures.
"""

import itertools
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import ArtifactError, UnavailableError, UsageError
from harness.quantize.artifacts import ArtifactCache, CachedArtifact
from harness.quantize.make import needs_artifact
from harness.run_events import ArmFailed, ArtifactReady
from harness.runtimes import registry
from harness.supervisor.patience import Patience, read_patience
from harness.supervisor.preparation import CALIBRATION_SAMPLES, prepare_artifacts
from harness.supervisor.process import WorkerProcess
from harness.variants import parse_variant
from harness.vocabulary import Arm, Failure, GateRules, Plan, TimingRules
from harness.workloads.description import RandomTensors
from harness.workloads.model_size import model_size
from harness.workloads.workload import Workload
from planner.services.exit_codes import ExitCode
from planner.services.places import openers

SCHEMA = "planner.quantize/1"
DEFAULT_RECIPE = "int8-static:per-channel"
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80

Watcher = Callable[[int, int], None]
"""Told how many of how many recipes are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizeRequest:
    """What a user asks for: variants as `--variants` reads them, for one runtime.

    Where none is named it is ONNX Runtime, or PyTorch where there is only a module.
    """

    recipes: tuple[str, ...] = (DEFAULT_RECIPE,)
    runtime: str | None = None
    samples: int = CALIBRATION_SAMPLES
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if self.samples < 1:
            raise UsageError(f"--samples {self.samples}: at least one calibration sample is needed")
        if self.seed < 0:
            raise UsageError(f"--seed {self.seed}: a whole number from 0 is needed")
        for recipe in self.recipes:  # before anybody waits for a look at a model
            parse_variant(recipe)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFile:
    """One recipe carried out. `path` is the model file, `size_bytes` that of all its files together."""

    variant: str
    runtime: str
    path: str
    size_bytes: int
    digest: str
    notes: dict[str, str]
    calibration_samples: int
    was_cached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizeReport:
    """Everything made, and what failed. Its JSON form is an API.

    `model_bytes` is the size of the FP32 model with its weights; `None` where it is code, which has none.
    """

    schema: str
    workload: str
    model: str
    model_bytes: int | None
    made: tuple[MadeFile, ...]
    failures: tuple[Failure, ...]

    @property
    def exit_code(self) -> ExitCode:
        """5 where a recipe failed."""
        return ExitCode.TRIAL_FAILED if self.failures else ExitCode.ACCEPTED_AND_FASTER


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizingService:
    """Carries out recipes. `logs` is where workers write what their libraries say."""

    cache: ArtifactCache
    logs: Path
    watch: Watcher = field(default=lambda _done, _total: None)
    patience: Patience = field(default_factory=read_patience)

    def quantize(self, plan: Plan, workload: Workload, out: Path, *, samples: int) -> QuantizeReport:
        """Carry every recipe out and write what was made into `out`, a folder for each where there are several.

        Args:
            plan: as `quantize_plan` makes it.
            workload: whose model it is.
            out: a folder.
            samples: how many calibration samples a recipe is given at most.

        Raises:
            ArtifactError: a file cannot be written.
        """
        arms = plan.arms
        made: list[MadeFile] = []
        failures: list[Failure] = []
        self.watch(0, len(arms))
        for event in prepare_artifacts(
            plan,
            workload,
            cache=self.cache,
            start=self._starter(),
            at_once=1,
            silence_s=self.patience.with_quantizing(),
            samples=samples,
        ):
            match event:
                case ArtifactReady(arm=name, made=CachedArtifact() as found, was_cached=was_cached):
                    arm = next(one for one in arms if one.name == name)
                    folder = out if len(arms) == 1 else out / _folder_name(arm.label)
                    made.append(_handed_over(arm, found, folder, was_cached=was_cached))
                case ArmFailed(failure=failure):
                    failures.append(failure)
            self.watch(len(made) + len(failures), len(arms))
        return QuantizeReport(
            schema=SCHEMA,
            workload=workload.name,
            model=str(workload.model) if workload.model else str(workload.described.model.torch),
            model_bytes=model_size(workload.model) if workload.model else None,
            made=tuple(made),
            failures=tuple(failures),
        )

    def _starter(self) -> Callable[[str], WorkerProcess]:
        numbers = itertools.count(1)
        return lambda name: WorkerProcess(name, log=self.logs / f"{next(numbers):03d}.log")


def quantize_plan(request: QuantizeRequest, workload: Workload) -> Plan:
    """What is asked for, checked: all that can be refused is refused here, before anybody waits for the host.

    Raises:
        UsageError: a recipe that does not exist, makes no file, or needs data that nobody gave.
        UnavailableError: the runtime is not here, or cannot run a recipe.
        WorkloadError: data cannot be read.
    """
    return _plan(_arms(request, workload), request, workload)


def _arms(request: QuantizeRequest, workload: Workload) -> tuple[Arm, ...]:
    name = _runtime(request.runtime, workload)
    runtime = registry.find_runtime(name)
    here = runtime.probe()
    if not here.is_available:
        raise UnavailableError(f"runtime {name} is not here: {here.reason}; {here.hint}")
    arms = []
    for recipe in dict.fromkeys(parse_variant(text) for text in request.recipes):
        reason = runtime.refusal(recipe)
        if reason is not None:
            raise UnavailableError(f"{name} cannot make {recipe.label}: {reason}")
        arm = Arm(label=recipe.label, recipe=workload.resolve(recipe), runtime=name, threads=1)
        if not needs_artifact(arm):
            raise UsageError(f"{recipe.label} is no file of its own on {name}: measure it with planner bench")
        if recipe.method.is_calibrated and _has_random_inputs_only(workload):
            raise UsageError(f"{recipe.label} takes ranges from real samples: name some with --calibration")
        arms.append(arm)
    return tuple(arms)


def _runtime(asked: str | None, workload: Workload) -> str:
    """The runtime to quantise for: the one asked for, else the usual one, else one that opens the model.

    Raises:
        UnavailableError: there is none of that name, or it opens no model such as the workload's.
    """
    fitting = openers(workload)
    if asked is None:
        return fitting[0]
    form = registry.find_runtime(asked).model_format
    if asked not in fitting:
        raise UnavailableError(
            f"--runtime {asked} opens {form} models, and {workload.name} has none: name {' or '.join(fitting)}"
        )
    return asked


def _has_random_inputs_only(workload: Workload) -> bool:
    """Whether a brought model came without data; a built-in workload for speed alone is meant to be so."""
    return workload.may_lie_anywhere and isinstance(workload.described.preprocessing, RandomTensors)


def _plan(arms: tuple[Arm, ...], request: QuantizeRequest, workload: Workload) -> Plan:
    return Plan(
        workload=workload.reference,
        workload_digest=workload.digest,
        arms=arms,
        batches=(1,),
        baseline="fp32",
        seed=request.seed,
        timing=TimingRules(),
        gate=GateRules(),
    )


def _folder_name(label: str) -> str:
    return _NOT_IN_A_NAME.sub("-", label).strip("-.")[:_LONGEST_NAME]


def _handed_over(arm: Arm, found: CachedArtifact, folder: Path, *, was_cached: bool) -> MadeFile:
    """Copy an artifact out of the cache, each file whole or not at all."""
    source = Path(found.reference.path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(source.parent.iterdir()):
            unfinished = folder / f".{file.name}.unfinished"
            shutil.copyfile(file, unfinished)
            unfinished.replace(folder / file.name)
    except OSError as error:
        raise ArtifactError(f"--out {folder} cannot be written: {error.strerror or error}") from error
    return MadeFile(
        variant=arm.label,
        runtime=arm.runtime,
        path=str(folder / source.name),
        size_bytes=found.reference.size_bytes,
        digest=found.reference.digest,
        notes=found.provenance.notes,
        calibration_samples=len(found.provenance.calibration_digests) if arm.recipe.method.is_calibrated else 0,
        was_cached=was_cached,
    )
