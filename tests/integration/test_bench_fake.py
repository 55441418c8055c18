"""`planner bench` from end to end, on the fake runtime: real processes, a real database, every exit code."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from helpers.command_line import refuses
from helpers.fake_bench import FakeBench, read_json
from helpers.fake_workload import FP32, PER_CHANNEL, PER_TENSOR, make_int8_script, make_script

from harness.runtimes.fake import Fault, Script
from harness.vocabulary import Precision

CANDIDATE = f"fake/{PER_CHANNEL}"


@pytest.fixture
def fake(tmp_path: Path) -> FakeBench:
    return FakeBench(folder=tmp_path)


def pair(baseline: Script | None = None, **candidate: Any) -> Mapping[str, Script]:  # noqa: ANN401 - see `make_script`
    """FP32 and one INT8 variant."""
    return {FP32: baseline or make_script(), PER_CHANNEL: make_int8_script(**candidate)}


@pytest.mark.parametrize(
    ("scripts", "samples", "code", "verdict"),
    [
        pytest.param(pair(), 2000, 0, ("faster", "accepted"), id="accepted and faster"),
        pytest.param(pair(error_rate=0.2), 2000, 1, ("faster", "rejected"), id="rejected"),
        pytest.param(pair(latency_us=1500.0), 2000, 1, ("slower", "accepted"), id="slower"),
        pytest.param(pair(latency_us=1000.0), 2000, 1, ("equivalent", "accepted"), id="equivalent"),
        pytest.param(pair(), 100, 3, ("faster", "unproven"), id="too few samples"),
        pytest.param(pair(class_errors={"3": 0.13}), 2000, 3, ("faster", "unproven"), id="a class that drops a little"),
        pytest.param(pair(precision=Precision.FP32), 2000, 4, ("not-int8", "accepted"), id="not INT8"),
        pytest.param(
            pair(make_script(precision=Precision.BF16)), 2000, 4, ("baseline-not-as-named", "accepted"), id="bf16"
        ),
        pytest.param(
            pair(fault=Fault(at="predict", kind="raise")), 2000, 5, ("failed", "not-measured"), id="a trial failed"
        ),
    ],
)
def test_the_exit_code_and_the_verdict_say_what_came_of_it(
    fake: FakeBench, scripts: Mapping[str, Script], samples: int, code: int, verdict: tuple[str, str]
) -> None:
    fake.write_workload(scripts, samples=samples)

    answer = fake.bench("--json")

    assert answer.returncode == code, answer.stderr
    document = read_json(answer)
    assert [(one["speed"], one["gate"]) for one in document["verdicts"]] == [verdict]
    assert (document["state"], document["exit_code"]) == ("completed", code)


@pytest.mark.parametrize("wrong", [("--baseline", "int8-static"), ("--variants", "int9"), ("--wait", "soon")])
def test_whoever_waits_for_a_junit_file_is_told_that_it_does_not_come(fake: FakeBench, wrong: tuple[str, str]) -> None:
    fake.write_workload(pair(), samples=100)

    answer = fake.bench("--junit", "gate.xml", "--variants", "fp32,int8-dynamic", *wrong, "--quiet")

    assert answer.returncode == 2
    assert "--junit: no file was written to gate.xml" in answer.stderr
    assert not (fake.folder / "gate.xml").exists()


def test_a_machine_too_noisy_for_the_budget_leaves_it_undecided(fake: FakeBench) -> None:
    fake.write_workload(pair(make_script(jitter=2.0), jitter=2.0))

    answer = fake.bench("--json", "--budget", "0.1s")

    assert answer.returncode == 3
    assert read_json(answer)["verdicts"][0]["speed"] == "inconclusive"


def test_the_best_candidate_decides_unless_all_are_required(fake: FakeBench) -> None:
    fake.write_workload({**pair(), PER_TENSOR: make_int8_script(error_rate=0.2)})

    best = fake.bench("--quiet")
    every = fake.bench("--quiet", "--require", "all")

    assert (best.returncode, every.returncode) == (0, 1)
    assert f"use {CANDIDATE}" in best.stdout
    assert best.stderr == ""


def test_exit_zero_hides_the_verdict_from_the_shell_but_not_from_the_reader(fake: FakeBench) -> None:
    fake.write_workload(pair(error_rate=0.2))

    answer = fake.bench("--exit-zero", "--json")

    assert answer.returncode == 0
    assert read_json(answer)["exit_code"] == 1


def test_one_variant_alone_is_a_plain_measurement(fake: FakeBench) -> None:
    fake.write_workload()

    answer = fake.bench("--variants", "fp32", "--json")

    document = read_json(answer)
    assert answer.returncode == 0
    assert (document["verdicts"], document["comparisons"]) == ([], [])
    assert [one["arm"] for one in document["measurements"]] == ["fake/fp32"]
    assert document["arms"][0]["quality"]["samples"] == 2000


def test_json_is_one_document_alone_on_standard_output_and_the_same_that_show_prints(fake: FakeBench) -> None:
    fake.write_workload()

    answer = fake.bench("--json", "--batch", "1,4")

    document = read_json(answer)
    assert document["schema"] == "planner.run/1"
    assert document["is_simulated"] is True
    assert {(one["candidate"], one["batch"]) for one in document["verdicts"]} == {
        (f"fake/{label}", batch) for label in (PER_TENSOR, PER_CHANNEL) for batch in (1, 4)
    }
    assert fake.document() == document
    assert "timing, arms in turn" in answer.stderr


def test_the_text_says_first_of_all_that_it_is_simulated(fake: FakeBench) -> None:
    fake.write_workload(pair())

    answer = fake.bench()

    assert answer.stdout.startswith("SIMULATED")
    assert f"use {CANDIDATE}" in answer.stdout
    assert "SIMULATED" in fake.planner("show").stdout
    assert "SIMULATED" in fake.planner("runs").stdout


def test_foreign_load_cannot_contaminate_a_scripted_clock_and_no_energy_is_claimed(fake: FakeBench) -> None:
    fake.write_workload(pair())

    document = read_json(fake.bench("--json"))

    assert document["comparisons"][0]["contaminated_rounds"] == 0
    assert {arm["energy"]["gross_j"] for arm in document["arms"]} == {None}
    assert "computes nothing" in document["arms"][0]["energy"]["reason"]


def test_an_identical_run_finds_its_artifact_in_the_cache(fake: FakeBench) -> None:
    fake.write_workload(pair())
    first = read_json(fake.bench("--json"))
    (made,) = fake.folder.glob("cache/artifacts/*/model.fake.json")
    before = made.stat()
    workers = len(fake.logs)

    second = read_json(fake.bench("--json"))

    assert (made.stat().st_ino, made.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(fake.logs) - workers == workers - 1  # all but the one that quantised
    assert [arm["provenance"] for arm in second["arms"]] == [arm["provenance"] for arm in first["arms"]]


def test_the_accepted_artifact_is_written_with_its_provenance(fake: FakeBench) -> None:
    fake.write_workload(pair())

    document = read_json(fake.bench("--json", "--out", "chosen"))

    chosen = {path.name: path for path in (fake.folder / "chosen").iterdir()}
    (made,) = fake.folder.glob("cache/artifacts/*/model.fake.json")
    assert sorted(chosen) == ["model.fake.json", "provenance.json"]
    assert chosen["model.fake.json"].read_bytes() == made.read_bytes()
    assert made.parent.name == document["arms"][1]["artifact_digest"]
    assert f'"{PER_CHANNEL}"' in chosen["provenance.json"].read_text(encoding="utf-8")


def test_nothing_is_written_where_nothing_is_accepted(fake: FakeBench) -> None:
    fake.write_workload(pair(error_rate=0.2))

    answer = fake.bench("--out", "chosen")

    assert "nothing is written to --out" in answer.stderr
    assert not (fake.folder / "chosen").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--variants", "fp32,int9-static"), "no option 'int9-static'"),
        (("--variants", "int8-static,int8-dynamic"), "the baseline fp32 is not among the variants"),
        (("--runtimes", "abacus"), "no runtime 'abacus'"),
        (("--batch", "0"), "positive whole numbers are needed"),
        (("--budget", "soon"), "--budget 'soon' is no time"),
        (("--threads", "0"), "at least one thread is needed"),
        (("--workload", "nowhere"), "no workload 'nowhere'"),
        (("--out", "."), "is not an empty folder"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(
    fake: FakeBench, options: tuple[str, ...], sentence: str
) -> None:
    fake.write_workload(pair())

    assert sentence in refuses(fake.bench(*options))
    assert fake.processes() == []


def test_the_fake_runtime_does_not_exist_without_its_switch(fake: FakeBench) -> None:
    fake.write_workload(pair())

    assert "no runtime" in refuses(fake.bench(PLANNER_FAKE_RUNTIME="0"))
    by_name = refuses(fake.planner("bench", "--runtimes", "fake", PLANNER_FAKE_RUNTIME=""))
    assert "no runtime 'fake'" in by_name
    assert "onnxruntime" in by_name


def test_the_fake_runtime_does_not_run_real_models(fake: FakeBench) -> None:
    assert "no runtime 'fake' for this workload" in refuses(fake.planner("bench", "--runtimes", "fake"))
