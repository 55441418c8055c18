"""The rates that bound everything else: products in each precision, and copies."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch.nn import functional

from harness.errors import GpuMemoryError
from harness.foreign_errors import telling_sentence
from harness.gpu_check.findings import Row, RowState
from harness.gpu_check.limits import BANDWIDTH, INSIDE, RATE, SIDE
from harness.gpu_check.steps import StepOverError
from harness.gpu_check.timing import device_time_s, host_time_s
from harness.gpu_check.variants import Device
from harness.kernels_cuda import proof_of_kernels
from harness.runtimes.gpu_memory import require_memory
from harness.runtimes.torch_profile import profile_kernels
from harness.runtimes.torch_switches import set_tf32

_STEP_PRODUCTS, _STEP_COPIES = "products of matrices", "copies"
_SIDES = (4096, 8192)
_SMALL_SIDE = 256
_CALLS = 20
_MIB = 2**20
Product = Callable[[], Any]


def products(device: Device) -> Iterator[Row]:
    """Square products in every precision, the better of two sizes, with what the kernels' names say."""
    sides = _SIDES if device.is_gpu else (_SMALL_SIDE,)
    for precision, is_tf32 in (("fp32", False), ("tf32", True), ("fp16", False), ("bf16", False), ("int8", False)):
        if is_tf32 and not device.is_gpu:
            continue
        set_tf32(allowed=is_tf32)
        try:
            yield _product_row(precision, sides, device)
        except StepOverError:
            raise
        except Exception as error:  # noqa: BLE001 - a precision that the card or the build has not
            yield Row(step=_STEP_PRODUCTS, subject=precision, state=RowState.FAILED, reason=telling_sentence(error))
    set_tf32(allowed=False)


def _product_row(precision: str, sides: tuple[int, ...], device: Device) -> Row:
    best, side_of_best, product = 0.0, 0, None
    for side in sides:
        one = _product(precision, side, device)
        seconds = _seconds(one, device)
        if 2.0 * side**3 / seconds > best:
            best, side_of_best, product = 2.0 * side**3 / seconds, side, one
    figures: dict[str, float | None] = {RATE: best / 1e12, SIDE: float(side_of_best)}
    notes = {}
    if device.is_gpu and product is not None:
        proof = proof_of_kernels(profile_kernels(product, module=None, calls=2), source="PyTorch profile")
        ran = dict.fromkeys(f"{layer.precision} ({layer.kind})" for layer in proof.layers if layer.is_compute)
        notes["ran"] = "; ".join(ran) or str(proof.reason)
    return Row(step=_STEP_PRODUCTS, subject=precision, state=RowState.MEASURED, figures=figures, notes=notes)


def _product(precision: str, side: int, device: Device) -> Product:
    if precision == "int8":
        one = torch.randint(-128, 127, (side, side), dtype=torch.int8, device=device.name)
        other = torch.randint(-128, 127, (side, side), dtype=torch.int8, device=device.name).t()
        return _waiting(lambda: torch._int_mm(one, other), device)  # noqa: SLF001 - PyTorch has no public name for it
    kind = {"fp16": torch.float16, "bf16": torch.bfloat16}.get(precision, torch.float32)
    left, right = (torch.randn(side, side, device=device.name).to(kind) for _ in range(2))
    return _waiting(lambda: functional.linear(left, right), device)  # as layers multiply: the second turned


def _waiting(queue: Product, device: Device) -> Product:
    def call() -> Any:  # noqa: ANN401 - a tensor
        answer = queue()
        device.synchronize()
        return answer

    call.queue = queue  # type: ignore[attr-defined] # so that events can be put around many of them
    return call


def _seconds(call: Product, device: Device) -> float:
    host_time_s(call, seconds=0.05 if device.is_gpu else 0.0)
    by_events = device_time_s(getattr(call, "queue", call), device, calls=_CALLS)
    return by_events if by_events is not None else host_time_s(call, seconds=0.02)


def copied_bytes(device: Device) -> int:
    """Of the array that is copied inside the device."""
    return (1024 if device.is_gpu else 16) * _MIB


def copies(device: Device) -> Iterator[Row]:
    """Inside the device, and to and from the host's memory, pinned or not; GB are 10⁹ bytes."""
    try:
        yield from _copies(copied_bytes(device), device)
    except Exception as error:
        try:
            require_memory(error)
        except GpuMemoryError as full:
            yield Row(step=_STEP_COPIES, subject="all of it", state=RowState.FAILED, reason=str(full))
            return
        raise


def _copies(size: int, device: Device) -> Iterator[Row]:
    here, there = (torch.empty(size, dtype=torch.uint8, device=device.name) for _ in range(2))
    yield _copy_row(INSIDE, 2 * size, lambda: there.copy_(here), device)
    if not device.is_gpu:
        return
    host = torch.empty(size // 4, dtype=torch.uint8)
    for name, memory in (("pageable", host), ("pinned", host.pin_memory())):
        part = here[: memory.numel()]
        yield _copy_row(f"to the GPU, {name}", memory.numel(), partial(part.copy_, memory), device)
        yield _copy_row(f"from the GPU, {name}", memory.numel(), partial(memory.copy_, part), device)


def _copy_row(subject: str, size: int, queue: Product, device: Device) -> Row:
    seconds = _seconds(_waiting(queue, device), device)
    return Row(step=_STEP_COPIES, subject=subject, state=RowState.MEASURED, figures={BANDWIDTH: size / seconds / 1e9})
