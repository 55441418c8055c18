"""This machine's CPU, as the kernel states it and as this process may use it."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from harness.meters.absence import text_or_none

ROOT = Path("/")
X86_FEATURES = (
    "avx2",
    "avx512f",
    "avx512_vnni",
    "avx_vnni",
    "avx512_bf16",
    "avx512_fp16",
    "amx_tile",
    "amx_int8",
    "amx_bf16",
    "amx_fp16",
)
ARM_FEATURES = ("asimddp", "i8mm", "bf16")  # asimddp is dot product; source: the kernel's elf_hwcaps.rst
INT8_DOT_FEATURES = frozenset({"avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm"})
# Linux on ARM gives numbers for names. Source: the kernel's arch/arm64/include/asm/cputype.h.
ARM_VENDORS = {0x41: "ARM", 0x48: "HiSilicon", 0x4E: "NVIDIA", 0x51: "Qualcomm", 0x61: "Apple", 0xC0: "Ampere"}
ARM_PARTS = {
    0xD08: "Cortex-A72",
    0xD0C: "Neoverse-N1",
    0xD40: "Neoverse-V1",
    0xD49: "Neoverse-N2",
    0xD4F: "Neoverse-V2",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuDevice:
    """The CPU as this process may use it.

    On ARM `family` is the architecture's version and `model_number` the part. `features` holds
    only what matters to low precision. `quota_cores` is the control group's share of time, in
    cores. `is_virtual` is None where the CPU does not say whether a hypervisor stands above it.
    """

    model: str
    vendor: str
    family: int | None
    model_number: int | None
    physical_cores: int | None
    logical_cores: int
    features: tuple[str, ...]
    allowed_cpus: tuple[int, ...]
    quota_cores: float | None
    is_virtual: bool | None

    @property
    def int8_dot(self) -> bool:
        """Whether INT8 products are summed by an instruction of their own (VNNI, AMX, dot product)."""
        return not INT8_DOT_FEATURES.isdisjoint(self.features)


def read_cpu(*, root: Path = ROOT, allowed_cpus: Iterable[int] | None = None) -> CpuDevice:
    """The CPU of this machine; `allowed_cpus` is by default the affinity of this process."""
    siblings = (root / "sys/devices/system/cpu").glob("cpu[0-9]*/topology/thread_siblings_list")
    return cpu_from(
        text_or_none(root / "proc/cpuinfo") or "",
        allowed_cpus=_affinity() if allowed_cpus is None else allowed_cpus,
        physical_cores=len({text_or_none(file) for file in siblings}) or None,
        quota_cores=_quota_cores(root),
    )


def cpu_from(
    cpuinfo: str, *, allowed_cpus: Iterable[int], physical_cores: int | None, quota_cores: float | None
) -> CpuDevice:
    """The CPU that the text of /proc/cpuinfo describes, x86 or ARM; what it lacks is "unknown"."""
    facts: dict[str, str] = {}
    logical_cores = 0
    for line in cpuinfo.splitlines():
        key, _, value = (part.strip() for part in line.partition(":"))
        logical_cores += key == "processor"
        facts.setdefault(key, value)
    cpus = tuple(sorted(allowed_cpus))
    flags = (facts.get("flags") or facts.get("Features") or "").split()
    vendor, model, family, number = _identity(facts)
    return CpuDevice(
        model=model,
        vendor=vendor,
        family=family,
        model_number=number,
        physical_cores=physical_cores,
        logical_cores=logical_cores or len(cpus),
        features=tuple(name for name in (*X86_FEATURES, *ARM_FEATURES) if name in flags),
        allowed_cpus=cpus,
        quota_cores=quota_cores,
        is_virtual="hypervisor" in flags if "flags" in facts else None,
    )


def _identity(facts: dict[str, str]) -> tuple[str, str, int | None, int | None]:
    """Vendor, model name, family and model number."""
    if "CPU implementer" not in facts:
        vendor, model = facts.get("vendor_id", "unknown"), facts.get("model name", "unknown")
        return vendor, model, _number(facts.get("cpu family")), _number(facts.get("model"))
    implementer, part = _number(facts["CPU implementer"]), _number(facts.get("CPU part"))
    vendor = ARM_VENDORS.get(implementer or 0, facts["CPU implementer"])
    known = ARM_PARTS.get(part or 0) if vendor == "ARM" else None
    model = f"{vendor} {known or 'part ' + facts.get('CPU part', 'unknown')}"
    return vendor, model, _number(facts.get("CPU architecture")), part


def _number(text: str | None) -> int | None:
    try:
        return int(text or "", 0)
    except ValueError:
        return None


def usable_cpus() -> int:
    """How many logical CPUs this process may use."""
    return len(list(_affinity()))


def _affinity() -> Iterable[int]:
    try:
        return os.sched_getaffinity(0)
    except AttributeError:  # not on this system, and then nothing restricts us either
        return range(os.cpu_count() or 1)


def _quota_cores(root: Path) -> float | None:
    """The tightest limit of this process's control groups (version 1 or 2), in cores, if any."""
    limits = [_limit_cores(folder) for folder in _control_groups(root)]
    return min((limit for limit in limits if limit is not None), default=None)


def _control_groups(root: Path) -> Iterator[Path]:
    """The groups above this process that may limit its CPU time. Source: cgroups(7)."""
    mount = root / "sys/fs/cgroup"
    for line in (text_or_none(root / "proc/self/cgroup") or "").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        group = PurePosixPath(path.lstrip("/"))
        # A group outside this container's view is written with "..": only the mount itself is seen.
        inner = () if ".." in group.parts else (group, *group.parents)
        for base in (mount / controllers,) if controllers else (mount, mount / "unified"):
            yield base
            yield from (base / step for step in inner)


def _limit_cores(folder: Path) -> float | None:
    """The limit of one group: `cpu.max` holds "quota period", version 1 has a file for each."""
    texts = (text_or_none(folder / name) or "" for name in ("cpu.max", "cpu.cfs_quota_us", "cpu.cfs_period_us"))
    quota, period = (_number(word) for word in (*" ".join(texts).split(), "", "")[:2])
    return quota / period if quota and period and quota > 0 else None
