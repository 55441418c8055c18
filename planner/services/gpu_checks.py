"""What can be measured on each GPU, and how it ought to be set for that. Facts first; then what to type.

Every card is looked at once, by the same watch that a run has.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from harness.devices import NvidiaDevice
from harness.meters.absence import Unavailable
from harness.supervisor.gpu_watch import GpuWatch, watch_gpus
from harness.vocabulary import ClockLimit, GpuState

_TOLERANCE_W = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuCheck:
    """One visible GPU: how its joules are read or why they are not, its state now, and what to do about it."""

    index: int
    energy_source: str | None
    energy_reason: str | None
    state: GpuState | None
    advice: tuple[str, ...]


def check_gpus(devices: tuple[NvidiaDevice, ...]) -> tuple[GpuCheck, ...]:
    """Look at each of the devices; one that does not answer is an answer too."""
    names = {f"gpu:{one.index}": f"gpu:{one.index}" for one in devices}
    watch = watch_gpus(names)
    if not isinstance(watch, GpuWatch):
        reason = watch.reason if watch else "no GPU"
        return tuple(_check(one, Unavailable(reason=reason), None) for one in devices)
    try:
        watch.begin()
        found = []
        for device in devices:
            card = watch.cards[f"gpu:{device.index}"]
            source = card.meter if isinstance(card.meter, Unavailable) else card.meter.source
            looks = card.looks_since(float("-inf"))
            found.append(
                _check(device, Unavailable(reason=str(card.lost)) if card.lost else source, *looks[-1:] or (None,))
            )
        return tuple(found)
    finally:
        watch.close()


def _check(device: NvidiaDevice, energy: str | Unavailable, state: GpuState | None) -> GpuCheck:
    return GpuCheck(
        index=device.index,
        energy_source=None if isinstance(energy, Unavailable) else energy,
        energy_reason=energy.reason if isinstance(energy, Unavailable) else None,
        state=state,
        advice=tuple(_advice(device, state)),
    )


def _advice(device: NvidiaDevice, state: GpuState | None) -> Iterator[str]:
    """What would make figures steadier or tell more; nothing where all is well."""
    card = f"-i {device.nvml_index}"
    if not device.has_int8_tensor_cores:
        yield "no INT8 tensor cores (they begin with compute capability 7.2): INT8 may be no faster than FP16"
    if device.is_persistent is False:
        yield f"persistence is off, so the first call wakes the driver: `sudo nvidia-smi {card} -pm 1`"
    limit, usual = device.power_limit_w, device.default_power_limit_w
    if limit is not None and usual is not None and abs(limit - usual) > _TOLERANCE_W:
        yield f"its power limit is {limit:g} W and not the usual {usual:g} W: `sudo nvidia-smi {card} -pl {usual:g}`"
    if device.is_instance:
        yield "an instance of a divided card: its neighbours on the same card may slow it"
    if state is None:
        return
    if state.processes:
        count = len(state.processes)
        yield f"{count} other process{'es' * (count > 1)} on it now: what is measured beside them is theirs too"
    if state.is_throttled:
        yield f"its clocks are held down now: {', '.join(state.limits or ())}"
    if ClockLimit.SETTING in (state.limits or ()):
        yield f"its clocks are set by the user; `sudo nvidia-smi {card} -rgc` sets them free"
