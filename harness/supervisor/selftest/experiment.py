"""Carries out a self-test with the machinery of a run: workers, orders, blocks, rounds.

Three processes of one FP32 model: the baseline, the same again, and the same slowed down by a known
share of every call. A generator of events; closing it ends every worker.
"""

import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from harness.analysis import Evidence, pairs_in
from harness.errors import MeasurementError
from harness.events import Command, Load, Loaded, Pin, Pinned, ProbeClock, ProbeMemory
from harness.quantize.artifacts import ArtifactCache
from harness.run_events import ArmFailed, ArtifactReady
from harness.statistics.warmup import warm_up
from harness.supervisor.gather import Errand, gather
from harness.supervisor.patience import Patience, read_patience
from harness.supervisor.pinning import cpus_for
from harness.supervisor.preparation import prepare_artifacts
from harness.supervisor.process import WorkerProcess
from harness.supervisor.rounds import ArmLostError, RoundContext, ask_for_block, take_round
from harness.supervisor.schedule import mirrored_orders, slots_of
from harness.supervisor.selftest.form import (
    CostsProbed,
    MemoryPeaksProbed,
    RecordingEnded,
    RecordingTaken,
    SelfTestEvent,
    SelfTestForm,
    SelfTestStep,
    SelfTestStepBegan,
)
from harness.verdict.error_rates import SLOW_DOWN
from harness.vocabulary import Arm, LoadPoint, Plan, Round
from harness.vocabulary.selftest import ClockProbe, Ending, MemoryProbe, ParentProbe
from harness.workloads.workload import Workload

AGAIN, SLOWED = "again", "slowed"
_PROBED_BYTES = 64 * 2**20
_HELD_S = (0.0, 0.001, 0.005, 0.02)
_REPEATS = 5
_LONG_BLOCK_S = 1.0
_WARM_UP_ATTEMPTS = 3
_PATIENCE = 1.5
_PATIENCE_WITH_SCRIPTS = 20  # their rounds take no time of their own: how long they last says how busy the host is
"""Where foreign load spoils rounds, recording goes on for so many times what was expected, and no longer."""


def arms_of(arm: Arm) -> tuple[Arm, Arm, Arm]:
    """The model as it is, the same again in another process, and the same slowed down."""
    return arm, replace(arm, label=f"{arm.label} {AGAIN}"), replace(arm, label=f"{arm.label} {SLOWED}")


