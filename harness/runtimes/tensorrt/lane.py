"""One execution context on one stream, and calls that are bound to it: what is timed on a GPU.

A bound call computes on tensors that are on the GPU already and waits for the end: copies are made when it is bound
and when answers are read, and timed by `phases`, apart from computing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import UnavailableError, WorkloadError
from harness.runtimes.base import Inputs, Outputs
from harness.runtimes.cuda.base import Cuda, DeviceMemory, Stream
from harness.runtimes.tensorrt.engine import OpenedEngine
from harness.runtimes.tensorrt.network import dtype_name


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuPhases:
    """Medians of seconds a call: to the GPU, computing by CUDA's events and by the host's clock, and back."""

    repeats: int
    copy_in_s: float
    compute_s: float
    compute_host_s: float
    copy_out_s: float


class Lane:
    """A context, its stream, and whichever call was bound last."""

    def __init__(self, opened: OpenedEngine, cuda: Cuda, *, graph: bool) -> None:
        self.opened = opened
        self.cuda = cuda
        self.stream: Stream = cuda.stream()
        self.graph = "off"
        self._wants_graph = graph
        self.context = self._context()
        self.current: BoundCall | None = None

    def bind(self, inputs: Inputs) -> "BoundCall":
        """Memory for a call of these shapes, with the inputs copied there.

        Raises:
            WorkloadError: the engine has no profile for the shapes, or an answer's shape depends on the data.
            MemoryError: the GPU has none left.
        """
        names, answers = self.opened.names
        missing = [name for name in names if name not in inputs]
        if missing:
            raise WorkloadError(f"the engine reads {', '.join(missing)}, which the data do not have")
        arrays = {name: self._fitting(name, inputs[name]) for name in names}
        profile = self.opened.profile_for({name: array.shape for name, array in arrays.items()})
        if profile is None:
            shown = ", ".join(f"{name} {list(array.shape)}" for name, array in arrays.items())
            raise WorkloadError(f"the engine was not built for {shown}: name its batch size when it is built")
        call = BoundCall(self, arrays, answers, profile=profile)
        call.copy_in()
        self.cuda.synchronize(self.stream)
        return call

    def enqueue(self) -> None:
        """Queue one inference of the current call."""
        if not self.context.execute_async_v3(self.stream.handle):
            raise UnavailableError(f"TensorRT did not run the engine: {self.opened.listener.reason}")

    def captured(self, call: "BoundCall") -> Callable[[], None]:
        """What queues one inference: a captured graph where that is wanted and possible, and recorded either way.

        TensorRT-RTX captures by itself. The call has run once before: what is allocated late cannot be captured.
        """
        if not self._wants_graph or self.graph.startswith("by TensorRT"):
            return self.enqueue
        try:
            launch = self.cuda.capture(self.enqueue, self.stream)
        except UnavailableError as error:
            self.graph = f"not possible: {error}"
            return self.enqueue
        self.graph = f"captured through {self.cuda.name}"
        call.is_captured = True
        return launch

    def _context(self) -> Any:  # noqa: ANN401 - a class of a package that may not be here
        engine, trt = self.opened.engine, self.opened.trt
        by_itself = self._wants_graph and hasattr(trt, "CudaGraphStrategy")
        if by_itself or self.opened.kernels is not None:
            config = engine.create_runtime_config()
            if by_itself:
                config.cuda_graph_strategy = trt.CudaGraphStrategy.WHOLE_GRAPH_CAPTURE
                self.graph = "by TensorRT: whole graph"
            if self.opened.kernels is not None:
                self.opened.kernels.configure(trt, config)
            context = engine.create_execution_context(config)
        else:
            context = engine.create_execution_context()
        if context is None:
            raise UnavailableError(f"TensorRT makes no execution context: {self.opened.listener.reason}")
        return context

    def _fitting(self, name: str, array: NDArray[Any]) -> NDArray[Any]:
        wanted = dtype_name(self.opened.trt, self.opened.engine.get_tensor_dtype(name))
        try:
            kind = np.dtype(wanted)
        except TypeError as error:
            raise WorkloadError(
                f"{name} is {wanted}, which numpy does not have: export the model with float32"
            ) from error
        pinned = self.cuda.pinned(array.shape, kind)
        pinned[...] = array.astype(kind, copy=False)
        return pinned


class BoundCall:
    """One call with memory of its own. Calling it computes and waits."""

    def __init__(self, lane: Lane, inputs: dict[str, NDArray[Any]], answers: tuple[str, ...], *, profile: int) -> None:
        self.is_captured = False
        self._lane = lane
        self._profile = profile
        self._inputs = inputs
        self._memory: dict[str, DeviceMemory] = {
            name: lane.cuda.allocate(array.nbytes) for name, array in inputs.items()
        }
        self._set_shapes()
        self._answers = {name: self._answer(name) for name in answers}
        self._set_addresses()
        self._launch: Callable[[], None] | None = None

    def __call__(self) -> None:
        """One inference on inputs that are on the GPU; ends when the answer is there.

        The first one is run as it is: what is allocated or compiled late is so now, and a graph is captured behind it.
        """
        if self._launch is None:
            self._first()
            return
        self._ready()()
        self._lane.cuda.synchronize(self._lane.stream)

    def queued_s(self, calls: int) -> float:
        """Seconds a call by CUDA's events, of so many that are queued one behind the other."""
        launch, cuda, stream = self._ready(), self._lane.cuda, self._lane.stream
        start, end = cuda.event(), cuda.event()
        cuda.record(start, stream)
        for _ in range(calls):
            launch()
        cuda.record(end, stream)
        cuda.synchronize(stream)
        return cuda.elapsed_s(start, end) / calls

    def copy_in(self) -> None:
        """Queue the copies to the GPU."""
        for name, array in self._inputs.items():
            self._lane.cuda.copy_in(self._memory[name], array, self._lane.stream)

    def read(self) -> Outputs:
        """The answers of the last call, in arrays of their own."""
        self._copy_out()
        self._lane.cuda.synchronize(self._lane.stream)
        return {name: array.copy() for name, array in self._answers.items()}

    def phases(self, repeats: int) -> GpuPhases:
        """Time copies and computing apart, each between events of its own, and computing by the host's clock too."""
        launch = self._ready()
        seconds: dict[str, list[float]] = {"in": [], "compute": [], "host": [], "out": []}
        for _ in range(repeats):
            seconds["in"].append(self._timed(self.copy_in))
            began = time.perf_counter()
            seconds["compute"].append(self._timed(launch))
            seconds["host"].append(time.perf_counter() - began)
            seconds["out"].append(self._timed(self._copy_out))
        return GpuPhases(
            repeats=repeats,
            copy_in_s=median(seconds["in"]),
            compute_s=median(seconds["compute"]),
            compute_host_s=median(seconds["host"]),
            copy_out_s=median(seconds["out"]),
        )

    def _timed(self, work: Callable[[], None]) -> float:
        cuda, stream = self._lane.cuda, self._lane.stream
        start, end = cuda.event(), cuda.event()
        cuda.record(start, stream)
        work()
        cuda.record(end, stream)
        cuda.synchronize(stream)
        return cuda.elapsed_s(start, end)

    def _ready(self) -> Callable[[], None]:
        """What queues this call, with the context set to its shapes and memory."""
        if self._launch is None:
            return self._first()
        if not self.is_captured:  # a graph knows its shapes and memory
            self._make_current()
        return self._launch

    def _first(self) -> Callable[[], None]:
        self._make_current()
        began = time.perf_counter()
        self._lane.enqueue()
        self._lane.cuda.synchronize(self._lane.stream)
        if self._lane.opened.kernels is not None:
            self._lane.opened.kernels.called_first(time.perf_counter() - began)
        self._launch = self._lane.captured(self)
        return self._launch

    def _make_current(self) -> None:
        if self._lane.current is not self:
            self._set_shapes()
            self._set_addresses()

    def _set_shapes(self) -> None:
        context, stream = self._lane.context, self._lane.stream
        if context.active_optimization_profile != self._profile:
            self._require(context.set_optimization_profile_async(self._profile, stream.handle), "the profile")
            self._lane.cuda.synchronize(stream)
        for name, array in self._inputs.items():
            self._require(context.set_input_shape(name, tuple(array.shape)), f"the shape of {name}")
        self._lane.current = self

    def _set_addresses(self) -> None:
        for name, memory in self._memory.items():
            self._require(self._lane.context.set_tensor_address(name, memory.address), f"memory for {name}")

    def _answer(self, name: str) -> NDArray[Any]:
        """Memory for an answer on the GPU, and the array of the host's that it is copied to."""
        shape = tuple(self._lane.context.get_tensor_shape(name))
        if min(shape, default=0) < 0:
            raise WorkloadError(
                f"the shape of {name} depends on the data {list(shape)}: such an engine is not measured"
            )
        wanted = dtype_name(self._lane.opened.trt, self._lane.opened.engine.get_tensor_dtype(name))
        array = self._lane.cuda.pinned(shape, np.dtype(wanted))
        self._memory[name] = self._lane.cuda.allocate(array.nbytes)
        return array

    def _copy_out(self) -> None:
        for name, array in self._answers.items():
            self._lane.cuda.copy_out(array, self._memory[name], self._lane.stream)

    def _require(self, has_taken: object, what: str) -> None:
        if not has_taken:
            raise UnavailableError(f"TensorRT refuses {what}: {self._lane.opened.listener.reason}")
