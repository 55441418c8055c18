"""What a worker can do, one duty a command. Holds the open session between commands.

Imports runtimes and quantizers only when a command needs them, so that the memory of a
measuring process is the runtime's and not the harness's.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from harness.errors import WorkerError
from harness.events import (
    Advanced,
    AuditCalibration,
    Audited,
    BlockTimed,
    Command,
    Evaluate,
    Evaluated,
    Event,
    Inspect,
    Inspected,
    Load,
    Loaded,
    ModelRead,
    Pin,
    PipelineTimed,
    Prove,
    Proved,
    Quantize,
    Quantized,
    ReadModel,
    TimeBlock,
    TimePipeline,
)
from harness.loadgen.pipeline import read_classes, time_pipeline
from harness.loadgen.single_stream import SingleStream
from harness.meters.affinity import pin_all_threads
from harness.meters.memory import read_memory, reset_peak
from harness.meters.process import read_block_counters
from harness.runtimes.base import Inputs, ModelReader, Runtime, Session
from harness.runtimes.registry import find_runtime
from harness.worker.answers import Answers
from harness.workloads.data.feeding import fit, require_batch, unpadded
from harness.workloads.data.split import Split
from harness.workloads.workload import Workload, open_workload

_DISTINCT_INPUTS = 16  # batches that the timed calls go round, so that no single image is the workload
_FIRST_CALLS = 3  # lazy allocations happen in the first calls: part of the peak, not of the timing
_REPORT_EVERY = 20


class Duties:
    """The state of one worker: an open session with its inputs, or none yet."""

    def __init__(self) -> None:
        self._job: Load | None = None
        self._workload: Workload | None = None
        self._runtime: Runtime | None = None
        self._session: Session | None = None
        self._calls: dict[int, list[Callable[[], object]]] = {}
        self._stream: SingleStream | None = None
        self._test: Split | None = None

    def carry_out(self, command: Command) -> Iterator[Event]:
        """Do what the command says and report it.

        Raises:
            HarnessError: the duty could not be done, or comes before `Load`.
        """
        match command:
            case Quantize():
                yield _quantize(command)
            case AuditCalibration():
                yield from _audit(command)
            case Inspect() | ReadModel():
                yield _inspect(command) if isinstance(command, Inspect) else _read_model(command)
            case Load():
                yield self._load(command)
            case Prove():
                yield self._prove()
            case Evaluate():
                yield from self._evaluate(command)
            case Pin():
                yield pin_all_threads(command.cpus)
            case TimeBlock():
                yield self._time(command)
            case TimePipeline():
                yield self._time_pipeline(command)
            case _:
                raise WorkerError(f"no duty for {type(command).__name__}")

    def _load(self, job: Load) -> Loaded:
        started = time.perf_counter()
        workload = open_workload(job.workload)
        runtime = find_runtime(job.arm.runtime)
        memory = [read_memory("start", job.launch)]
        failure = reset_peak()
        session = runtime.open(Path(job.artifact), recipe=job.arm.recipe, threads=job.arm.threads)
        memory.append(read_memory("load", job.launch, reset_failure=failure))
        self._job, self._workload, self._runtime, self._session = job, workload, runtime, session
        self._stream = SingleStream(runtime.clock())
        for batch in job.batches:
            require_batch(session.inputs, batch)
            inputs = self._inputs(batch)
            failure = reset_peak()
            self._calls[batch] = [session.bind(one) for one in inputs]
            for call in (self._calls[batch] * _FIRST_CALLS)[: max(_FIRST_CALLS, len(inputs))]:
                call()
            memory.append(read_memory(f"infer batch {batch}", job.launch, reset_failure=failure))
        return Loaded(settings=dict(session.settings), memory=tuple(memory), load_s=time.perf_counter() - started)

    def _inputs(self, batch: int) -> list[Inputs]:
        """Real test samples, made ready beforehand: preprocessing is not what is timed here."""
        _, _, _, session = self._opened()
        split = self._test_split()
        chosen = np.arange(batch * _DISTINCT_INPUTS) % split.samples
        return [fit(split.feed(part), session.inputs) for part in np.split(chosen, _DISTINCT_INPUTS)]

    def _test_split(self) -> Split:
        job, workload, _, _ = self._opened()
        if self._test is None:
            self._test = workload.test_split(job.test_samples, keeps_calibration_apart=job.keeps_calibration_apart)
        return self._test

    def _prove(self) -> Proved:
        job, _, runtime, session = self._opened()
        chosen = np.arange(job.batches[0]) % self._test_split().samples
        proof = runtime.prove(
            Path(job.artifact),
            recipe=job.arm.recipe,
            threads=job.arm.threads,
            inputs=fit(self._test_split().feed(chosen), session.inputs),
        )
        return Proved(proof=proof)

    def _evaluate(self, command: Evaluate) -> Iterator[Event]:
        _, workload, _, session = self._opened()
        split = self._test_split() if command.split == "test" else workload.split(command.split)
        batch = session.inputs[0].batch or command.batch
        answers = Answers(workload, split)
        started = time.perf_counter()
        for count, start in enumerate(range(0, split.samples, batch)):
            places = np.arange(start, min(start + batch, split.samples))
            inputs = fit(split.feed(places), session.inputs)
            answers.take(places, unpadded(session.predict(inputs), samples=len(places)))
            if not start:
                answers.take_again(unpadded(session.predict(inputs), samples=len(places)))
            if count % _REPORT_EVERY == 0:
                yield Advanced(done=start, total=split.samples)
        yield Evaluated(prediction=answers.prediction(wall_s=time.perf_counter() - started))

    def _time(self, command: TimeBlock) -> BlockTimed:
        _, _, runtime, _ = self._opened()
        if self._stream is None or command.batch not in self._calls:
            raise WorkerError(f"batch {command.batch} was not loaded")
        clock = runtime.clock()
        before, began = read_block_counters(), clock()
        calls = self._calls[command.batch]
        if command.turn is not None:
            calls = [calls[command.turn % len(calls)]]
        latencies = self._stream.time_block(calls, seconds=command.seconds)
        spent, wall_ns = read_block_counters().since(before), clock() - began
        return BlockTimed(
            latencies_ns=latencies.tobytes(),
            wall_ns=wall_ns,
            cpu_ns=spent.cpu_ns,
            voluntary_switches=spent.voluntary_switches,
            involuntary_switches=spent.involuntary_switches,
        )

    def _time_pipeline(self, command: TimePipeline) -> PipelineTimed:
        job, workload, _, session = self._opened()
        timing = time_pipeline(
            self._test_split(),
            session,
            arm=job.arm.name,
            batch=command.batch,
            read_out=read_classes(
                workload.described.model.output, len(workload.class_names) if workload.has_labels else None
            ),
            seconds=command.seconds,
        )
        return PipelineTimed(timing=timing)

    def _opened(self) -> tuple[Load, Workload, Runtime, Session]:
        if self._job is None or self._workload is None or self._runtime is None or self._session is None:
            raise WorkerError("nothing is loaded yet")
        return self._job, self._workload, self._runtime, self._session


def _inspect(command: Inspect) -> Inspected:
    from harness.quantize.inspection import inspect_onnx  # noqa: PLC0415 - it imports onnx

    return Inspected(card=inspect_onnx(Path(command.model)))


def _read_model(command: ReadModel) -> ModelRead:
    runtime = find_runtime(command.runtime)
    if not isinstance(runtime, ModelReader):
        raise WorkerError(f"{command.runtime} reads no model without opening it")
    return ModelRead(inputs=runtime.read(Path(command.model)))


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
        runs_model=command.runs_model,
    )
    while True:
        try:
            done, total = next(audit)
        except StopIteration as end:
            yield Audited(audit=end.value)
            return
        yield Advanced(done=done, total=total)
