"""A whole run: artifacts, sessions, proof, quality, timing, memory, in that order.

A generator of `RunEvent`s. Whoever iterates it stores and shows them; closing it, or an error
out of it, ends every worker. What an earlier attempt already measured is not measured again.
"""

import contextlib
import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import HarnessError
from harness.events import (
    Advanced,
    Command,
    Evaluate,
    Evaluated,
    Load,
    Loaded,
    Pin,
    Pinned,
    Prove,
    Proved,
)
from harness.meters.absence import Unavailable
from harness.meters.energy import RaplMeter, probe_rapl
from harness.quantize.artifacts import ArtifactCache
from harness.run_events import (
    ArmAdvanced,
    ArmFailed,
    ArmLoaded,
    ArmPinned,
    ArmPredicted,
    ArmProved,
    ArtifactReady,
    MemoryMeasured,
    RunEvent,
    StageBegan,
)
from harness.supervisor.calibration import audit_for_run
from harness.supervisor.energy import measure_energy
from harness.supervisor.failures import failure_of
from harness.supervisor.gather import Answer, Errand, gather
from harness.supervisor.patience import Patience, read_patience
from harness.supervisor.pipeline import measure_pipelines
from harness.supervisor.preparation import prepare_artifacts, samples_for
from harness.supervisor.process import WorkerProcess
from harness.supervisor.timing import TimingStage
from harness.vocabulary import Arm, Method, Plan, Round, Stage
from harness.workloads.workload import Workload

_NO_JOULES = Unavailable(reason="a scripted runtime computes nothing: what the machine used says nothing of it")
EVALUATION_BATCH = 16
"""The fastest of 1 to 64 for the flagship on one core. Scales made beforehand make answers independent of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What earlier attempts of the same run left: arms whose quality is known, committed rounds, whole requests."""

    predicted: frozenset[str] = frozenset()
    proved: frozenset[str] = frozenset()
    rounds: tuple[Round, ...] = ()
    pipelines: frozenset[tuple[str, int]] = frozenset()

    @property
    def next_launch(self) -> int:
        """The number of the next generation of processes."""
        return max((one.launch for one in self.rounds), default=-1) + 1


