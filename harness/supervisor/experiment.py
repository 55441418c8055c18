"""A whole run: artifacts, sessions, proof, quality, timing, memory, in that order.

A generator of `RunEvent`s. Whoever iterates it stores and shows them; closing it, or an error
out of it, ends every worker. What an earlier attempt already measured is not measured again.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.devices import usable_cpus
from harness.events import Advanced, Command, Evaluate, Evaluated, Load, Loaded, Prove, Proved
from harness.meters.absence import Unavailable
from harness.meters.energy import RaplMeter, probe_rapl
from harness.quantize.artifacts import ArtifactCache
from harness.run_events import (
    ArmAdvanced,
    ArmFailed,
    ArmLoaded,
    ArmPredicted,
    ArmProved,
    ArtifactReady,
    MemoryMeasured,
    RunEvent,
    StageBegan,
)
from harness.supervisor.calibration import audit_for_run
from harness.supervisor.energy import measure_run_energy
from harness.supervisor.evaluation import evaluation_batch
from harness.supervisor.failures import failure_of, failure_of_batch
from harness.supervisor.finished import Finished
from harness.supervisor.gather import Answer, Errand, gather
from harness.supervisor.log_excerpt import log_file
from harness.supervisor.patience import Patience, read_patience
from harness.supervisor.pinning import pin_workers
from harness.supervisor.pipeline import measure_pipelines
from harness.supervisor.preparation import prepare_artifacts, samples_for
from harness.supervisor.process import WorkerProcess
from harness.supervisor.run_gpus import RunGpus
from harness.supervisor.server import measure_server_rates
from harness.supervisor.timing import TimingStage
from harness.supervisor.visibility import variables_for
from harness.vocabulary import CPU, Arm, Plan, Stage
from harness.workloads.workload import Workload


@dataclass(slots=True)
class Experiment:
    """Carries out a plan. `logs` is where workers write what their libraries say, `uuids` tells GPUs by their names."""

    plan: Plan
    workload: Workload
    cache: ArtifactCache
    logs: Path
    finished: Finished = field(default_factory=Finished)
    energy_meter: RaplMeter | Unavailable = field(default_factory=probe_rapl)
    patience: Patience = field(default_factory=read_patience)
    gpus: RunGpus = field(default_factory=RunGpus)
    uuids: Mapping[str, str] = field(default_factory=dict)
    _artifacts: dict[str, str] = field(default_factory=dict)
    _workers: dict[str, WorkerProcess] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)
    _unfit: set[tuple[str, int]] = field(default_factory=set)
    _pinned: int | None = None
    _launches: int = 0

    def events(self) -> Generator[RunEvent, None, None]:
        """Run every stage. A failed arm is reported and left out; the others go on."""
        try:
            self.gpus.begin(self.plan)
            for stage, events in self._stages():
                yield from events
                yield from self._without_lost_cards(stage)
            yield from self.gpus.told(self.plan)
        finally:
            self._close_all()
            self.gpus.close()

    def _stages(self) -> tuple[tuple[Stage, Iterator[RunEvent]], ...]:
        energy = measure_run_energy(
            self.plan, self._workers, meter=self.energy_meter, gpus=self.gpus, patience=self.patience
        )
        return (
            (Stage.QUANTIZE, self._quantize()),
            (Stage.LOAD, self._load()),
            (Stage.PROVE, self._prove()),
            (Stage.QUALITY, self._evaluate()),
            (Stage.TIME, self._time()),
            (Stage.SERVER, self._serve()),
            (Stage.PIPELINE, self._time_pipelines()),
            (Stage.ENERGY, self._without_the_failed(energy)),
            (Stage.MEMORY, self._measure_memory()),
        )

    def _without_lost_cards(self, stage: Stage) -> Iterator[RunEvent]:
        """Arms whose card was lost, whatever it did then: what is asked of it from now on cannot be trusted."""
        for arm in self.plan.arms:
            loss = self.gpus.loss_of(arm.name)
            if loss is not None and arm.name not in self._failed:
                yield self._fail(Answer(arm=arm.name, error=loss), stage)

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
            at_once=usable_cpus(),
            silence_s=silence_s,
            samples=samples,
        ):
            if isinstance(event, ArtifactReady):
                self._artifacts[event.arm] = event.artifact.path
            elif isinstance(event, ArmFailed):
                self._failed.add(event.failure.arm)
            yield event

    def _load(self, *, launch: int = 0) -> Iterator[RunEvent]:
        ready = [arm for arm in self.plan.arms if arm.name in self._artifacts and arm.name not in self._failed]
        yield StageBegan(stage=Stage.LOAD, total=len(ready))
        commands = [(arm, self._load_command(arm, self.plan.batches, launch=launch)) for arm in ready]
        errands = [self._errand(arm, command, fresh=True) for arm, command in commands]
        for answer in gather(errands, at_once=self._slots()):
            if isinstance(answer.event, Loaded):
                loaded = answer.event
                yield ArmLoaded(arm=answer.arm, settings=loaded.settings, memory=loaded.memory, load_s=loaded.load_s)
                yield from self._leave_out(answer.arm, loaded.left_out)
            elif answer.error is not None:
                yield self._fail(answer, Stage.LOAD)

    def _leave_out(self, arm: str, batches: tuple[tuple[int, str], ...]) -> Iterator[RunEvent]:
        """Batch sizes that do not fit are failures of their own: the arm is measured at the others."""
        for batch, message in batches:
            if (arm, batch) not in self._unfit:
                self._unfit.add((arm, batch))
                yield ArmFailed(failure=failure_of_batch(arm, batch, message))

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
        """Every load in each launch; all launches but the first begin with new processes."""
        left = self.plan.timing.launches - self.finished.launches_of(self.plan)
        for number in range(max(left, 0)):
            if number:
                self._close_all()
                yield from self._load(launch=number)
            yield from self._time_loads(launch=self.finished.next_launch + number)

    def _time_loads(self, *, launch: int) -> Iterator[RunEvent]:
        for load in sorted(self.plan.loads, key=lambda one: one.concurrency):
            yield from self._pin(load.concurrency)
            workers = {name: one for name, one in self._workers.items() if (name, load.batch) not in self._unfit}
            earlier = self.finished.rounds if self.plan.timing.launches == 1 else ()
            stage = TimingStage(
                plan=self.plan,
                load=load,
                workers=workers,
                launch=launch,
                rounds=[one for one in earlier if one.load == load],
                patience=self.patience,
                gpus=self.gpus.watch,
            )
            for event in self._without_the_failed(stage.events()):
                if isinstance(event, ArmFailed):
                    workers.pop(event.failure.arm, None)
                yield event

    def _pin(self, concurrency: int) -> Iterator[RunEvent]:
        """Bind all workers to as many CPUs as so many calls in flight take; nothing where they are."""
        if self._pinned != concurrency:
            pinned = pin_workers(self.plan, self._workers, concurrency=concurrency, patience=self.patience)
            yield from self._without_the_failed(pinned)
            self._pinned = concurrency

    def _serve(self) -> Iterator[RunEvent]:
        rules = self.plan.server
        if rules is None:
            return
        yield from self._pin(rules.instances)
        events = measure_server_rates(
            rules,
            self._workers,
            seed=self.plan.seed,
            patience=self.patience,
            done=self.finished.server_levels,
            is_simulated=self.plan.is_simulated,
        )
        yield from self._without_the_failed(events)

    def _time_pipelines(self) -> Iterator[RunEvent]:
        yield from self._pin(1)
        events = measure_pipelines(
            self.plan,
            self.workload,
            self._workers,
            done=self.finished.pipelines | self._unfit,
            patience=self.patience,
        )
        yield from self._without_the_failed(events)

    def _without_the_failed(self, events: Iterator[RunEvent]) -> Iterator[RunEvent]:
        for event in events:
            if isinstance(event, ArmFailed):
                self._failed.add(event.failure.arm)
                self._workers.pop(event.failure.arm).close()
            yield event

    def _close_all(self) -> None:
        self._pinned = None
        for worker in self._workers.values():
            worker.close()
        self._workers.clear()

    def _measure_memory(self) -> Iterator[RunEvent]:
        """Further launches of every arm that is still alive, each for its memory alone."""
        arms = self._alive
        self._close_all()
        launches = range(max(1, self.plan.timing.launches), self.plan.timing.memory_launches)
        yield StageBegan(stage=Stage.MEMORY, total=len(arms) * len(launches))
        for launch in launches:
            commands = [(arm, self._load_command(arm, self.plan.batches[:1], launch=launch)) for arm in arms]
            errands = [self._errand(arm, command, fresh=True) for arm, command in commands]
            for answer in gather(errands, at_once=self._slots()):
                if isinstance(answer.event, Loaded):
                    yield MemoryMeasured(arm=answer.arm, readings=answer.event.memory)
                    self._workers.pop(answer.arm).close()
                elif answer.error is not None:
                    yield self._fail(answer, Stage.MEMORY)

    def _load_command(self, arm: Arm, batches: tuple[int, ...], *, launch: int) -> Load:
        return Load(
            arm=arm,
            workload=self.workload.reference,
            artifact=self._artifacts[arm.name],
            batches=batches,
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
        device = next((one.device for one in self.plan.arms if one.name == arm), CPU)
        log, variables = log_file(self.logs, self._launches, arm), variables_for(device, self.uuids)
        worker = WorkerProcess(arm, log=log, variables=variables)
        self.gpus.follow(arm, worker.pid)
        return worker

    def _fail(self, answer: Answer, stage: Stage) -> ArmFailed:
        self._failed.add(answer.arm)
        worker = self._workers.pop(answer.arm, None)
        error = self.gpus.loss_of(answer.arm) or answer.error  # a process says of a lost card what its library says
        event = ArmFailed(failure=failure_of(answer.arm, stage, error, worker))
        if worker is not None:
            worker.close()
        return event

    def _slots(self) -> int:
        threads = max(arm.threads for arm in self.plan.arms)
        return max(1, usable_cpus() // threads)
