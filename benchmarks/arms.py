"""Workers of the harness for a comparison, and recordings of turns that they took by the harness's own schedule."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.result import BenchmarkError
from harness.analysis import Evidence
from harness.events import BlockTimed, Load, Loaded, Pin, Pinned, TimeBlock
from harness.quantize.artifacts import ArtifactCache
from harness.run_events import ArmFailed, ArtifactReady
from harness.supervisor.patience import read_patience
from harness.supervisor.pinning import cpus_for
from harness.supervisor.preparation import prepare_artifacts
from harness.supervisor.process import WorkerProcess
from harness.supervisor.rounds import RoundContext, take_round
from harness.supervisor.schedule import mirrored_orders, slots_of
from harness.variants import parse_variant
from harness.vocabulary import Arm, GateRules, LoadPoint, Method, Plan, Recipe, Round, TimingRules, Turn
from harness.workloads.places import cache_root
from harness.workloads.workload import BUILTIN_DEFAULT, Workload, open_workload

BATCH = 1
FP32, INT8 = "fp32", "int8-static:per-channel"
_RUNTIME = "onnxruntime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """An arm with the file it runs and the workload that feeds it."""

    arm: Arm
    artifact: str
    workload: Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Rounds of a plan, in time order."""

    plan: Plan
    rounds: tuple[Round, ...]

    @property
    def cycles(self) -> list[dict[tuple[str, bool], Turn]]:
        """Turns by (arm, is_control), one mapping a cycle: all rounds, contaminated or not."""
        return list(Evidence(rounds=self.rounds, uses_cpu_time=False).cycles)

    @property
    def contaminated(self) -> int:
        """Rounds in which other programs took more than the plan allows."""
        return sum(one.is_contaminated for one in self.rounds)


def nanoseconds(latencies: bytes) -> NDArray[np.float64]:
    """Raw latencies as numbers."""
    return np.frombuffer(latencies, dtype="<i8").astype(np.float64)


def flagship() -> Workload:
    """The built-in workload that every machine with the package has."""
    return open_workload(BUILTIN_DEFAULT)


def sample_file(side: Side, folder: Path) -> tuple[str, Path]:
    """The model's input by name, and a file with one test sample as it reads it: for programs that read no workload."""
    ((name, values),) = side.workload.split("test").feed(np.arange(BATCH)).items()
    file = folder / "sample.npy"
    np.save(file, values)
    return name, file


def fp32_side(label: str, model: Path, workload: Workload) -> Side:
    """A model run in FP32 by ONNX Runtime on one thread."""
    arm = Arm(label=label, recipe=Recipe(method=Method.FP32), runtime=_RUNTIME, threads=1)
    return Side(arm=arm, artifact=str(model), workload=workload)


def flagship_sides(scratch: Path) -> tuple[Side, Side]:
    """The flagship in FP32 and in INT8 by the default recipe, on ONNX Runtime.

    Raises:
        BenchmarkError: the INT8 model could not be made.
    """
    workload = flagship()
    arms = [
        Arm(label=label, recipe=workload.resolve(parse_variant(label)), runtime=_RUNTIME, threads=1)
        for label in (FP32, INT8)
    ]
    first, second = prepared(arms, workload, scratch)
    return first, second


def prepared(arms: Sequence[Arm], workload: Workload, scratch: Path) -> tuple[Side, ...]:
    """The arms with their artifacts, made as a run makes them or taken from the cache.

    Raises:
        BenchmarkError: one could not be made.
    """
    ready = {}
    for event in prepare_artifacts(
        plan_of(arms, workload),
        workload,
        cache=ArtifactCache(cache_root()),
        start=lambda name: WorkerProcess(name, log=scratch / "quantizer.log"),
        at_once=1,
        silence_s=read_patience().with_quantizing(),
    ):
        if isinstance(event, ArmFailed):
            raise BenchmarkError(f"{event.failure.arm} could not be made: {event.failure.message}")
        if isinstance(event, ArtifactReady):
            ready[event.arm] = event.artifact.path
    return tuple(Side(arm=arm, artifact=ready[arm.name], workload=workload) for arm in arms)


def plan_of(arms: Sequence[Arm], workload: Workload, *, timing: TimingRules | None = None, seed: int = 1) -> Plan:
    """A plan that compares these arms with the first of them."""
    return Plan(
        workload=workload.reference,
        workload_digest=workload.digest,
        arms=tuple(arms),
        batches=(BATCH,),
        baseline=arms[0].label,
        seed=seed,
        timing=timing or TimingRules(),
        gate=GateRules(),
    )


@contextlib.contextmanager
def serving(
    sides: Sequence[Side], *, is_pinned: bool = True, test_samples: int | None = None
) -> Iterator[dict[str, WorkerProcess]]:
    """One loaded worker for each side, bound to the CPU that a run would bind it to."""
    patience = read_patience()
    with tempfile.TemporaryDirectory() as logs, contextlib.ExitStack() as stack:
        workers = {}
        for place, side in enumerate(sides):
            worker = WorkerProcess(side.arm.name, log=Path(logs) / f"{place}.log")
            stack.callback(worker.close)
            job = Load(
                arm=side.arm,
                workload=side.workload.reference,
                artifact=side.artifact,
                batches=(BATCH,),
                launch=0,
                test_samples=test_samples,
            )
            worker.ask(job, Loaded, timeout_s=patience.with_loading())
            if is_pinned:
                worker.ask(Pin(cpus=cpus_for("auto", threads=1)), Pinned, timeout_s=patience.with_loading())
            workers[side.arm.name] = worker
        yield workers


def block(worker: WorkerProcess, seconds: float) -> BlockTimed:
    """One block of so many seconds, of all inputs one after the other."""
    return worker.ask(
        TimeBlock(batch=BATCH, seconds=seconds), BlockTimed, timeout_s=read_patience().with_block(seconds)
    )


def record(
    plan: Plan,
    workers: Mapping[str, WorkerProcess],
    *,
    until: Callable[[Sequence[Round]], bool],
    at_most_s: float,
) -> Recording:
    """Rounds, as the harness takes them, until that is enough or time is up."""
    context = RoundContext(
        workers=workers,
        rules=plan.timing,
        load=LoadPoint(batch=BATCH),
        launch=0,
        patience=read_patience(),
        is_simulated=False,
    )
    orders = mirrored_orders(slots_of(plan, frozenset(workers)), seed=str(plan.seed))
    rounds: list[Round] = []
    began = time.monotonic()
    while not rounds or (time.monotonic() - began < at_most_s and not until(rounds)):
        rounds.append(take_round(context, orders, index=len(rounds)))
    return Recording(plan=plan, rounds=tuple(rounds))
