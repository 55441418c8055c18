"""Where arms can run: every runtime that is here, on every device that was asked for, and why not on the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.errors import UnavailableError
from harness.runtimes import registry
from harness.runtimes.base import Runtime, on_gpus, serves
from harness.vocabulary import CPU, Recipe, kind_of_device, place_of
from harness.workloads.workload import Workload

Unavailable = tuple[str, str]
"""What was asked for and cannot be had, and why."""
_USUAL = "onnxruntime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A runtime on a device."""

    runtime: Runtime
    device: str

    @property
    def name(self) -> str:
        """As in the names of arms: `openvino`, `torch@gpu:0`."""
        return place_of(self.runtime.name, self.device)

    def refusal(self, recipe: Recipe) -> str | None:
        """Why the recipe cannot run there, or `None` when it can."""
        if recipe.file is not None and self.runtime.model_format not in {"onnx", "fake"}:
            return f"{self.runtime.name} opens no model that was made elsewhere, only ONNX runtimes do"
        if self.device == CPU:
            return self.runtime.refusal(recipe)
        return on_gpus(self.runtime).refusal(recipe, device=self.device)


def find_places(
    asked: Sequence[str] | None, devices: Sequence[str], workload: Workload, unreadable: Mapping[str, str]
) -> tuple[list[Place], list[Unavailable]]:
    """Runtimes that are here and read the model, by device, and those that are or do not.

    Args:
        asked: runtimes by name, each of which must be of use on one of the devices; all that there are where `None`.
        devices: that were found to be here.
        workload: whose model is read.
        unreadable: why a runtime cannot read it.

    Raises:
        UnavailableError: a runtime asked for by name is not here, or there is no place at all.
    """
    fitting = [name for name in registry.runtime_names() if _can_open(name, workload)]
    here: list[Place] = []
    missing: list[Unavailable] = []
    for name in asked or fitting:
        if name not in fitting:
            raise UnavailableError(f"no runtime {name!r} for this workload; there are: {', '.join(fitting)}")
        found, absent = _places_of(name, devices, unreadable)
        if asked and not found and name not in unreadable:
            raise UnavailableError(f"runtime {name} is not here: {absent[0][1]}")
        here += found
        missing += absent if found or asked or _could_serve(name, devices) else ()
    if not here:
        what = "no runtime can open the model" if unreadable else "no runtime is here to measure with"
        on = "" if tuple(devices) == (CPU,) else f" on {', '.join(devices)}"
        raise UnavailableError(f"{what}{on} ({told(missing)})")
    return sorted(here, key=lambda one: list(devices).index(one.device)), missing


def told(unavailable: Sequence[Unavailable]) -> str:
    """For a message."""
    return "; ".join(f"{name}: {reason}" for name, reason in unavailable)


def _places_of(
    name: str, devices: Sequence[str], unreadable: Mapping[str, str]
) -> tuple[list[Place], list[Unavailable]]:
    here, missing = [], []
    for device in devices:
        found = registry.probe_on(name, kind_of_device(device))
        if not found.is_available:
            missing.append((place_of(name, device), f"{found.reason}; {found.hint}"))
        elif name in unreadable:
            missing.append((place_of(name, device), unreadable[name]))
        else:
            here.append(Place(runtime=registry.find_runtime(name), device=device))
    return here, missing


def openers(workload: Workload) -> tuple[str, ...]:
    """Runtimes, here or not, that open a model such as the workload has; first the one that makes most recipes.

    That is ONNX Runtime, for which every recipe of ONNX models can be made.
    """
    fitting = [name for name in registry.runtime_names() if _can_open(name, workload)]
    return tuple(sorted(fitting, key=lambda name: name != _USUAL))


def _could_serve(name: str, devices: Sequence[str]) -> bool:
    """Whether its absence is worth a word: not that a runtime for CPUs alone measures no GPU.

    A plug-in that does not load is told of: who can say what it serves.
    """
    try:
        runtime = registry.find_runtime(name)
    except UnavailableError:
        return True
    return any(serves(runtime, kind_of_device(device)) for device in devices)


def _can_open(name: str, workload: Workload) -> bool:
    """Whether the workload has a model in the form that the runtime opens; a broken plug-in is found out later."""
    try:
        form = registry.find_runtime(name).model_format
    except UnavailableError:
        form = ""
    match form:
        case "fake":
            return workload.is_simulated
        case "torch":
            return workload.described.model.torch is not None
        case "onnx":
            return workload.model is not None and not workload.is_simulated
        case _:
            return not workload.is_simulated
