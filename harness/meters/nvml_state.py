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
# Fields that count nanoseconds of being held down, whoever looks: "Throttling due to …, in ns" (nvml.h).
HELD_FIELDS = (
    (74, ClockLimit.POWER_CAP),
    (269, ClockLimit.SW_THERMAL),
    (270, ClockLimit.HW_THERMAL),
    (271, ClockLimit.POWER_BRAKE),
)
_OLDER_HEAT = 75
"""Both kinds of heat together, where a driver does not yet tell them apart (NVML_FI_DEV_PERF_POLICY_THERMAL)."""
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
        held_s = self._held_s(ask)  # first, as the moment of the look is that of the counters
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
            held_s=held_s,
        )

    def _held_s(self, ask: Inquiry) -> tuple[tuple[ClockLimit, float], ...] | None:
        """Seconds so far by what held the clocks down; None where the driver counts none of them."""
        *answers, heat = self.nvml.ask_fields(self.card, (*(number for number, _ in HELD_FIELDS), _OLDER_HEAT))
        told = {limit: known(answer) for (_, limit), answer in zip(HELD_FIELDS, answers, strict=True)}
        if told[ClockLimit.SW_THERMAL] is None and told[ClockLimit.HW_THERMAL] is None:
            told[ClockLimit.SW_THERMAL] = known(heat)
        found = tuple((limit, held_ns / 1e9) for limit, held_ns in told.items() if held_ns is not None)
        if not found:
            reason = next(answer.reason for answer in answers if isinstance(answer, Unavailable))
            ask.missing.append(("held_s", f"NVML: {reason}"))
        return found or None

    def _processes(self, ask: Inquiry) -> tuple[ProcessMemory, ...] | None:
        found = ask("processes", "nvmlDeviceGetComputeRunningProcesses", self.handle)
        if found is None:
            return None
        return tuple(ProcessMemory(pid=one.pid, used_bytes=one.usedGpuMemory) for one in found)


def _hertz(megahertz: int | None) -> float | None:
    return None if megahertz is None else megahertz * 1e6
