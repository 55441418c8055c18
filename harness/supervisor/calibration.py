"""Has calibration data audited in a worker process, for a run or for an audit of its own.

What goes wrong with an audit is a finding itself: it never ends a run.
"""

import dataclasses
from collections.abc import Callable, Iterator

from harness.accuracy.calibration import not_checked
from harness.errors import HarnessError, WorkerError
from harness.events import Advanced, AuditCalibration, Audited, Event
from harness.quantize.saturation import SATURATION
from harness.run_events import CalibrationAudited
from harness.supervisor.process import WorkerProcess, WorkerRefusedError, WorkerSilentError
from harness.verdict.calibration import rests_on_calibration
from harness.vocabulary import CalibrationFinding, Plan, Severity

MODEL_S = 10.0
"""Of a run, for what calibration data do to activations: the flagship's 512 samples take 3 s on two quiet cores."""
_NAME = "calibration audit"
Start = Callable[[str], WorkerProcess]


def audit_for_run(plan: Plan, *, samples: int, start: Start, silence_s: float) -> Iterator[CalibrationAudited]:
    """Yield one event with the findings where an arm of the plan is calibrated, else none.

    What takes too long for a run is told as not checked. The data are what is audited, so artifacts from the cache
    make no difference. A scripted model is not calibrated, whatever its variants are called.
    """
    if plan.is_simulated or not any(rests_on_calibration(arm.recipe) for arm in plan.arms):
        return
    command = AuditCalibration(workload=plan.workload, samples=samples, seed=plan.seed, model_s=MODEL_S)
    try:
        found = _findings(command, start=start, silence_s=silence_s)
    except HarnessError as error:
        unknown = CalibrationFinding(
            check="audit", severity=Severity.WARNING, sentence=f"the calibration data could not be audited: {error}"
        )
        found = (unknown,)
    yield CalibrationAudited(findings=found)


def audit(command: AuditCalibration, *, start: Start, silence_s: float) -> Iterator[Advanced | Audited]:
    """Have one worker audit; yield its progress and at last the audit.

    Raises:
        WorkerError: the worker died, or was silent for so long.
        WorkerRefusedError: data cannot be read.
    """
    worker = start(_NAME)
    try:
        worker.send(command)
        yield from _until_audited(worker, silence_s)
    finally:
        worker.close()


def _findings(command: AuditCalibration, *, start: Start, silence_s: float) -> tuple[CalibrationFinding, ...]:
    """What an audit finds; where running the model ends its process, what it finds without."""
    try:
        return _audited(command, start=start, silence_s=silence_s)
    except (WorkerRefusedError, WorkerSilentError):
        raise
    except WorkerError as error:
        without = dataclasses.replace(command, model_s=0.0)
        found = _audited(without, start=start, silence_s=silence_s)
        told = not_checked(SATURATION, f"{error} while the model ran")
        return tuple(told if one.check == SATURATION else one for one in found)


def _audited(command: AuditCalibration, *, start: Start, silence_s: float) -> tuple[CalibrationFinding, ...]:
    events = audit(command, start=start, silence_s=silence_s)
    return next(event.audit.findings for event in events if isinstance(event, Audited))


def _until_audited(worker: WorkerProcess, silence_s: float) -> Iterator[Advanced | Audited]:
    event: Event | None = None
    while not isinstance(event, Audited):
        event = worker.receive(timeout_s=silence_s)
        if isinstance(event, Advanced | Audited):
            yield event
