"""Profiles a PyTorch call: what PyTorch's own profiler saw, as operations of ours, with the modules they belong to."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

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
