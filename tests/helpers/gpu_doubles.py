"""Doubles of what only a GPU has: CUDA on the host's memory, and an engine that doubles numbers."""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from harness.runtimes.cuda.base import DeviceMemory, Event, Stream, as_bytes


class HostCuda:
    """`Cuda` whose GPU is the host: everything is done when it is queued."""

    name = "host"
    can_capture = True

    def __init__(self) -> None:
        self.memory: dict[int, NDArray[np.uint8]] = {}
        self.captures = 0

    def allocate(self, size_bytes: int) -> DeviceMemory:
        address = len(self.memory) + 1
        self.memory[address] = np.zeros(max(1, size_bytes), dtype=np.uint8)
        return DeviceMemory(address=address, size_bytes=size_bytes, owner=self.memory[address])

    def pinned(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        return np.empty(shape, dtype=dtype)

    def copy_in(self, target: DeviceMemory, source: NDArray[Any], stream: Stream) -> None:
        del stream
        target.owner[: source.nbytes] = as_bytes(source)

    def copy_out(self, target: NDArray[Any], source: DeviceMemory, stream: Stream) -> None:
        del stream
        as_bytes(target)[...] = source.owner[: target.nbytes]

    def stream(self) -> Stream:
        return Stream(handle=7, owner=None)

    def event(self) -> Event:
        return Event(owner=[0.0])

    def record(self, event: Event, stream: Stream) -> None:
        del stream
        event.owner[0] = time.perf_counter()

    def elapsed_s(self, start: Event, end: Event) -> float:
        return float(end.owner[0] - start.owner[0])

    def synchronize(self, stream: Stream) -> None:
        """Nothing is ever left to do."""

    def capture(self, work: Callable[[], None], stream: Stream) -> Callable[[], None]:
        del stream
        self.captures += 1
        return work


class DoublingEngine:
    """An `ICudaEngine` of x [N, 2] float32 to y = 2x, with a profile for N = 1 and one for 2 to 8."""

    num_io_tensors = 2
    num_optimization_profiles = 2

    def __init__(self, cuda: HostCuda) -> None:
        self.cuda = cuda
        self.contexts: list[DoublingContext] = []
        self.configs: list[JitConfig | None] = []

    def get_tensor_name(self, place: int) -> str:
        return "xy"[place]

    def get_tensor_mode(self, name: str) -> str:
        return "in" if name == "x" else "out"

    def get_tensor_dtype(self, name: str) -> str:
        del name
        return "float32"

    def get_tensor_profile_shape(self, name: str, profile: int) -> tuple[tuple[int, int], ...]:
        del name
        return (((1, 2),) * 3, ((2, 2), (8, 2), (8, 2)))[profile]

    def create_runtime_config(self) -> "JitConfig":
        return JitConfig()

    def create_execution_context(self, config: "JitConfig | None" = None) -> "DoublingContext":
        self.configs.append(config)
        self.contexts.append(DoublingContext(self.cuda))
        return self.contexts[-1]

    def create_engine_inspector(self) -> SimpleNamespace:
        layer = '{"Name": "l", "LayerType": "gemm", "Inputs": [{"Dimensions": [2, 2], "Datatype": "Int8"}], "Weights": '
        told = f'{{"Layers": [{layer}{{"Type": "Int8", "Count": 4}}}}]}}'
        return SimpleNamespace(execution_context=None, get_engine_information=lambda _form: told)


class DoublingContext:
    """Its `IExecutionContext`, which refuses to run shapes that its profile does not take."""

    def __init__(self, cuda: HostCuda) -> None:
        self.active_optimization_profile = 0
        self.profiler: Any = None
        self.runs = 0
        self._cuda = cuda
        self._shape = (0, 0)
        self._addresses: dict[str, int] = {}

    def set_optimization_profile_async(self, profile: int, stream: int) -> bool:
        self.active_optimization_profile = profile
        return stream == 7

    def set_input_shape(self, name: str, shape: tuple[int, int]) -> bool:
        self._shape = shape
        return name == "x" and (shape[0] == 1) == (self.active_optimization_profile == 0)

    def set_tensor_address(self, name: str, address: int) -> bool:
        self._addresses[name] = address
        return True

    def get_tensor_shape(self, name: str) -> tuple[int, int]:
        del name
        return self._shape

    def execute_async_v3(self, stream: int) -> bool:
        source, target = (self._cuda.memory[self._addresses[name]].view(np.float32) for name in "xy")
        size = self._shape[0] * self._shape[1]
        target[:size] = 2 * source[:size]
        self.runs += 1
        if self.profiler is not None:
            self.profiler.report_layer_time("l", 0.5)
        return stream == 7 and target.size == source.size == size


class JitCache:
    """An `IRuntimeCache` that takes what begins with `jit`, and grows by what it took."""

    def __init__(self) -> None:
        self.read = b""

    def deserialize(self, content: bytes) -> bool:
        if content.startswith(b"jit"):
            self.read = content
        return bool(self.read)

    def serialize(self) -> bytes:
        return self.read or b"jit kernels"


class JitConfig:
    """An `IRuntimeConfig` of TensorRT-RTX."""

    dynamic_shapes_kernel_specialization_strategy = "lazy"
    cache: JitCache | None = None

    def create_runtime_cache(self) -> JitCache:
        return JitCache()

    def set_runtime_cache(self, cache: JitCache) -> bool:
        self.cache = cache
        return True


class _Profiler:
    """The base class of TensorRT's profilers."""


DOUBLE_OF_TENSORRT = SimpleNamespace(
    TensorIOMode=SimpleNamespace(INPUT="in"),
    LayerInformationFormat=SimpleNamespace(JSON="json"),
    IProfiler=_Profiler,
    nptype=np.dtype,
)
DOUBLE_OF_RTX = SimpleNamespace(
    **vars(DOUBLE_OF_TENSORRT), DynamicShapesKernelSpecializationStrategy=SimpleNamespace(EAGER="eager")
)
