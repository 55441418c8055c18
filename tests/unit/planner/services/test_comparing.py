"""Two runs side by side, without the command line."""

from pathlib import Path

import pytest
from helpers.builders import (
    FP32,
    INT8,
    make_arm,
    make_comparison,
    make_measurement,
    make_quantile,
    make_ratio,
)
from helpers.runs import create_run
from helpers.stores import open_store

from harness.vocabulary import TimingRules
from planner.services.comparing import CandidatePair, RunsCompared, compare_stored


def compare_with_ratios(folder: Path, first: float | None, second: float | None) -> CandidatePair:
    """The candidate in two runs whose speed-ups are these; None: the run had none."""
    with open_store(folder / "results.db") as store:
        runs = [create_run(store), create_run(store)]
        for run_id, point in zip(runs, (first, second), strict=True):
            store.record_comparison(run_id, make_comparison(ratio=make_ratio(point) if point else None))
        (pair,) = compare_stored(store, *runs).candidates
    return pair


def compare_plans(folder: Path, **changed: object) -> RunsCompared:
    """A run of the usual plan and one of a changed plan."""
    with open_store(folder / "results.db") as store:
        return compare_stored(store, create_run(store), create_run(store, **changed))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(2.0, 2.03, True), (2.0, 2.1, False), (2.1, 2.0, False), (2.03, 2.0, True), (2.0, None, None)],
)
def test_whether_intervals_overlap(
    tmp_path: Path,
    first: float,
    second: float | None,
    expected: bool | None,  # noqa: FBT001 - a case of the table
) -> None:
    assert compare_with_ratios(tmp_path, first, second).do_intervals_overlap is expected


def test_the_ratio_of_medians_is_above_one_where_the_second_run_is_faster(tmp_path: Path) -> None:
    with open_store(tmp_path / "results.db") as store:
        runs = [create_run(store), create_run(store)]
        for run_id, p50_s in zip(runs, (0.010, 0.008), strict=True):
            store.record_measurement(run_id, make_measurement(quantiles=(make_quantile(0.5, p50_s),)))
        (timing,) = compare_stored(store, *runs).timings
    assert timing.ratio == pytest.approx(1.25)


def test_an_arm_that_only_one_run_has_stands_alone(tmp_path: Path) -> None:
    with open_store(tmp_path / "results.db") as store:
        runs = [create_run(store), create_run(store)]
        store.record_measurement(runs[0], make_measurement(arm=FP32))
        store.record_measurement(runs[1], make_measurement(arm=INT8))
        found = compare_stored(store, *runs).timings
    assert [(one.arm, one.first is None, one.second is None, one.ratio) for one in found] == [
        (FP32, False, True, None),
        (INT8, True, False, None),
    ]


def test_other_threads_make_runs_unlike(tmp_path: Path) -> None:
    arms = tuple(make_arm(label, threads=4) for label in ("fp32", "int8-static:per-channel"))
    found = compare_plans(tmp_path, arms=arms)
    assert not found.are_like
    assert [one.field for one in found.differences] == ["plan.threads"]


def test_another_seed_is_only_worth_knowing(tmp_path: Path) -> None:
    found = compare_plans(tmp_path, seed=8)
    assert found.are_like
    assert [(one.field, one.before, one.after) for one in found.differences] == [("plan.seed", "7", "8")]


def test_another_budget_is_only_worth_knowing(tmp_path: Path) -> None:
    found = compare_plans(tmp_path, timing=TimingRules(budget_s=60))
    assert found.are_like
    assert [one.field for one in found.differences] == ["plan.budget"]


@pytest.mark.parametrize(("made", "are_like"), [("a" * 64, True), ("b" * 64, False)])
def test_a_function_that_makes_another_pytorch_module_makes_runs_unlike(
    tmp_path: Path,
    made: str,
    are_like: bool,  # noqa: FBT001 - a case of the table
) -> None:
    with open_store(tmp_path / "results.db") as store:
        runs = [create_run(store), create_run(store)]
        for run_id, digest in zip(runs, ("a" * 64, made), strict=True):
            for arm in (FP32, INT8):
                store.record_settings(run_id, arm, {"parameters_sha256": digest})

        found = compare_stored(store, *runs)

    assert found.are_like is are_like
    differing = [(one.field, one.before, one.after, one.makes_unlike) for one in found.differences]
    assert differing == ([] if are_like else [("model.parameters", "a" * 12, "b" * 12, True)])


def test_a_model_that_is_a_file_says_nothing_of_modules(tmp_path: Path) -> None:
    with open_store(tmp_path / "results.db") as store:
        runs = [create_run(store), create_run(store)]
        store.record_settings(runs[0], FP32, {"parameters_sha256": "a" * 64})

        assert compare_stored(store, *runs).are_like
