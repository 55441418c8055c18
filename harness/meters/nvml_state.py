"""The state of one card, read at once: power, clocks, what holds them down, temperature, memory and who uses it."""

from collections.abc import Callable
from dataclasses import dataclass

from harness.meters.absence import Unavailable
from harness.meters.nvml import Inquiry, Nvml, known
from harness.vocabulary import ClockLimit, GpuState, ProcessMemory

_SM, _MEMORY = 1, 2  # nvmlClockType_t
_CORE_SENSOR = 0  # NVML_TEMPERATURE_GPU
# nvmlClocksEventReasons, as nvml.h numbers them.
LIMIT_BITS = (
    (0x001, ClockLimit.IDLE),
    (0x002, ClockLimit.SETTING),
    (0x004, ClockLimit.POWER_CAP),
    (0x008, ClockLimit.HW_SLOWDOWN),
    (0x010, ClockLimit.SYNC_BOOST),
    (0x020, ClockLimit.SW_THERMAL),
    (0x040, ClockLimit.HW_THERMAL),
    (0x080, ClockLimit.POWER_BRAKE),
    (0x100, ClockLimit.DISPLAY),
)
_KNOWN_BITS = sum(bit for bit, _ in LIMIT_BITS)


def limits_of(bits: int) -> tuple[ClockLimit, ...]:
    """The reasons in a mask of NVML; bits that are newer than this list are `OTHER`."""
    found = tuple(limit for bit, limit in LIMIT_BITS if bits & bit)
    return (*found, ClockLimit.OTHER) if bits & ~_KNOWN_BITS else found


@dataclass(frozen=True, slots=True, kw_only=True)
class StateReader:
    """Reads one card. `handle` is what is measured, `card` the whole of it where that is an instance."""

    nvml: Nvml
    handle: object
    card: object
    read_power_w: Callable[[], float | Unavailable]

    def read(self, *, at_s: float) -> GpuState:
        """The state now.

        Raises:
            GpuLostError: the GPU or its driver is gone.
        """
        ask = Inquiry(self.nvml)
        bits = ask(
            "limits",
            "nvmlDeviceGetCurrentClocksEventReasons",
            self.card,
            older="nvmlDeviceGetCurrentClocksThrottleReasons",
        )
        rates = ask("utilisation", "nvmlDeviceGetUtilizationRates", self.handle)
        memory = ask("used_bytes", "nvmlDeviceGetMemoryInfo", self.handle)
        power_w = self.read_power_w()
        if isinstance(power_w, Unavailable):
            ask.missing.append(("power_w", power_w.reason))
        return GpuState(
            at_s=at_s,
            power_w=known(power_w),
            sm_clock_hz=_hertz(ask("sm_clock_hz", "nvmlDeviceGetClockInfo", self.card, _SM)),
            memory_clock_hz=_hertz(ask("memory_clock_hz", "nvmlDeviceGetClockInfo", self.card, _MEMORY)),
            temperature_c=ask(
                "temperature_c",
                "nvmlDeviceGetTemperatureV",
                self.card,
                _CORE_SENSOR,
                older="nvmlDeviceGetTemperature",
            ),
            limits=None if bits is None else limits_of(bits),
            utilisation=None if rates is None else rates.gpu / 100.0,
            used_bytes=None if memory is None else int(memory.used),
            processes=self._processes(ask),
            missing=tuple(ask.missing),
        )

    def _processes(self, ask: Inquiry) -> tuple[ProcessMemory, ...] | None:
        found = ask("processes", "nvmlDeviceGetComputeRunningProcesses", self.handle)
        if found is None:
            return None
        return tuple(ProcessMemory(pid=one.pid, used_bytes=one.usedGpuMemory) for one in found)


def _hertz(megahertz: int | None) -> float | None:
    return None if megahertz is None else megahertz * 1e6
