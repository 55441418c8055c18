"""Gets every arm its artifact: the workload's own model, one from the cache, or a new one.

Quantizers run in processes of their own; what they leave is admitted to the cache only whole.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from harness.accuracy.calibration import wanted_samples
from harness.errors import HarnessError
from harness.events import Quantize, Quantized
from harness.quantize.artifacts import ArtifactCache, ArtifactRequest, Provenance
from harness.quantize.make import needs_artifact, toolchain_of
from harness.run_events import ArmFailed, ArtifactReady, RunEvent
from harness.runtimes.registry import find_runtime
from harness.supervisor.failures import failure_of
from harness.supervisor.gather import Errand, gather
from harness.supervisor.process import WorkerProcess
from harness.verdict.calibration import rests_on_calibration
from harness.vocabulary import Arm, ArtifactRef, Plan, Stage
from harness.workloads.model_size import model_size
from harness.workloads.workload import Workload

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
    samples: int = CALIBRATION_SAMPLES,
) -> Iterator[RunEvent]:
    """Yield `ArtifactReady` or `ArmFailed` for every arm of the plan.

    A quantizer may be silent for `silence_s`, and is given `samples` calibration samples, drawn with the plan's seed.
    """
    missing: dict[str, tuple[Arm, ArtifactRequest]] = {}
    for arm in plan.arms:
        if not needs_artifact(arm):
            yield ArtifactReady(arm=arm.name, artifact=_given_model(arm, workload), made=None, was_cached=True)
            continue
        try:
            request = request_for(arm, workload, seed=plan.seed, samples=samples)
            found = None if toolchain_of(arm).reads_code else cache.find(request)
        except HarnessError as error:
            yield ArmFailed(failure=failure_of(arm.name, Stage.QUANTIZE, error, None))
            continue
        if found is None:
            missing[arm.name] = (arm, request)
        else:
            yield ArtifactReady(arm=arm.name, artifact=found.reference, made=found, was_cached=True)
    yield from _make(missing, workload, cache=cache, start=start, at_once=at_once, silence_s=silence_s)


def samples_for(plan: Plan, workload: Workload) -> int:
    """How many calibration samples the plan's recipes are given: more where the data set is large."""
    if not any(rests_on_calibration(arm.recipe) for arm in plan.arms):
        return CALIBRATION_SAMPLES
    try:
        return usual_samples(workload)
    except HarnessError:  # data that cannot be read: the arms that need them say so
        return CALIBRATION_SAMPLES


def usual_samples(workload: Workload) -> int:
    """How many calibration samples of this workload a recipe is given where nobody says otherwise.

    Raises:
        WorkloadError: its data cannot be read.
    """
    pool = workload.split("calibration").samples + workload.split("test").samples
    return max(CALIBRATION_SAMPLES, wanted_samples(pool))


def request_for(arm: Arm, workload: Workload, *, seed: int, samples: int = CALIBRATION_SAMPLES) -> ArtifactRequest:
    """What decides the arm's artifact."""
    toolchain = toolchain_of(arm)
    return ArtifactRequest(
        model_digest=_maker_digest(workload) if toolchain.reads_code else workload.model_digest,
        recipe=arm.label,
        left_out=arm.recipe.left_out,
        file=toolchain.file,
        versions=toolchain.versions(),
        calibration_digest=workload.calibration_digest if arm.recipe.method.is_calibrated else "",
        calibration_samples=samples,
        seed=seed,
        processor=toolchain.processor,
    )


def _make(
    missing: dict[str, tuple[Arm, ArtifactRequest]],
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
        for name, (arm, request) in missing.items():
            folders[name] = stack.enter_context(cache.staging())
            command = _command(arm, workload, folders[name], request)
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


def _command(arm: Arm, workload: Workload, folder: Path, request: ArtifactRequest) -> Quantize:
    return Quantize(
        arm=arm,
        workload=workload.reference,
        destination=str(folder),
        calibration_samples=request.calibration_samples,
        seed=request.seed,
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


def _given_model(arm: Arm, workload: Workload) -> ArtifactRef:
    """A model that is there already: the workload's own, or one that was made elsewhere."""
    if arm.recipe.file is not None:
        path, digest = workload.candidates[arm.recipe]
        return ArtifactRef(digest=digest, path=str(path), size_bytes=model_size(path))
    if find_runtime(arm.runtime).model_format == "torch":
        maker = workload.described.model.torch  # code: what it makes has a size once it is built
        return ArtifactRef(digest=_maker_digest(workload), path=str(maker), size_bytes=0)
    model = workload.required_model
    return ArtifactRef(digest=workload.model_digest, path=str(model), size_bytes=model_size(model))


def _maker_digest(workload: Workload) -> str:
    """Of the name of the function that makes a PyTorch module; what it made is in the session's settings."""
    return hashlib.sha256(str(workload.described.model.torch).encode()).hexdigest()
