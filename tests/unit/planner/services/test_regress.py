"""A run against its history, without the command line: which runs count, and what is said of each figure."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.builders import (
    FP32,
    INT8,
    make_comparison,
    make_cpu,
    make_environment,
    make_noise,
    make_prediction,
    make_quality,
)
from helpers.histories import STEADY, PastRun, record_run, record_runs, speed_ups, threads
from helpers.stores import open_store

from harness.environment import PackageVersion
from harness.errors import UsageError
from harness.vocabulary import Gate, GateRules, NoiseClass, RunState, Speed, TimingRules, Trend
from planner.services.exit_codes import ExitCode
from planner.services.followed_figures import NATURES, Figure, tolerances
from planner.services.regress import RegressRequest, regress
from planner.services.regress_document import FigureFinding, RegressDocument
from planner.services.regress_junit import regress_junit_xml
from planner.store import Store

OTHER_HOST = make_environment(host_id="ba9876543210", cpu=make_cpu(model="Another CPU"))
_HOSTILE = "a\x00\x1b[31m<b>&\"'\ud800\ufffe]]>\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "results.db") as opened:
        yield opened


def judge(
    store: Store,
    run: str = "latest",
    *,
    tolerance: Mapping[Figure, float] | None = None,
    **fields: Any,  # noqa: ANN401 - an override has its field's type
) -> RegressDocument:
    request = RegressRequest(run=run, tolerances={**tolerances(None), **(tolerance or {})})
    return regress(store, replace(request, **fields))


def find(document: RegressDocument, figure: Figure, arm: str = INT8) -> FigureFinding:
    return next(one for one in document.figures if (one.figure, one.arm) == (figure, arm))


def test_runs_that_scatter_as_before_are_steady(store: Store) -> None:
    record_runs(store, speed_ups(*STEADY))
    document = judge(store)
    assert {one.state for one in document.figures} == {Trend.STEADY}
    assert (document.state, document.exit_code, document.changes) == (Trend.STEADY, ExitCode.ACCEPTED_AND_FASTER, ())


def test_every_figure_of_every_arm_is_followed(store: Store) -> None:
    record_runs(store, speed_ups(*STEADY))
    followed = {(one.figure, one.arm, one.batch) for one in judge(store).figures}
    of_both = {(figure, arm, None) for figure in ("accuracy", "worst-class", "size") for arm in (FP32, INT8)}
    timed = {(figure, arm, 1) for figure in ("p50", "memory") for arm in (FP32, INT8)}
    assert followed == of_both | timed | {("speed-up", INT8, 1), ("verdict", INT8, 1), ("int8-time", INT8, None)}


def test_a_slower_run_is_suspected_and_the_next_one_confirms_it(store: Store) -> None:
    runs = record_runs(store, speed_ups(*STEADY, 1.7, 1.72))
    first, second = judge(store, runs[-2]), judge(store)
    assert (first.state, first.exit_code) == (Trend.SUSPECTED, ExitCode.UNDECIDED)
    assert (second.state, second.exit_code) == (Trend.REGRESSED, ExitCode.REJECTED_OR_SLOWER)
    found = find(second, Figure.SPEED_UP)
    assert (found.since, found.previous) == (runs[-2], runs[-3])
    assert found.change == pytest.approx(-0.145, abs=0.01)
    assert found.lower is not None
    assert found.change is not None
    assert found.upper is not None
    assert found.lower < found.change < found.upper < 0
    assert "2 runs in a row" in found.reason


def test_runs_after_the_judged_one_are_not_its_history(store: Store) -> None:
    runs = record_runs(store, speed_ups(*STEADY, 1.7, 1.7, 1.7))
    document = judge(store, runs[len(STEADY) - 1])
    assert document.state is Trend.STEADY
    assert [one.run for one in document.runs] == runs[: len(STEADY) - 1]


def test_a_faster_candidate_and_a_longer_latency_point_in_their_own_directions(store: Store) -> None:
    better = PastRun(speed_up=2.4, p50_s=0.0014)
    record_runs(store, [*speed_ups(*STEADY), better, better])
    document = judge(store)
    assert find(document, Figure.SPEED_UP).state is Trend.IMPROVED
    assert find(document, Figure.P50).state is Trend.REGRESSED
    assert find(document, Figure.P50).change == pytest.approx(0.4, abs=0.01)


def test_latencies_that_all_change_while_no_speed_up_does_point_to_the_machine(store: Store) -> None:
    slow = PastRun(p50_s=0.0014)
    record_runs(store, [*speed_ups(*STEADY), slow, slow])
    assert any("look at the machine first" in sentence for sentence in judge(store).advice)


def test_a_single_run_has_no_history(store: Store) -> None:
    record_runs(store, speed_ups(2.0))
    document = judge(store)
    assert {one.state for one in document.figures} == {Trend.NOT_ENOUGH_HISTORY}
    assert document.exit_code == ExitCode.UNDECIDED


def test_two_runs_are_enough_for_what_has_no_noise_and_no_more(store: Store) -> None:
    record_runs(store, speed_ups(2.0, 1.0))
    document = judge(store)
    exact = {one.figure: one.state for one in document.figures if one.is_exact}
    assert exact == dict.fromkeys((Figure.VERDICT, Figure.ACCURACY, Figure.WORST_CLASS, Figure.SIZE), Trend.STEADY)
    assert find(document, Figure.SPEED_UP).reason == "not enough history: 1 run, 5 are needed"
    assert document.exit_code == ExitCode.UNDECIDED


@pytest.mark.parametrize(
    ("changed", "figure"),
    [
        (PastRun(accuracy=0.85), Figure.ACCURACY),
        (PastRun(worst_recall=0.7), Figure.WORST_CLASS),
        (PastRun(size_bytes=1_500_000), Figure.SIZE),
        (PastRun(gate=Gate.REJECTED), Figure.VERDICT),
        (PastRun(speed=Speed.NOT_INT8), Figure.VERDICT),
    ],
)
def test_one_run_of_history_is_enough_for_what_has_no_noise(store: Store, changed: PastRun, figure: Figure) -> None:
    first, second = record_runs(store, [PastRun(), changed])
    document = judge(store)
    found = find(document, figure)
    assert (found.state, found.previous, found.since) == (Trend.REGRESSED, first, second)
    assert document.exit_code == ExitCode.REJECTED_OR_SLOWER


def test_accuracy_on_other_data_is_another_question(store: Store) -> None:
    record_run(store, PastRun(accuracy=0.99))
    run_id = record_run(store, PastRun(accuracy=0.9))
    for arm in (FP32, INT8):
        store.record_prediction(run_id, arm, make_prediction(data_digest="0d" * 32))
    assert find(judge(store), Figure.ACCURACY).state is Trend.NOT_ENOUGH_HISTORY


def test_times_of_an_unfit_machine_judge_nothing_and_are_no_history(store: Store) -> None:
    loaded = PastRun(speed_up=1.5, p50_s=0.008, speed=Speed.INCONCLUSIVE, noise=NoiseClass.UNFIT)
    record_runs(store, [*speed_ups(*STEADY), loaded, loaded])
    under_load = judge(store)
    assert (under_load.state, under_load.exit_code) == (Trend.UNLIKE, ExitCode.UNDECIDED)
    assert {one.state for one in under_load.figures if one.figure in {Figure.P50, Figure.SPEED_UP}} == {Trend.UNLIKE}
    assert "unfit" in find(under_load, Figure.P50, FP32).reason
    assert {find(under_load, figure).state for figure in (Figure.VERDICT, Figure.MEMORY)} == {Trend.STEADY}

    record_run(store, PastRun())
    assert (judge(store).state, len(find(judge(store), Figure.P50).points)) == (Trend.STEADY, len(STEADY) + 1)


def test_where_too_few_runs_count_those_of_an_unfit_machine_are_told(store: Store) -> None:
    record_runs(store, [*[PastRun(noise=NoiseClass.UNFIT)] * 7, PastRun()])
    found = find(judge(store), Figure.P50)
    assert found.state is Trend.NOT_ENOUGH_HISTORY
    assert "7 runs of an unfit machine" in found.reason
    assert judge(store).exit_code == ExitCode.UNDECIDED


@pytest.mark.parametrize(("contaminated", "state"), [(0, Trend.REGRESSED), (1, Trend.UNLIKE)])
def test_too_few_pairs_to_know_the_noise_are_no_unfit_machine(store: Store, contaminated: int, state: Trend) -> None:
    few = make_noise(noise_class=NoiseClass.UNFIT, sigma=None, minimal_effect=None, pairs=4)
    for p50_s in (0.001, 0.00101, 0.00099, 0.001, 0.00101, 0.001, 0.002, 0.002):
        run = record_run(store, PastRun(p50_s=p50_s, speed=Speed.INCONCLUSIVE))
        store.record_comparison(
            run, make_comparison(batch=1, ratio=None, noise=few, contaminated_rounds=contaminated, concurrency=1)
        )
    assert find(judge(store), Figure.P50).state is state


def test_a_gate_by_other_rules_or_on_other_data_is_no_regression(store: Store) -> None:
    record_run(store, PastRun())
    record_run(store, PastRun(gate=Gate.REJECTED), gate=GateRules(overall_loss=0.0001))
    assert find(judge(store), Figure.VERDICT).state is Trend.STEADY
    assert "its gate is not compared" in find(judge(store), Figure.VERDICT).reason

    other = record_run(store, PastRun(accuracy=None, gate=Gate.REJECTED))
    store.record_prediction(other, INT8, make_prediction(data_digest="ff" * 32))
    store.record_quality(other, INT8, make_quality())
    assert find(judge(store), Figure.VERDICT).state is Trend.STEADY


def test_a_figure_that_is_missing_now_is_suspected(store: Store) -> None:
    *_, last = record_runs(store, [*speed_ups(*STEADY), PastRun(accuracy=None)])
    found = find(judge(store), Figure.ACCURACY)
    assert (found.state, found.since) == (Trend.SUSPECTED, last)
    assert "has no such figure" in found.reason


def test_memory_and_the_share_of_int8_are_judged_as_what_scatters(store: Store) -> None:
    worse = PastRun(memory_bytes=160_000_000, int8_share=0.6)
    record_runs(store, [*[PastRun()] * 6, worse, worse])
    document = judge(store)
    assert find(document, Figure.MEMORY).state is Trend.REGRESSED
    found = find(document, Figure.INT8_TIME)
    assert found.state is Trend.REGRESSED
    assert found.change == pytest.approx(-0.4)
    assert "−40.0 points" in found.reason


def test_runs_that_are_not_completed_are_no_history(store: Store) -> None:
    record_runs(store, [PastRun(state=RunState.INTERRUPTED), PastRun(state=RunState.FAILED), PastRun()])
    record_run(store, PastRun(), is_simulated=True)
    *_, last = record_runs(store, [PastRun()])
    assert len(judge(store, last).runs) == 1


def test_a_run_of_another_host_is_left_out_with_what_differs(store: Store) -> None:
    other = record_run(store, PastRun(), environment=OTHER_HOST)
    record_runs(store, speed_ups(*STEADY))
    (left_out,) = judge(store).left_out
    assert left_out.run == other
    assert {one.field for one in left_out.differences} == {"host_id", "cpu.model"}


def test_where_all_earlier_runs_are_unlike_it_says_so(store: Store) -> None:
    record_run(store, PastRun(), environment=OTHER_HOST)
    record_run(store, PastRun())
    document = judge(store)
    assert {one.state for one in document.figures} == {Trend.UNLIKE}
    assert document.exit_code == ExitCode.UNDECIDED
    assert any("--any-host" in sentence for sentence in document.advice)


@pytest.mark.parametrize("asked", [threads(4), {"timing": TimingRules(affinity="0,1")}])
def test_other_threads_and_another_pinning_are_another_history_on_any_host(store: Store, asked: dict[str, Any]) -> None:
    record_run(store, PastRun(), **asked)
    record_run(store, PastRun())
    assert len(judge(store, any_host=True).left_out) == 1


def test_on_any_host_only_speed_ups_are_compared(store: Store) -> None:
    for one in speed_ups(*STEADY):
        record_run(store, one, environment=OTHER_HOST)
    record_runs(store, speed_ups(1.5, 1.5))
    document = judge(store, any_host=True)
    assert {one.figure for one in document.figures} == {Figure.SPEED_UP}
    assert document.state is Trend.REGRESSED


def test_another_workload_is_no_history(store: Store) -> None:
    record_run(store, PastRun(), workload_digest="0f" * 32)
    record_run(store, PastRun())
    document = judge(store)
    assert (document.runs, document.left_out) == ((), ())


def test_what_changed_with_a_step_is_named_beside_it(store: Store) -> None:
    upgraded = make_environment(
        packages=(PackageVersion(name="numpy", version="2.5.0"),), kernel="6.13.0", load_average=(9.0, 9.0, 9.0)
    )
    before = record_runs(store, speed_ups(*STEADY))[-1]
    after, _ = (record_run(store, PastRun(speed_up=1.5), environment=upgraded, digest="b2" * 32) for _ in range(2))
    (change,) = judge(store).changes
    assert (change.previous, change.run) == (before, after)
    named = {one.field for one in change.differences}
    assert named == {"packages.numpy", "kernel", f"artifact.{FP32}", f"artifact.{INT8}"}


def test_the_window_can_be_made_smaller_and_leaves_out_what_was_accepted(store: Store) -> None:
    record_runs(store, [*[PastRun(accuracy=0.95)] * 3, *[PastRun(accuracy=0.9)] * 3])
    assert find(judge(store), Figure.ACCURACY).state is Trend.REGRESSED
    assert "if the change is meant, `--last 2`" in " ".join(judge(store).advice)
    assert find(judge(store, last=2), Figure.ACCURACY).state is Trend.STEADY


def test_against_a_run_all_later_ones_are_judged(store: Store) -> None:
    runs = record_runs(store, speed_ups(*STEADY, 1.9, 1.9, 1.9))
    document = judge(store, against=runs[len(STEADY) - 1])
    assert (document.reference, document.state) == (runs[len(STEADY) - 1], Trend.REGRESSED)
    assert find(document, Figure.SPEED_UP).since == runs[len(STEADY)]


def test_against_an_unlike_run_is_refused_with_the_differences(store: Store) -> None:
    other = record_run(store, PastRun(), environment=OTHER_HOST)
    record_run(store, PastRun())
    with pytest.raises(UsageError, match=r"cpu\.model was Another CPU.*--any-host"):
        judge(store, against=other)


@pytest.mark.parametrize(("against", "sentence"), [(-1, "one run"), (1, "later")])
def test_a_history_lies_before_the_run(store: Store, against: int, sentence: str) -> None:
    runs = record_runs(store, [PastRun()] * 2)
    with pytest.raises(UsageError, match=sentence):
        judge(store, runs[against - 1] if against > 0 else runs[-1], against=runs[against])


def test_against_a_run_of_another_workload_is_refused(store: Store) -> None:
    other = record_run(store, PastRun(), workload_digest="0f" * 32)
    record_run(store, PastRun())
    with pytest.raises(UsageError, match="same model"):
        judge(store, against=other)


@pytest.mark.parametrize(
    ("state", "simulated", "sentence"),
    [(RunState.INTERRUPTED, False, "planner resume"), (RunState.COMPLETED, True, "simulated")],
)
def test_a_run_that_measured_nothing_whole_is_refused(
    store: Store,
    state: RunState,
    simulated: bool,  # noqa: FBT001 - a case of the table
    sentence: str,
) -> None:
    record_run(store, PastRun(state=state), is_simulated=simulated)
    with pytest.raises(UsageError, match=sentence):
        judge(store)


@pytest.mark.parametrize("fields", [{"last": 0}, {"last": 201}, {"confirm": 0}, {"confirm": 11}])
def test_numbers_out_of_range_are_refused(store: Store, fields: dict[str, Any]) -> None:
    record_run(store, PastRun())
    with pytest.raises(UsageError, match=f"--{next(iter(fields))}"):
        judge(store, **fields)


def test_the_tolerance_decides_what_matters(store: Store) -> None:
    record_runs(store, speed_ups(*STEADY, 1.9, 1.9, 1.9))
    assert judge(store).state is Trend.REGRESSED
    assert judge(store, tolerance={Figure.SPEED_UP: 0.1}).state is Trend.STEADY


@pytest.mark.parametrize(
    ("text", "figure", "expected"),
    [
        (None, Figure.SPEED_UP, NATURES[Figure.SPEED_UP].tolerance),
        ("3%", Figure.SPEED_UP, 0.03),
        ("0.03", Figure.P50, 0.03),
        ("3%", Figure.ACCURACY, NATURES[Figure.ACCURACY].tolerance),
        ("accuracy=0.5%, size=10%", Figure.ACCURACY, 0.005),
        ("accuracy=0.5%, size=10%", Figure.SIZE, 0.1),
    ],
)
def test_tolerances_are_read(text: str | None, figure: Figure, expected: float) -> None:
    assert tolerances(text)[figure] == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "x", "0", "-1%", "100%", "nan", "verdict=2%", "speed=2%", "speed-up=", "2%,,"])
def test_a_tolerance_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--tolerance"):
        tolerances(text)


def test_junit_fails_what_regressed_and_skips_what_nobody_can_tell(store: Store) -> None:
    record_runs(store, [*speed_ups(2.0, 2.0), PastRun(accuracy=0.8)])
    suite = ET.fromstring(regress_junit_xml(judge(store))).find("testsuite")  # noqa: S314 - our own
    assert suite is not None
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    failure = cases[f"accuracy of {INT8}"].find("failure")
    assert failure is not None
    assert "−10.0 points" in (failure.get("message") or "")
    assert cases[f"speed-up of {INT8} at batch 1"].find("skipped") is not None
    assert len(list(cases[f"size of {INT8}"])) == 1
    assert (suite.get("failures"), suite.get("errors")) == ("2", "0")


def test_junit_is_valid_xml_whatever_things_are_called(store: Store) -> None:
    record_runs(store, speed_ups(2.0, 2.0))
    document = judge(store)
    hostile = replace(
        document,
        workload=_HOSTILE,
        figures=tuple(replace(one, arm=_HOSTILE, reason=_HOSTILE) for one in document.figures),
    )
    assert len(list(ET.fromstring(regress_junit_xml(hostile)).iter("testcase"))) == len(document.figures)  # noqa: S314
