"""Which runtimes there are: the built-in ones, and plug-ins under the entry point `planner.runtimes`.

A plug-in that cannot be imported is a runtime that is not available, with the reason.
"""

import contextlib
import importlib
import importlib.metadata
import importlib.util
import os
from functools import cache

from harness.errors import UnavailableError
from harness.runtimes.base import Availability, GpuRuntime, Runtime, serves
from harness.vocabulary import DeviceKind

ENTRY_POINTS = "planner.runtimes"
FAKE_SWITCH = "PLANNER_FAKE_RUNTIME"

_BUILTIN = {
    "onnxruntime": "harness.runtimes.onnxruntime:OnnxRuntime",
    "openvino": "harness.runtimes.openvino:OpenVino",
    "torch": "harness.runtimes.pytorch:PyTorch",
    "tensorrt": "harness.runtimes.tensorrt.runtime:TensorRt",
    "tensorrt-rtx": "harness.runtimes.tensorrt.runtime:TensorRtRtx",
}
_FAKE = {"fake": "harness.runtimes.fake:FakeRuntime"}


def runtime_names() -> tuple[str, ...]:
    """Every known runtime, available or not; the fake one only where the tests switched it on."""
    return tuple(_locations())


@cache
def find_runtime(name: str) -> Runtime:
    """Load a runtime by name.

    Raises:
        UnavailableError: no such runtime, or its plug-in does not import.
    """
    locations = _locations()
    if name not in locations:
        raise UnavailableError(f"no runtime {name!r}; there are: {', '.join(locations)}")
    module, _, attribute = locations[name].partition(":")
    try:
        runtime: Runtime = getattr(importlib.import_module(module), attribute)()
    except (ImportError, AttributeError) as error:
        raise UnavailableError(f"runtime {name} does not load from {locations[name]}: {error}") from error
    return runtime


def probe(name: str) -> Availability:
    """Whether a runtime is here. Never raises: a broken plug-in is an answer too."""
    try:
        return find_runtime(name).probe()
    except UnavailableError as error:
        return Availability(is_available=False, reason=str(error), hint="reinstall or remove the plug-in")


def probe_on(name: str, kind: DeviceKind) -> Availability:
    """Whether a runtime is here and can compute on such a device. Never raises."""
    here = probe(name)
    if not here.is_available:
        return here
    runtime = find_runtime(name)
    if not serves(runtime, kind):
        other, hint = DeviceKind.CPU, "name another with --runtimes"
        if kind is DeviceKind.CPU:
            other, hint = DeviceKind.GPU, "measure it with --device gpu:0"
        return Availability(is_available=False, reason=f"{name} computes on {other.name}s only", hint=hint)
    return runtime.probe_gpu() if kind is DeviceKind.GPU and isinstance(runtime, GpuRuntime) else here


def serves_kind(name: str, kind: DeviceKind) -> bool:
    """Whether a runtime computes on such devices at all; one that does not load serves none."""
    try:
        return serves(find_runtime(name), kind)
    except UnavailableError:
        return False


def probe_package(package: str, *, extra: str, distributions: tuple[str, ...] = ()) -> Availability:
    """Whether a Python package is installed, found without importing it.

    `distributions` are what it may have been installed by, where that is not only its own name.
    """
    if importlib.util.find_spec(package) is None:
        hint = f"pip install 'planner[{extra}]'"
        return Availability(is_available=False, reason=f"the package {package} is not installed", hint=hint)
    for name in distributions or (package,):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return Availability(is_available=True, version=importlib.metadata.version(name))
    return Availability(is_available=True, version="unknown")


def _locations() -> dict[str, str]:
    locations = dict(_BUILTIN)
    locations.update({entry.name: entry.value for entry in importlib.metadata.entry_points(group=ENTRY_POINTS)})
    if os.environ.get(FAKE_SWITCH) == "1":
        locations.update(_FAKE)
    return locations
