"""The Python module of a TensorRT: which there are, whether one is here, and what tells them apart.

`tensorrt` is built for the GPU at hand and times its tactics there; `tensorrt_rtx` is built for any of a list of
compute capabilities, without a GPU, and compiles its kernels on the user's card.
"""

import contextlib
import functools
import importlib
import importlib.metadata
import importlib.util
import re
from dataclasses import dataclass
from typing import Any

from harness.errors import UnavailableError
from harness.foreign_errors import telling_sentence
from harness.runtimes.base import Availability

RTX = "tensorrt_rtx"
FULL = "tensorrt"
_LEAST = {FULL: (10, 12), RTX: (1, 1)}
"""From TensorRT 10.12 on networks without strong types are deprecated, so that one path serves 10 and 11; RTX 1.1 is
the oldest that NVIDIA documents engine validity for. Source: NVIDIA's release notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavour:
    """A module by name: the extra that installs it, and the packages whose metadata may tell its version."""

    module: str
    extra: str
    packages: tuple[str, ...]

    @property
    def builds_without_gpu(self) -> bool:
        """Whether its builder takes a target instead of looking for a GPU."""
        return self.module == RTX


FLAVOURS = {
    FULL: Flavour(module=FULL, extra="tensorrt", packages=("tensorrt-cu13", "tensorrt-cu12", "tensorrt")),
    RTX: Flavour(module=RTX, extra="tensorrt-rtx", packages=("tensorrt-rtx", "tensorrt_rtx")),
}


def flavour_of(module: str) -> Flavour:
    """The flavour of a module's name.

    Raises:
        UnavailableError: there is none of that name.
    """
    if module not in FLAVOURS:
        raise UnavailableError(f"no module {module[:40]!r}; there are: {', '.join(FLAVOURS)}")
    return FLAVOURS[module]


def probe_module(module: str) -> Availability:
    """Whether the package is here, found without importing it; says nothing of a GPU. Never raises."""
    flavour = FLAVOURS.get(module)
    if flavour is None:
        return Availability(is_available=False, reason=f"no module {module!r}", hint=f"name {' or '.join(FLAVOURS)}")
    hint = f"pip install 'planner[{flavour.extra}]'"
    try:
        is_here = importlib.util.find_spec(module) is not None
    except (ImportError, ValueError, AttributeError) as error:
        return Availability(is_available=False, reason=f"the package {module} is broken: {error}", hint=hint)
    if not is_here:
        return Availability(is_available=False, reason=f"the package {module} is not installed", hint=hint)
    version = _version_of(flavour)
    if version and _numbers(version) < _LEAST[module]:
        least = ".".join(map(str, _LEAST[module]))
        return Availability(is_available=False, reason=f"{module} {version} is older than {least}", hint=hint)
    return Availability(is_available=True, version=version or "unknown")


@functools.cache
def load_module(module: str) -> Any:  # noqa: ANN401 - a package that may not be here
    """Import it. Its libraries take 0.1 s and up.

    Raises:
        UnavailableError: it is not here, too old, or its libraries do not load.
    """
    here = probe_module(module)
    if not here.is_available:
        raise UnavailableError(f"{module} is not here: {here.reason}; {here.hint}")
    try:
        return importlib.import_module(module)
    except (ImportError, OSError, RuntimeError) as error:
        raise UnavailableError(
            f"{module} does not load: {telling_sentence(error)}; install the one for the CUDA version of the driver"
        ) from error


def _version_of(flavour: Flavour) -> str | None:
    for package in flavour.packages:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return importlib.metadata.version(package)
    return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
