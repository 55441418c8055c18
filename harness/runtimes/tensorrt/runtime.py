"""The runtimes `tensorrt` and `tensorrt-rtx`: one class, told apart by the name of its module.

Opening a model needs a GPU. What a variant is made of is typed ONNX, so that FP16, BF16 and INT8 are files of their
own; FP32 is the workload's model, with TF32 cleared.
"""

import os
import sys
import time
from pathlib import Path

from harness.devices import find_gpu
from harness.errors import UnavailableError
from harness.runtimes.base import Availability, Clock, Inputs
from harness.runtimes.cuda.choosing import choose_cuda
from harness.runtimes.cuda.driver import NO_DRIVER_HINT
from harness.runtimes.places import cache_root
from harness.runtimes.tensorrt.building import TypedModel, build_engine, digest_of_model
from harness.runtimes.tensorrt.cache import EngineCache
from harness.runtimes.tensorrt.engine import OpenedEngine, execution_refusal, open_engine
from harness.runtimes.tensorrt.listener import Listener
from harness.runtimes.tensorrt.module import FULL, RTX, load_module, probe_module
from harness.runtimes.tensorrt.network import network_inputs, network_outputs, parse_network
from harness.runtimes.tensorrt.onnx_nodes import compute_nodes, external_files
from harness.runtimes.tensorrt.session import Shapes, TensorRtSession
from harness.vocabulary import CPU, DeviceKind, KernelProof, Method, Precision, Recipe, TensorSpec, Toolkit
from harness.vocabulary.engine import DEFAULT_WORKSPACE_BYTES, EngineOrder

GRAPH_SWITCH = "PLANNER_CUDA_GRAPH"
"""Set to 1, calls are captured as CUDA graphs: they help where the host takes longer to queue layers than the GPU to
compute them, as for small networks at batch 1. Off by default, as a service may queue its calls without."""
_PRECISIONS = {
    "fp32": Precision.FP32,
    "tf32": Precision.TF32,
    "fp16": Precision.FP16,
    "bf16": Precision.BF16,
}


