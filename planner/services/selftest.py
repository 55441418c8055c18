"""The self-test as a use case: plans it, follows it, concludes, and keeps the certificate.

An interrupted self-test is concluded from what was recorded and shown, but never stored: it would
stand in reports in the place of a whole one.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from harness.environment import Environment, Observer, read_environment
from harness.quantize.artifacts import ArtifactCache
from harness.supervisor.patience import Patience, read_patience
from harness.supervisor.selftest.conclude import Conditions, certify
from harness.supervisor.selftest.experiment import SelfTestExperiment, arms_of
from harness.supervisor.selftest.form import (
    CostsProbed,
    MemoryPeaksProbed,
    Recording,
    RecordingEnded,
    RecordingTaken,
    SelfTestEvent,
    SelfTestForm,
)
from harness.vocabulary import Method, Plan, TimingRules
from harness.vocabulary.selftest import Ending, Mark, SelfTest
from harness.workloads.workload import BUILTIN_DEFAULT, Workload
from planner.services.exit_codes import ExitCode
from planner.services.looking import ModelsSeen, fixed_batch_of
from planner.services.planning import BenchRequest, make_plan
from planner.store.repository import Store
from planner.version import planner_version

SCHEMA = "planner.selftest/1"
SelfTestWatcher = Callable[[SelfTestEvent], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestRequest:
    """What is asked for; without a runtime the first one that is here."""

    form: SelfTestForm
    workload: str = BUILTIN_DEFAULT
    runtime: str | None = None
    seed: int = 1


def plan_selftest(request: SelfTestRequest, workload: Workload) -> Plan:
    """Three arms of the workload's FP32 model on one runtime, one thread, the smallest batch.

    Raises:
        UnavailableError: the runtime is not here, or none is.
    """
    fixed = fixed_batch_of(workload)
    asked = BenchRequest(
        workload=workload.reference,
        variants=str(Method.FP32),
        runtimes=(request.runtime,) if request.runtime else None,
        batches=(fixed or 1,),
        seed=request.seed,
        timing=TimingRules(block_s=request.form.block_s),
    )
    plan = make_plan(asked, workload, ModelsSeen(fixed_batch=fixed))
    return replace(plan, arms=arms_of(plan.arms[0]), unavailable=())


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTesting:
    """Carries out self-tests. `watch` is told of every event; `began_s` is when everything began, by `clock`."""

    cache: ArtifactCache
    logs: Path
    watch: SelfTestWatcher
    began_s: float
    patience: Patience = field(default_factory=read_patience)
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def carry_out(self, plan: Plan, workload: Workload, form: SelfTestForm) -> SelfTest:
        """Measure and conclude.

        Raises:
            HarnessError: a worker died, hung or refused.
        """
        recording = self._record(plan, workload, form)
        return certify(recording, self._conditions(read_environment(Observer.HEADLESS)))

    def _record(self, plan: Plan, workload: Workload, form: SelfTestForm) -> Recording:
        experiment = SelfTestExperiment(
            plan=plan,
            workload=workload,
            form=form,
            cache=self.cache,
            logs=self.logs,
            began_s=self.began_s,
            patience=self.patience,
            clock=self.clock,
        )
        recording, rounds = Recording(plan=plan, form=form), []
        try:
            with contextlib.closing(experiment.events()) as events:
                for event in events:
                    if isinstance(event, RecordingTaken):
                        rounds.append(event.round)
                    recording = _with(recording, event)
                    self.watch(event)
        except KeyboardInterrupt:
            if not rounds:
                raise
        return replace(recording, rounds=tuple(rounds))

    def _conditions(self, environment: Environment) -> Conditions:
        return Conditions(
            host_id=environment.host_id,
            cpu=environment.cpu.model,
            planner_version=planner_version(),
            versions=tuple((one.name, one.version) for one in environment.packages),
            finished_at=self.now().isoformat(timespec="seconds"),
            wall_s=self.clock() - self.began_s,
        )


def _with(recording: Recording, event: SelfTestEvent) -> Recording:
    match event:
        case MemoryPeaksProbed(probes=probes):
            return replace(recording, memory=probes)
        case CostsProbed(clock=clock, parents=parents):
            return replace(recording, clock=clock, parents=parents)
        case RecordingEnded(ending=ending):
            return replace(recording, ending=ending)
        case _:
            return recording


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestDocument:
    """The certificate as scripts read it. Seconds and shares; an interrupted one is not stored."""

    schema: str
    is_stored: bool
    exit_code: int
    certificate: SelfTest


def keep(store: Store, certificate: SelfTest) -> bool:
    """Store the certificate unless it was interrupted; whether it is stored.

    Raises:
        StoreError: the database cannot be written.
    """
    if certificate.ending is Ending.INTERRUPTED:
        return False
    store.record_selftest(certificate)
    return True


def document_of_selftest(certificate: SelfTest, *, is_stored: bool) -> SelfTestDocument:
    """The certificate with what became of it."""
    return SelfTestDocument(
        schema=SCHEMA,
        is_stored=is_stored,
        exit_code=code_of_selftest(certificate),
        certificate=certificate,
    )


def code_of_selftest(certificate: SelfTest) -> ExitCode:
    """A promise that is broken comes before one that could not be told: a miss is never hidden by a doubt."""
    if certificate.ending is Ending.INTERRUPTED:
        return ExitCode.INTERRUPTED
    if certificate.marked(Mark.NOT_KEPT):
        return ExitCode.REJECTED_OR_SLOWER
    if certificate.marked(Mark.NOT_IDENTIFIED):
        return ExitCode.UNDECIDED
    return ExitCode.ACCEPTED_AND_FASTER
