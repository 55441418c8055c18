"""Gets every arm its artifact: the workload's own model, one from the cache, or a new one.

Quantizers run in processes of their own; what they leave is admitted to the cache only whole.
"""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from harness.errors import HarnessError
from harness.events import Quantize, Quantized
from harness.quantize.artifacts import ArtifactCache, ArtifactRequest, Provenance
from harness.quantize.make import needs_artifact, toolchain_of
from harness.run_events import ArmFailed, ArtifactReady, RunEvent
from harness.supervisor.failures import failure_of
from harness.supervisor.gather import Errand, gather
from harness.supervisor.process import WorkerProcess
from harness.vocabulary import Arm, ArtifactRef, Plan, Stage
from harness.workloads.folder import Workload

CALIBRATION_SAMPLES = (
    256  # 100 to 500 random samples are usual; from 128 to 512 the flagship moved by 0.02 points in ORT
)


def prepare_artifacts(
    plan: Plan,
    workload: Workload,
    *,
    cache: ArtifactCache,
    start: Callable[[str], WorkerProcess],
    at_once: int,
    silence_s: float,
) -> Iterator[RunEvent]:
    """Yield `ArtifactReady` or `ArmFailed` for every arm of the plan; a quantizer may be silent for `silence_s`."""
    missing: dict[str, tuple[Arm, ArtifactRequest]] = {}
    for arm in plan.arms:
        if not needs_artifact(arm):
            yield ArtifactReady(arm=arm.name, artifact=_own_model(workload), made=None, was_cached=True)
            continue
        try:
            request = request_for(arm, workload, seed=plan.seed)
            found = cache.find(request)
        except HarnessError as error:
            yield ArmFailed(failure=failure_of(arm.name, Stage.QUANTIZE, error, None))
            continue
        if found is None:
            missing[arm.name] = (arm, request)
        else:
            yield ArtifactReady(arm=arm.name, artifact=found.reference, made=found, was_cached=True)
    yield from _make(missing, plan, workload, cache=cache, start=start, at_once=at_once, silence_s=silence_s)


def request_for(arm: Arm, workload: Workload, *, seed: int) -> ArtifactRequest:
    """What decides the arm's artifact."""
    toolchain = toolchain_of(arm)
    _, calibration_digest = workload.files["calibration"]
    return ArtifactRequest(
        model_digest=workload.model_digest,
        recipe=arm.label,
        left_out=arm.recipe.left_out,
        file=toolchain.file,
        versions=toolchain.versions(),
        calibration_digest=calibration_digest,
        calibration_samples=CALIBRATION_SAMPLES,
        seed=seed,
    )


def _make(
    missing: dict[str, tuple[Arm, ArtifactRequest]],
    plan: Plan,
    workload: Workload,
    *,
    cache: ArtifactCache,
    start: Callable[[str], WorkerProcess],
    at_once: int,
    silence_s: float,
) -> Iterator[RunEvent]:
    workers: dict[str, WorkerProcess] = {}
    with contextlib.ExitStack() as stack:
        folders: dict[str, Path] = {}
        errands = []
        for name, (arm, _) in missing.items():
            folders[name] = stack.enter_context(cache.staging())
            command = _command(arm, workload, folders[name], plan.seed)
            ask = partial(_start_for, name, workers, start)
            errands.append(Errand(arm=name, worker=ask, command=command, timeout_s=silence_s))
        stack.callback(_close_all, workers)
        for answer in gather(errands, at_once=at_once):
            worker = workers.get(answer.arm)
            try:
                if answer.error is not None:
                    raise answer.error
                if isinstance(answer.event, Quantized):
                    provenance = _provenance(workload, missing[answer.arm][1], answer.event)
                    made = cache.admit(folders[answer.arm], provenance)
                    yield ArtifactReady(arm=answer.arm, artifact=made.reference, made=made, was_cached=False)
            except HarnessError as error:
                yield ArmFailed(failure=failure_of(answer.arm, Stage.QUANTIZE, error, worker))
            if worker is not None:
                worker.close()


def _command(arm: Arm, workload: Workload, folder: Path, seed: int) -> Quantize:
    return Quantize(
        arm=arm,
        workload=workload.reference,
        destination=str(folder),
        calibration_samples=CALIBRATION_SAMPLES,
        seed=seed,
    )


def _start_for(arm: str, workers: dict[str, WorkerProcess], start: Callable[[str], WorkerProcess]) -> WorkerProcess:
    workers[arm] = start(arm)
    return workers[arm]


def _close_all(workers: dict[str, WorkerProcess]) -> None:
    for worker in workers.values():
        worker.close()


def _provenance(workload: Workload, request: ArtifactRequest, answer: Quantized) -> Provenance:
    return Provenance(
        request=request,
        workload=workload.name,
        notes=answer.notes,
        calibration_digests=answer.calibration_digests,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _own_model(workload: Workload) -> ArtifactRef:
    return ArtifactRef(digest=workload.model_digest, path=str(workload.model), size_bytes=workload.model.stat().st_size)
