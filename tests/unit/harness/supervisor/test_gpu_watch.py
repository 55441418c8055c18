"""The watch over a run's GPUs: what is known of each block, and what watching costs."""

import random
from dataclasses import replace

import pytest
from helpers.builders import make_plan
from helpers.fake_bench import wait_until
from helpers.nvml import SECOND, T4, StubClock, stubbed_nvml
from helpers.samples import make_gpu_reading

from harness.errors import GpuLostError
from harness.meters.absence import Unavailable
from harness.meters.nvml_energy import NvmlMeter
from harness.run_events import ArmFailed, GpuUnwatched
from harness.supervisor.gpu_energy import EnergyWindow, GpuEnergyStage, energy_ratios, reading_of_windows
from harness.supervisor.gpu_readings import Span
from harness.supervisor.gpu_watch import GpuWatch, watch_gpus
from harness.supervisor.patience import Patience
from harness.supervisor.run_gpus import RunGpus
from harness.vocabulary import ClockLimit, GpuReading, ProcessMemory

ARMS = {"fp32": "gpu:0", "int8": "gpu:0", "other": "cpu"}
# A second of idleness, one at the power cap, one of heat, then idle again.
SCRIPT = "0:30000:0:300:1:40;1000:70000:98:4000:4:60;2000:70000:98:5000:24:84;3000:30000:0:300:1:70"


def a_watch(clock: StubClock, arms: dict[str, str] = ARMS, **settings: str) -> GpuWatch:
    watch = watch_gpus(arms, variables=settings, clock=clock, sleep=clock.sleep)
    assert isinstance(watch, GpuWatch), watch
    return watch


def watched_for_4_s(watch: GpuWatch, clock: StubClock) -> GpuReading:
    """Four blocks of a second, of both arms in turn, with a look every tenth."""
    mark, spans = watch.begin(), []
    for place in range(4):
        began_s = clock()
        for _ in range(10):
            clock.sleep(0.1)
            for card in watch.cards.values():
                card.look()
        spans.append(Span(arm=("fp32", "other", "int8", "fp32")[place], began_s=began_s, ended_s=clock() - 0.05))
    return watch.end(mark, spans)[0]


def test_a_stretch_holds_its_joules_its_clocks_and_the_blocks_that_were_held_down() -> None:
    with stubbed_nvml("t4", script=SCRIPT, processes="4711:512") as clock:
        watch = a_watch(clock)
        watch.follow("int8", 4711)
        reading = watched_for_4_s(watch, clock)
        summary = watch.summary_of("int8")
        watch.close()

    assert (reading.gpu, reading.uuid) == ("gpu:0", T4)
    assert reading.wall_s == pytest.approx(4.0)
    assert reading.energy_j == pytest.approx(30 + 70 + 70 + 30)
    assert (reading.first_temperature_c, reading.most_temperature_c, reading.last_temperature_c) == (40, 84, 70)
    assert (reading.least_sm_clock_hz, reading.peak_bytes) == (795e6, 5000 * 2**20)
    assert dict(reading.limits)[ClockLimit.POWER_CAP] == pytest.approx(0.5, abs=0.05)
    assert reading.process_peaks == (ProcessMemory(pid=4711, used_bytes=2**29),)
    assert (reading.throttled_turns, reading.capped_turns) == ((2,), (2,))  # the second block ran on the CPU
    assert summary is not None
    assert (summary.blocks, summary.throttled_blocks, summary.capped_blocks) == (1, 1, 1)
    assert summary.peak_bytes == 2**29
    assert ClockLimit.SW_THERMAL in summary.limits


def test_a_block_that_was_held_down_between_two_looks_is_tagged_by_the_drivers_counters() -> None:
    # 40 ms of heat after 1.25 s, which no look sees; 1 ms of the power cap after 2.32 s.
    with stubbed_nvml("h200", script="0:30000:0:300", held="269:1250:40;74:2320:1") as clock:
        watch = a_watch(clock, {"fp32": "gpu:0"})
        mark, spans = watch.begin(), []
        for _ in range(30):
            spans.append(Span(arm="fp32", began_s=clock(), ended_s=clock() + 0.1))
            clock.sleep(0.1)
            watch.cards["gpu:0"].look()
        (reading,) = watch.end(mark, spans)
        summary = watch.summary_of("fp32")
        watch.close()

    assert not reading.limits
    assert (reading.throttled_turns, reading.capped_turns) == ((12,), (23,))
    held = {ClockLimit.SW_THERMAL: pytest.approx(0.040), ClockLimit.POWER_CAP: pytest.approx(0.001)}
    assert dict(reading.held_s) == held
    assert reading.is_throttled
    assert summary is not None
    assert (summary.throttled_blocks, summary.capped_blocks) == (1, 1)
    assert dict(summary.held_s) == held


def test_the_thread_looks_by_itself_and_its_cost_is_counted() -> None:
    with stubbed_nvml("t4") as clock:
        watch = a_watch(clock)
        watch.start()
        wait_until(lambda: watch.cost.samples > 1, what="the thread has looked twice")
        watch.close()
        watch.close()

    assert watch.cost.cpu_s > 0.0
    assert 0.0 < watch.cost.share < 1.0
    assert watch.cost.longest_s >= watch.cost.mean_s > 0.0


