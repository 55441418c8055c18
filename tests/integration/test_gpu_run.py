"""Whole scripted runs whose arms say that they run on a GPU: discovery, watch, energy, and a card that is lost."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from helpers.fake_workload import FP32, PER_CHANNEL, make_int8_script, make_script, write_fake_workload
from helpers.nvml import T4, StubClock, stubbed_nvml

from harness.meters.absence import Unavailable
from harness.quantize.artifacts import ArtifactCache
from harness.run_events import (
    ArmFailed,
    EnergyCompared,
    EnergyMeasured,
    GpuWatched,
    RoundFinished,
)
from harness.supervisor.experiment import Experiment
from harness.supervisor.gpu_watch import GpuWatch, watch_gpus
from harness.supervisor.run_gpus import RunGpus
from harness.vocabulary import Stage, TimingRules
from harness.workloads.workload import open_workload
from planner.services.planning import BenchRequest, make_plan

# Idle before at 30 W, then 70 W at the software power cap; the card heats up.
SCRIPT = "0:30000:0:300:1:40;8000:70000:100:4000:4:61"
RULES = TimingRules(budget_s=2.0, block_s=0.05, memory_launches=1)
NO_RAPL = Unavailable(reason="no counter")


def a_run(folder: Path, devices: dict[str, str], clock: StubClock) -> Experiment:
    """Two variants of a scripted model on these devices, with a watch that goes by the script's clock."""
    scripts = {FP32: make_script(), PER_CHANNEL: make_int8_script()}
    workload = open_workload(str(write_fake_workload(folder / "workload", scripts, samples=200)))
    plan = make_plan(BenchRequest(batches=(1,), timing=RULES), workload)
    arms = tuple(replace(arm, device=devices[arm.label]) for arm in plan.arms)
    return Experiment(
        plan=replace(plan, arms=arms),
        workload=workload,
        cache=ArtifactCache(folder / "cache"),
        logs=folder / "logs",
        energy_meter=NO_RAPL,
        gpus=RunGpus(partial(watch_gpus, variables={}, clock=clock, sleep=clock.sleep)),
    )


@pytest.fixture(autouse=True)
def _the_fake_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_FAKE_RUNTIME", "1")


def test_a_run_on_a_gpu_tells_its_energy_its_clocks_and_what_watching_cost(tmp_path: Path) -> None:
    with stubbed_nvml("t4", script=SCRIPT) as clock:
        events = list(a_run(tmp_path, {FP32: "gpu:0", PER_CHANNEL: "gpu:0"}, clock).events())

    assert not [one for one in events if isinstance(one, ArmFailed)]
    readings = [reading for one in events if isinstance(one, RoundFinished) for reading in one.round.host.gpus]
    assert readings
    assert {(one.gpu, one.uuid) for one in readings} == {("gpu:0", T4)}
    energies = {one.arm: one.reading for one in events if isinstance(one, EnergyMeasured)}
    fp32, int8 = energies["fake@gpu:0/fp32"], energies[f"fake@gpu:0/{PER_CHANNEL}"]
    # 70 W for the time that an inference is scripted to take, less 30 W before and 70 W after.
    assert fp32.gross_j == pytest.approx(0.070, rel=0.02)
    assert int8.gross_j == pytest.approx(0.035, rel=0.02)
    assert fp32.net_j == pytest.approx(0.020, rel=0.05)
    assert fp32.source is not None
    assert fp32.source.startswith(
        "NVML: energy counter; 6 windows of 5.2 s; 61 to 61 °C; at the software power cap in 6"
    )
    (compared,) = [one.ratio for one in events if isinstance(one, EnergyCompared)]
    assert compared.gross is not None
    assert compared.net is not None
    assert compared.gross.lower <= compared.gross.point == pytest.approx(2.0, rel=0.02)
    assert compared.gross.pairs == 6
    summaries = [one.summary for one in events if isinstance(one, GpuWatched)]
    assert {one.arm for one in summaries} == {"fake@gpu:0/fp32", f"fake@gpu:0/{PER_CHANNEL}"}
    assert all(one.cost.samples > 0 and one.cost.cpu_s > 0.0 for one in summaries)


@pytest.mark.parametrize(
    ("moment", "stage"),
    [
        ("calls:1", Stage.TIME),  # the first is that of opening the card
        ("ms:42000", Stage.ENERGY),  # while the idle card is read after its windows
    ],
)
def test_a_card_that_is_lost_while_it_is_measured_fails_its_arms_and_the_run_goes_on(
    tmp_path: Path, moment: str, stage: Stage
) -> None:
    with stubbed_nvml("t4", faults=f"nvmlDeviceGetTotalEnergyConsumption=15@{moment}") as clock:
        events = list(a_run(tmp_path, {FP32: "cpu", PER_CHANNEL: "gpu:0"}, clock).events())

    (failed,) = [one.failure for one in events if isinstance(one, ArmFailed)]
    assert (failed.arm, failed.stage) == (f"fake@gpu:0/{PER_CHANNEL}", stage)
    assert f"gpu:0 (Tesla T4, {T4}) was lost: NVML: GPU is lost" in failed.message
    assert "nvidia-smi" in failed.hint
    after = events[events.index(ArmFailed(failure=failed)) :]
    assert any(isinstance(one, RoundFinished) for one in after) == (stage is Stage.TIME)
    assert [one.arm for one in events if isinstance(one, EnergyMeasured)] == ["fake/fp32"]


def test_a_card_that_is_lost_while_models_are_prepared_is_told_before_anything_is_timed_on_it(tmp_path: Path) -> None:
    with stubbed_nvml("t4", faults="nvmlDeviceGetUtilizationRates=15") as clock:
        experiment = a_run(tmp_path, {FP32: "cpu", PER_CHANNEL: "gpu:0"}, clock)
        experiment.gpus = RunGpus(lambda arms: _looked_once(arms, clock))
        events = list(experiment.events())

    (failed,) = [one.failure for one in events if isinstance(one, ArmFailed)]
    assert (failed.arm, failed.stage) == (f"fake@gpu:0/{PER_CHANNEL}", Stage.QUANTIZE)
    assert f"gpu:0 (Tesla T4, {T4}) was lost: NVML: GPU is lost" in failed.message
    turns = {turn.arm for one in events if isinstance(one, RoundFinished) for turn in one.round.turns}
    assert turns == {"fake/fp32"}


def _looked_once(arms: Mapping[str, str], clock: StubClock) -> GpuWatch | Unavailable | None:
    """A watch whose first look, in which the card is lost, is behind it."""
    watch = watch_gpus(arms, variables={}, clock=clock, sleep=clock.sleep)
    assert isinstance(watch, GpuWatch)
    watch.begin()
    return watch
