"""What a run keeps of the watch over its GPUs, and how it is shown."""

from dataclasses import replace
from pathlib import Path

import msgspec
from helpers.builders import FP32, INT8, make_plan
from helpers.runs import create_run
from helpers.stored_runs import make_arm_record, make_stored_run
from rich.console import Console

from harness.run_events import EnergyCompared, GpuUnwatched, GpuWatched
from harness.vocabulary import ClockLimit, EnergyRatio, EnergyReading, GpuSummary, RatioInterval, WatchCost
from planner.drawing.gpu_run_view import energy_ratio_told
from planner.drawing.run_details import details
from planner.drawing.run_view import story
from planner.services.gpu_figures import SEEN, gpu_figures, kept_ratio, kept_summary
from planner.services.recording import Recorder
from planner.services.run_document import RunDocument, document_of
from planner.store import Store

INTERVAL = RatioInterval(point=2.0, lower=1.9, upper=2.1, pairs=6, merged=6, confidence=0.95)
RATIO = EnergyRatio(candidate=INT8, baseline=FP32, gross=INTERVAL, net=INTERVAL)
SUMMARY = GpuSummary(
    arm=INT8,
    name="Tesla T4",
    uuid="GPU-0",
    energy_source="NVML: energy counter",
    blocks=1200,
    throttled_blocks=3,
    capped_blocks=118,
    limits=(ClockLimit.POWER_CAP, ClockLimit.SW_THERMAL),
    most_temperature_c=84,
    peak_bytes=2**30,
    peak_reason=None,
    cost=WatchCost(samples=400, cpu_s=0.2, wall_s=40.0, longest_s=0.004),
    power_w=68.2,
    sm_clock_hz=1.095e9,
    least_sm_clock_hz=0.9e9,
    memory_clock_hz=5.001e9,
    first_temperature_c=40,
    utilisation=0.98,
    card_peak_bytes=5 * 2**30,
    held_s=((ClockLimit.POWER_CAP, 12.34),),
    missing=(("utilisation", "NVML: Not Supported"),),
)


def shown(document: RunDocument) -> str:
    console = Console(width=160, record=True, file=Path("/dev/null").open("w", encoding="utf-8"))  # noqa: SIM115
    for one in (*story(document, database="r.db", width=160), *details(document)):
        console.print(one)
    return console.export_text()


def test_what_was_seen_of_a_gpu_comes_back_as_figures_and_not_among_the_settings(tmp_path: Path) -> None:
    with Store.open(tmp_path / "results.db") as store:
        run_id = create_run(store)
        recorder = Recorder(store, run_id, make_plan())
        recorder.record(GpuWatched(summary=SUMMARY))
        recorder.record(EnergyCompared(ratio=RATIO))
        recorder.record(GpuUnwatched(arm=FP32, reason="NVML: Driver Not Loaded"))
        document = document_of(store.load(run_id))

    int8, fp32 = document.arm(INT8), document.arm(FP32)
    assert int8.settings == fp32.settings == {}
    assert int8.gpu is not None
    assert (int8.gpu.seen, int8.gpu.energy_ratio, int8.gpu.unseen_reason) == (SUMMARY, RATIO, None)
    assert fp32.gpu is not None
    assert (fp32.gpu.seen, fp32.gpu.unseen_reason) == (None, "NVML: Driver Not Loaded")
    written = msgspec.json.decode(msgspec.json.encode(document))
    found = next(one for one in written["arms"] if one["name"] == INT8)["gpu"]["seen"]
    assert (found["power_w"], found["utilisation"], found["held_s"]) == (68.2, 0.98, [["software power cap", 12.34]])


def test_show_tells_power_clocks_heat_reasons_memory_and_the_cost_of_watching_in_lines_of_their_own() -> None:
    settings = {**kept_summary(SUMMARY), **kept_ratio(RATIO)}
    energy = EnergyReading(source="NVML: energy counter; 6 windows", gross_j=0.0123, net_j=0.0045, reason=None)
    run = make_stored_run(arms=(make_arm_record(FP32), make_arm_record(INT8, settings=settings, energy=energy)))
    screen = shown(document_of(run))

    for line in (
        "Tesla T4: 68 W, 1,095 MHz, 84 °C at most, 3 of 1,200 blocks throttled, 118 at the software power cap",
        "118 at the software power cap, watching took 0.50 % of a core",
        f"{INT8}: Tesla T4 (GPU-0)",
        "68 W, 1,095 MHz (least 900), memory 5,001 MHz, 40 °C first, 84 °C at most, a kernel ran 98 % of the time",
        "1,200 blocks: 3 throttled, 118 at the software power cap (software power cap, software thermal slowdown)",
        "held down in the whole run, by the driver's counters: software power cap 12.3 s",
        "device memory at most: its process 1,024 MiB, the whole card 5,120 MiB",
        "not told: utilisation: NVML: Not Supported",
        "watching: 400 looks, 500 µs of CPU time each, 4.00 ms the longest; 0.50 % of a core",
        f"{INT8}: 12.3 mJ gross, 4.5 mJ net (NVML: energy counter; 6 windows)",
        f"{INT8}: takes 2.000× less (1.900 to 2.100) net; 2.000× less (1.900 to 2.100) gross than {FP32}",
    ):
        assert line in screen, screen
    assert SEEN not in screen


def test_what_cannot_be_read_of_a_gpu_is_no_figure_and_no_crash() -> None:
    found = gpu_figures({SEEN: '{"arm": [[[['})

    assert found is not None
    assert found.seen is None
    record = make_arm_record(FP32, settings={SEEN: "\x1b[31m"})
    assert "no figures are kept" in shown(document_of(make_stored_run(arms=(record, make_arm_record(INT8)))))


def test_a_ratio_that_could_not_be_had_says_why() -> None:
    few = replace(RATIO, gross=None, net=None, reason="5 pairs of windows, 6 are needed")
    busy = replace(RATIO, net=None, reason="idle")

    assert energy_ratio_told(few) == "no ratio: 5 pairs of windows, 6 are needed"
    assert energy_ratio_told(busy).endswith(f"gross than {FP32}; no net ratio: idle")
