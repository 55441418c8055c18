"""A driver for machines without one: the library that nvidia-ml-py loads, compiled from nvml_stub.c.

NVIDIA's own binding runs against it, here with this process's environment and a clock that the test moves, or in a
child process that finds the library as it would find the driver's.
"""

import atexit
import ctypes
import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pynvml
import pytest

SOURCE = Path(__file__).with_name("nvml_stub.c")
T4 = "GPU-ab00cd00-1111-4222-8333-000000000000"
SECOND = "GPU-ab00cd01-1111-4222-8333-000000000001"
LIBRARY_NOT_FOUND, NOT_SUPPORTED, DRIVER_NOT_LOADED, TIMEOUT, GPU_IS_LOST = 12, 3, 9, 10, 15


@functools.cache
def build_stub() -> Path:
    """The library, compiled once a process with the system's compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "a C compiler is needed to test GPUs without one: apt-get install gcc libc6-dev"
    folder = Path(tempfile.mkdtemp(prefix="nvml-stub-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    library = folder / "libnvidia-ml.so.1"
    options = ["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-Wl,-soname,libnvidia-ml.so.1"]
    subprocess.run([compiler, *options, "-o", str(library), str(SOURCE)], check=True)
    return library


def variables(
    cards: str = "t4",
    *,
    script: str = "",
    faults: str = "",
    held: str = "",
    processes: str = "",
    mig: int | None = None,
    ecc: int | None = None,
) -> dict[str, str]:
    """What the library reads: see nvml_stub.c. A child process finds it by `LD_LIBRARY_PATH`."""
    named = {"CARDS": cards, "SCRIPT": script, "FAULTS": faults, "HELD": held, "PROCESSES": processes}
    found = {f"NVML_STUB_{name}": value for name, value in named.items() if value}
    if mig is not None:
        found["NVML_STUB_MIG"] = str(mig)
    if ecc is not None:
        found["NVML_STUB_ECC"] = str(ecc)
    return {**found, "LD_LIBRARY_PATH": str(build_stub().parent)}


@dataclass(slots=True)
class StubClock:
    """Seconds that only the test moves; the library's script goes by the same."""

    library: ctypes.CDLL
    now_s: float = 0.0

    def __call__(self) -> float:
        """Seconds since the script began."""
        return self.now_s

    def sleep(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self.now_s += seconds
        self.library.nvml_stub_at(ctypes.c_double(self.now_s * 1e3))


@contextmanager
def stubbed_nvml(
    cards: str = "t4",
    *,
    script: str = "",
    faults: str = "",
    held: str = "",
    processes: str = "",
    mig: int | None = None,
    ecc: int | None = None,
) -> Iterator[StubClock]:
    """Let nvidia-ml-py find the library in this process, with a clock that stands at 0."""
    library = ctypes.CDLL(str(build_stub()))
    settings = variables(cards, script=script, faults=faults, held=held, processes=processes, mig=mig, ecc=ecc)
    with pytest.MonkeyPatch.context() as patch:
        for name in [one for one in os.environ if one.startswith(("NVML_STUB_", "CUDA_"))]:
            patch.delenv(name)
        for name, value in settings.items():
            if name != "LD_LIBRARY_PATH":
                patch.setenv(name, value)
        patch.setattr(pynvml, "nvmlLib", library)
        patch.setattr(pynvml, "_nvmlGetFunctionPointer_cache", {})
        library.nvml_stub_reset()
        clock = StubClock(library)
        clock.sleep(0.0)
        yield clock