class TensorRtBase:
    """What both have in common. `cache` is where engines are kept: planner's own where it is `None`.

    `graph`: whether calls are captured as CUDA graphs, by default what the environment variable says.
    """

    artifact_format = "tensorrt"
    model_format = "onnx"
    device_kinds = (DeviceKind.GPU,)
    module: str
    name: str

    def __init__(
        self,
        *,
        cache: Path | None = None,
        ordinal: int = 0,
        workspace_bytes: int = DEFAULT_WORKSPACE_BYTES,
        graph: bool | None = None,
    ) -> None:
        self._cache = cache
        self._ordinal = ordinal
        self._workspace_bytes = workspace_bytes
        self._graph = os.environ.get(GRAPH_SWITCH) == "1" if graph is None else graph

    def probe(self) -> Availability:
        """The package, then the driver: found without importing the package, and never raises."""
        here = probe_module(self.module)
        if not here.is_available:
            return here
        reason = execution_refusal()
        if reason is None:
            return here
        built = "; it can build engines: planner engine build" if self.module == RTX else ""
        return Availability(
            is_available=False,
            version=here.version,
            reason=f"{self.module} {here.version} is installed, but {reason}{built}",
            hint=NO_DRIVER_HINT,
        )

    def probe_gpu(self) -> Availability:
        """It computes on nothing else."""
        return self.probe()

    def refusal(self, recipe: Recipe, *, device: str = CPU) -> str | None:
        """Takes explicit Q/DQ alone for INT8: nothing dynamic, nothing of other makers. The builder knows the rest."""
        gpu = find_gpu(device) if recipe.method is Method.TF32 else None  # TF32 allowed would silently be FP32
        if gpu is not None and gpu.tf32_refusal:
            return gpu.tf32_refusal
        if recipe.is_compiled or recipe.toolkit is Toolkit.TORCHAO:
            return f"{recipe.label} belongs to PyTorch"
        if recipe.method is Method.INT8_DYNAMIC:
            return "TensorRT takes ranges that were calibrated: write int8-static"
        return None

    def needs_artifact(self, recipe: Recipe) -> bool:
        """Every variant but FP32 and TF32 is a typed file of its own."""
        return str(recipe.method) not in {"fp32", "tf32"}

    def read(self, model: Path) -> tuple[TensorSpec, ...]:
        """TensorRT's parser reads the file, or says which operator it lacks; needs no GPU with TensorRT-RTX."""
        return self._specs(model)[0]

    def open(
        self,
        artifact: Path,
        *,
        recipe: Recipe,
        threads: int,
        device: str = CPU,
        batches: tuple[int, ...] = (),
    ) -> TensorRtSession:
        """A session that builds an engine, or finds it in the cache, when the first inputs tell their shapes.

        `threads` mean nothing on a GPU, and the process sees the one that `device` names. The engine has a profile
        for each of `batches`, and for the one that comes.

        Raises:
            UnavailableError: no driver, no GPU, or no package for CUDA's memory; asked before TensorRT is touched.
        """
        del threads, device
        if (reason := execution_refusal()) is not None:
            raise UnavailableError(f"{self.name} cannot run here: {reason}; {NO_DRIVER_HINT}")
        cuda = choose_cuda(self._ordinal)
        inputs, outputs = self._specs(artifact)

        def opener(shapes: Shapes) -> OpenedEngine:
            return self._open(artifact, recipe, inputs, shapes, batches)

        return TensorRtSession(opener, cuda, inputs=inputs, outputs=outputs, graph=self._graph)

    def prove(self, artifact: Path, *, recipe: Recipe, threads: int, inputs: Inputs, device: str = CPU) -> KernelProof:
        """Profile a session of the same settings, and read the EngineInspector."""
        session = self.open(artifact, recipe=recipe, threads=threads, device=device)
        return session.prove(inputs, compute_nodes=compute_nodes(artifact))

    def clock(self) -> Clock:
        """The system's monotonic clock; CUDA's events are in `TensorRtSession.phases`."""
        return time.perf_counter_ns

    def _specs(self, model: Path) -> tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]:
        trt = load_module(self.module)
        listener = Listener(trt, sys.stderr)
        network, _parser = parse_network(trt, trt.Builder(listener.as_logger), model, listener)
        return network_inputs(trt, network), network_outputs(trt, network)

    def _open(
        self,
        artifact: Path,
        recipe: Recipe,
        inputs: tuple[TensorSpec, ...],
        shapes: Shapes,
        batches: tuple[int, ...],
    ) -> OpenedEngine:
        order = EngineOrder(
            module=self.module,
            precision=_PRECISIONS.get(str(recipe.method), Precision.INT8),
            workspace_bytes=self._workspace_bytes,
            batches=_batches(inputs, shapes, batches),
            axes={one.name: shapes[one.name][1:] for one in inputs if None in one.shape},
        )
        model = TypedModel(
            path=artifact,
            digests=digest_of_model(artifact, external_files(artifact)),
            compute_nodes=compute_nodes(artifact),
        )
        cache = EngineCache(self._cache or cache_root())
        built = build_engine(model, order, cache=cache, log=sys.stderr)
        return open_engine(Path(built.path), built.record, log=sys.stderr, ordinal=self._ordinal)


class TensorRt(TensorRtBase):
    """The runtime `tensorrt`: TensorRT 10.12 and newer, and 11."""

    name = "tensorrt"
    module = FULL


class TensorRtRtx(TensorRtBase):
    """The runtime `tensorrt-rtx`."""

    name = "tensorrt-rtx"
    module = RTX


def _batches(inputs: tuple[TensorSpec, ...], shapes: Shapes, batches: tuple[int, ...]) -> tuple[int, ...]:
    """The batch sizes of the profiles: those named, and the one of the inputs at hand."""
    free = [one.name for one in inputs if one.batch is None and one.shape]
    fixed = [one.batch for one in inputs if one.batch is not None]
    if not free:
        return (fixed[0],) if fixed else (1,)
    return tuple(sorted({*batches, *(shapes[name][0] for name in free[:1])}))
