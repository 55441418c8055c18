"""What a run keeps of the watch over its GPUs."""

from pathlib import Path

from helpers.builders import FP32, INT8, make_plan
from helpers.runs import create_run

from harness.run_events import EnergyCompared, GpuUnwatched, GpuWatched
from harness.vocabulary import ClockLimit, EnergyRatio, GpuSummary, RatioInterval, WatchCost
from planner.services.gpu_words import shown_ratio
from planner.services.recording import Recorder
from planner.store import Store

RATIO = RatioInterval(point=2.0, lower=1.9, upper=2.1, pairs=6, merged=6, confidence=0.95)
SUMMARY = GpuSummary(
    arm=INT8,
    name="Tesla T4",
    uuid="GPU-0",
    energy_source="NVML: energy counter",
    blocks=120,
    throttled_blocks=3,
    capped_blocks=118,
    limits=(ClockLimit.POWER_CAP, ClockLimit.SW_THERMAL),
    most_temperature_c=84,
    peak_bytes=2**30,
    peak_reason=None,
    cost=WatchCost(samples=400, cpu_s=0.2, wall_s=40.0, longest_s=0.004),
)


def test_a_watched_arm_keeps_its_card_its_blocks_and_the_cost_of_the_watch(tmp_path: Path) -> None:
    with Store.open(tmp_path / "results.db") as store:
        run_id = create_run(store)
        recorder = Recorder(store, run_id, make_plan())
        recorder.record(GpuWatched(summary=SUMMARY))
        recorder.record(EnergyCompared(ratio=EnergyRatio(candidate=INT8, baseline=FP32, gross=RATIO, net=RATIO)))
        recorder.record(GpuUnwatched(arm=FP32, reason="NVML: Driver Not Loaded"))
        settings = {arm.name: arm.settings for arm in store.load(run_id).arms}

    assert settings[INT8] == {
        "gpu": "Tesla T4 (GPU-0)",
        "gpu blocks": "120, 3 throttled, 118 at the software power cap (software power cap, software thermal slowdown)",
        "gpu energy source": "NVML: energy counter",
        "gpu memory": "1024 MiB at most",
        "gpu temperature": "84 °C at most",
        "gpu watch": "400 looks, 0.50 ms of CPU time each, 4.00 ms the longest; 0.50% of a core",
        f"energy against {FP32}": "2.000× less (1.900 to 2.100) net; 2.000× less (1.900 to 2.100) gross",
    }
    assert settings[FP32] == {"gpu": "not watched: NVML: Driver Not Loaded"}


def test_a_ratio_that_could_not_be_had_says_why() -> None:
    few = EnergyRatio(candidate="a", baseline="b", gross=None, net=None, reason="5 pairs of windows, 6 are needed")
    busy = EnergyRatio(candidate="a", baseline="b", gross=RATIO, net=None, reason="idle")

    assert shown_ratio(few) == "no ratio: 5 pairs of windows, 6 are needed"
    assert shown_ratio(busy).endswith("gross; no net ratio: idle")