@dataclass(slots=True)
class Experiment:
    """Carries out a plan. `logs` is where workers write what their libraries say."""

    plan: Plan
    workload: Workload
    cache: ArtifactCache
    logs: Path
    finished: Finished = field(default_factory=Finished)
    energy_meter: RaplMeter | Unavailable = field(default_factory=probe_rapl)
    patience: Patience = field(default_factory=read_patience)
    _artifacts: dict[str, str] = field(default_factory=dict)
    _workers: dict[str, WorkerProcess] = field(default_factory=dict)
    _launches: int = 0

    def events(self) -> Generator[RunEvent, None, None]:
        """Run every stage. A failed arm is reported and left out; the others go on."""
        try:
            yield from self._quantize()
            yield from self._load()
            yield from self._prove()
            yield from self._evaluate()
            yield from self._time()
            yield from self._time_pipelines()
            yield from self._measure_energy()
            yield from self._measure_memory()
        finally:
            for worker in self._workers.values():
                worker.close()

    @property
    def _alive(self) -> tuple[Arm, ...]:
        return tuple(arm for arm in self.plan.arms if arm.name in self._workers)

    def _quantize(self) -> Iterator[RunEvent]:
        yield StageBegan(stage=Stage.QUANTIZE, total=len(self.plan.arms))
        silence_s = self.patience.with_quantizing()
        samples = samples_for(self.plan, self.workload)
        yield from audit_for_run(self.plan, samples=samples, start=self._start, silence_s=silence_s)
        for event in prepare_artifacts(
            self.plan,
            self.workload,
            cache=self.cache,
            start=self._start,
            at_once=_cores(),
            silence_s=silence_s,
            samples=samples,
        ):
            if isinstance(event, ArtifactReady):
                self._artifacts[event.arm] = event.artifact.path
            yield event

    def _load(self) -> Iterator[RunEvent]:
        ready = [arm for arm in self.plan.arms if arm.name in self._artifacts]
        yield StageBegan(stage=Stage.LOAD, total=len(ready))
        errands = [self._errand(arm, self._load_command(arm), fresh=True) for arm in ready]
        for answer in gather(errands, at_once=self._slots()):
            if isinstance(answer.event, Loaded):
                loaded = answer.event
                yield ArmLoaded(arm=answer.arm, settings=loaded.settings, memory=loaded.memory, load_s=loaded.load_s)
            elif answer.error is not None:
                yield self._fail(answer, Stage.LOAD)

    def _prove(self) -> Iterator[RunEvent]:
        unproved = [arm for arm in self._alive if arm.name not in self.finished.proved]
        yield StageBegan(stage=Stage.PROVE, total=len(unproved))
        # One at a time: shares of time are read from these profiles.
        for answer in gather([self._errand(arm, Prove()) for arm in unproved], at_once=1):
            if isinstance(answer.event, Proved):
                yield ArmProved(arm=answer.arm, proof=answer.event.proof)
            elif answer.error is not None:
                yield self._fail(answer, Stage.PROVE)

    def _evaluate(self) -> Iterator[RunEvent]:
        unknown = [arm for arm in self._alive if arm.name not in self.finished.predicted]
        yield StageBegan(stage=Stage.QUALITY, total=len(unknown))
        errands = [self._errand(arm, Evaluate(batch=evaluation_batch(arm, self.plan))) for arm in unknown]
        for answer in gather(errands, at_once=self._slots()):
            match answer.event:
                case Advanced(done=done, total=total):
                    yield ArmAdvanced(arm=answer.arm, done=done, total=total)
                case Evaluated(prediction=prediction):
                    yield ArmPredicted(arm=answer.arm, prediction=prediction)
                case _:
                    if answer.error is not None:
                        yield self._fail(answer, Stage.QUALITY)

    def _time(self) -> Iterator[RunEvent]:
        yield from self._pin()
        for batch in self.plan.batches:
            stage = TimingStage(
                plan=self.plan,
                batch=batch,
                workers=self._workers,
                launch=self.finished.next_launch,
                rounds=[one for one in self.finished.rounds if one.batch == batch],
                patience=self.patience,
            )
            yield from self._without_the_failed(stage.events())

    def _time_pipelines(self) -> Iterator[RunEvent]:
        events = measure_pipelines(
            self.plan, self.workload, self._workers, done=self.finished.pipelines, patience=self.patience
        )
        yield from self._without_the_failed(events)

    def _measure_energy(self) -> Iterator[RunEvent]:
        meter = _NO_JOULES if self.plan.is_simulated else self.energy_meter
        events = measure_energy(meter, self._workers, batch=self.plan.batches[0], patience=self.patience)
        yield from self._without_the_failed(events)

    def _without_the_failed(self, events: Iterator[RunEvent]) -> Iterator[RunEvent]:
        for event in events:
            if isinstance(event, ArmFailed):
                self._workers.pop(event.failure.arm).close()
            yield event

    def _pin(self) -> Iterator[RunEvent]:
        for arm in self._alive:
            cpus = cpus_for(self.plan.timing.affinity, threads=arm.threads)
            if not cpus:
                continue
            try:
                pinned = self._workers[arm.name].ask(Pin(cpus=cpus), Pinned, timeout_s=self.patience.with_loading())
            except HarnessError as error:
                yield self._fail(Answer(arm=arm.name, error=error), Stage.TIME)
                continue
            yield ArmPinned(arm=arm.name, cpus=pinned.cpus, reason=pinned.reason)

    def _measure_memory(self) -> Iterator[RunEvent]:
        """Further launches of every arm that is still alive, each for its memory alone."""
        arms = self._alive
        for worker in self._workers.values():
            worker.close()
        self._workers.clear()
        launches = range(1, self.plan.timing.memory_launches)
        yield StageBegan(stage=Stage.MEMORY, total=len(arms) * len(launches))
        for launch in launches:
            errands = [self._errand(arm, self._load_command(arm, launch=launch), fresh=True) for arm in arms]
            for answer in gather(errands, at_once=self._slots()):
                if isinstance(answer.event, Loaded):
                    yield MemoryMeasured(arm=answer.arm, readings=answer.event.memory)
                    self._workers.pop(answer.arm).close()
                elif answer.error is not None:
                    yield self._fail(answer, Stage.MEMORY)

    def _load_command(self, arm: Arm, *, launch: int = 0) -> Load:
        return Load(
            arm=arm,
            workload=self.workload.reference,
            artifact=self._artifacts[arm.name],
            batches=self.plan.batches if launch == 0 else self.plan.batches[:1],
            launch=launch,
            test_samples=self.plan.test_samples,
            keeps_calibration_apart=self.plan.keeps_calibration_apart,
        )

    def _errand(self, arm: Arm, command: Command, *, fresh: bool = False) -> Errand:
        def worker() -> WorkerProcess:
            if fresh:
                self._workers[arm.name] = self._start(arm.name)
            return self._workers[arm.name]

        is_long = isinstance(command, Evaluate)
        silence_s = self.patience.with_evaluating() if is_long else self.patience.with_loading()
        return Errand(arm=arm.name, worker=worker, command=command, timeout_s=silence_s)

    def _start(self, arm: str) -> WorkerProcess:
        self._launches += 1
        return WorkerProcess(arm, log=self.logs / f"{self._launches:03d}-{_file_name(arm)}.log")

    def _fail(self, answer: Answer, stage: Stage) -> ArmFailed:
        worker = self._workers.pop(answer.arm, None)
        event = ArmFailed(failure=failure_of(answer.arm, stage, answer.error, worker))
        if worker is not None:
            worker.close()
        return event

    def _slots(self) -> int:
        threads = max(arm.threads for arm in self.plan.arms)
        return max(1, _cores() // threads)


def evaluation_batch(arm: Arm, plan: Plan) -> int:
    """How many samples an arm answers at once: as many as are timed where samples of a call share their scales.

    Dynamic ranges are those of a whole call, so that neighbours change an answer: a classifier of 1,000 samples was
    right in 98.1 % one by one, and in 98.6 % sixteen at a time.
    """
    return plan.batches[0] if arm.recipe.method is Method.INT8_DYNAMIC else EVALUATION_BATCH


def cpus_for(affinity: str, *, threads: int) -> tuple[int, ...]:
    """The CPUs that timed threads are bound to: `none`, a list such as `2,3`, or `auto`.

    `auto` takes the last CPUs this process may use: the first ones serve most interrupts.
    """
    if affinity == "none" or not hasattr(os, "sched_getaffinity"):
        return ()
    if affinity != "auto":
        return tuple(int(part) for part in affinity.split(","))
    return tuple(sorted(os.sched_getaffinity(0))[-threads:])


def _cores() -> int:
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _file_name(arm: str) -> str:
    return "".join(character if character.isalnum() or character in "-." else "_" for character in arm)[:80]
