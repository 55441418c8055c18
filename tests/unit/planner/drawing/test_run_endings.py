"""What a story says of the machine, of what broke, of requests, and in its last line: each thing once, and true."""

from collections.abc import Callable

import pytest
from helpers.builders import (
    FP32,
    INT8,
    make_class_comparison,
    make_comparison,
    make_failure,
    make_measurement,
    make_noise,
    make_pipeline,
    make_quality_comparison,
    make_quantile,
    make_ratio,
    make_verdict,
)
from helpers.stories import document, flowing, in_full, told

from harness.verdict.speed import circumstances
from harness.vocabulary import Comparison, Gate, GateRules, NoiseClass, Speed, Stage
from planner.services.recording import PIPELINE
from planner.store import Store

_ERROR = "nomod cannot be imported: no module named 'nomod'"
_UNTIMED = make_noise(noise_class=NoiseClass.UNFIT, sigma=None, minimal_effect=None, pairs=0, reason="0 A/A pairs")
_FOREIGN = "foreign load in nearly every round: compared by CPU time, for show only"
_UNFIT = make_noise(noise_class=NoiseClass.UNFIT, reason="contaminated: no stretch of the run was free of foreign load")


def _broken(store: Store, run_id: str) -> None:
    """A run of which every arm broke for the same reason, at two stages."""
    for arm, stage in ((INT8, Stage.QUANTIZE), (FP32, Stage.LOAD)):
        store.record_failure(
            run_id, make_failure(arm=arm, stage=stage, message=_ERROR, hint="check it", log_tail="its last line")
        )
    store.record_comparison(run_id, make_comparison(ratio=None, against_fastest=None, noise=_UNTIMED, rounds=0))
    told_of_it = (f"{_ERROR} (during quantize): check it",)
    store.record_verdict(
        run_id,
        make_verdict(
            speed=Speed.FAILED, gate=Gate.NOT_MEASURED, noise=NoiseClass.UNFIT,
            speed_reasons=told_of_it, gate_reasons=told_of_it,
        ),
    )  # fmt: skip
    for arm in (FP32, INT8):
        store.record_settings(run_id, arm, {PIPELINE: "the data are ready for the model"})


def test_where_nothing_was_timed_the_failure_is_told_and_not_the_machine() -> None:
    text = told(document(_broken))

    assert "machine:" not in text
    assert "to try next" not in text
    assert "every variant failed: look at the sentences above" in text
    assert "quality was measured" not in text


def test_the_same_error_of_several_arms_stands_once_with_the_arms_that_had_it() -> None:
    text = told(document(_broken))

    assert (text.count(_ERROR), text.count("its last line")) == (1, 1)
    assert f"{INT8} failed during quantize, {FP32} during load: {_ERROR}" in text
    assert in_full(document(_broken)).count(_ERROR) >= 1


def test_where_no_request_was_timed_there_is_no_heading_for_them() -> None:
    assert "a whole request" not in told(document(_broken))


def test_a_broken_baseline_is_named_at_the_end() -> None:
    def record(store: Store, run_id: str) -> None:
        store.record_failure(run_id, make_failure(arm=FP32))
        reason = "its baseline failed: the worker was killed (during time)"
        store.record_verdict(run_id, make_verdict(speed=Speed.FAILED, gate=Gate.ACCEPTED, speed_reasons=(reason,)))

    text = told(document(record))

    assert f"{FP32} failed, so that nothing could be compared: look at the sentences above" in text
    assert "no threshold is missed" in text


def _judged(*comparisons: Comparison, **verdict: object) -> Callable[[Store, str], None]:
    """Verdicts on comparisons, with the reasons that judging gives them."""

    def record(store: Store, run_id: str) -> None:
        for one in comparisons:
            for arm in (FP32, INT8):
                store.record_measurement(run_id, make_measurement(arm=arm, batch=one.batch))
            store.record_comparison(run_id, one)
            reasons = ("1.31× faster", *circumstances(one))
            fields = {"speed": Speed.INCONCLUSIVE, "speed_reasons": reasons, **verdict}
            store.record_verdict(run_id, make_verdict(batch=one.batch, **fields))

    return record


def _loaded(batch: int, rounds: int = 6) -> Comparison:
    """A batch size at which hardly a round was free of foreign load."""
    return make_comparison(batch=batch, noise=_UNFIT, rounds=rounds, contaminated_rounds=rounds, reason=_FOREIGN)


def test_a_machine_that_was_busy_at_one_batch_size_alone_is_not_called_busy_at_the_other() -> None:
    calm = make_comparison(batch=8, noise=make_noise(minimal_effect=0.021), rounds=4, contaminated_rounds=2)

    text = flowing(told(document(_judged(_loaded(1), calm), batches=(1, 8))))

    assert (
        "at batch 1 unfit, foreign load in 6 of 6 rounds; at batch 8 quiet, differences from 2.1 % show, 2 of" in text
    )
    assert "no stretch of the run" not in text


def test_rounds_that_were_used_after_all_are_not_called_set_aside() -> None:
    text = told(document(_judged(_loaded(1), _loaded(8)), batches=(1, 8)))

    assert "machine: unfit, foreign load in 12 of 12 rounds: speed is shown, but decides nothing" in text
    assert "set aside" not in text


def test_what_the_machine_did_is_said_once_in_the_story_and_in_full_in_the_details() -> None:
    found = document(_judged(_loaded(1), _loaded(8)), batches=(1, 8))

    story, details = flowing(told(found)), flowing(in_full(found))

    assert story.count("foreign load") == 1
    assert "batch 8: 1.31× faster" in story
    assert details.count("rounds were contaminated by foreign load") == 2
    assert details.count("the machine is unfit") == 2


