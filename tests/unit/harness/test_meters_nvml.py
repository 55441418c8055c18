"""Joules and states of a card, by NVIDIA's own binding and a library that stands in for the driver."""

import pytest
from helpers.nvml import T4, StubClock, stubbed_nvml

from harness.errors import GpuLostError, MeasurementError
from harness.meters.absence import Unavailable
from harness.meters.nvml import Nvml, open_nvml
from harness.meters.nvml_energy import NvmlMeter, nvml_meter, power_source
from harness.meters.nvml_state import StateReader, limits_of
from harness.vocabulary import ClockLimit, GpuState, ProcessMemory

RAMP = "0:30000:0:300;1000:70000:98:4000;4000:50000:60:4000;6000:30000:0:300"
RAMP_J = 30 + 3 * 70 + 2 * 50 + 2 * 30  # over its first 8 s
NO_COUNTER = "nvmlDeviceGetTotalEnergyConsumption=3"
NO_FIELDS = f"{NO_COUNTER};field186=3;field185=3"


def opened() -> tuple[Nvml, object]:
    nvml = open_nvml()
    assert isinstance(nvml, Nvml)
    return nvml, nvml.require("nvmlDeviceGetHandleByUUID", T4)


def the_meter(clock: StubClock, *, capability: tuple[int, int] = (7, 5)) -> NvmlMeter | Unavailable:
    nvml, card = opened()
    power = power_source(nvml, card, compute_capability=capability, is_instance=False)
    return nvml_meter(nvml, card, power=power, clock=clock)


def the_state(**settings: str) -> GpuState:
    with stubbed_nvml("t4", **settings):  # type: ignore[arg-type] # settings are texts
        nvml, card = opened()
        reader = StateReader(nvml=nvml, handle=card, card=card, read_power_w=lambda: 30.0)
        return reader.read(at_s=1.0)


@pytest.mark.parametrize(
    ("preset", "capability", "faults", "source", "lag_s"),
    [
        ("t4", (7, 5), "", "NVML: energy counter", 0.0),
        ("a100", (8, 0), NO_COUNTER, "NVML: power now (field 186), added up", 0.0),
        ("h200", (9, 0), f"{NO_COUNTER};field186=3", "NVML: mean power of a second (field 185), added up", 1.0),
        ("a100", (8, 0), NO_FIELDS, "NVML: power usage, added up", 0.0),
        ("h200", (9, 0), NO_FIELDS, "NVML: mean power of a second, added up", 1.0),
    ],
)
def test_the_best_source_of_energy_is_named_and_agrees_with_the_script_within_1_percent(
    preset: str, capability: tuple[int, int], faults: str, source: str, lag_s: float
) -> None:
    with stubbed_nvml(preset, script=RAMP, faults=faults) as clock:
        meter = the_meter(clock, capability=capability)
        assert isinstance(meter, NvmlMeter)
        before = meter.read()
        for step in range(160):  # 8 s at uneven steps
            clock.sleep(0.03 if step % 2 else 0.07)
            if meter.needs_samples:
                meter.read()
        joules = meter.joules_between(before, meter.read())

    assert (meter.source, meter.lag_s) == (source, lag_s)
    assert joules == pytest.approx(RAMP_J, rel=0.01)


def test_a_card_without_any_power_reading_has_no_meter() -> None:
    with stubbed_nvml("t4", faults=f"{NO_FIELDS};nvmlDeviceGetPowerUsage=3") as clock:
        answer = the_meter(clock)

    assert answer == Unavailable(reason="NVML: this card does not tell its power (Not Supported)")


def test_an_instance_of_a_card_has_no_meter_of_its_own() -> None:
    with stubbed_nvml("a100", mig=1) as clock:
        nvml, card = opened()
        power = power_source(nvml, card, compute_capability=(8, 0), is_instance=True)
        answer = nvml_meter(nvml, card, power=power, clock=clock)

    assert isinstance(answer, Unavailable)
    assert "that of the whole card" in answer.reason


