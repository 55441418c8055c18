"""`planner compare`: two runs side by side, and what must not be compared."""

import json

import pytest
from helpers.builders import (
    FP32,
    INT8,
    make_comparison,
    make_cpu,
    make_environment,
    make_measurement,
    make_plan,
    make_quality,
    make_quantile,
    make_ratio,
    make_verdict,
)
from helpers.command_line import Ask, CommandLine, refuses
from helpers.runs import create_full_run, create_run

from harness.environment import Environment, Observer
from harness.vocabulary import Gate, RunState
from planner.store import Store


def create_measured_run(
    store: Store, *, p50_s: float, speed_up: float, accuracy: float, environment: Environment | None = None
) -> str:
    """A completed run with the figures that a comparison shows."""
    run_id = store.create_run(
        make_plan(), environment or make_environment(), observer=Observer.HEADLESS, planner_version="0.1.0"
    )
    for arm in (FP32, INT8):
        store.record_measurement(run_id, make_measurement(arm=arm, quantiles=(make_quantile(0.5, p50_s),)))
        store.record_quality(run_id, arm, make_quality(accuracy=accuracy))
    store.record_comparison(run_id, make_comparison(ratio=make_ratio(speed_up)))
    store.record_verdict(run_id, make_verdict(gate=Gate.REJECTED if accuracy < 0.9 else Gate.ACCEPTED))
    store.finish(run_id, RunState.COMPLETED, 0)
    return run_id


@pytest.mark.parametrize("columns", ["80", "120"])
def test_both_runs_stand_side_by_side(planner: CommandLine, store: Store, columns: str) -> None:
    first = create_measured_run(store, p50_s=0.010, speed_up=2.0, accuracy=0.90)
    second = create_measured_run(store, p50_s=0.008, speed_up=2.5, accuracy=0.85)
    store.close()
    answer = planner("compare", first, second, COLUMNS=columns)
    for expected in (
        *(first, second, "10.0 ms", "8.00 ms", "1.25×", "2.00× (1.98–2.02)", "2.50× (2.48–2.52)", "! apart"),
        *("90.00 %", "85.00 %", "−5.0", "✓ accepted", "✗ rejected", "✓ like conditions"),
    ):
        assert expected in answer.stdout
    assert "cannot be paired" in answer.stdout
    assert max(len(line) for line in answer.stdout.splitlines()) <= int(columns)


def test_two_models_that_one_function_made_are_told_apart(planner: CommandLine, store: Store) -> None:
    runs = [create_measured_run(store, p50_s=0.010, speed_up=2.0, accuracy=0.9) for _ in range(2)]
    for run_id, digest in zip(runs, ("a" * 64, "b" * 64), strict=True):
        store.record_settings(run_id, FP32, {"parameters_sha256": digest})
    store.close()

    answer = planner("compare", *runs)

    assert "! two models: the function made another PyTorch module (model.parameters below)" in answer.stdout
    assert "✓ like conditions" not in answer.stdout


def test_intervals_that_overlap_are_said_to(planner: CommandLine, store: Store) -> None:
    first = create_measured_run(store, p50_s=0.010, speed_up=2.0, accuracy=0.9)
    second = create_measured_run(store, p50_s=0.010, speed_up=2.01, accuracy=0.9)
    store.close()
    assert "✓ overlap" in planner("compare", first, second).stdout


def test_what_makes_the_runs_unlike_is_marked_and_what_is_notable_stands_below(
    planner: CommandLine, store: Store
) -> None:
    other = make_environment(cpu=make_cpu(model="Another CPU"), kernel="6.13.0")
    first = create_measured_run(store, p50_s=0.010, speed_up=2.0, accuracy=0.9)
    second = create_measured_run(store, p50_s=0.010, speed_up=2.0, accuracy=0.9, environment=other)
    store.close()
    answer = planner("compare", first, second)
    assert "! unlike conditions" in answer.stdout
    assert answer.stdout.index("! cpu.model") < answer.stdout.index("~ kernel")


def test_one_run_is_compared_with_the_latest_other_of_the_same_workload(planner: CommandLine, store: Store) -> None:
    older = create_full_run(store)
    newer = create_full_run(store)
    create_run(store, workload="other", workload_digest="0f" * 32)
    store.close()
    document = json.loads(planner("compare", older, "--json").stdout)
    assert document["schema"] == "planner.compare/2"
    assert (document["first"]["run"], document["second"]["run"]) == (older, newer)


def test_runs_of_unlike_workloads_are_refused_with_the_reason(planner: CommandLine, store: Store) -> None:
    first = create_full_run(store)
    second = create_run(store, workload="other", workload_digest="0f" * 32)
    store.close()
    assert "different questions" in refuses(planner("compare", first, second))


def test_a_run_alone_has_nothing_to_be_compared_with(planner: CommandLine, store: Store) -> None:
    only = create_full_run(store)
    store.close()
    assert "no other run" in refuses(planner("compare", only))


def test_a_run_is_not_compared_with_itself(planner: CommandLine, store: Store) -> None:
    only = create_full_run(store)
    store.close()
    assert "one run" in refuses(planner("compare", only, "latest"))


def test_runs_without_figures_say_so(planner: CommandLine, store: Store) -> None:
    first, second = create_run(store), create_run(store)
    store.close()
    answer = planner("compare", first, second)
    assert answer.returncode == 0
    assert "neither run has a figure yet" in answer.stdout


def test_one_run_stands_beside_published_figures(planner: CommandLine, store: Store) -> None:
    create_run(store, workload="resnet50", workload_name="resnet50\x1b[2J")
    store.close()

    for columns in ("80", "150"):
        answer = planner("compare", "latest", "--published", COLUMNS=columns)
        assert answer.returncode == 0
        assert "resnet50?[2J" in answer.stdout
        assert "not comparable: 14 published figures" in answer.stdout
        assert "✗ impossible (R1 R5)" in answer.stdout
        assert max(len(line) for line in answer.stdout.splitlines()) <= int(columns)
    document = json.loads(planner("compare", "latest", "--published", "--json").stdout)
    assert document["schema"] == "planner.compare-published/1"
    assert document["model"]["name"] == "resnet50"


def test_a_model_without_published_figures_is_a_clear_answer(ask: Ask, store: Store) -> None:
    create_run(store)
    store.close()

    answer = ask("compare", "latest", "--published")

    assert answer.returncode == 0
    assert "nothing is published here of toy" in answer.stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("latest", "--published"), "leave the other run out"),
        (("--model", "resnet50"), "belong to --published"),
        (("--published", "--model", "nothing"), "nothing is known here of a model 'nothing'"),
        (("--published", "--claims", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(ask: Ask, store: Store, options: tuple[str, ...], told: str) -> None:
    create_run(store)
    store.close()

    assert told in refuses(ask("compare", "latest", *options))
