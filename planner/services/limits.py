"""How near the arms of a run came to what their machine can do: computed from what is stored, and stored.

Nothing is probed here: without peaks of the run's host, or a data sheet of its card, there are no limits, and that is
said. A model is counted in a process of its own.
"""

from collections.abc import Callable
from pathlib import Path

from harness.errors import HarnessError, UnavailableError
from harness.events import CountWork
from harness.gpu_check.names import PREFIX
from harness.supervisor.work import count_model
from harness.verdict.roofline import NOT_MEASURED, SIMULATED, limit_of, unknown_limit
from harness.vocabulary import Arm, Limit, MachinePeaks, Measurement, ModelWork, Plan
from harness.workloads.workload import Workload
from planner.services.machine_peaks import PeakCache
from planner.services.sheet_limits import sheet_peaks
from planner.store.records import StoredRun
from planner.store.repository import Store
from pricing.errors import EvidenceError

PeaksOf = Callable[[Arm], MachinePeaks | None]
"""The peaks of what an arm ran on."""

_OF_A_CHECK = "this check counted no operations: make it anew (make gpu)"
_NO_GRAPH = "a PyTorch module has no graph whose operations could be counted: give the workload an ONNX model as well"


class ModelCounts:
    """The work of a workload's models at some batch sizes, each counted when it is first asked for."""

    def __init__(self, workload: Workload, batches: tuple[int, ...], *, logs: Path, plan: Plan | None = None) -> None:
        """Count with the data that `plan` is timed with, else with all test data."""
        self._workload = workload
        self._batches = batches
        self._logs = logs
        self._plan = plan
        self._found: dict[Path, tuple[ModelWork, ...] | HarnessError] = {}

    def of_workload(self) -> tuple[ModelWork, ...]:
        """What a call of the workload's own model has to do, by batch size.

        Raises:
            UnavailableError: there is no graph to count, or no package to read it with.
            WorkloadError: the model cannot be read, or not be called with a batch size.
        """
        if self._workload.is_simulated:
            raise UnavailableError(SIMULATED)
        if self._workload.model is None:
            raise UnavailableError(_NO_GRAPH)
        return self._of(self._workload.model)

    def of_arm(self, arm: Arm, batch: int) -> ModelWork:
        """What a call of the arm has to do: that of its own file, or of the model that its recipe changes nothing of.

        Raises:
            HarnessError: it cannot be counted, with the reason.
        """
        is_brought = arm.recipe.file is not None and arm.recipe in self._workload.candidates
        works = self._of(self._workload.candidates[arm.recipe][0]) if is_brought else self.of_workload()
        found = next((work for work in works if work.batch == batch), None)
        if found is None:
            raise UnavailableError(f"batch {batch} was not counted")
        return found

    def _of(self, model: Path) -> tuple[ModelWork, ...]:
        if model not in self._found:
            self._found[model] = self._counted(model)
        found = self._found[model]
        if isinstance(found, HarnessError):
            raise found
        return found

    def _counted(self, model: Path) -> tuple[ModelWork, ...] | HarnessError:
        command = CountWork(
            workload=self._workload.reference,
            model=str(model),
            batches=self._batches,
            test_samples=self._plan.test_samples if self._plan else None,
            keeps_calibration_apart=self._plan is None or self._plan.keeps_calibration_apart,
        )
        try:
            return count_model(command, logs=self._logs)
        except HarnessError as error:
            return error


def record_limits(store: Store, run_id: str, workload: Workload, *, cache: PeakCache, logs: Path) -> None:
    """Compute and store the limits of a run, where the peaks of its host are known; else do nothing."""
    run = store.load(run_id)
    peaks_of = peaks_by(run, lambda threads: cache.find(run.environment, threads))
    if run.plan.is_simulated or all(peaks_of(arm) is None for arm in run.plan.arms):
        return
    counts = ModelCounts(workload, run.plan.batches, logs=logs, plan=run.plan)
    store.record_limits(run_id, limits_of(run, peaks_of, counts))


def peaks_by(run: StoredRun, of_host: Callable[[int], MachinePeaks | None]) -> PeaksOf:
    """For arms on the CPU the host's peaks with as many threads, for those on a GPU those of its data sheet."""

    def found(arm: Arm) -> MachinePeaks | None:
        if not arm.is_on_gpu:
            return of_host(arm.threads)
        try:
            return sheet_peaks(run, arm)
        except EvidenceError:
            return None

    return found


def limits_of(run: StoredRun, peaks_of: PeaksOf, counts: ModelCounts) -> tuple[Limit, ...]:
    """A limit, or a reason why there is none, for every arm and batch size that was measured."""
    proofs = {arm.name: arm.proof.proof for arm in run.arms if arm.proof is not None}
    found = []
    for measurement in _calls_alone(run):
        arm = run.planned_arm(measurement.arm)
        if arm is None:
            continue
        peaks = peaks_of(arm)
        try:
            if peaks is None:
                raise UnavailableError(_no_sheet(run, arm) if arm.is_on_gpu else NOT_MEASURED)
            work = counts.of_arm(arm, measurement.batch)
        except HarnessError as error:
            found.append(unknown_limit(arm.name, measurement.batch, arm.threads, reason=str(error)))
            continue
        found.append(limit_of(arm, measurement, work=work, peaks=peaks, proof=proofs.get(arm.name)))
    return tuple(found)


def shown_limits(run: StoredRun) -> tuple[Limit, ...]:
    """The stored limits, and for what was measured without one the reason."""
    stored = {(one.arm, one.batch): one for one in run.limits}
    reason = SIMULATED if run.plan.is_simulated else _OF_A_CHECK if is_of_check(run) else NOT_MEASURED
    threads = {arm.name: arm.threads for arm in run.plan.arms}
    return tuple(
        stored.get((one.arm, one.batch)) or unknown_limit(one.arm, one.batch, threads.get(one.arm, 1), reason=reason)
        for one in _calls_alone(run)
    )


def is_of_check(run: StoredRun) -> bool:
    """Whether the run is a model of a GPU check, whose workload nobody can open."""
    return run.plan.workload.startswith(PREFIX) and not run.plan.workload_digest


def _no_sheet(run: StoredRun, arm: Arm) -> str:
    try:
        sheet_peaks(run, arm)
    except EvidenceError as error:
        return str(error)
    return NOT_MEASURED


def _calls_alone(run: StoredRun) -> list[Measurement]:
    """What was measured with one call in flight: several share the machine's peaks, and each alone is slower for it."""
    return [one for one in run.measurements if one.concurrency == 1]
