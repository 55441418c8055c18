"""A batch size that does not fit into a GPU's memory fails alone: the arm is measured at the others."""

from pathlib import Path

import pytest
from helpers.fake_workload import FP32, PER_CHANNEL, make_int8_script, make_script, write_fake_workload

from harness.environment import Observer, read_environment
from harness.meters.absence import Unavailable
from harness.quantize.artifacts import ArtifactCache
from harness.run_events import ArmFailed, RoundFinished
from harness.supervisor.experiment import Experiment
from harness.vocabulary import RunState, Speed, TimingRules
from harness.workloads.workload import open_workload
from planner.services.judgement import conclude
from planner.services.planning import BenchRequest, make_plan
from planner.services.progress import Progress, reduce
from planner.services.recording import Recorder
from planner.store import Store


def test_other_batches_are_measured_and_the_full_one_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_FAKE_RUNTIME", "1")
    scripts = {FP32: make_script(), PER_CHANNEL: make_int8_script(fits=4)}
    workload = open_workload(str(write_fake_workload(tmp_path / "workload", scripts, samples=100)))
    rules = TimingRules(budget_s=1.0, block_s=0.05, memory_launches=1)
    plan = make_plan(BenchRequest(batches=(1, 8), timing=rules), workload)
    experiment = Experiment(
        plan=plan,
        workload=workload,
        cache=ArtifactCache(tmp_path / "cache"),
        logs=tmp_path / "logs",
        energy_meter=Unavailable(reason="no counter"),
    )
    with Store.open(f"sqlite:///{tmp_path / 'r.db'}") as store:
        run_id = store.create_run(
            plan, read_environment(Observer.HEADLESS), observer=Observer.HEADLESS, planner_version="0"
        )
        recorder, progress, events = Recorder(store, run_id, plan), Progress(), []
        for event in experiment.events():
            recorder.record(event)
            progress = reduce(progress, event, now_s=0.0)
            events.append(event)
        verdicts = {one.batch: one for one in conclude(store, run_id, workload)}
        store.finish(run_id, RunState.COMPLETED, 0)

    (failed,) = [one.failure for one in events if isinstance(one, ArmFailed)]
    assert failed.arm == f"fake/{PER_CHANNEL} at batch 8"
    assert failed.message.startswith("batch 8 does not fit: out of memory on the GPU")
    assert "use a smaller --batch" in failed.hint
    timed = {
        (one.round.batch, turn.arm) for one in events if isinstance(one, RoundFinished) for turn in one.round.turns
    }
    assert timed == {(1, f"fake/{FP32}"), (1, f"fake/{PER_CHANNEL}"), (8, f"fake/{FP32}")}
    assert verdicts[8].speed is Speed.FAILED
    assert verdicts[1].speed is not Speed.FAILED
