"""The conditions of a run: hardware, system, packages, settings and load at its start.

Kept with every result, so that two of them can be compared or refused. It names no host, no user
and no path: it is shown to others. Packages are looked up and never imported.
"""

import hashlib
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from harness.devices import CpuDevice, NvidiaDevice, read_cpu
from harness.meters.absence import text_or_none

ROOT = Path("/")
PACKAGES = (
    "onnxruntime",
    "onnxruntime-gpu",
    "onnx",
    "openvino",
    "nncf",
    "torch",
    "torchao",
    "tensorrt",
    "tensorrt-cu13",
    "tensorrt-rtx",
    "cuda-bindings",
    "pycuda",
    "numpy",
    "planner",
)
# What runtimes read for threads, instruction sets and precision: NVIDIA's one turns TF32 off or on. Those of CUDA that
# choose a GPU are left out: which one was measured is told by its UUID.
VARIABLE_PREFIXES = (
    "OMP_",
    "GOMP_",
    "MKL_",
    "KMP_",
    "ORT_",
    "OV_",
    "ONEDNN_",
    "DNNL_",
    "NVIDIA_TF32_OVERRIDE",
    "PLANNER_CUDA_GRAPH",
)
VALUE_CHARACTERS = 120
PATH_VALUE = "(a path)"
HOST_ID_DIGITS = 12
# Differences in these are worth knowing and do not stop a comparison of ratios: load passes, an
# equal machine is as good as the same one, and these versions do not compute. Every other field
# makes two runs unlike, also one that is added later and forgotten here.
NOTABLE = frozenset(
    {
        "observer",
        "host_id",
        "host_id_source",
        "kernel",
        "python",
        "memory",
        "container",
        "load_average",
        "cpu_pressure_share",
        "packages.numpy",
        "packages.planner",
    }
)


