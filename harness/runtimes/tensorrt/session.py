"""Sessions on a GPU: engines built as shapes come, lanes to run them on, and the proof of what each layer ran in."""

from collections.abc import Callable, Mapping
from statistics import fmean
from typing import Any

from harness.errors import UnavailableError, WorkloadError
from harness.kernels_tensorrt import layer_runs
from harness.runtimes.base import AllocatorMemory, Inputs, Outputs
from harness.runtimes.cuda.base import Cuda
from harness.runtimes.tensorrt.engine import OpenedEngine
from harness.runtimes.tensorrt.lane import BoundCall, GpuPhases, Lane
from harness.vocabulary import KernelProof, TensorSpec

_PROFILED_CALLS = 20
Shapes = Mapping[str, tuple[int, ...]]
Opener = Callable[[Shapes], OpenedEngine]
"""Builds, or finds, and opens an engine that takes these shapes."""


class TensorRtSession:
    """A model on a GPU. What is timed computes on tensors that are there already; `phases` tells the copies."""

    def __init__(
        self,
        opener: Opener,
        cuda: Cuda,
        *,
        inputs: tuple[TensorSpec, ...],
        outputs: tuple[TensorSpec, ...],
        graph: bool,
    ) -> None:
        self._opener = opener
        self._cuda = cuda
        self._inputs = inputs
        self._outputs = outputs
        self._graph = graph
        self._engines: list[OpenedEngine] = []
        self._lanes: dict[tuple[object, ...], Lane] = {}

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """Of the network."""
        return self._inputs

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Of the network."""
        return self._outputs

    @property
    def settings(self) -> Mapping[str, str]:
        """What decides the engines so far, and how calls are made."""
        told = {
            "cuda": self._cuda.name,
            "timed": "computing on tensors that are on the GPU; copies apart",
            "cuda_graph": next((lane.graph for lane in self._lanes.values()), "on" if self._graph else "off"),
        }
        if self._engines:
            request = self._engines[0].record.request
            told |= {
                "builder": f"{request.module} {request.version}",
                "gpu": self._engines[0].device.name,
                "target": request.target,
                "precision": request.precision,
                "rest": request.rest,
                "tf32": "allowed" if "tf32" in request.flags else "cleared",
                "workspace_bytes": str(request.workspace_bytes),
                "timing_cache": self._engines[0].record.timing_cache,
                "engines": ", ".join(one.record.engine_sha256[:12] for one in self._engines),
            }
            compiled = [one.kernels.told for one in self._engines if one.kernels is not None]
            told |= {"kernels": "; ".join(compiled)} if compiled else {}
        return told

    def bind(self, inputs: Inputs) -> BoundCall:
        """One inference on inputs copied to the GPU now; returns when the answer is there."""
        return self._lane(inputs).bind(inputs)

    def predict(self, inputs: Inputs) -> Outputs:
        """Every output, copied back."""
        call = self.bind(inputs)
        call()
        return call.read()

    def read(self, call: Callable[[], object], answer: object) -> Outputs:
        """Copied from the GPU."""
        del answer
        if not isinstance(call, BoundCall):
            raise WorkloadError("only answers of a call that was bound here can be read")
        return call.read()

    def phases(self, inputs: Inputs, *, repeats: int) -> GpuPhases:
        """Where the time of a call goes: copies by CUDA's events, computing by events and by the host's clock."""
        return self.bind(inputs).phases(repeats)

    def reset_device_peak(self) -> None:
        """TensorRT does not tell what it holds: NVML tells it of the process."""

    def device_memory(self) -> AllocatorMemory | None:
        """See `reset_device_peak`."""
        return None

    def device_time_s(self, call: Callable[[], object], *, calls: int) -> float | None:
        """By CUDA events around calls that are queued one behind the other."""
        return call.queued_s(calls) if isinstance(call, BoundCall) else None

    def stream(self) -> "TensorRtSession":
        """The same engines with contexts and streams of their own."""
        twin = TensorRtSession(self._opener, self._cuda, inputs=self._inputs, outputs=self._outputs, graph=self._graph)
        twin._engines = self._engines
        return twin

    def prove(self, inputs: Inputs, *, compute_nodes: tuple[str, ...]) -> KernelProof:
        """Run with TensorRT's profiler on, and join its times to what the EngineInspector says of each layer."""
        lane = Lane(self._engine_for(inputs), self._cuda, graph=False)
        call = lane.bind(inputs)
        call()
        profiler = _profiler(lane.opened.trt)
        lane.context.profiler = profiler
        for _ in range(_PROFILED_CALLS):
            call()
        request = lane.opened.record.request
        layers = layer_runs(
            lane.opened.layers(lane.context),
            allows_tf32="tf32" in request.flags,
            seconds={name: fmean(times) for name, times in profiler.seconds.items()},
            compute_nodes=compute_nodes,
        )
        return KernelProof(source=f"{request.module} {request.version} EngineInspector", layers=layers)

    def _lane(self, inputs: Inputs) -> Lane:
        """One for each engine; with captured graphs for each shape, as a graph may hold what its context last knew."""
        engine = self._engine_for(inputs)
        shapes = [(one.name, *inputs[one.name].shape) for one in self._inputs] if self._graph else []
        key = (id(engine), *shapes)
        if key not in self._lanes:
            self._lanes[key] = Lane(engine, self._cuda, graph=self._graph)
        return self._lanes[key]

    def _engine_for(self, inputs: Inputs) -> OpenedEngine:
        missing = [one.name for one in self._inputs if one.name not in inputs]
        if missing:
            raise WorkloadError(f"the model reads {', '.join(missing)}, which the data do not have")
        shapes = {one.name: tuple(inputs[one.name].shape) for one in self._inputs}
        found = next((one for one in self._engines if one.profile_for(shapes) is not None), None)
        if found is None:
            found = self._opener(shapes)
            if found.profile_for(shapes) is None:
                raise UnavailableError(f"the engine that was built takes no {dict(shapes)}")
            self._engines.append(found)
        return found


def _profiler(trt: Any) -> Any:  # noqa: ANN401 - a package that may not be here
    class Profiler(trt.IProfiler):  # type: ignore[misc] # its base class is untyped
        """Keeps seconds by layer."""

        def __init__(self) -> None:
            trt.IProfiler.__init__(self)
            self.seconds: dict[str, list[float]] = {}

        def report_layer_time(self, layer_name: str, ms: float) -> None:
            self.seconds.setdefault(layer_name, []).append(ms / 1e3)

    return Profiler()
