"""Which steps a check takes, in which order, and for how long each. Imports PyTorch."""

import functools
import importlib.util
import os
from collections.abc import Iterator

import torch

from harness.devices import NvidiaDevice
from harness.gpu_check.findings import Row, RowState
from harness.gpu_check.limits import Peaks
from harness.gpu_check.models import ModelStep
from harness.gpu_check.networks import networks
from harness.gpu_check.rates import copied_bytes, copies, products
from harness.gpu_check.steps import Step
from harness.gpu_check.variants import Device
from harness.meters.caches import read_caches
from harness.runtimes.ort_gpu import TENSORRT, probe_provider
from harness.supervisor.gpu_watch import GpuWatch
from harness.vocabulary import CacheSizes

_PRODUCTS_S, _COPIES_S, _MODEL_S = 40.0, 15.0, 110.0
_ASSUMED_L2 = 128 * 2**20
"""No card of the data sheets has more; B200 has 126 MiB."""
_OTHERS = "other runtimes"


def device_of(arm: str) -> Device:
    """PyTorch's device for an arm's: on a GPU the first, as the process sees no other."""
    if arm == "cpu":
        torch.set_num_threads(1)
        return Device(name="cpu", arm=arm, synchronize=lambda: None)
    return Device(name="cuda:0", arm=arm, synchronize=torch.cuda.synchronize)


def steps_of(device: Device, gpu: NvidiaDevice | None, watch: GpuWatch | None) -> tuple[Step, ...]:
    """Rates first, as they are soon done; then the models, each at its batch sizes."""
    capability = gpu.compute_capability if gpu else None
    peaks = Peaks(
        name=gpu.name if gpu else device.name,
        version=str(torch.__version__),
        caches=_caches(device),
        copied=copied_bytes(device),
    )
    models = [
        ModelStep(network=network, batch=batch, device=device, watch=watch, peaks=peaks, compute_capability=capability)
        for network in networks(is_rehearsal=not device.is_gpu)
        for batch in network.batches
    ]
    return (
        Step(name=_OTHERS, limit_s=10.0, rows=lambda _deadline: others()),
        Step(name="products of matrices", limit_s=_PRODUCTS_S, rows=lambda _deadline: peaks.heard(products(device))),
        Step(name="copies", limit_s=_COPIES_S, rows=lambda _deadline: peaks.heard(copies(device))),
        *(Step(name=one.subject, limit_s=_MODEL_S, rows=functools.partial(one.rows)) for one in models),
    )


def _caches(device: Device) -> CacheSizes:
    """What the device can keep of one call's weights until the next: of a GPU its L2, as PyTorch tells it."""
    if not device.is_gpu:
        return read_caches(range(os.cpu_count() or 1))
    told = int(getattr(torch.cuda.get_device_properties(0), "L2_cache_size", 0))
    size = told or _ASSUMED_L2
    words = f"L2 {size / 2**20:g} MiB{'' if told else ', assumed: PyTorch does not tell it'}"
    return CacheSizes(last_level_bytes=size, total_bytes=size, is_assumed=not told, told=words)


def others() -> Iterator[Row]:
    """What is not run here, and how it can be."""
    tensorrt = importlib.util.find_spec("tensorrt") is not None
    cuda, through_ort = probe_provider(), probe_provider(TENSORRT)
    bench = "measure it with `planner bench --device gpu:0 --runtimes"
    found = (
        ("TensorRT", f"{bench} tensorrt`" if tensorrt else "the package tensorrt is not installed"),
        ("ONNX Runtime, CUDA", f"{bench} onnxruntime`" if cuda.is_available else f"{cuda.reason}; {cuda.hint}"),
        (
            "ONNX Runtime, TensorRT",
            f"{bench} onnxruntime`" if through_ort.is_available else f"{through_ort.reason}; {through_ort.hint}",
        ),
    )
    for subject, reason in found:
        yield Row(step=_OTHERS, subject=subject, state=RowState.SKIPPED, reason=reason)
