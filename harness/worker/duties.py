"""What a worker can do, one duty a command. Holds the open session between commands.

Imports runtimes and quantizers only when a command needs them, so that the memory of a
measuring process is the runtime's and not the harness's.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from harness.errors import GpuMemoryError, WorkerError
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
    PipelineTimed,
    ProbeClock,
    Prove,
    Proved,
    TimeBlock,
    TimePipeline,
)
from harness.loadgen.overhead import probe_clock
from harness.loadgen.pipeline import read_classes, time_pipeline
from harness.meters.affinity import pin_all_threads
from harness.meters.memory import read_memory, reset_peak
from harness.meters.process import read_block_counters
from harness.runtimes.base import GpuSession, Inputs, Runtime, Session, on_gpus
from harness.runtimes.registry import find_runtime
from harness.vocabulary import KernelProof, MemoryReading, ServeOpenLoop, TimeService
from harness.worker.answers import Answers
from harness.worker.errands import without_session
from harness.worker.serving import Servers
from harness.worker.streams import Streams
from harness.workloads.data.feeding import fit, require_batch, unpadded
from harness.workloads.data.split import Split
from harness.workloads.workload import Workload, open_workload

_DISTINCT_INPUTS = 16  # batches that the timed calls go round, so that no single image is the workload
_FIRST_CALLS = 3  # lazy allocations happen in the first calls: part of the peak, not of the timing
_REPORT_EVERY = 20
_EVENT_CALLS = 20


class Duties:
    """The state of one worker: an open session with its inputs, or none yet."""

    def __init__(self) -> None:
        self._job: Load | None = None
        self._workload: Workload | None = None
        self._runtime: Runtime | None = None
        self._session: Session | None = None
        self._streams: Streams | None = None
        self._servers: Servers | None = None
        self._test: Split | None = None

    def carry_out(self, command: Command) -> Iterator[Event]:
        """Do what the command says and report it.

        Raises:
            HarnessError: the duty could not be done, or comes before `Load`.
        """
        match command:
            case Load():
                yield self._load(command)
            case Prove():
                yield self._prove()
            case Evaluate():
                yield from self._evaluate(command)
            case Pin():
                yield pin_all_threads(command.cpus)
            case TimeBlock() | TimePipeline() | TimeService() | ServeOpenLoop():
                yield self._measure(command)
            case ProbeClock():
                _, _, runtime, _ = self._opened()
                yield probe_clock(runtime.clock())
            case _:
                yield from without_session(command)

    def _load(self, job: Load) -> Loaded:
        started = time.perf_counter()
        workload = open_workload(job.workload)
        runtime = find_runtime(job.arm.runtime)
        memory = [read_memory("start", job.launch)]
        failure = reset_peak()
        session = _opened_on(job, runtime)
        memory += [read_memory("load", job.launch, reset_failure=failure), *_device_memory(session, "load", job.launch)]
        self._job, self._workload, self._runtime, self._session = job, workload, runtime, session
        self._streams, self._servers = Streams(session, clock=runtime.clock()), None
        device_times: dict[str, str] = {}
        left_out: list[tuple[int, str]] = []
        for batch in job.batches:
            require_batch(session.inputs, batch)
            inputs = self._inputs(batch)
            failure = reset_peak()
            _reset_device_peak(session)
            try:
                self._call_first(self._streams, batch, inputs, is_on_gpu=job.arm.is_on_gpu)
            except GpuMemoryError as error:  # the other batch sizes may be measured all the same
                left_out.append((batch, str(error)))
                if len(left_out) == len(job.batches):
                    raise
                continue
            phase = f"infer batch {batch}"
            memory.append(read_memory(phase, job.launch, reset_failure=failure))
            memory += _device_memory(session, phase, job.launch)
            device_times |= _device_time(session, self._streams.first_call(batch), batch)
        return Loaded(
            settings=dict(session.settings) | device_times,
            memory=tuple(memory),
            load_s=time.perf_counter() - started,
            left_out=tuple(left_out),
        )

    @staticmethod
    def _call_first(streams: Streams, batch: int, inputs: list[Inputs], *, is_on_gpu: bool) -> None:
        """Bind a batch size and call it; where it does not fit, say which it was."""
        try:
            calls = streams.bind(batch, inputs)
            for call in (calls * _FIRST_CALLS)[: max(_FIRST_CALLS, len(inputs))]:
                call()
        except (GpuMemoryError, MemoryError) as error:
            streams.forget(batch)
            if isinstance(error, MemoryError) and not is_on_gpu:
                raise
            raise GpuMemoryError(f"batch {batch} does not fit: {error}") from error

    def _inputs(self, batch: int, distinct: int = _DISTINCT_INPUTS) -> list[Inputs]:
        """Real test samples, made ready beforehand: preprocessing is not what is timed here."""
        _, _, _, session = self._opened()
        split = self._test_split()
        chosen = np.arange(batch * distinct) % split.samples
        return [fit(split.feed(part), session.inputs) for part in np.split(chosen, distinct)]

    def _test_split(self) -> Split:
        job, workload, _, _ = self._opened()
        if self._test is None:
            self._test = workload.test_split(job.test_samples, keeps_calibration_apart=job.keeps_calibration_apart)
        return self._test

    def _prove(self) -> Proved:
        job, _, runtime, session = self._opened()
        chosen = np.arange(job.batches[0]) % self._test_split().samples
        return Proved(proof=_proved_on(job, runtime, fit(self._test_split().feed(chosen), session.inputs)))

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

    def _measure(self, command: TimeBlock | TimePipeline | TimeService | ServeOpenLoop) -> Event:
        match command:
            case TimeBlock():
                return self._time(command)
            case TimePipeline():
                return self._time_pipeline(command)
            case TimeService():
                return self._served_by().time_service(command)
            case ServeOpenLoop():
                return self._served_by().serve(command)

    def _time(self, command: TimeBlock) -> BlockTimed:
        _, _, runtime, _ = self._opened()
        if self._streams is None:
            raise WorkerError("nothing is loaded yet")
        self._streams.prepared(command)  # what is bound only now must not count
        clock = runtime.clock()
        before, began = read_block_counters(), clock()
        latencies = self._streams.time_block(command)
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

    def _served_by(self) -> Servers:
        job, _, runtime, session = self._opened()
        if self._servers is None:
            fixed = session.inputs[0].batch
            sizes = job.batches if job.arm.recipe.is_compiled else None  # every other size would compile for minutes
            self._servers = Servers(
                session,
                clock=runtime.clock(),
                inputs_of=self._inputs,
                sizes=sizes if fixed is None else (fixed,),
            )
        return self._servers

    def _opened(self) -> tuple[Load, Workload, Runtime, Session]:
        if self._job is None or self._workload is None or self._runtime is None or self._session is None:
            raise WorkerError("nothing is loaded yet")
        return self._job, self._workload, self._runtime, self._session


def _opened_on(job: Load, runtime: Runtime) -> Session:
    path, arm = Path(job.artifact), job.arm
    if arm.is_on_gpu:
        return on_gpus(runtime).open(path, recipe=arm.recipe, threads=arm.threads, device=arm.device)
    return runtime.open(path, recipe=arm.recipe, threads=arm.threads)


def _proved_on(job: Load, runtime: Runtime, inputs: Inputs) -> KernelProof:
    path, arm = Path(job.artifact), job.arm
    if not arm.is_on_gpu:
        return runtime.prove(path, recipe=arm.recipe, threads=arm.threads, inputs=inputs)
    return on_gpus(runtime).prove(path, recipe=arm.recipe, threads=arm.threads, inputs=inputs, device=arm.device)


def _reset_device_peak(session: Session) -> None:
    if isinstance(session, GpuSession):
        session.reset_device_peak()


def _device_memory(session: Session, phase: str, launch: int) -> list[MemoryReading]:
    """What the runtime's allocator holds on the GPU, as a phase of its own beside that of the process."""
    found = session.device_memory() if isinstance(session, GpuSession) else None
    if found is None:
        return []
    return [
        MemoryReading(
            phase=f"GPU {phase}",
            launch=launch,
            peak_bytes=found.peak_bytes,
            resident_bytes=found.resident_bytes,
        )
    ]


def _device_time(session: Session, call: Callable[[], object], batch: int) -> dict[str, str]:
    """What a call takes by the GPU's own clock, told beside the settings: blocks are timed by the host's."""
    seconds = session.device_time_s(call, calls=_EVENT_CALLS) if isinstance(session, GpuSession) else None
    if seconds is None:
        return {}
    return {f"device_time_batch_{batch}": f"{seconds * 1e3:.4g} ms by CUDA events, mean of {_EVENT_CALLS} queued calls"}
