"""Profiles a PyTorch call: what PyTorch's own profiler saw, as operations of ours, with the modules they belong to."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from harness.kernels_cuda import GpuKernel
from harness.kernels_torch import TorchOperation

_SCOPE = "module: "
_UNTOLD_CALLS = 3  # TorchScript optimises itself in the first calls, and not everything is allocated before


def profile_calls(call: Callable[[], object], *, module: Any, calls: int) -> list[list[TorchOperation]]:  # noqa: ANN401 - a class of a package that may not be here
    """The operations of each of some calls; those of the parts of `module` bear their names.

    TorchScript does not tell them; with `module=None` nothing is marked either.
    """
    from torch.profiler import ProfilerActivity, profile  # noqa: PLC0415 - heavy, and absence is a normal answer

    for _ in range(_UNTOLD_CALLS):
        call()
    profiled = []
    with _marked(module):
        for _ in range(calls):
            with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as seen:
                call()
            profiled.append(_operations(list(seen.events())))
    return profiled


def profile_kernels(call: Callable[[], object], *, module: Any, calls: int) -> list[list[GpuKernel]]:  # noqa: ANN401 - see `profile_calls`
    """The kernels that the GPU ran in each of some calls, in their order, with the operations that asked for them.

    `call` must return only when the GPU has finished. Copies and settings of memory are left out.
    """
    from torch.profiler import ProfilerActivity, profile  # noqa: PLC0415 - see above

    for _ in range(_UNTOLD_CALLS):
        call()
    profiled = []
    with _marked(module):
        for _ in range(calls):
            with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA], record_shapes=True) as seen:
                call()
            profiled.append(kernels_of(list(seen.events())))
    return profiled


def kernels_of(events: list[Any]) -> list[GpuKernel]:
    """What ran on the GPU among the events of a profile, in the order of time.

    PyTorch's own marks are there too, as if they were kernels: whatever a user's annotation or a copy is called is
    left out. An operation is known by the number that links it to its kernels.
    """
    asked = {event.id: event for event in events if not _is_on_gpu(event) and not _link(event)}
    found = sorted(
        (event for event in events if _is_on_gpu(event) and not _is_no_kernel(event)),
        key=lambda event: event.time_range.start,
    )
    kernels = []
    for event in found:
        operation = asked.get(_link(event)) if _link(event) else None
        kernels.append(
            GpuKernel(
                name=getattr(event, "trace_name", None) or event.name,
                time_us=float(event.time_range.elapsed_us()),
                operation=operation.name if operation is not None else "",
                dtypes=tuple(getattr(operation, "input_dtypes", None) or ()),
                scope=_scope(operation),
            )
        )
    return kernels


def _link(event: Any) -> int:  # noqa: ANN401 - see `profile_calls`
    """The number of the operation that asked for a launch or a kernel; 0 of an operation itself."""
    return int(getattr(event, "linked_correlation_id", 0) or 0)


def _is_on_gpu(event: Any) -> bool:  # noqa: ANN401 - see `profile_calls`
    return str(event.device_type).endswith("CUDA")


def _is_no_kernel(event: Any) -> bool:  # noqa: ANN401 - see `profile_calls`
    is_mark = bool(getattr(event, "is_user_annotation", False)) or event.name.startswith((_SCOPE, "ProfilerStep"))
    return is_mark or event.name.startswith(("Memcpy", "Memset"))


@contextlib.contextmanager
def _marked(module: Any) -> Iterator[None]:  # noqa: ANN401 - see `profile_calls`
    """While this lasts, every part of an eager module marks its calls in the profile."""
    import torch  # noqa: PLC0415 - see above

    handles = []
    open_marks: list[Any] = []

    def enter(name: str) -> None:
        mark = torch.profiler.record_function(f"{_SCOPE}{name}")
        mark.__enter__()
        open_marks.append(mark)

    def leave() -> None:
        open_marks.pop().__exit__(None, None, None)

    if module is not None and not isinstance(module, torch.jit.ScriptModule):
        for name, part in module.named_modules():
            if name:
                handles.append(part.register_forward_pre_hook(lambda *_, name=name: enter(name)))
                handles.append(part.register_forward_hook(lambda *_: leave()))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _operations(events: list[Any]) -> list[TorchOperation]:
    places = {id(event): place for place, event in enumerate(events)}
    return [
        TorchOperation(
            name=event.name,
            dtypes=tuple(getattr(event, "input_dtypes", None) or ()),
            shapes=" ".join(str(list(shape)) for shape in (event.input_shapes or ())[:2] if shape),
            total_us=float(event.cpu_time_total),
            own_us=float(event.self_cpu_time_total),
            parent=places.get(id(event.cpu_parent)) if event.cpu_parent is not None else None,
            scope=_scope(event),
        )
        for event in events
    ]


def _scope(event: Any) -> str:  # noqa: ANN401 - see `profile_calls`
    while event is not None:
        if event.name.startswith(_SCOPE):
            return str(event.name.removeprefix(_SCOPE))
        event = event.cpu_parent
    return ""
