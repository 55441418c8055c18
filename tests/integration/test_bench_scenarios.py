"""`planner bench` under loads beside single calls: several in flight, several launches, random arrivals."""

import os
import signal
from pathlib import Path

import pytest
from helpers.committed import Committed
from helpers.fake_bench import FakeBench, read_json, wait_until
from helpers.fake_workload import FP32, PER_CHANNEL, make_int8_script, make_script
from helpers.tiny_workload import write_tiny_workload

CANDIDATE = f"fake/{PER_CHANNEL}"
SERVER = ("--scenario", "server", "--slo", "p99=20ms")


@pytest.fixture
def fake(tmp_path: Path) -> FakeBench:
    """A workload of 1 ms in FP32 and half of that in INT8."""
    found = FakeBench(folder=tmp_path)
    found.write_workload({FP32: make_script(), PER_CHANNEL: make_int8_script()})
    return found


def test_a_service_twice_as_fast_holds_at_least_twice_the_arrivals(fake: FakeBench) -> None:
    answer = fake.bench(*SERVER, "--json")

    document = read_json(answer)
    assert answer.returncode == 0, answer.stderr
    served = {one["arm"]: one for one in document["server"]["arms"]}
    assert 800 < served["fake/fp32"]["rate"]["held_rate_per_s"] < 1000  # it is busy all the time at 1,000
    ratio = served[CANDIDATE]["against_baseline"]
    assert ratio["lower"] > 1.5
    assert ratio["point"] == pytest.approx(2.0, rel=0.15)
    assert ratio["lower"] < ratio["point"] < ratio["upper"]
    verdicts = {one["scenario"]: one["speed"] for one in document["verdicts"]}
    assert verdicts == {"single-stream": "faster", "server": "faster"}
    assert served["fake/fp32"]["levels"][0]["predicted_wait_s"] > 0.0


def test_the_story_shows_the_rates_and_show_every_level(fake: FakeBench) -> None:
    story = fake.bench(*SERVER).stdout

    assert "p99 ≤ 20 ms" in story
    assert "highest rate that holds" in story
    shown = fake.planner("show").stdout
    assert "server levels of fake/fp32" in shown
    assert "holds" in shown
    assert "misses" in shown


def test_an_interrupted_search_goes_on_where_it_was(fake: FakeBench) -> None:
    fake.write_workload({FP32: make_script(jitter=1.0), PER_CHANNEL: make_int8_script(jitter=1.0)})
    committed = Committed(fake.database)
    with fake.started(*SERVER, "--quiet") as process:
        wait_until(lambda: committed.count("server_levels") >= 1, what="a level is committed")
        process.send_signal(signal.SIGINT)
        process.communicate()
    before = committed.count("server_levels")

    resumed = fake.planner("resume", "--json")

    document = read_json(resumed)
    assert document["state"] == "completed"
    assert len(document["server"]["arms"]) == 2
    assert committed.count("server_levels") >= before


def test_five_launches_make_a_claim_about_the_machine(fake: FakeBench) -> None:
    answer = fake.bench("--launches", "5", "--json", "--budget", "40s")

    (comparison,) = read_json(answer)["comparisons"]
    assert answer.returncode == 0, answer.stderr
    assert comparison["launches"] == 5
    assert comparison["over_launches"]["lower"] > 1.9
    assert "a claim about this machine" in read_json(answer)["verdicts"][0]["speed_reasons"][0]
    committed = Committed(fake.database)
    committed.look()
    assert {launch for _, _, launch, _ in committed.rounds} == {0, 1, 2, 3, 4}


def test_the_fake_runtime_is_refused_several_calls_at_once(fake: FakeBench) -> None:
    answer = fake.bench("--concurrency", "1,2")

    assert answer.returncode == 2
    assert "one clock" in answer.stderr


def test_calls_in_flight_and_offline_are_timed_on_a_real_runtime(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    bench = FakeBench(folder=tmp_path)
    write_tiny_workload(bench.workload)
    options = ("--runtimes", "onnxruntime", "--variants", "fp32,int8-static", "--budget", "2s", "--json")

    document = read_json(bench.bench(*options, "--scenario", "single-stream,offline", "--concurrency", "2"))

    cores = len(os.sched_getaffinity(0))
    assert document["concurrencies"] == sorted({1, 2, cores})
    measured = {(one["arm"], one["concurrency"]) for one in document["measurements"]}
    assert measured == {(arm["name"], count) for arm in document["arms"] for count in document["concurrencies"]}
    assert all(one["throughput"] > 0.0 for one in document["measurements"])
    assert [one["arm"] for one in document["offline"]] == [arm["name"] for arm in document["arms"]]
    best = max(one["throughput"] for one in document["measurements"] if one["arm"] == document["offline"][0]["arm"])
    assert document["offline"][0]["throughput"] == best


def test_the_server_scenario_runs_on_a_real_runtime_with_batches_and_two_instances(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    bench = FakeBench(folder=tmp_path)
    write_tiny_workload(bench.workload)
    options = ("--runtimes", "onnxruntime", "--variants", "fp32", "--budget", "1s", "--json")

    answer = bench.bench(
        *options, *SERVER, "--server-budget", "2s", "--max-batch", "4", "--max-delay", "1ms", "--instances", "2"
    )

    document = read_json(answer)
    assert document["failures"] == []
    (served,) = document["server"]["arms"]
    assert served["levels"]
    assert all(one["predicted_wait_s"] is None for one in served["levels"])
    assert all(one["mean_batch"] >= 1.0 for one in served["levels"])
