"""Which runs' whole requests are timed at all, and what is said where they are not."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from helpers.builders import make_plan
from helpers.fake_workload import write_fake_workload

from harness.run_events import PipelineNoted, RunEvent
from harness.supervisor.patience import Patience
from harness.supervisor.pipeline import measure_pipelines
from harness.vocabulary import Plan
from harness.workloads.description import Arrays, Preprocessing, RandomTensor, RandomTensors
from harness.workloads.workload import Workload, open_workload

_RANDOM = RandomTensors(tensors=(RandomTensor(name="x", shape=(3,)),))


@pytest.fixture
def workload(tmp_path: Path) -> Workload:
    return open_workload(str(write_fake_workload(tmp_path / "workload", samples=20)))


def stage(plan: Plan, workload: Workload) -> list[RunEvent]:
    """The stage's events where no worker is alive."""
    return list(measure_pipelines(plan, workload, {}, done=(), patience=Patience()))


def reading(workload: Workload, preprocessing: Preprocessing) -> Workload:
    """The workload with another preprocessing."""
    return replace(workload, described=msgspec.structs.replace(workload.described, preprocessing=preprocessing))


def test_requests_of_made_up_inputs_are_not_timed(workload: Workload) -> None:
    (said,) = stage(make_plan(), reading(workload, _RANDOM))

    assert said == PipelineNoted(note="not measured: the inputs are made up, so nothing is preprocessed")


def test_requests_to_a_scripted_runtime_are_not_timed(workload: Workload) -> None:
    (said,) = stage(make_plan(is_simulated=True), workload)

    assert isinstance(said, PipelineNoted)
    assert said.note.startswith("not measured: a scripted runtime computes nothing")


def test_of_arrays_that_are_ready_it_is_said_that_something_is_missing(workload: Workload) -> None:
    (said,) = stage(make_plan(), reading(workload, Arrays()))

    assert isinstance(said, PipelineNoted)
    assert "what makes them ready is not in these figures" in said.note


def test_of_pictures_nothing_need_be_said_and_without_workers_nothing_is_timed(workload: Workload) -> None:
    assert stage(make_plan(), workload) == []