def test_without_a_gpu_among_the_arms_there_is_no_watch() -> None:
    assert watch_gpus({"fp32": "cpu"}, load=lambda: pytest.fail("NVML is not needed")) is None


@pytest.mark.parametrize(
    ("arms", "faults", "reason"),
    [
        ({"fp32": "gpu:3"}, "", "gpu:3 is not here; there are: gpu:0 (Tesla T4)"),
        ({"fp32": "gpu:0"}, "nvmlInitWithFlags=9", "NVML: Driver Not Loaded"),
        ({"fp32": "gpu:0"}, "nvmlDeviceGetHandleByUUID=15", "NVML: GPU is lost"),
    ],
)
def test_a_card_that_cannot_be_watched_is_a_reason(arms: dict[str, str], faults: str, reason: str) -> None:
    with stubbed_nvml("t4", faults=faults) as clock:
        answer = watch_gpus(arms, variables={}, clock=clock)
    run = RunGpus(lambda _: answer)
    plan = make_plan()
    plan = replace(plan, arms=(replace(plan.arms[0], device="gpu:0"), *plan.arms[1:]))
    run.begin(plan)

    assert isinstance(answer, Unavailable)
    assert answer.reason.startswith(reason)
    assert list(run.told(plan)) == [GpuUnwatched(arm=plan.arms[0].name, reason=answer.reason)]


def test_of_two_cards_only_the_lost_one_fails_its_arms() -> None:
    arms = {"fp32": "gpu:0", "int8": "gpu:1"}
    with stubbed_nvml("t4,a100") as clock:
        watch = a_watch(clock, arms)
        watch.cards["gpu:1"].lose(OSError("gone"))
        first, second = watch.end(watch.begin())
        watch.require("fp32")
        with pytest.raises(GpuLostError, match=rf"gpu:1 \(NVIDIA A100-SXM4-40GB, {SECOND}\) was lost: gone"):
            watch.require("int8")
        watch.close()

    assert (first.samples, second.samples) == (2, 0)
    assert first.energy_j == pytest.approx(0.0)
    assert second.energy_j is None


def test_a_counter_that_is_lost_while_idle_fails_the_arms_of_the_card_and_raises_nothing() -> None:
    with stubbed_nvml("t4", faults="nvmlDeviceGetTotalEnergyConsumption=15@ms:5000") as clock:
        watch = a_watch(clock)
        meter = watch.meter_of("fp32")
        assert isinstance(meter, NvmlMeter)
        stage = GpuEnergyStage(
            plan=make_plan(), watch=watch, workers={}, arms=["fp32", "int8"], meter=meter, batch=1,
            patience=Patience(), randomness=random.Random(1),
        )  # fmt: skip
        events = list(stage.events())
        watch.close()

    assert [one.failure.arm for one in events if isinstance(one, ArmFailed)] == ["fp32", "int8"]
    assert all("GPU is lost" in one.failure.message for one in events if isinstance(one, ArmFailed))


def a_window(joules: float, *, seconds: float = 5.2, inferences: int = 100) -> EnergyWindow:
    reading = make_gpu_reading(wall_s=seconds, energy_j=joules)
    return EnergyWindow(joules=joules, seconds=seconds, inferences=inferences, reading=reading)


def test_windows_below_5_s_are_left_out_and_alone_give_no_figure() -> None:
    long, short = a_window(364.0), a_window(1.0, seconds=4.9)

    both = reading_of_windows("NVML: energy counter", [long, short], 30.0, 32.0)
    alone = reading_of_windows("NVML: energy counter", [short, short], 30.0, 32.0)

    assert both.gross_j == pytest.approx(3.64)
    assert both.net_j == pytest.approx(3.64 - 31.0 * 5.2 / 100)
    assert both.source == (
        "NVML: energy counter; 1 window of 5.2 s; 50 to 63 °C; at the software power cap in 1; readings within ±5 %"
    )
    assert alone.gross_j is None
    assert "is too short" in (alone.reason or "")


def test_the_ratio_of_energy_has_an_interval_from_six_pairs_and_a_reason_below() -> None:
    plan = make_plan()
    baseline = next(arm.name for arm in plan.arms if arm.label == plan.baseline)
    candidate = next(arm.name for arm in plan.arms if plan.baseline_of(arm) is not None)
    windows = {
        baseline: [a_window(364.0 + step) for step in range(6)],
        candidate: [a_window(182.0 - step) for step in range(6)],
    }

    (six,) = energy_ratios(plan, windows, idle_w=20.0)
    (five,) = energy_ratios(plan, {name: some[:5] for name, some in windows.items()}, idle_w=20.0)
    (busy,) = energy_ratios(plan, windows, idle_w=40.0)

    assert six.gross is not None
    assert six.net is not None
    assert 2.0 < six.gross.point < 2.1 < six.net.point
    assert six.gross.lower < six.gross.point < six.gross.upper
    assert (five.gross, five.reason) == (None, "5 pairs of windows, 6 are needed")
    assert busy.net is None
    assert busy.reason == "in a window the idle card would have drawn as much as the working one"
