"""The GPUs as `planner doctor` shows them: each card, how it is set, and what to type where something is missing."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from harness.devices import NvidiaDevice
from planner.services.gpu_checks import GpuCheck
from planner.wording.marks import signed
from planner.wording.text import plain

_INDENT = "  "
_UNKNOWN = "unknown"


_MISSING = {
    "index": "its number",
    "memory_bytes": "memory",
    "bus_id": "bus address",
    "power_limit_w": "power limit",
    "default_power_limit_w": "usual power limit",
    "least_power_limit_w": "range of the power limit",
    "max_sm_clock_hz": "highest clock",
    "max_memory_clock_hz": "highest memory clock",
    "is_persistent": "persistence",
    "is_ecc_on": "ECC",
}


def gpu_lines(
    gpus: Sequence[NvidiaDevice], checks: Sequence[GpuCheck], *, reason: str | None, hint: str | None
) -> Iterator[Text]:
    """Every GPU that this process may see, or why there is none and what would help."""
    if reason is not None:
        yield signed("~", f"none: {plain(reason)}")
        if hint:
            yield Text(f"{_INDENT}to use one: {plain(hint)}")
    by_index = {one.index: one for one in checks}
    for gpu in gpus:
        yield signed("✓", plain(_title(gpu)))
        for line in _facts(gpu):
            yield Text(f"{_INDENT}{plain(line)}")
        if gpu.index in by_index:
            yield from _checked(by_index[gpu.index])
        for name, why in gpu.missing:
            if name != "is_mig_on":  # most cards cannot be divided, and nothing is amiss then
                yield signed("~", plain(f"{_MISSING.get(name, name)}: {why}"))
    if gpus:
        yield Text("measure on one with planner bench --device gpu:0")


def _title(gpu: NvidiaDevice) -> str:
    major, minor = gpu.compute_capability
    memory = "" if gpu.memory_bytes is None else f", {gpu.memory_bytes / 2**30:.1f} GiB"
    kind = f"{gpu.architecture}, " if gpu.architecture else ""
    int8 = "INT8 tensor cores" if gpu.has_int8_tensor_cores else "no INT8 tensor cores"
    return f"gpu:{gpu.index} {gpu.name} ({kind}{major}.{minor}){memory}, {int8}"


def _facts(gpu: NvidiaDevice) -> Iterator[str]:
    number = "" if gpu.nvml_index is None else f", {gpu.nvml_index} in nvidia-smi"
    yield f"{gpu.uuid}{number}"
    if gpu.parent_uuid:
        yield f"a part of {gpu.parent_uuid}"
    cuda = f", runs CUDA up to {gpu.cuda[0]}.{gpu.cuda[1]}" if gpu.cuda else ""
    yield f"driver {gpu.driver}{cuda}, NVML {gpu.nvml or _UNKNOWN}"
    if gpu.power_limit_w is not None:
        least, most = _watts(gpu.least_power_limit_w), _watts(gpu.most_power_limit_w)
        yield f"power limit {_watts(gpu.power_limit_w)} (usual {_watts(gpu.default_power_limit_w)}, {least} to {most})"
    if gpu.max_sm_clock_hz is not None:
        yield f"clocks up to {_megahertz(gpu.max_sm_clock_hz)}, memory {_megahertz(gpu.max_memory_clock_hz)}"
    settings = (("ECC", gpu.is_ecc_on), ("persistence", gpu.is_persistent), ("MIG", gpu.is_mig_on))
    told = ", ".join(f"{name} {'on' if is_on else 'off'}" for name, is_on in settings if is_on is not None)
    if told:
        yield told
    if gpu.mig_instances:
        yield f"{len(gpu.mig_instances)} MIG instances: {', '.join(one.uuid for one in gpu.mig_instances)}"


def _checked(check: GpuCheck) -> Iterator[Text]:
    state = check.state
    if state is not None:
        now = (_watts(state.power_w), _megahertz(state.sm_clock_hz), _celsius(state.temperature_c))
        limits = f" ({', '.join(state.limits)})" if state.limits else ""
        yield Text(f"{_INDENT}now {', '.join(one for one in now if one != _UNKNOWN)}{limits}")
    if check.energy_reason:
        yield signed("~", plain(f"energy unavailable: {check.energy_reason}"))
    else:
        yield signed("✓", plain(f"energy by {check.energy_source}"))
    for advice in check.advice:
        yield signed("!", plain(advice))


def _watts(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value:g} W"


def _megahertz(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value / 1e6:.0f} MHz"


def _celsius(value: int | None) -> str:
    return _UNKNOWN if value is None else f"{value} °C"
