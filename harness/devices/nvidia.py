"""NVIDIA GPUs as NVML describes them: what they are and how they are set, not what they do now.

A card tells much that another does not: every field but a name, a UUID and a compute capability may be None, and
`missing` says why.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import ModuleType

from harness.devices.visible import KnownGpu, MigInstance, VisibleGpu, visible_gpus
from harness.errors import MeasurementError
from harness.meters.absence import Unavailable
from harness.meters.nvml import Inquiry, Nvml, known, load_binding, opened_nvml

FIRST_INT8_TENSOR_CORES = (7, 2)  # Xavier; Volta's 7.0 has FP16 only. Source: CUDA C++ Programming Guide
FIRST_TF32 = (8, 0)  # Ampere. Source: as above
SM_CLOCK, MEMORY_CLOCK = 1, 2  # nvmlClockType_t, as nvml.h numbers it
# nvmlDeviceArchitecture_t, as nvml.h numbers it.
ARCHITECTURES = {
    2: "Kepler",
    3: "Maxwell",
    4: "Pascal",
    5: "Volta",
    6: "Turing",
    7: "Ampere",
    8: "Ada",
    9: "Hopper",
    10: "Blackwell",
    13: "Rubin",
}
_INVISIBLE = "unset CUDA_VISIBLE_DEVICES, or name a GPU of `nvidia-smi -L`"


@dataclass(frozen=True, slots=True, kw_only=True)
class NvidiaDevice:
    """One NVIDIA GPU, or an instance of a divided one.

    `index` is the N of `gpu:N` and counts what this process may see; `nvml_index` is the number that `nvidia-smi`
    gives the card. `memory_bytes` is None where the driver does not count it (unified memory). Of an instance the
    power limits and clocks are those of the whole card, `parent_uuid`. `cuda` is the newest CUDA that the driver
    runs. `missing` names fields that this card or driver does not tell, with reasons.
    """

    index: int
    name: str
    uuid: str
    compute_capability: tuple[int, int]
    memory_bytes: int | None
    driver: str
    nvml_index: int | None = None
    parent_uuid: str | None = None
    architecture: str | None = None
    bus_id: str | None = None
    cuda: tuple[int, int] | None = None
    nvml: str | None = None
    power_limit_w: float | None = None
    default_power_limit_w: float | None = None
    least_power_limit_w: float | None = None
    most_power_limit_w: float | None = None
    max_sm_clock_hz: float | None = None
    max_memory_clock_hz: float | None = None
    is_persistent: bool | None = None
    is_ecc_on: bool | None = None
    is_mig_on: bool | None = None
    mig_instances: tuple[MigInstance, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()

    @property
    def has_int8_tensor_cores(self) -> bool:
        """Whether INT8 runs on tensor cores, by compute capability."""
        return self.compute_capability >= FIRST_INT8_TENSOR_CORES

    @property
    def tf32_refusal(self) -> str | None:
        """Why nothing computes in TF32 on it; `None` where something can."""
        if self.compute_capability >= FIRST_TF32:
            return None
        return f"{self.name} has no TF32: tensor cores compute in it since compute capability 8.0"

    @property
    def is_instance(self) -> bool:
        """Whether this is a part of a card."""
        return self.parent_uuid is not None


def nvidia_devices(
    *, load: Callable[[], ModuleType] = load_binding, variables: Mapping[str, str] | None = None
) -> tuple[NvidiaDevice, ...] | Unavailable:
    """The GPUs that this process may see, at least one, or why there is none. Never raises.

    Args:
        load: Gives NVIDIA's binding of NVML, which needs no driver to be imported.
        variables: The process's settings, by default `os.environ`.
    """
    devices = all_nvidia_devices(load=load)
    if isinstance(devices, Unavailable):
        return devices
    settings = os.environ if variables is None else variables
    cards = [KnownGpu(uuid=one.uuid, name=one.name, instances=_instances(one)) for one in devices]
    seen = visible_gpus(cards, named=settings.get("CUDA_VISIBLE_DEVICES"), order=settings.get("CUDA_DEVICE_ORDER"))
    if not seen.gpus:
        reason = f"{len(devices)} GPU{'s' * (len(devices) > 1)} here, none visible: {seen.reason}"
        return Unavailable(reason=reason, hint=_INVISIBLE)
    doubt = (("index", seen.reason),) if seen.reason else ()
    return tuple(_seen_as(index, one, devices[one.nvml_index], doubt) for index, one in enumerate(seen.gpus))


def all_nvidia_devices(*, load: Callable[[], ModuleType] = load_binding) -> tuple[NvidiaDevice, ...] | Unavailable:
    """Every card of this machine in the order of NVML, visible or not; at least one, or why there is none."""
    with opened_nvml(load) as nvml:
        if isinstance(nvml, Unavailable):
            return nvml
        try:
            devices = tuple(_device(nvml, index) for index in range(nvml.require("nvmlDeviceGetCount")))
        except MeasurementError as error:
            return Unavailable(
                reason=f"the driver answers, but not for every GPU: {error}", hint="see what `nvidia-smi` says"
            )
    return devices or Unavailable(
        reason="NVML: the driver is loaded, but shows no GPU", hint="look for the card with `lspci | grep -i nvidia`"
    )


def _instances(device: NvidiaDevice) -> tuple[MigInstance, ...] | None:
    return device.mig_instances if device.is_mig_on else None


def _seen_as(index: int, seen: VisibleGpu, card: NvidiaDevice, doubt: tuple[tuple[str, str], ...]) -> NvidiaDevice:
    card = replace(card, index=index, missing=(*card.missing, *doubt))
    if seen.instance is None:
        return card
    part = seen.instance
    return replace(card, uuid=part.uuid, name=part.name, memory_bytes=part.memory_bytes, parent_uuid=card.uuid)


def _device(nvml: Nvml, index: int) -> NvidiaDevice:
    handle = nvml.require("nvmlDeviceGetHandleByIndex", index)
    major, minor = nvml.require("nvmlDeviceGetCudaComputeCapability", handle)
    ask = Inquiry(nvml)
    memory, bus = ask("memory_bytes", "nvmlDeviceGetMemoryInfo", handle), ask("bus_id", "nvmlDeviceGetPciInfo", handle)
    limits = ask("least_power_limit_w", "nvmlDeviceGetPowerManagementLimitConstraints", handle) or (None, None)
    ecc, mig = ask("is_ecc_on", "nvmlDeviceGetEccMode", handle), ask("is_mig_on", "nvmlDeviceGetMigMode", handle)
    kind = ask("architecture", "nvmlDeviceGetArchitecture", handle)
    is_mig_on = None if mig is None else bool(mig[0])
    persistence = ask("is_persistent", "nvmlDeviceGetPersistenceMode", handle)
    return NvidiaDevice(
        index=index,
        nvml_index=index,
        name=_text(nvml.require("nvmlDeviceGetName", handle)),
        uuid=_text(nvml.require("nvmlDeviceGetUUID", handle)),
        compute_capability=(major, minor),
        memory_bytes=None if memory is None else int(memory.total),
        driver=_text(nvml.require("nvmlSystemGetDriverVersion")),
        architecture=None if kind is None else ARCHITECTURES.get(kind, f"architecture {kind}"),
        bus_id=None if bus is None else _text(bus.busId),
        cuda=_cuda(nvml),
        nvml=known(nvml.ask("nvmlSystemGetNVMLVersion")),
        power_limit_w=_watts(ask("power_limit_w", "nvmlDeviceGetEnforcedPowerLimit", handle)),
        default_power_limit_w=_watts(ask("default_power_limit_w", "nvmlDeviceGetPowerManagementDefaultLimit", handle)),
        least_power_limit_w=_watts(limits[0]),
        most_power_limit_w=_watts(limits[1]),
        max_sm_clock_hz=_hertz(ask("max_sm_clock_hz", "nvmlDeviceGetMaxClockInfo", handle, SM_CLOCK)),
        max_memory_clock_hz=_hertz(ask("max_memory_clock_hz", "nvmlDeviceGetMaxClockInfo", handle, MEMORY_CLOCK)),
        is_persistent=None if persistence is None else bool(persistence),
        is_ecc_on=None if ecc is None else bool(ecc[0]),
        is_mig_on=is_mig_on,
        mig_instances=_mig_instances(nvml, handle) if is_mig_on else (),
        missing=tuple(ask.missing),
    )


def _mig_instances(nvml: Nvml, card: object) -> tuple[MigInstance, ...]:
    """The instances that are made; the positions of those that are not are left out."""
    found = []
    for position in range(known(nvml.ask("nvmlDeviceGetMaxMigDeviceCount", card)) or 0):
        handle = nvml.ask("nvmlDeviceGetMigDeviceHandleByIndex", card, position)
        if isinstance(handle, Unavailable):
            continue
        memory = known(nvml.ask("nvmlDeviceGetMemoryInfo", handle))
        found.append(
            MigInstance(
                uuid=_text(nvml.require("nvmlDeviceGetUUID", handle)),
                name=_text(nvml.require("nvmlDeviceGetName", handle)),
                memory_bytes=None if memory is None else int(memory.total),
                gpu_instance=known(nvml.ask("nvmlDeviceGetGpuInstanceId", handle)),
                compute_instance=known(nvml.ask("nvmlDeviceGetComputeInstanceId", handle)),
            )
        )
    return tuple(found)


def _cuda(nvml: Nvml) -> tuple[int, int] | None:
    """1000·major + 10·minor, as cuda.h writes versions."""
    version = known(nvml.ask("nvmlSystemGetCudaDriverVersion"))
    return None if version is None else (version // 1000, version % 1000 // 10)


def _text(answer: str | bytes) -> str:
    """Bindings before 11.5 gave bytes; control characters are not for screens."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return "".join(character if character.isprintable() else "?" for character in text)


def _watts(milliwatts: int | None) -> float | None:
    return None if milliwatts is None else milliwatts / 1e3


def _hertz(megahertz: int | None) -> float | None:
    return None if megahertz is None else megahertz * 1e6
