"""A run from the plan to the verdicts: measures, stores every fact as it arrives, concludes.

A run that is interrupted, or whose machine is switched off, holds everything up to its last
finished round, and `resume` goes on from there.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.devices import nvidia_devices
from harness.environment import Observer, read_environment
from harness.errors import HarnessError, UsageError
from harness.quantize.artifacts import ArtifactCache
from harness.run_events import RunEvent
from harness.supervisor.experiment import Experiment
from harness.supervisor.finished import Finished
from harness.supervisor.patience import Patience, read_patience
from harness.supervisor.visibility import uuids_of
from harness.vocabulary import Plan, RunState, Verdict
from harness.workloads.places import cache_root
from harness.workloads.workload import Workload, open_workload
from planner import settings
from planner.errors import StoreError
from planner.services.exit_codes import ExitCode, code_of_run
from planner.services.judgement import conclude
from planner.services.limits import record_limits
from planner.services.machine_peaks import PeakCache
from planner.services.progress import Progress, reduce
from planner.services.recording import Recorder
from planner.store.records import StoredRun
from planner.store.repository import Store
from planner.version import planner_version

Watcher = Callable[[Progress, RunEvent], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOutcome:
    """How a run ended."""

    run_id: str
    state: RunState
    exit_code: ExitCode
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Carries out runs against one store.

    `watch` is told of every event, with the progress after it; `opened` of the run's identifier, before all of them.
    """

    store: Store
    cache: ArtifactCache
    observer: Observer
    watch: Watcher
    opened: Callable[[str], None] = lambda _run_id: None
    require_all: bool = False
    patience: Patience = field(default_factory=read_patience)
    clock: Callable[[], float] = time.monotonic

    def start(self, plan: Plan, workload: Workload) -> BenchOutcome:
        """Open a new run and carry it out.

        Raises:
            WorkloadError: the test data are not as described.
            UnavailableError: a GPU that the plan names is not here.
        """
        require_test_data(workload, plan)  # what it will be judged by is looked at before anything is measured
        uuids = uuids_of(plan)
        gpus = nvidia_devices()
        environment = read_environment(self.observer, gpus=gpus if isinstance(gpus, tuple) else ())
        run_id = self.store.create_run(plan, environment, observer=self.observer, planner_version=planner_version())
        return self._carry_out(run_id, plan, workload, Finished(), uuids)

    def resume(self, run_id: str) -> BenchOutcome:
        """Go on with a run that did not complete.

        Raises:
            UsageError: the run is complete, or its workload has changed since.
            WorkloadError: the workload is not there any more, or not as described.
            UnavailableError: a GPU that it measured on is not here.
        """
        run = self.store.load(run_id)
        if run.state is RunState.COMPLETED and not run.failures:
            raise UsageError(f"run {run_id} is complete: nothing is left to resume; `planner show {run_id}` shows it")
        workload = open_workload(run.plan.workload)
        if workload.digest != run.plan.workload_digest:
            raise UsageError(f"run {run_id} measured another version of {workload.name}: start a new run")
        require_test_data(workload, run.plan)
        uuids = uuids_of(run.plan)
        self.store.reopen(run_id)
        return self._carry_out(run_id, run.plan, workload, self._finished(run), uuids)

    def _finished(self, run: StoredRun) -> Finished:
        return Finished(
            predicted=frozenset(arm.name for arm in run.arms if arm.prediction is not None),
            proved=frozenset(arm.name for arm in run.arms if arm.proof is not None),
            rounds=self.store.rounds(run.run_id),
            pipelines=frozenset((one.arm, one.batch) for one in run.pipelines),
            server_levels=self.store.server_levels(run.run_id),
        )

    def _carry_out(
        self, run_id: str, plan: Plan, workload: Workload, finished: Finished, uuids: Mapping[str, str]
    ) -> BenchOutcome:
        self.opened(run_id)
        experiment = Experiment(
            plan=plan,
            workload=workload,
            cache=self.cache,
            logs=settings.log_folder(run_id),
            finished=finished,
            patience=self.patience,
            uuids=uuids,
        )
        try:
            state = self._measure(run_id, plan, experiment)
            return self._conclude(run_id, workload, state)
        except KeyboardInterrupt:  # a second one, or one after the last measurement
            self._give_up(run_id, RunState.INTERRUPTED, ExitCode.INTERRUPTED)
            raise
        except BaseException:
            self._give_up(run_id, RunState.FAILED, None)
            raise

    def _measure(self, run_id: str, plan: Plan, experiment: Experiment) -> RunState:
        try:
            with contextlib.closing(experiment.events()) as events:
                self._follow(run_id, plan, events)
        except KeyboardInterrupt:
            # At once: whoever asked for the end may ask again before the conclusion is drawn.
            self.store.finish(run_id, RunState.INTERRUPTED, ExitCode.INTERRUPTED)
            return RunState.INTERRUPTED
        return RunState.COMPLETED

    def _conclude(self, run_id: str, workload: Workload, state: RunState) -> BenchOutcome:
        verdicts = conclude(self.store, run_id, workload)
        if state is RunState.COMPLETED:
            self._record_limits(run_id, workload)
        failures = self.store.load(run_id).failures
        code = code_of_run(verdicts, failures, require_all=self.require_all)
        if state is RunState.INTERRUPTED:
            code = ExitCode.INTERRUPTED
        self.store.finish(run_id, state, code)
        return BenchOutcome(run_id=run_id, state=state, exit_code=code, verdicts=verdicts)

    def _record_limits(self, run_id: str, workload: Workload) -> None:
        """What the verdicts do not rest on must not cost the run its end."""
        with contextlib.suppress(HarnessError):
            record_limits(
                self.store, run_id, workload, cache=PeakCache(root=cache_root()), logs=settings.log_folder(run_id)
            )

    def _give_up(self, run_id: str, state: RunState, code: ExitCode | None) -> None:
        with contextlib.suppress(StoreError):  # what ended the run may be the store itself
            self.store.finish(run_id, state, code)

    def _follow(self, run_id: str, plan: Plan, events: Iterator[RunEvent]) -> None:
        began = self.clock()
        progress = Progress()
        recorder = Recorder(self.store, run_id, plan)
        for event in events:
            recorder.record(event)
            progress = reduce(progress, event, now_s=self.clock() - began)
            self.watch(progress, event)


def require_test_data(workload: Workload, plan: Plan) -> None:
    """Look at what a plan will be judged by.

    Raises:
        WorkloadError: the test data are not as described.
    """
    workload.test_split(plan.test_samples, keeps_calibration_apart=plan.keeps_calibration_apart)
