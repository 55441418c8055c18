"""Has calibration data audited in a worker process, and quantises with several draws of them.

What goes wrong with an audit is a finding itself: it never ends a run.
"""

from collections.abc import Callable, Iterator

from harness.errors import HarnessError
from harness.events import Advanced, AuditCalibration, Audited, Event
from harness.run_events import CalibrationAudited
from harness.supervisor.process import WorkerProcess
from harness.verdict.calibration import rests_on_calibration
from harness.vocabulary import CalibrationFinding, Plan, Severity

_NAME = "calibration audit"
Start = Callable[[str], WorkerProcess]


def audit_for_run(plan: Plan, *, samples: int, start: Start, silence_s: float) -> Iterator[CalibrationAudited]:
    """Yield one event with the findings where an arm of the plan is calibrated, else none.

    The data are what is audited, so artifacts from the cache make no difference. A scripted model is
    not calibrated, whatever its variants are called.
    """
    if plan.is_simulated or not any(rests_on_calibration(arm.recipe) for arm in plan.arms):
        return
    command = AuditCalibration(workload=plan.workload, samples=samples, seed=plan.seed, runs_model=False)
    try:
        for event in audit(command, start=start, silence_s=silence_s):
            if isinstance(event, Audited):
                yield CalibrationAudited(findings=event.audit.findings)
    except HarnessError as error:
        unknown = CalibrationFinding(
            check="audit", severity=Severity.WARNING, sentence=f"the calibration data could not be audited: {error}"
        )
        yield CalibrationAudited(findings=(unknown,))


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


def _until_audited(worker: WorkerProcess, silence_s: float) -> Iterator[Advanced | Audited]:
    event: Event | None = None
    while not isinstance(event, Audited):
        event = worker.receive(timeout_s=silence_s)
        if isinstance(event, Advanced | Audited):
            yield event
