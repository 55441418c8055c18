"""Workers that die, hang, talk nonsense or raise: each becomes a stored failure, and the others go on."""

import resource
import signal
from pathlib import Path
from typing import Any

import pytest
from helpers.fake_bench import FakeBench, read_json, wait_until
from helpers.fake_workload import FP32, PER_CHANNEL, make_int8_script, make_script

from harness.runtimes.fake import Fault, Script

SLOW: dict[str, Any] = {
    "latency_us": 20_000.0,
    "jitter": 0.0,
}  # few calls: their number names the stage
CALLS_OF_LOADING = 16
CALLS_OF_WARM_UP = 21
AT_STAGE: dict[str, dict[str, Any]] = {
    "load": {"at": "open"},
    "quality": {"at": "predict", "after": 3},
    "warm-up": {"at": "call", "after": CALLS_OF_LOADING + 2},
    "time": {"at": "call", "after": CALLS_OF_LOADING + CALLS_OF_WARM_UP + 5},
}
ADDRESS_SPACE = 8 * 2**30  # ample for a worker
HURRIED = {"PLANNER_PATIENCE": "0.02"}  # a worker is hung after 6 s of loading, 2.4 s of answering, 0.6 s of a block


@pytest.fixture
def fake(tmp_path: Path) -> FakeBench:
    return FakeBench(folder=tmp_path)


@pytest.mark.parametrize(
    ("kind", "message", "variables"),
    [
        ("kill", "was killed (SIGKILL)", {}),
        ("hang", "was silent for", HURRIED),
        ("garbage", "a line that is no message", {}),
        ("raise", "the script says so", {}),
    ],
)
def test_a_fault_at_any_stage_is_stored_and_the_other_variants_finish(
    fake: FakeBench, kind: str, message: str, variables: dict[str, str]
) -> None:
    fake.write_workload(_one_faulty_variant_a_stage(kind))

    answer = fake.bench("--json", **variables)

    document = read_json(answer)
    assert answer.returncode == 0, answer.stderr
    assert (document["state"], document["exit_code"]) == ("completed", 0)
    assert {one["arm"]: one["stage"] for one in document["failures"]} == {_arm(stage): stage for stage in AT_STAGE}
    for failure in document["failures"]:
        assert message in failure["message"]
        assert failure["hint"]
        assert f"{failure['arm']} failed ({failure['stage']})" in answer.stderr
    assert {one["candidate"]: one["speed"] for one in document["verdicts"]} == {
        f"fake/{PER_CHANNEL}": "faster",
        **{_arm(stage): "failed" for stage in AT_STAGE},
    }
    assert fake.processes() == []
    assert "Traceback" not in answer.stderr


def test_the_log_of_a_failed_worker_is_kept_and_the_text_says_its_error_once(fake: FakeBench) -> None:
    fake.write_workload({FP32: make_script(), PER_CHANNEL: _faulty(at="predict", kind="raise")})

    answer = fake.bench()

    (failure,) = fake.document()["failures"]
    assert failure["log_tail"].endswith("WorkloadError: the script says so")
    assert failure["hint"] == "check the model and data files the workload names"
    assert answer.returncode == 5
    assert f"fake/{PER_CHANNEL} failed during quality: the script says so" in answer.stdout
    assert failure["log_tail"].splitlines()[-1] not in answer.stdout, "the log says what stands above it already"
    assert f"try: {failure['hint']}" in answer.stdout


def test_a_failed_candidate_fails_the_run_where_all_are_required(fake: FakeBench) -> None:
    other = f"{PER_CHANNEL},without=x"
    fake.write_workload(
        {FP32: make_script(), PER_CHANNEL: make_int8_script(), other: _faulty(at="predict", kind="kill")}
    )

    assert fake.bench("--require", "all", "--quiet").returncode == 5
    assert fake.document()["state"] == "completed"


def test_no_candidate_is_judged_against_a_baseline_that_failed(fake: FakeBench) -> None:
    fault = Fault(at="predict", kind="kill")
    fake.write_workload({FP32: make_script(fault=fault), PER_CHANNEL: make_int8_script()})

    answer = fake.bench("--json")

    (verdict,) = read_json(answer)["verdicts"]
    assert answer.returncode == 5
    assert (verdict["speed"], verdict["gate"]) == ("failed", "not-measured")
    assert verdict["speed_reasons"][0].startswith("its baseline failed: fake/fp32 was killed (SIGKILL)")


