"""Opens serialised engines, on a machine with a driver only, and reads what the EngineInspector says of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from harness.errors import ArtifactError, UnavailableError
from harness.kernels_tensorrt import EngineLayer, layers_of_inspector
from harness.runtimes.cuda.driver import CudaDevice, cuda_device, driver_refusal
from harness.runtimes.tensorrt.kernels import JitKernels, jit_kernels
from harness.runtimes.tensorrt.listener import Listener
from harness.runtimes.tensorrt.module import load_module
from harness.vocabulary.engine import EngineRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedEngine:
    """An engine in the GPU's memory. `runtime` and `listener` must live as long as it does.

    `kernels` are those that are compiled on this GPU; None where the engine holds them.
    """

    trt: Any
    engine: Any
    runtime: Any
    listener: Listener
    record: EngineRecord
    device: CudaDevice
    kernels: JitKernels | None = None

    @property
    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of inputs and of outputs, in the engine's order."""
        every = [self.engine.get_tensor_name(place) for place in range(self.engine.num_io_tensors)]
        reads = self.trt.TensorIOMode.INPUT
        inputs = tuple(name for name in every if self.engine.get_tensor_mode(name) == reads)
        return inputs, tuple(name for name in every if name not in inputs)

    def profile_for(self, shapes: Mapping[str, tuple[int, ...]]) -> int | None:
        """The number of the profile that takes these shapes and is best nearest to them; `None` where none does."""
        best: tuple[int, int] | None = None
        for place in range(self.engine.num_optimization_profiles):
            distance = self._distance(shapes, place)
            if distance is not None and (best is None or distance < best[0]):
                best = (distance, place)
        return best[1] if best else None

    def _distance(self, shapes: Mapping[str, tuple[int, ...]], place: int) -> int | None:
        total = 0
        for name, shape in shapes.items():
            least, best, most = (tuple(one) for one in self.engine.get_tensor_profile_shape(name, place))
            if len(least) != len(shape) or not all(
                low <= axis <= high for low, axis, high in zip(least, shape, most, strict=True)
            ):
                return None
            total += sum(abs(axis - good) for axis, good in zip(shape, best, strict=True))
        return total

    def layers(self, context: Any = None) -> tuple[EngineLayer, ...]:  # noqa: ANN401 - an execution context, for its shapes
        """What the EngineInspector says at DETAILED verbosity."""
        inspector = self.engine.create_engine_inspector()
        if context is not None:
            inspector.execution_context = context
        return layers_of_inspector(inspector.get_engine_information(self.trt.LayerInformationFormat.JSON))


def open_engine(path: Path, record: EngineRecord, *, log: TextIO, ordinal: int = 0) -> OpenedEngine:
    """Read an engine into the GPU's memory.

    Args:
        path: the serialised engine.
        record: its provenance.
        log: where TensorRT's messages go.
        ordinal: the GPU's number in CUDA's order.

    Raises:
        UnavailableError: there is no driver or GPU, which is asked before the library is touched; or the engine was
            built by another version or for another GPU.
        ArtifactError: the file is not the engine that its provenance speaks of.
    """
    device = cuda_device(ordinal)
    content = _read(path, record)
    request = record.request
    trt = load_module(request.module)
    if str(trt.__version__) != request.version:
        raise UnavailableError(
            f"{path.name} was built by {request.module} {request.version}, here is {trt.__version__}: build it again"
        )
    if _capability(request.target) > _capability(device.target) or (request.gpu and request.gpu != device.name):
        raise UnavailableError(
            f"{path.name} was built for {request.gpu or request.target}, GPU {ordinal} is {device.name} "
            f"({device.target}): build it for that"
        )
    listener = Listener(trt, log)
    runtime = trt.Runtime(listener.as_logger)
    engine = runtime.deserialize_cuda_engine(content) if runtime is not None else None
    if engine is None:
        raise UnavailableError(f"{request.module} does not open {path.name}: {listener.reason}; build it again")
    return OpenedEngine(
        trt=trt,
        engine=engine,
        runtime=runtime,
        listener=listener,
        record=record,
        device=device,
        kernels=jit_kernels(trt, path),
    )


def execution_refusal() -> str | None:
    """Why no engine can be run here; `None` where one can. Never raises, and never touches TensorRT."""
    return driver_refusal()


def _read(path: Path, record: EngineRecord) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"the engine {path} cannot be read: {error.strerror or error}") from error
    if hashlib.sha256(content).hexdigest() != record.engine_sha256:
        raise ArtifactError(f"{path} is not the engine that its provenance speaks of: build it again")
    return content


def _capability(target: str) -> int:
    return int(target.removeprefix("sm_"))