class Observer(StrEnum):
    """Who watched a run: a painted screen takes CPU time from what is measured."""

    HEADLESS = "headless"
    TUI = "tui"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentVariable:
    """A setting as a runtime reads it; long values are cut and paths are withheld."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageVersion:
    """An installed package."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The conditions of a run. What this machine does not tell is None.

    `host_id` is a digest that tells hosts apart and names none; `host_id_source` is what it was
    made of. `cpu_pressure_share` is the kernel's 10 s average of `some`, from 0 to 1.
    """

    observer: Observer
    host_id: str
    host_id_source: str
    system: str
    kernel: str
    architecture: str
    python: str
    cpu: CpuDevice
    gpus: tuple[NvidiaDevice, ...]
    memory_bytes: int | None
    governor: str | None
    is_boost_allowed: bool | None
    container: str | None
    load_average: tuple[float, float, float] | None
    cpu_pressure_share: float | None
    variables: tuple[EnvironmentVariable, ...]
    packages: tuple[PackageVersion, ...]


def read_environment(
    observer: Observer,
    *,
    gpus: tuple[NvidiaDevice, ...] = (),
    variables: Mapping[str, str] | None = None,
    root: Path = ROOT,
) -> Environment:
    """The conditions now.

    Args:
        observer: Who watches the run.
        gpus: The GPUs that the run uses or could use.
        variables: The process's settings, by default `os.environ`.
        root: Where the kernel's files are.
    """
    cpu = read_cpu(root=root)
    memory_bytes = _memory_bytes(root)
    host_id, host_id_source = _host_id(root, cpu, memory_bytes)
    return Environment(
        observer=observer,
        host_id=host_id,
        host_id_source=host_id_source,
        system=platform.system(),
        kernel=platform.release(),
        architecture=platform.machine(),
        python=platform.python_version(),
        cpu=cpu,
        gpus=gpus,
        memory_bytes=memory_bytes,
        governor=_governor(root),
        is_boost_allowed=_is_boost_allowed(root),
        container=_container(root),
        load_average=_load_average(root),
        cpu_pressure_share=_cpu_pressure_share(root),
        variables=_settings(os.environ if variables is None else variables),
        packages=_installed(),
    )


def _settings(variables: Mapping[str, str]) -> tuple[EnvironmentVariable, ...]:
    named = sorted(item for item in variables.items() if item[0].startswith(VARIABLE_PREFIXES))
    return tuple(EnvironmentVariable(name=name, value=_shown(value)) for name, value in named)


def _shown(value: str) -> str:
    if any(mark in value for mark in "/\\~"):
        return PATH_VALUE
    return value if len(value) <= VALUE_CHARACTERS else f"{value[: VALUE_CHARACTERS - 1]}…"


def _installed() -> tuple[PackageVersion, ...]:
    found = []
    for name in PACKAGES:
        try:
            found.append(PackageVersion(name=name, version=metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return tuple(found)


def _host_id(root: Path, cpu: CpuDevice, memory_bytes: int | None) -> tuple[str, str]:
    # Images often ship an empty or unset machine-id: like machines then share an id, and it says so.
    text = (text_or_none(root / "etc/machine-id") or "").strip()
    is_set = text not in {"", "uninitialized"}
    hardware = f"{cpu.vendor}|{cpu.model}|{cpu.logical_cores}|{memory_bytes}"
    digest = hashlib.sha256((text if is_set else hardware).encode()).hexdigest()[:HOST_ID_DIGITS]
    return digest, "machine-id" if is_set else "hardware"


def _memory_bytes(root: Path) -> int | None:
    for line in (text_or_none(root / "proc/meminfo") or "").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) * 1024
    return None


def _governor(root: Path) -> str | None:
    files = (root / "sys/devices/system/cpu/cpufreq").glob("policy*/scaling_governor")
    names = {(text_or_none(file) or "").strip() for file in files} - {""}
    return ", ".join(sorted(names)) or None


def _is_boost_allowed(root: Path) -> bool | None:
    folder = root / "sys/devices/system/cpu"
    boost = (text_or_none(folder / "cpufreq/boost") or "").strip()
    no_turbo = (text_or_none(folder / "intel_pstate/no_turbo") or "").strip()
    if boost in {"0", "1"}:
        return boost == "1"
    return no_turbo == "0" if no_turbo in {"0", "1"} else None


def _container(root: Path) -> str | None:
    """A hint, from the marks that engines leave; None also where one leaves no mark."""
    if (root / ".dockerenv").exists():
        return "docker"
    if (root / "run/.containerenv").exists():
        return "podman"
    groups = text_or_none(root / "proc/self/cgroup") or ""
    return next((name for name in ("kubepods", "docker", "libpod", "lxc") if name in groups), None)


def _load_average(root: Path) -> tuple[float, float, float] | None:
    text = text_or_none(root / "proc/loadavg")
    if text is None:
        return None
    one, five, fifteen = (float(part) for part in text.split()[:3])
    return one, five, fifteen


def _cpu_pressure_share(root: Path) -> float | None:
    for line in (text_or_none(root / "proc/pressure/cpu") or "").splitlines():
        if line.startswith("some avg10="):
            return float(line.split()[1].removeprefix("avg10=")) / 100
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentDifference:
    """One condition that differs, as text; None where one side lacks it."""

    field: str
    before: str | None
    after: str | None
    makes_unlike: bool


def difference(before: Environment, after: Environment) -> tuple[EnvironmentDifference, ...]:
    """Every condition that differs, those that make the two runs unlike first, then by name.

    Runs are unlike when hardware, the settings of runtimes, or their versions differ: their
    figures may not be compared. CPUs are counted, not named, and GPUs are compared without UUID.
    """
    old, new = _conditions(before), _conditions(after)
    found = [
        EnvironmentDifference(field=name, before=old.get(name), after=new.get(name), makes_unlike=name not in NOTABLE)
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]
    return tuple(sorted(found, key=lambda one: not one.makes_unlike))


def _conditions(environment: Environment) -> dict[str, str]:
    """Every condition by name, as the text by which it is compared and shown."""
    conditions = _texts(environment, "", {"cpu", "gpus", "memory_bytes", "variables", "packages"})
    conditions |= _texts(environment.cpu, "cpu.", {"allowed_cpus"})
    conditions["cpu.allowed_cpus"] = str(len(environment.cpu.allowed_cpus))
    conditions |= {f"gpus.{gpu.index}": _gpu_text(gpu) for gpu in environment.gpus}
    conditions |= {f"variables.{variable.name}": variable.value for variable in environment.variables}
    conditions |= {f"packages.{package.name}": package.version for package in environment.packages}
    if environment.memory_bytes is not None:
        # The kernel keeps a few MB more or less for itself from boot to boot.
        conditions["memory"] = f"{environment.memory_bytes / 2**30:.1f} GiB"
    return conditions


def _texts(owner: Environment | CpuDevice, prefix: str, apart: set[str]) -> dict[str, str]:
    named = {item.name: getattr(owner, item.name) for item in fields(owner) if item.name not in apart}
    return {prefix + name: _text(value) for name, value in named.items() if value is not None}


def _text(value: object) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


def _gpu_text(gpu: NvidiaDevice) -> str:
    """The card and how it is set, as far as it changes what is measured; UUIDs are not compared."""
    major, minor = gpu.compute_capability
    parts = [gpu.name, f"compute capability {major}.{minor}", f"driver {gpu.driver}"]
    if gpu.power_limit_w is not None:
        parts.append(f"power limit {gpu.power_limit_w:g} W")
    if gpu.is_ecc_on is not None:
        parts.append(f"ECC {'on' if gpu.is_ecc_on else 'off'}")
    if gpu.is_mig_on:
        parts.append("MIG on")
    return ", ".join(parts)