def test_a_run_whose_only_variant_fails_is_a_failed_trial(fake: FakeBench) -> None:
    fake.write_workload({FP32: make_script(fault=Fault(at="open", kind="kill"))})

    assert fake.bench("--quiet").returncode == 5
    assert fake.document()["verdicts"] == []


def test_a_variant_that_failed_once_is_tried_again_by_resume(fake: FakeBench) -> None:
    fault = Fault(at="predict", kind="kill", marker=str(fake.folder / "failed-before"))
    fake.write_workload({FP32: make_script(jitter=0.1), PER_CHANNEL: make_int8_script(fault=fault)})
    first = fake.bench("--quiet", "--budget", "1s")  # which the baseline spends alone

    second = fake.planner("resume", "--json")

    document = read_json(second)
    assert (first.returncode, second.returncode) == (5, 0)
    assert document["failures"] == []
    assert [one["speed"] for one in document["verdicts"]] == ["faster"]
    assert "is complete" in fake.planner("resume").stderr


def test_a_worker_that_hangs_does_not_survive_the_death_of_its_parent(fake: FakeBench) -> None:
    _write_hanging_workload(fake)

    with fake.started("--quiet") as process:
        wait_until(_marker(fake).exists, what="the worker hangs")
        assert len(fake.processes()) == 3
        process.kill()
        process.wait()

    fake.require_no_process()


def test_a_variant_that_runs_out_of_memory_says_so(fake: FakeBench) -> None:
    fake.write_workload()
    description = fake.workload / "workload.toml"
    large = description.read_text(encoding="utf-8").replace("height = 1\nwidth = 2", "height = 2000\nwidth = 2000")
    description.write_text(large, encoding="utf-8")

    with fake.started("--variants", "fp32", "--batch", "2000", "--quiet") as process:  # 32 GB for one input
        fake.limit(process, resource.RLIMIT_AS, ADDRESS_SPACE)
        process.communicate()

    (failure,) = fake.document()["failures"]
    assert process.returncode == 5
    assert (failure["stage"], failure["hint"]) == ("load", "use a smaller batch or fewer variants at once")
    assert failure["message"].startswith("out of memory: Unable to allocate")


def test_a_crash_in_native_code_leaves_in_the_log_where_it_was(fake: FakeBench) -> None:
    fault = Fault(at="predict", kind="hang", marker=str(_marker(fake)))
    fake.write_workload({FP32: make_script(fault=fault)})

    with fake.started("--quiet") as process:
        wait_until(_marker(fake).exists, what="the worker hangs")
        fake.kill_workers(process, signal.SIGSEGV)
        process.communicate()

    (failure,) = fake.document()["failures"]
    assert process.returncode == 5
    assert failure["message"] == "fake/fp32 died of signal SIGSEGV"
    assert failure["hint"].startswith("read the log below")
    assert "in misbehave" in failure["log_tail"]


def test_patience_that_is_no_number_is_refused_before_anything_is_stored(fake: FakeBench) -> None:
    fake.write_workload()

    answer = fake.bench(PLANNER_PATIENCE="endless")

    assert answer.returncode == 2
    assert answer.stderr == "planner: PLANNER_PATIENCE is 'endless': a positive number is needed, for example 2\n"
    assert "holds no run" in fake.planner("runs").stdout


def _one_faulty_variant_a_stage(kind: str) -> dict[str, Script]:
    faulty = {_label(stage): _faulty(kind=kind, **where) for stage, where in AT_STAGE.items()}
    return {FP32: make_script(**SLOW), PER_CHANNEL: make_int8_script(latency_us=10_000.0), **faulty}


def _faulty(**fault: Any) -> Script:  # noqa: ANN401 - the fields of a fault
    return make_int8_script(fault=Fault(**fault), **SLOW)


def _label(stage: str) -> str:
    return f"{PER_CHANNEL},without={stage}"


def _arm(stage: str) -> str:
    return f"fake/{_label(stage)}"


def _marker(fake: FakeBench) -> Path:
    return fake.folder / "hangs"


def _write_hanging_workload(fake: FakeBench) -> None:
    hanging = _faulty(kind="hang", marker=str(_marker(fake)), **AT_STAGE["time"])
    fake.write_workload({FP32: make_script(**SLOW), PER_CHANNEL: hanging})
