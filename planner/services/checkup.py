"""What this machine can measure: processor, runtimes, meters, database, cache. Facts, no advice.

Whatever is missing is an answer with a reason; nothing here raises for it.
"""

import platform
from dataclasses import dataclass
from pathlib import Path

from harness.devices import ARM_FEATURES, CpuDevice, NvidiaDevice, nvidia_devices, read_cpu
from harness.meters.absence import Unavailable
from harness.meters.energy import probe_rapl
from harness.meters.memory import reset_peak
from harness.runtimes import registry
from harness.vocabulary import DeviceKind
from harness.vocabulary.selftest import SelfTest
from planner.errors import StoreError
from planner.services.artifact_cache import list_cache
from planner.services.engine_cache import ENGINE
from planner.services.gpu_checks import GpuCheck, check_gpus
from planner.services.host_state import HostState, read_host_state
from planner.services.noise_check import NoiseCheck
from planner.services.selftests import newest_here
from planner.store.repository import Store

SCHEMA = "planner.doctor/1"
_SIMULATED = "fake"
_X86_FEATURES = (
    ("VNNI", ("avx512_vnni", "avx_vnni"), "sums INT8 products in one instruction"),
    ("AMX INT8", ("amx_int8",), "multiplies INT8 matrices in tiles"),
    ("AMX BF16", ("amx_bf16",), "multiplies BF16 matrices in tiles"),
    ("AVX-512 BF16", ("avx512_bf16",), "sums BF16 products in one instruction"),
    ("AVX-512", ("avx512f",), "computes on 512 bits at once"),
    ("AVX2", ("avx2",), "computes on 256 bits at once"),
)
_ARM_FEATURES = (
    ("dot product", ("asimddp",), "sums INT8 products in one instruction"),
    ("I8MM", ("i8mm",), "multiplies INT8 matrices"),
    ("BF16", ("bf16",), "computes in BF16"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureCheck:
    """An instruction set that matters to low precision, and what it does."""

    name: str
    is_here: bool
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeCheck:
    """A runtime: its version, or why it is not here and what to type.

    `serves_gpus` says whether it is made for GPUs too; where what is installed is not, `gpu_reason` says why. `note`:
    what is amiss with one that is here.
    """

    name: str
    is_available: bool
    version: str | None
    reason: str | None
    hint: str | None
    serves_gpus: bool = False
    gpu_reason: str | None = None
    gpu_hint: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCheck:
    """The database or the cache: where it is and how it does. Not being there yet is usable."""

    place: str
    is_usable: bool
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """Everything `doctor` found. A `…_reason` says why something is not here."""

    schema: str
    cpu: CpuDevice
    features: tuple[FeatureCheck, ...]
    gpus: tuple[NvidiaDevice, ...]
    gpu_reason: str | None
    runtimes: tuple[RuntimeCheck, ...]
    energy_source: str | None
    energy_reason: str | None
    memory_reason: str | None
    database: PlaceCheck
    cache: PlaceCheck
    host: HostState
    noise: NoiseCheck
    selftest: SelfTest | None = None
    gpu_hint: str | None = None
    gpu_checks: tuple[GpuCheck, ...] = ()

    @property
    def first_runtime(self) -> str | None:
        """The runtime by which a real measurement can be made."""
        return first_available(self.runtimes)


def check(noise: NoiseCheck, runtimes: tuple[RuntimeCheck, ...], *, database: str, cache: Path, lock: Path) -> Checkup:
    """Look at everything but the noise and the runtimes, which are handed in."""
    cpu, gpus, energy = read_cpu(), nvidia_devices(), probe_rapl()
    return Checkup(
        schema=SCHEMA,
        cpu=cpu,
        features=features_of(cpu, machine=platform.machine()),
        gpus=() if isinstance(gpus, Unavailable) else gpus,
        gpu_reason=gpus.reason if isinstance(gpus, Unavailable) else None,
        runtimes=runtimes,
        energy_source=None if isinstance(energy, Unavailable) else energy.source,
        energy_reason=energy.reason if isinstance(energy, Unavailable) else None,
        memory_reason=reset_peak(),
        database=check_database(database),
        cache=check_cache(cache),
        host=read_host_state(lock),
        noise=noise,
        selftest=find_selftest(database),
        gpu_hint=gpus.hint if isinstance(gpus, Unavailable) else None,
        gpu_checks=() if isinstance(gpus, Unavailable) else check_gpus(gpus),
    )


def check_runtimes() -> tuple[RuntimeCheck, ...]:
    """Every runtime that can measure; the simulated one cannot."""
    found = []
    for name in registry.runtime_names():
        probed = registry.probe(name)
        if name == _SIMULATED:
            continue
        on_gpus = registry.probe_on(name, DeviceKind.GPU)
        serves = probed.is_available and registry.serves_kind(name, DeviceKind.GPU)
        lacks = serves and not on_gpus.is_available
        found.append(
            RuntimeCheck(
                name=name,
                is_available=probed.is_available,
                version=probed.version,
                reason=probed.reason,
                hint=probed.hint,
                serves_gpus=serves,
                gpu_reason=on_gpus.reason if lacks else None,
                gpu_hint=on_gpus.hint if lacks else None,
                note=probed.note,
            )
        )
    return tuple(found)


def first_available(runtimes: tuple[RuntimeCheck, ...]) -> str | None:
    """The first runtime that is here."""
    return next((one.name for one in runtimes if one.is_available), None)


def first_for_the_flagship(runtimes: tuple[RuntimeCheck, ...]) -> str | None:
    """The first runtime that is here and opens ONNX files, as the workload that ships with planner is one."""
    here = (one.name for one in runtimes if one.is_available)
    return next((name for name in here if registry.find_runtime(name).model_format == "onnx"), None)


def features_of(cpu: CpuDevice, *, machine: str) -> tuple[FeatureCheck, ...]:
    """The instruction sets of the processor's family, present or not."""
    is_arm = machine.lower() in {"aarch64", "arm64"} or not set(ARM_FEATURES).isdisjoint(cpu.features)
    return tuple(
        FeatureCheck(name=name, is_here=not set(flags).isdisjoint(cpu.features), purpose=purpose)
        for name, flags, purpose in (_ARM_FEATURES if is_arm else _X86_FEATURES)
    )


def check_database(address: str) -> PlaceCheck:
    """Open the database as every command does, unless it would have to be created."""
    is_missing_file = "://" not in address and not Path(address).expanduser().exists()
    if is_missing_file and Path(address).expanduser().absolute().parent.is_dir():
        return PlaceCheck(place=address, is_usable=True, state="not there yet: `planner bench` makes it")
    try:
        with Store.open_existing(address) as store:
            migration, is_writable = store.migration, store.is_writable
            runs = len(store.runs())
    except StoreError as error:
        return PlaceCheck(place=address, is_usable=False, state=str(error))
    upgraded = f"upgraded now from {migration.before}, " if migration.before not in {None, migration.after} else ""
    access = "" if is_writable else ", may only be read"
    return PlaceCheck(
        place=address, is_usable=True, state=f"{upgraded}schema {migration.after}, {_count(runs, 'run')}{access}"
    )


def find_selftest(address: str) -> SelfTest | None:
    """The newest self-test of this host that the database holds; none where there is no such database."""
    if "://" not in address and not Path(address).expanduser().exists():
        return None
    try:
        with Store.open_existing(address) as store:
            return newest_here(store)
    except StoreError:  # what is the matter with it is told of the database itself
        return None


def check_cache(root: Path) -> PlaceCheck:
    """How much the cache of artifacts and engines holds."""
    found = list_cache(root)
    engines = sum(one.kind == ENGINE for one in found.engines)
    counts = [(len(found.entries), "artifact"), (engines, "engine"), (len(found.engines) - engines, "timing cache")]
    told = [_count(number, what) for number, what in counts if number]
    state = ", ".join((*told, f"{found.size_bytes / 2**20:.1f} MiB")) if told else "empty"
    return PlaceCheck(place=str(root), is_usable=True, state=state)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
