"""`planner roofline`: peaks from the cache, a workload's work, its latest run, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.builders import make_arm, make_measurement, make_plan, make_proof, make_proof_verdict
from helpers.command_line import CommandLine, refuses
from helpers.limits import make_peaks
from helpers.stores import open_store

from harness.environment import Environment, Observer, read_environment
from harness.supervisor.peaks import versions_that_matter
from harness.vocabulary import Precision, RunState
from harness.workloads.workload import BUILTIN_DEFAULT, open_workload
from planner.services.machine_peaks import PeakCache

pytest.importorskip("onnx")


@pytest.fixture
def here() -> Environment:
    """This host."""
    return read_environment(Observer.HEADLESS)


@pytest.fixture(autouse=True)
def known_peaks(planner: CommandLine, here: Environment) -> None:
    """Peaks of this host on one thread, so that nothing has to be measured."""
    peaks = make_peaks(host_id=here.host_id, cpu=here.cpu.model, versions=versions_that_matter(here))
    PeakCache(root=Path(planner.environment["PLANNER_CACHE"])).keep(peaks, here)


def stored_run(planner: CommandLine, here: Environment, *, p50_s: float) -> str:
    """A completed run of the flagship in FP32 on ONNX Runtime."""
    arm = make_arm(runtime="onnxruntime", threads=1)
    plan = make_plan(workload=BUILTIN_DEFAULT, workload_digest=open_workload(BUILTIN_DEFAULT).digest, arms=(arm,))
    quantiles = tuple(replace(one, point_s=p50_s, lower_s=p50_s, upper_s=p50_s) for one in make_measurement().quantiles)
    with open_store(planner.folder / "results.db") as store:
        run_id = store.create_run(plan, here, observer=Observer.HEADLESS, planner_version="0.1.0")
        layers = tuple(replace(one, precision=Precision.FP32) for one in make_proof().layers)
        store.record_proof(run_id, arm.name, make_proof(layers=layers), make_proof_verdict())
        store.record_measurement(run_id, make_measurement(arm=arm.name, quantiles=quantiles))
        store.finish(run_id, RunState.COMPLETED, 0)
    return run_id


def test_known_peaks_are_shown_at_once_with_their_source_and_spread(planner: CommandLine) -> None:
    answer = planner("roofline")

    assert answer.returncode == 0, answer
    assert "FP32" in answer.stdout
    assert "▸ onnxruntime" in answer.stdout
    assert "100 GFLOP/s" in answer.stdout
    assert "90.0 GFLOP/s" in answer.stdout
    assert "30.0 GB/s" in answer.stdout
    assert "2 reads and 1 write of 8 bytes an element (STREAM)" in answer.stdout
    assert "operations per byte" in answer.stdout
    assert answer.stderr == ""


def test_the_peaks_as_json_are_the_file_in_the_cache(planner: CommandLine) -> None:
    document = json.loads(planner("roofline", "--json").stdout)

    assert document["schema"] == "planner.roofline/1"
    assert document["was_cached"] is True
    assert [one["best"] for one in document["peaks"]["rates"]] == [100e9, 200e9, 400e9]
    assert document["limits"] == []


def test_a_workload_without_a_run_has_its_work_and_what_to_run(planner: CommandLine) -> None:
    answer = planner("roofline", "--workload", BUILTIN_DEFAULT, "--quiet")

    assert answer.returncode == 0, answer
    assert "141 M operations" in answer.stdout
    assert f"planner bench --workload {BUILTIN_DEFAULT}" in " ".join(answer.stdout.split())


def test_the_latest_run_gets_its_share_which_show_tells_from_then_on(planner: CommandLine, here: Environment) -> None:
    run_id = stored_run(planner, here, p50_s=0.00276)
    before = json.loads(planner("show", "--json").stdout)["limits"]

    answer = planner("roofline", "--workload", BUILTIN_DEFAULT)

    after = json.loads(planner("show", "--json").stdout)["limits"]
    assert f"run {run_id}" in answer.stdout
    assert "50 %" in answer.stdout
    assert [(one["share"], one["reason"]) for one in before] == [(None, "not measured: planner roofline")]
    assert [round(one["share"], 2) for one in after] == [0.5]
    assert "50 %" in planner("show").stdout


def test_a_run_that_is_faster_than_possible_is_told_as_an_error_of_measuring(
    planner: CommandLine, here: Environment
) -> None:
    stored_run(planner, here, p50_s=0.0005)

    answer = planner("roofline", "--workload", BUILTIN_DEFAULT)

    assert "! onnxruntime/fp32 at batch 1 beats the limit of this machine" in answer.stdout
    assert "a measuring error" in " ".join(planner("show").stdout.split())


@pytest.mark.parametrize("threads", ["0", "100000"])
def test_threads_that_this_machine_does_not_have_are_refused(planner: CommandLine, threads: str) -> None:
    assert f"--threads {threads}: write 1 to" in refuses(planner("roofline", "--threads", threads))


def test_a_workload_without_a_graph_has_its_machine_and_a_reason(planner: CommandLine) -> None:
    (planner.folder / "module.toml").write_text(
        'schema = 2\nname = "module"\ntitle = "A module"\ntask = "none"\nlicence = "none"\nsource = "a test"\n'
        'model = { torch = "nets:build" }\n\n[preprocessing]\nkind = "random"\n'
        'tensors = [{ name = "x", dtype = "float32", shape = [4] }]\n\n[data]\n'
    )

    answer = planner("roofline", "--workload", "module.toml", "--quiet")

    assert answer.returncode == 0, answer
    assert "100 GFLOP/s" in answer.stdout
    assert "module has no limit: a PyTorch module has no graph" in answer.stdout


def test_a_workload_that_is_not_there_is_refused(planner: CommandLine) -> None:
    assert "no-such-thing" in refuses(planner("roofline", "--workload", "no-such-thing"))


def test_a_database_that_is_named_and_not_there_is_refused(planner: CommandLine) -> None:
    answer = planner("roofline", "--workload", BUILTIN_DEFAULT, "--db", "missing.db", "--quiet")

    assert "missing.db" in refuses(answer)
