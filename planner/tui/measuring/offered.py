"""What this machine can measure, to be ticked: workloads, variants, runtimes, devices, batch sizes."""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.devices import nvidia_devices, read_cpu
from harness.meters.absence import Unavailable
from harness.meters.energy import probe_rapl
from harness.workloads.workload import BUILTIN_DEFAULT
from planner.services.checkup import check_runtimes
from planner.services.workloads import State, WorkloadEntry, list_workloads
from planner.tui.widgets.checklist import Item

WORKLOADS, VARIANTS, RUNTIMES, DEVICES, BATCHES = "workloads", "variants", "runtimes", "devices", "batch sizes"
_VARIANTS = (
    ("int8-static:per-tensor", "calibrated, one scale a tensor"),
    ("int8-static:per-channel", "calibrated, one scale a channel"),
    ("int8-mixed:per-channel", "the most sensitive layers stay in FP32"),
    ("int8-dynamic", "scales found while it runs"),
    ("bf16", "16 bits, the range of FP32"),
    ("fp16", "16 bits, half precision"),
    ("tf32", "tensor cores of GPUs since Ampere"),
)
_BATCHES = ("1", "8", "32")
_USUAL_BATCHES = {"1", "8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What can be ticked; `absent`: instruments that this machine has not, in sentences."""

    items: tuple[Item, ...]
    absent: tuple[str, ...]


def offered() -> Offer:
    """Everything, with what is usual ticked; of what is missing the reason."""
    items = (*_workloads(), *_variants(), *_runtimes(), *_devices(), *_batches())
    return Offer(items=items, absent=tuple(_absent()))


def _absent() -> Iterator[str]:
    gpus = nvidia_devices()
    if isinstance(gpus, Unavailable):
        yield f"GPU    unavailable: {gpus.reason}"
    energy = probe_rapl()
    if isinstance(energy, Unavailable):
        yield f"CPU power unavailable: {energy.reason}"


def _workloads() -> Iterator[Item]:
    for entry in list_workloads().workloads:
        yield Item(
            group=WORKLOADS,
            value=entry.name,
            told=entry.measures or "",
            is_ticked=entry.name == BUILTIN_DEFAULT,
            reason=_lacks(entry),
            needs_preparing=entry.state is State.NEEDS_PREPARING,
        )


def _lacks(entry: WorkloadEntry) -> str | None:
    if entry.state is State.NEEDS_PREPARING:
        return f"P makes it, once: planner workloads prepare {entry.name} ({'; '.join(entry.needs) or 'from here'})"
    return entry.reason if entry.state is State.UNUSABLE else None


def _variants() -> Iterator[Item]:
    yield from (Item(group=VARIANTS, value=name, told=told) for name, told in _VARIANTS)


def _runtimes() -> Iterator[Item]:
    for one in check_runtimes():
        reason = None if one.is_available else " · ".join(part for part in (one.reason, one.hint) if part)
        told = " · ".join(part for part in (one.version, one.note, one.gpu_reason) if part)
        yield Item(group=RUNTIMES, value=one.name, told=told, reason=reason)


def _devices() -> Iterator[Item]:
    yield Item(group=DEVICES, value="cpu", told=read_cpu().model, is_ticked=True)
    gpus = nvidia_devices()
    if isinstance(gpus, Unavailable):
        yield Item(group=DEVICES, value="gpu:0", reason=gpus.reason)
        return
    for number, gpu in enumerate(gpus):
        yield Item(group=DEVICES, value=f"gpu:{number}", told=gpu.name)


def _batches() -> Iterator[Item]:
    yield from (Item(group=BATCHES, value=size, is_ticked=size in _USUAL_BATCHES) for size in _BATCHES)