def test_a_counter_that_goes_back_is_refused() -> None:
    with stubbed_nvml("t4") as clock:
        meter = the_meter(clock)
        assert isinstance(meter, NvmlMeter)
        with pytest.raises(MeasurementError, match="loaded again"):
            meter.joules_between({"gpu": 2}, {"gpu": 1})


def test_a_state_holds_clocks_reasons_heat_load_and_memory_by_process() -> None:
    state = the_state(script="0:70000:98:4000:c:61", processes="4711:512,12:3")

    assert (state.sm_clock_hz, state.memory_clock_hz, state.temperature_c) == (795e6, 5.001e9, 61)
    assert state.limits == (ClockLimit.POWER_CAP, ClockLimit.HW_SLOWDOWN)
    assert (state.utilisation, state.used_bytes) == (0.98, 4000 * 2**20)
    assert state.processes == (ProcessMemory(pid=4711, used_bytes=2**29), ProcessMemory(pid=12, used_bytes=3 * 2**20))
    assert state.missing == ()


def test_what_a_card_does_not_tell_is_none_with_a_reason() -> None:
    faults = "UtilizationRates CurrentClocksEventReasons CurrentClocksThrottleReasons ComputeRunningProcesses_v3"
    state = the_state(faults=";".join(f"nvmlDeviceGet{name}=3" for name in faults.split()))

    assert (state.utilisation, state.limits, state.processes) == (None, None, None)
    assert {name for name, _ in state.missing} == {"utilisation", "limits", "processes"}
    assert not state.is_throttled


def test_drivers_that_know_a_reading_by_its_older_name_are_asked_by_it() -> None:
    assert the_state(faults="nvmlDeviceGetTemperatureV=13").temperature_c == 40


@pytest.mark.parametrize(
    ("bits", "is_throttled", "is_power_capped"),
    [(0x1, False, False), (0x4, False, True), (0x8, True, False), (0x20, True, False), (0x40, True, False),
     (0x80, True, False), (0x10, False, False), (0x104, False, True), (1 << 40, False, False)],
)  # fmt: skip
def test_only_heat_and_hardware_count_as_throttling(bits: int, is_throttled: bool, is_power_capped: bool) -> None:  # noqa: FBT001 - a row of the table
    state = the_state(script=f"0:30000:0:300:{bits:x}:50")

    assert (state.is_throttled, state.is_power_capped) == (is_throttled, is_power_capped)


def test_a_reason_that_is_newer_than_this_list_is_kept_as_another() -> None:
    assert limits_of(1 << 40) == (ClockLimit.OTHER,)


def test_a_card_that_is_lost_is_an_error_with_a_remedy() -> None:
    with pytest.raises(GpuLostError, match="GPU is lost: restart the machine"):
        the_state(faults="nvmlDeviceGetClockInfo=15")


def test_seconds_of_being_held_down_are_the_drivers_own_and_older_drivers_count_all_heat_as_one() -> None:
    script = "0:30000:0:300:64"  # hardware heat from the beginning
    with stubbed_nvml("t4", script=script) as clock:
        clock.sleep(2.0)
        nvml, card = opened()
        newer = StateReader(nvml=nvml, handle=card, card=card, read_power_w=lambda: 30.0).read(at_s=1.0)
    older = the_state(held="75:0:500", faults="field269=3;field270=3;field271=3")
    oldest = the_state(faults="nvmlDeviceGetFieldValues=3")

    assert newer.held_s == (
        (ClockLimit.POWER_CAP, 2.0),
        (ClockLimit.SW_THERMAL, 2.0),
        (ClockLimit.HW_THERMAL, 2.0),
        (ClockLimit.POWER_BRAKE, 0.0),
    )
    assert older.held_s == ((ClockLimit.POWER_CAP, 0.0), (ClockLimit.SW_THERMAL, 0.0))
    assert oldest.held_s is None
    assert ("held_s", "NVML: Not Supported") in oldest.missing
