"""Joules of one card: its counter where it has one, else power added up over time. The source is always named.

Sources, in order:

1. nvmlDeviceGetTotalEnergyConsumption, millijoules since the driver was loaded (Volta and newer).
2. Field 186, the power now (every architecture, drivers of 2023 and newer).
3. Field 185, the mean of a second (Ampere except GA100, and newer).
4. nvmlDeviceGetPowerUsage: "On Ampere (except GA100) or newer GPUs, the API returns power averaged over 1 sec interval.
   On GA100 and older architectures, instantaneous power is returned." (nvml.h). A V100, T4 or A100 says what it draws
   now, an A10, L4 or H200 what it drew in the last second.

Readings were 6 to 8 % low against an external meter on two cards; precisions are therefore compared by their ratio on
one card.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.errors import MeasurementError
from harness.meters.absence import Unavailable
from harness.meters.nvml import Nvml

POWER_AVERAGE, POWER_INSTANT = 185, 186  # NVML_FI_DEV_POWER_…
FIRST_AVERAGED = (8, 6)  # Ampere other than GA100; the first of nvml.h's "Ampere (except GA100) or newer"
AVERAGED_OVER_S = 1.0
COUNTER = "NVML: energy counter"
_ZONE = "gpu"
_OF_INSTANCE = "NVML: the power of a MIG instance is not known: the sensor is that of the whole card"

PowerReader = Callable[[], float | Unavailable]


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerSource:
    """How the power of a card is read now. `lag_s` is how long a step in power takes to be told whole."""

    name: str
    read_w: PowerReader
    lag_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class NvmlMeter:
    """Counts the joules of one card, as `RaplMeter` does those of a CPU.

    Where there is no counter, `add` has to be told of the power often; two threads may do so.
    """

    source: str
    lag_s: float
    read_counter: Callable[[], int] | None
    clock: Callable[[], float]
    read_w: PowerReader
    _joules: float = 0.0
    _last: tuple[float, float] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def needs_samples(self) -> bool:
        """Whether joules are added up from looks at the power."""
        return self.read_counter is None

    def add(self, *, at_s: float, power_w: float) -> None:
        """A look at the power; the energy since the last one is that of their mean."""
        with self._lock:
            if self._last is not None and at_s > self._last[0]:
                self._joules += (power_w + self._last[1]) / 2.0 * (at_s - self._last[0])
            if self._last is None or at_s >= self._last[0]:
                self._last = (at_s, power_w)

    def read(self) -> dict[str, int]:
        """Millijoules from an arbitrary start.

        Raises:
            GpuLostError: the GPU or its driver is gone.
            MeasurementError: what could be read before cannot be read any more.
        """
        if self.read_counter is not None:
            return {_ZONE: self.read_counter()}
        power_w = self.read_w()
        if isinstance(power_w, Unavailable):
            raise MeasurementError(f"{self.source} cannot be read any more ({power_w.reason})")
        self.add(at_s=self.clock(), power_w=power_w)
        with self._lock:
            return {_ZONE: round(self._joules * 1e3)}

    def joules_between(self, before: Mapping[str, int], after: Mapping[str, int]) -> float:
        """Joules between two readings.

        Raises:
            MeasurementError: the counter went back: the driver was loaded again in between.
        """
        if after[_ZONE] < before[_ZONE]:
            raise MeasurementError(f"{self.source} went back: the driver was loaded again while it was read")
        return (after[_ZONE] - before[_ZONE]) / 1e3


def power_source(
    nvml: Nvml, card: object, *, compute_capability: tuple[int, int], is_instance: bool
) -> PowerSource | Unavailable:
    """How this card tells its power.

    Raises:
        GpuLostError: the GPU or its driver is gone.
    """
    if is_instance:
        return Unavailable(reason=_OF_INSTANCE)

    def field_of(number: int) -> PowerReader:
        return lambda: _watts(nvml.ask_field(card, number))

    def usage() -> float | Unavailable:
        return _watts(nvml.ask("nvmlDeviceGetPowerUsage", card))

    usage_lag_s = AVERAGED_OVER_S if compute_capability >= FIRST_AVERAGED else 0.0
    usage_name = "mean power of a second" if usage_lag_s else "power usage"
    candidates = (
        PowerSource(name="NVML: power now (field 186)", read_w=field_of(POWER_INSTANT)),
        PowerSource(
            name="NVML: mean power of a second (field 185)", read_w=field_of(POWER_AVERAGE), lag_s=AVERAGED_OVER_S
        ),
        PowerSource(name=f"NVML: {usage_name}", read_w=usage, lag_s=usage_lag_s),
    )
    answers = [(one, one.read_w()) for one in candidates]
    found = next((one for one, answer in answers if not isinstance(answer, Unavailable)), None)
    if found is not None:
        return found
    reasons = {answer.reason for _, answer in answers if isinstance(answer, Unavailable)}
    return Unavailable(reason=f"NVML: this card does not tell its power ({', '.join(sorted(reasons))})")


def nvml_meter(
    nvml: Nvml, card: object, *, power: PowerSource | Unavailable, clock: Callable[[], float]
) -> NvmlMeter | Unavailable:
    """The best meter of this card: its counter, else its power added up.

    Raises:
        GpuLostError: the GPU or its driver is gone.
    """
    if isinstance(power, Unavailable) and power.reason == _OF_INSTANCE:
        return power
    answer = nvml.ask("nvmlDeviceGetTotalEnergyConsumption", card)
    if not isinstance(answer, Unavailable):
        return NvmlMeter(
            source=COUNTER,
            lag_s=0.0,
            read_counter=lambda: int(nvml.require("nvmlDeviceGetTotalEnergyConsumption", card)),
            clock=clock,
            read_w=(lambda: power) if isinstance(power, Unavailable) else power.read_w,
        )
    if isinstance(power, Unavailable):
        return power
    return NvmlMeter(
        source=f"{power.name}, added up", lag_s=power.lag_s, read_counter=None, clock=clock, read_w=power.read_w
    )


def _watts(milliwatts: int | Unavailable) -> float | Unavailable:
    return milliwatts if isinstance(milliwatts, Unavailable) else milliwatts / 1e3