@dataclass(slots=True)
class SelfTestExperiment:
    """Measures. `plan` has the three arms; `began_s` is when everything began, by `clock`."""

    plan: Plan
    workload: Workload
    form: SelfTestForm
    cache: ArtifactCache
    logs: Path
    began_s: float
    patience: Patience = field(default_factory=read_patience)
    clock: Callable[[], float] = time.monotonic
    _workers: dict[str, WorkerProcess] = field(default_factory=dict)
    _probed: list[WorkerProcess] = field(default_factory=list)

    def events(self) -> Generator[SelfTestEvent, None, None]:
        """Probe memory, clock and supervisor, then record rounds.

        Raises:
            HarnessError: a worker died, hung or refused: nothing can be said without it.
        """
        try:
            yield SelfTestStepBegan(step=SelfTestStep.MEMORY)
            yield MemoryPeaksProbed(probes=tuple(self._probe_memory()))
            yield SelfTestStepBegan(step=SelfTestStep.LOAD)
            self._load()
            yield SelfTestStepBegan(step=SelfTestStep.CLOCK)
            yield self._probe_costs()
            yield SelfTestStepBegan(step=SelfTestStep.WARM_UP)
            for worker in self._workers.values():
                self._warm_up(worker)
            yield SelfTestStepBegan(step=SelfTestStep.RECORD)
            yield from self._record()
        finally:
            for worker in (*self._workers.values(), *self._probed):
                worker.close()

    @property
    def _batch(self) -> int:
        return self.plan.batches[0]

    def _start(self, name: str) -> WorkerProcess:
        file = "".join(one if one.isalnum() else "_" for one in name)
        return WorkerProcess(name, log=self.logs / f"{file}.log")

    def _probe_memory(self) -> Iterator[MemoryProbe]:
        """In a process that does nothing else; lengths alternate, so that none has the same neighbours always."""
        worker = self._start("memory probe")
        self._probed.append(worker)
        for hold_s in _HELD_S * _REPEATS:
            command = ProbeMemory(size_bytes=_PROBED_BYTES, hold_s=hold_s)
            yield worker.ask(command, MemoryProbe, timeout_s=self.patience.with_loading())
        worker.close()

    def _load(self) -> None:
        artifacts = self._artifacts()
        self._ask_all([self._errand(arm, self._load_command(arm, artifacts[arm.name])) for arm in self.plan.arms])
        for arm in self.plan.arms:
            cpus = cpus_for(self.plan.timing.affinity, threads=arm.threads)
            if cpus:
                self._workers[arm.name].ask(Pin(cpus=cpus), Pinned, timeout_s=self.patience.with_loading())

    def _artifacts(self) -> dict[str, str]:
        found = {}
        for event in prepare_artifacts(
            self.plan,
            self.workload,
            cache=self.cache,
            start=self._start,
            at_once=1,
            silence_s=self.patience.with_quantizing(),
        ):
            if isinstance(event, ArmFailed):
                raise MeasurementError(f"{event.failure.message}; {event.failure.hint}")
            if isinstance(event, ArtifactReady):
                found[event.arm] = event.artifact.path
        return found

    def _load_command(self, arm: Arm, artifact: str) -> Load:
        return Load(
            arm=arm,
            workload=self.workload.reference,
            artifact=artifact,
            batches=self.plan.batches,
            launch=0,
            test_samples=self.plan.test_samples,
            keeps_calibration_apart=self.plan.keeps_calibration_apart,
        )

    def _errand(self, arm: Arm, command: Command) -> Errand:
        return Errand(
            arm=arm.name,
            worker=partial(self._started, arm.name),
            command=command,
            timeout_s=self.patience.with_loading(),
        )

    def _started(self, name: str) -> WorkerProcess:
        self._workers[name] = self._start(name)
        return self._workers[name]

    def _ask_all(self, errands: Sequence[Errand]) -> None:
        for answer in gather(errands, at_once=len(errands)):
            if answer.error is not None:
                raise answer.error
            if not isinstance(answer.event, Loaded):
                raise MeasurementError(f"{answer.arm} answered Load with {type(answer.event).__name__}")

    def _probe_costs(self) -> CostsProbed:
        worker = self._workers[self.plan.arms[0].name]
        clock = worker.ask(ProbeClock(), ClockProbe, timeout_s=self.patience.with_loading())
        parents = tuple(self._parent_while_it_waits(worker) for _ in range(self.form.parent_blocks))
        return CostsProbed(clock=clock, parents=parents)

    def _parent_while_it_waits(self, worker: WorkerProcess) -> ParentProbe:
        """The CPU time this process uses while a worker times one long block."""
        began, before = self.clock(), time.process_time()
        block = ask_for_block(worker, load=LoadPoint(batch=self._batch), seconds=_LONG_BLOCK_S, patience=self.patience)
        cpu_s, wall_s = time.process_time() - before, self.clock() - began
        return ParentProbe(cpu_s=cpu_s, block_s=max(wall_s, block.wall_ns / 1e9))

    def _warm_up(self, worker: WorkerProcess) -> None:
        for _ in range(_WARM_UP_ATTEMPTS):
            seconds = self.plan.timing.warm_up_s
            block = ask_for_block(worker, load=LoadPoint(batch=self._batch), seconds=seconds, patience=self.patience)
            if warm_up(np.frombuffer(block.latencies_ns, dtype="<i8")).is_stable:
                return

    def _record(self) -> Iterator[SelfTestEvent]:
        """Rounds until enough of them are clean, or until time is up."""
        slots = slots_of(self.plan, frozenset(self._workers))
        orders = mirrored_orders(slots, seed=f"{self.plan.seed}/selftest")
        context = RoundContext(
            workers=self._workers,
            rules=self.plan.timing,
            load=LoadPoint(batch=self._batch),
            launch=0,
            patience=self.patience,
            is_simulated=self.plan.is_simulated,
            stretches={self.plan.arms[2].name: SLOW_DOWN},
        )
        began_s, recorded, limit_s = self.clock(), _Counted(), math.inf
        while recorded.clean < self.form.wanted_pairs:
            if self.form.ends_s is not None and self.clock() - self.began_s >= self.form.ends_s:
                break
            try:
                taken = take_round(context, orders, index=recorded.rounds)
            except ArmLostError as lost:
                raise MeasurementError(f"{lost.arm}: {lost.reason}") from lost
            recorded.add(taken)
            elapsed_s = self.clock() - began_s
            if recorded.rounds == 1:
                patience = _PATIENCE_WITH_SCRIPTS if self.plan.is_simulated else _PATIENCE
                limit_s = patience * recorded.expected_s(elapsed_s, self.form.wanted_pairs)
            yield RecordingTaken(
                round=taken,
                pairs=recorded.clean,
                wanted=self.form.wanted_pairs,
                elapsed_s=elapsed_s,
                left_s=self._left_s(recorded, elapsed_s),
            )
            if elapsed_s >= limit_s:
                break
        is_complete = recorded.clean >= self.form.wanted_pairs or self.form.ends_s is not None
        yield RecordingEnded(ending=Ending.COMPLETE if is_complete else Ending.TIME_IS_UP)

    def _left_s(self, recorded: "_Counted", elapsed_s: float) -> float:
        left_s = recorded.expected_s(elapsed_s, self.form.wanted_pairs) - elapsed_s
        if self.form.ends_s is None:
            return max(0.0, left_s)
        return max(0.0, min(left_s, self.form.ends_s - (self.clock() - self.began_s)))


@dataclass(slots=True)
class _Counted:
    """Rounds and pairs so far."""

    rounds: int = 0
    pairs: int = 0
    clean: int = 0

    def add(self, taken: Round) -> None:
        pairs = pairs_in(Evidence(rounds=(taken,), uses_cpu_time=False))
        self.rounds += 1
        self.pairs += pairs
        self.clean += 0 if taken.is_contaminated else pairs

    def expected_s(self, elapsed_s: float, wanted: int) -> float:
        """How long it takes in all, by the clean pairs so far, or by all where none is clean yet."""
        return elapsed_s * wanted / (self.clean or self.pairs)
