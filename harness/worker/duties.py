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
    BlockTimed,
    Command,
    Evaluate,
    Evaluated,
    Event,
    Load,
    Loaded,
    Pin,
    Prove,
    Proved,
    Quantize,
    Quantized,
    TimeBlock,
)
from harness.loadgen.single_stream import SingleStream
from harness.meters.affinity import pin_all_threads
from harness.meters.memory import read_memory, reset_peak
from harness.meters.process import read_block_counters
from harness.runtimes.base import Inputs, Runtime, Session
from harness.runtimes.registry import find_runtime
from harness.vocabulary import Prediction
from harness.workloads.folder import Workload, open_workload
from harness.workloads.splits import Split

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
            case Load():
                yield self._load(command)
            case Prove():
                yield self._prove()
            case Evaluate():
                yield from self._evaluate(command.batch)
            case Pin():
                yield pin_all_threads(command.cpus)
            case TimeBlock():
                yield self._time(command)
            case _:
                raise WorkerError(f"no duty for {type(command).__name__}")

    def _load(self, job: Load) -> Loaded:
        started = time.perf_counter()
        workload = open_workload(job.workload)
        runtime = find_runtime(job.arm.runtime)
        memory = [read_memory("start", job.launch)]
        failure = reset_peak()
        session = runtime.open(Path(job.artifact), threads=job.arm.threads)
        memory.append(read_memory("load", job.launch, reset_failure=failure))
        self._job, self._workload, self._runtime, self._session = job, workload, runtime, session
        self._stream = SingleStream(runtime.clock())
        for batch in job.batches:
            inputs = self._inputs(batch)
            failure = reset_peak()
            self._calls[batch] = [session.bind(one) for one in inputs]
            for call in (self._calls[batch] * _FIRST_CALLS)[: max(_FIRST_CALLS, len(inputs))]:
                call()
            memory.append(read_memory(f"infer batch {batch}", job.launch, reset_failure=failure))
        return Loaded(settings=dict(session.settings), memory=tuple(memory), load_s=time.perf_counter() - started)

    def _inputs(self, batch: int) -> list[Inputs]:
        """Real test images, preprocessed beforehand: preprocessing is not what is timed here."""
        _, workload, _, _ = self._opened()
        images = self._test_split().inputs
        chosen = np.arange(batch * _DISTINCT_INPUTS) % len(images)
        return [workload.preprocessing(images[part]) for part in np.split(chosen, _DISTINCT_INPUTS)]

    def _test_split(self) -> Split:
        _, workload, _, _ = self._opened()
        if self._test is None:
            self._test = workload.split("test")
        return self._test

    def _prove(self) -> Proved:
        job, workload, runtime, _ = self._opened()
        images = self._test_split().inputs[: job.batches[0]]
        proof = runtime.prove(Path(job.artifact), threads=job.arm.threads, inputs=workload.preprocessing(images))
        return Proved(proof=proof)

    def _evaluate(self, batch: int) -> Iterator[Event]:
        _, workload, _, session = self._opened()
        split = self._test_split()
        classes = np.empty(split.samples, dtype="<i2")
        non_finite = 0
        started = time.perf_counter()
        for count, start in enumerate(range(0, split.samples, batch)):
            scores = session.predict(workload.preprocessing(split.inputs[start : start + batch]))
            non_finite += int((~np.isfinite(scores)).any(axis=1).sum())
            classes[start : start + batch] = scores.argmax(axis=1)
            if count % _REPORT_EVERY == 0:
                yield Advanced(done=start, total=split.samples)
        wall_s = time.perf_counter() - started
        yield Evaluated(
            prediction=Prediction(
                classes=classes.tobytes(),
                samples=split.samples,
                data_digest=split.digest,
                wall_s=wall_s,
                non_finite=non_finite,
            ),
        )

    def _time(self, command: TimeBlock) -> BlockTimed:
        _, _, runtime, _ = self._opened()
        if self._stream is None or command.batch not in self._calls:
            raise WorkerError(f"batch {command.batch} was not loaded")
        clock = runtime.clock()
        before, began = read_block_counters(), clock()
        latencies = self._stream.time_block(self._calls[command.batch], seconds=command.seconds)
        spent, wall_ns = read_block_counters().since(before), clock() - began
        return BlockTimed(
            latencies_ns=latencies.tobytes(),
            wall_ns=wall_ns,
            cpu_ns=spent.cpu_ns,
            voluntary_switches=spent.voluntary_switches,
            involuntary_switches=spent.involuntary_switches,
        )

    def _opened(self) -> tuple[Load, Workload, Runtime, Session]:
        if self._job is None or self._workload is None or self._runtime is None or self._session is None:
            raise WorkerError("nothing is loaded yet")
        return self._job, self._workload, self._runtime, self._session


def _quantize(command: Quantize) -> Quantized:
    from harness.quantize.make import toolchain_of  # noqa: PLC0415 - a measuring process must not carry quantizers

    workload = open_workload(command.workload)
    calibration = workload.split("calibration").take(command.calibration_samples, seed=command.seed)
    toolchain = toolchain_of(command.arm)
    notes = toolchain.quantize(workload, command.arm, calibration, Path(command.destination))
    return Quantized(file=toolchain.file, notes=notes, calibration_digests=calibration.sample_digests())
