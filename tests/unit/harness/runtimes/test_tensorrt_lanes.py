"""How calls are made on a GPU, as far as a double of the GPU can tell: memory, shapes, profiles, captured graphs."""

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from helpers.engines import make_record
from helpers.gpu_doubles import DOUBLE_OF_RTX, DOUBLE_OF_TENSORRT, DoublingEngine, HostCuda

from harness.errors import UnavailableError, WorkloadError
from harness.runtimes.base import GpuSession, HostCopies
from harness.runtimes.cuda.driver import CudaDevice
from harness.runtimes.tensorrt.engine import OpenedEngine
from harness.runtimes.tensorrt.kernels import jit_kernels
from harness.runtimes.tensorrt.session import TensorRtSession
from harness.vocabulary import Precision, TensorSpec

_SPECS = (TensorSpec(name="x", dtype="float32", shape=(None, 2)),)


def _opened(cuda: HostCuda, *, trt: Any = DOUBLE_OF_TENSORRT, engine_file: Path = Path("engine.plan")) -> OpenedEngine:  # noqa: ANN401 - a double
    return OpenedEngine(
        trt=trt,
        engine=DoublingEngine(cuda),
        runtime=None,
        listener=SimpleNamespace(reason="no reason"),  # type: ignore[arg-type] # TensorRT's logger is not here
        record=make_record(),
        device=CudaDevice(ordinal=0, name="double", target="sm_80", memory_bytes=1),
        kernels=jit_kernels(trt, engine_file),
    )


def _session(cuda: HostCuda, *, graph: bool = False) -> tuple[TensorRtSession, list[Any]]:
    """A session on the double, and the shapes for which engines were built."""
    built: list[Any] = []
    opened = _opened(cuda)

    def opener(shapes: Any) -> OpenedEngine:  # noqa: ANN401 - only kept
        built.append(dict(shapes))
        return opened

    return TensorRtSession(opener, cuda, inputs=_SPECS, outputs=_SPECS, graph=graph), built


def _same(opened: OpenedEngine, _shapes: object) -> OpenedEngine:
    return opened


@pytest.mark.parametrize("graph", [False, True])
def test_calls_of_other_shapes_take_turns_on_one_engine_each_with_memory_of_its_own(*, graph: bool) -> None:
    cuda = HostCuda()
    session, built = _session(cuda, graph=graph)
    one = session.bind({"x": np.ones((1, 2))})
    five = session.bind({"x": np.full((5, 2), 3.0, dtype=np.float64)})

    one()
    five()
    if not graph:  # a captured graph of the real CUDA keeps its context's state, which a double of it does not
        one()
        five()

    assert one.read()["y"].tolist() == [[2.0, 2.0]]
    assert five.read()["y"].tolist() == [[6.0, 6.0]] * 5
    assert built == [{"x": (1, 2)}]
    assert cuda.captures == (2 if graph else 0)
    assert session.settings["cuda_graph"] == ("captured through host" if graph else "off")


def test_a_second_stream_has_a_context_of_its_own_on_the_same_engine() -> None:
    cuda = HostCuda()
    session, built = _session(cuda)
    session.predict({"x": np.ones((1, 2))})

    twin = session.stream()

    assert twin.predict({"x": np.full((2, 2), 4.0)})["y"].tolist() == [[8.0, 8.0]] * 2
    assert len(built) == 1


def test_copies_and_computing_are_timed_apart_by_events_and_by_the_hosts_clock() -> None:
    session, _ = _session(HostCuda())

    phases = session.phases({"x": np.ones((8, 2))}, repeats=3)

    assert phases.repeats == 3
    assert 0.0 < phases.compute_s <= phases.compute_host_s
    assert min(phases.copy_in_s, phases.copy_out_s) > 0.0


def test_a_first_call_computes_once_and_the_gpus_own_clock_times_calls_that_are_queued() -> None:
    cuda = HostCuda()
    opened = _opened(cuda)
    session = TensorRtSession(partial(_same, opened), cuda, inputs=_SPECS, outputs=_SPECS, graph=False)
    call = session.bind({"x": np.ones((1, 2))})
    assert isinstance(opened.engine, DoublingEngine)
    (context,) = opened.engine.contexts

    call()
    assert context.runs == 1  # whole requests bind anew: a call that computed twice would be timed twice
    assert isinstance(session, HostCopies)
    assert session.read(call, None)["y"].tolist() == [[2.0, 2.0]]

    assert isinstance(session, GpuSession)
    assert (session.device_time_s(call, calls=10) or 0.0) > 0.0
    assert context.runs == 11


def test_what_is_compiled_on_the_card_is_compiled_in_first_calls_shared_by_contexts_and_kept(tmp_path: Path) -> None:
    told = []
    for _ in range(2):  # two processes
        cuda = HostCuda()
        opened = _opened(cuda, trt=DOUBLE_OF_RTX, engine_file=tmp_path / "engine.plan")
        session = TensorRtSession(partial(_same, opened), cuda, inputs=_SPECS, outputs=_SPECS, graph=False)
        for lane in (session, session.stream()):
            lane.predict({"x": np.ones((1, 2))})
        first, second = opened.engine.configs
        assert first.dynamic_shapes_kernel_specialization_strategy == "eager"
        assert first.cache is second.cache is not None
        told.append(session.settings["kernels"])

    assert (tmp_path / "kernels.cache").read_bytes() == b"jit kernels"
    assert told[0].endswith("none kept from before")
    assert told[1].endswith("11 bytes of earlier ones read")


def test_the_proof_joins_the_profilers_times_to_what_the_inspector_says() -> None:
    session, _ = _session(HostCuda())

    (layer,) = session.prove({"x": np.ones((2, 2))}, compute_nodes=()).layers

    assert (layer.precision, layer.is_compute, layer.time_s) == (Precision.INT8, True, 5e-4)


def test_shapes_that_no_engine_takes_and_inputs_that_are_missing_are_told() -> None:
    session, _ = _session(HostCuda())

    with pytest.raises(UnavailableError, match="takes no"):
        session.bind({"x": np.ones((9, 2))})
    with pytest.raises(WorkloadError, match="the model reads x"):
        session.bind({"z": np.ones((1, 2))})