@pytest.mark.parametrize(("gate", "comes_first"), [(Gate.REJECTED, "dress is lost"), (Gate.ACCEPTED, "1.31× faster")])
def test_the_quality_that_rejects_comes_before_the_speed(gate: Gate, comes_first: str) -> None:
    text = told(document(_judged(make_comparison(), gate=gate, gate_reasons=("dress is lost",), speed=Speed.FASTER)))

    after_the_name = text.partition(f" {INT8}\n")[2]
    assert after_the_name.lstrip().startswith(comes_first)


def _rejected_by_a_floor(baseline: float) -> Callable[[Store, str], None]:
    def record(store: Store, run_id: str) -> None:
        _judged(make_comparison(), gate=Gate.REJECTED, speed=Speed.FASTER)(store, run_id)
        lost = round(300 * (baseline - 0.6))
        calm = {"baseline_accuracy": 0.9, "candidate_accuracy": 0.9, "lost": 0, "lower": -0.001, "upper": 0.001}
        cat = make_class_comparison(
            "cat", support=300, baseline=baseline, candidate=0.6, lost=lost, lower=-0.001, upper=0.001
        )
        store.record_quality_comparison(
            run_id, INT8, FP32, make_quality_comparison(samples=300, classes=(cat,), **calm)
        )

    return record


@pytest.mark.parametrize(
    ("baseline", "ending"),
    [(0.61, "FP32 itself misses the floor that is asked for"), (0.95, "stay with the baseline")],
)
def test_a_floor_that_fp32_misses_itself_does_not_recommend_fp32(baseline: float, ending: str) -> None:
    assert ending in told(document(_rejected_by_a_floor(baseline), gate=GateRules(worst_class=0.9)))


def test_what_did_not_run_in_int8_is_called_so_at_the_end_however_busy_the_machine_was() -> None:
    text = told(document(_judged(_loaded(1), speed=Speed.NOT_INT8)))

    assert "not-int8: no candidate ran in the precision it is named for" in text
    assert "too busy" not in text


def test_what_is_clearly_slower_on_a_busy_machine_is_said_at_the_end() -> None:
    slow = make_comparison(ratio=make_ratio(0.5), noise=_UNFIT, contaminated_rounds=10, reason=_FOREIGN)

    text = told(document(_judged(slow)))

    assert "too busy to decide on speed, though by its figures no candidate is faster" in text


def test_what_is_slower_at_one_batch_size_alone_is_not_called_slower() -> None:
    mixed = [
        make_comparison(batch=batch, ratio=make_ratio(point), noise=_UNFIT, contaminated_rounds=10, reason=_FOREIGN)
        for batch, point in ((1, 0.9), (8, 2.0))
    ]

    assert "by its figures" not in told(document(_judged(*mixed), batches=(1, 8)))


def test_a_rejected_candidate_is_not_excused_by_a_busy_machine() -> None:
    text = told(document(_judged(_loaded(1), gate=Gate.REJECTED)))

    assert "stay with the baseline" in text
    assert "too busy" not in text


def _request(baseline_s: float, candidate_s: float = 0.0009, **verdict: object) -> Callable[[Store, str], None]:
    """A request whose inference takes so long, where the table's p50 of the baseline is 0.9 ms."""

    def record(store: Store, run_id: str) -> None:
        store.record_measurement(run_id, make_measurement(quantiles=(make_quantile(0.5, 0.0009),)))
        store.record_comparison(run_id, make_comparison())
        store.record_verdict(run_id, make_verdict(**verdict))
        store.record_pipeline(run_id, make_pipeline(inference_s=baseline_s))
        store.record_pipeline(run_id, make_pipeline(arm=INT8, inference_s=candidate_s))

    return record


@pytest.mark.parametrize(
    ("inference_s", "clause"),
    [
        (0.0014, "; inference takes longer than above: each request"),
        (0.0005, "; inference takes less than above"),
        (0.001, None),
    ],
)
def test_an_inference_unlike_the_tables_is_explained(inference_s: float, clause: str | None) -> None:
    text = flowing(told(document(_request(inference_s))))

    assert (clause or "inference 1.00 ms, reading out") in text
    assert clause is not None or "inference takes" not in text


def test_a_request_that_int8_makes_slower_gains_nothing() -> None:
    text = flowing(told(document(_request(0.0009, candidate_s=0.0039, speed=Speed.SLOWER))))

    assert f"{INT8} makes it 2.00× slower" in text


@pytest.mark.parametrize("candidate_s", [0.00089999, 0.0009, 0.00090001])
def test_a_request_that_takes_as_long_as_before_is_not_called_one_time_slower(candidate_s: float) -> None:
    text = flowing(told(document(_request(0.0009, candidate_s=candidate_s))))

    assert f"{INT8} gains nothing (a point figure" in text


def test_where_only_a_rejected_candidate_was_timed_that_is_said() -> None:
    text = flowing(told(document(_request(0.0009, candidate_s=0.0004, gate=Gate.REJECTED))))

    assert f"{INT8}, which is rejected, gains" in text


def test_what_was_assumed_is_told_with_the_figures_that_rest_on_it() -> None:
    assumed = ("preprocessing: none, the data are fed as they are", "classes: 4, as the data name them")

    found = document(_judged(make_comparison()), assumed=assumed)

    assert found.assumed == assumed
    assert all(sentence in told(found) for sentence in ("assumed\n", *assumed))
    assert "assumed" not in told(document(_judged(make_comparison())))
