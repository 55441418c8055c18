"""Duties that need no open session: quantising, auditing, reading models, probing the machine.

Each imports what it needs only when it is asked for: a measuring process must not carry quantizers.
"""

from collections.abc import Iterator
from pathlib import Path

from harness.errors import WorkerError
from harness.events import (
    Advanced,
    AuditCalibration,
    Audited,
    BuildEngine,
    Command,
    CountWork,
    Event,
    Inspect,
    ModelRead,
    ProbeBandwidth,
    ProbeMemory,
    ProbeRates,
    Quantize,
    Quantized,
    ReadModel,
    TryTexts,
    WorkCounted,
)
from harness.meters.memory_probe import probe_memory_peak
from harness.runtimes.base import ModelReader
from harness.runtimes.registry import find_runtime
from harness.worker.inspecting import look_at
from harness.worker.probes import probe_bandwidth_of, probe_rates_of
from harness.workloads.workload import open_workload


def without_session(command: Command) -> Iterator[Event]:
    """Carry out what needs nothing loaded, and report it.

    Raises:
        HarnessError: it could not be done, or only an open session can do it.
    """
    match command:
        case Quantize():
            yield _quantize(command)
        case AuditCalibration():
            yield from _audit(command)
        case Inspect() | TryTexts():
            yield from look_at(command)
        case ReadModel():
            yield _read_model(command)
        case CountWork():
            yield _count_work(command)
        case BuildEngine():
            from harness.worker.engines import build_engine_of  # noqa: PLC0415 - it imports quantizers

            yield from build_engine_of(command)
        case ProbeMemory():
            yield probe_memory_peak(command.size_bytes, hold_s=command.hold_s)
        case ProbeRates():
            yield from probe_rates_of(command)
        case ProbeBandwidth():
            yield from probe_bandwidth_of(command)
        case _:
            raise WorkerError(f"no duty for {type(command).__name__}")


def _read_model(command: ReadModel) -> ModelRead:
    runtime = find_runtime(command.runtime)
    if not isinstance(runtime, ModelReader):
        raise WorkerError(f"{command.runtime} reads no model without opening it")
    return ModelRead(inputs=runtime.read(Path(command.model)))


def _count_work(command: CountWork) -> WorkCounted:
    from harness.quantize.counting import count_calls  # noqa: PLC0415 - it imports onnx

    split = open_workload(command.workload).test_split(
        command.test_samples, keeps_calibration_apart=command.keeps_calibration_apart
    )
    return WorkCounted(work=count_calls(Path(command.model), split, batches=command.batches))


def _quantize(command: Quantize) -> Quantized:
    from harness.quantize.make import toolchain_of  # noqa: PLC0415 - a measuring process must not carry quantizers

    workload = open_workload(command.workload)
    calibration = workload.split("calibration").take(command.calibration_samples, seed=command.seed)
    toolchain = toolchain_of(command.arm)
    notes = toolchain.quantize(workload, command.arm, calibration, Path(command.destination))
    return Quantized(file=toolchain.file, notes=notes, calibration_digests=calibration.sample_digests())


def _audit(command: AuditCalibration) -> Iterator[Event]:
    from harness.quantize.calibration_audit import audit_calibration  # noqa: PLC0415 - as above

    audit = audit_calibration(
        open_workload(command.workload),
        samples=command.samples,
        seed=command.seed,
        model_s=command.model_s,
    )
    while True:
        try:
            done, total = next(audit)
        except StopIteration as end:
            yield Audited(audit=end.value)
            return
        yield Advanced(done=done, total=total)
