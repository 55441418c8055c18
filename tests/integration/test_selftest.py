"""The self-test end to end: on the scripted clock, on a real tiny model, stored, shown, interrupted."""

import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.command_line import refuses
from helpers.fake_bench import FakeBench, read_json
from helpers.fake_workload import FP32, PER_CHANNEL, make_int8_script, make_script
from helpers.selftests import make_selftest
from helpers.stores import open_store
from helpers.tiny_workload import write_tiny_workload

from harness.quantize.artifacts import ArtifactCache
from harness.runtimes.fake import Fault
from harness.supervisor.selftest.form import QUICK, RecordingTaken
from harness.vocabulary.selftest import Ending, Mark, SelfCheck
from harness.workloads.workload import open_workload
from planner.services.host_state import this_host
from planner.services.selftest import SelfTesting, SelfTestRequest, keep, plan_selftest


@pytest.fixture
def fake(tmp_path: Path) -> FakeBench:
    found = FakeBench(folder=tmp_path)
    found.write_workload()
    return found


def _selftest(fake: FakeBench, *options: str, **variables: str) -> Any:  # noqa: ANN401 - what a process answers
    return fake.planner("selftest", "--workload", str(fake.workload), *options, **variables)


def _lines(certificate: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {line["check"]: line for line in certificate["lines"]}


def test_on_a_scripted_clock_the_promises_about_timing_are_kept_and_it_says_that_it_is_simulated(
    fake: FakeBench,
) -> None:
    answer = _selftest(fake, "--quick", "--json")

    document = read_json(answer)
    certificate: dict[str, Any] = document["certificate"]
    lines = _lines(certificate)
    assert (document["schema"], document["is_stored"]) == ("planner.selftest/1", True)
    assert (certificate["kind"], certificate["is_simulated"]) == ("quick", True)
    assert document["exit_code"] == answer.returncode
    assert lines["aa-verdicts"]["mark"] == lines["power"]["mark"] == "kept"
    assert lines["slow-down-found"]["figure"] == pytest.approx(0.03, abs=0.002)
    assert lines["added-to-p50"]["figure"] == pytest.approx(80e-9, abs=1e-9)
    assert certificate["load"]["pairs"] >= 1200
    assert "allocating" in answer.stderr
    assert "this takes about" in answer.stderr
    assert fake.processes() == []


def test_a_self_test_of_this_host_is_shown_with_every_run_and_only_a_real_one_by_doctor(fake: FakeBench) -> None:
    fake.bench("--quiet")
    assert "none yet: `planner selftest` measures" in fake.planner("show").stdout
    assert fake.document()["selftest"] is None

    with fake.store() as store:
        store.record_selftest(make_selftest(host_id=this_host(), is_simulated=True))

    shown = fake.planner("show").stdout
    assert "this machine's simulated self-test of 28 Nov 2026: 4.8 % false alarms at nominal 5 %" in shown
    assert "+3 % is found" in shown
    assert fake.document()["selftest"]["kind"] == "full"
    assert "none yet: `planner selftest`" in fake.planner("doctor", "--no-noise").stdout


def test_an_interrupted_one_shows_what_was_recorded_and_stores_nothing(fake: FakeBench) -> None:
    with fake.started_planner("selftest", "--workload", str(fake.workload)) as process:
        assert process.stderr is not None
        while "pairs of blocks will take about" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate()

    assert process.returncode == 130
    assert "interrupted with" in stdout
    assert "is not stored" in stderr
    assert fake.processes() == []
    with fake.store() as store:
        assert store.latest_selftest("", is_simulated=True) is None
        with store.reading() as session:
            assert session.connection().exec_driver_sql("SELECT count(*) FROM selftests").scalar() == 0


def test_a_worker_that_dies_is_told_in_a_sentence(fake: FakeBench) -> None:
    fault = Fault(at="call", kind="kill", after=200)
    fake.write_workload({FP32: make_script(fault=fault), PER_CHANNEL: make_int8_script()})

    refusal = refuses(_selftest(fake, "--quick", "--quiet"))

    assert "SIGKILL" in refusal
    assert fake.processes() == []


def test_a_runtime_that_is_not_here_is_refused_with_the_choices(fake: FakeBench) -> None:
    assert "there are: fake" in refuses(_selftest(fake, "--runtime", "abacus"))


def test_a_real_model_is_slowed_down_by_what_is_asked_and_every_line_has_an_answer(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    form = replace(QUICK, wanted_pairs=24, ends_s=120.0)
    workload = open_workload(str(write_tiny_workload(tmp_path / "tiny")))
    plan = plan_selftest(SelfTestRequest(form=form, workload=workload.reference, runtime="onnxruntime"), workload)
    plan = replace(plan, timing=replace(plan.timing, foreign_cpu_limit=1.0))  # whatever else runs here meanwhile
    taken: list[RecordingTaken] = []

    certificate = SelfTesting(
        cache=ArtifactCache(tmp_path / "cache"),
        logs=tmp_path / "logs",
        watch=lambda event: taken.append(event) if isinstance(event, RecordingTaken) else None,
        began_s=time.monotonic(),
    ).carry_out(plan, workload, form)
    with open_store(tmp_path / "results.db") as store:
        assert keep(store, certificate)
        assert store.latest_selftest(certificate.host_id) == certificate

    assert certificate.ending is Ending.COMPLETE
    assert certificate.load.pairs >= 24
    assert {turn.arm for one in taken for turn in one.round.turns} == {arm.name for arm in plan.arms}
    memory = certificate.line(SelfCheck.MEMORY_PEAK)
    assert memory is not None
    assert memory.mark in {Mark.KEPT, Mark.NOT_IDENTIFIED}
    assert {one.check for one in certificate.lines} == set(SelfCheck)
