"""What comes before quality: numbers, the same ones twice, and labels."""

from typing import Any

import pytest
from helpers.builders import make_agreement, make_prediction, raw_outputs

from harness.verdict.answers import agreement_in_words, judge_answers
from harness.vocabulary import Agreement, Gate, Prediction


def answers(**fields: Any) -> Prediction:  # noqa: ANN401 - see builders
    """Four answers whose largest output is 10."""
    return make_prediction(outputs=raw_outputs(1.0, -10.0, 2.0, 3.0), output_samples=4, **fields)


def judge(
    candidate: Prediction | None = None,
    baseline: Prediction | None = None,
    *,
    agreement: Agreement | None = None,
    has_labels: bool = True,
) -> tuple[Gate, str] | None:
    """The judgement; an arm that is not named answers soundly."""
    return judge_answers(
        candidate=candidate or answers(),
        baseline=baseline or answers(),
        agreement=agreement or make_agreement(),
        has_labels=has_labels,
    )


def test_sound_answers_to_labelled_data_are_left_to_the_quality_gate() -> None:
    assert judge() is None


def test_an_arm_that_did_not_answer_is_left_to_its_failure() -> None:
    assert judge_answers(candidate=None, baseline=answers(), agreement=None, has_labels=False) is None
    assert judge_answers(candidate=answers(), baseline=None, agreement=None, has_labels=False) is None


def test_a_candidate_without_numbers_where_the_baseline_has_some_is_rejected() -> None:
    found = judge(answers(non_finite=3))

    assert found is not None
    assert found[0] is Gate.REJECTED
    assert found[1].startswith("the candidate gives no number for 3 of 4 samples")


def test_a_candidate_without_numbers_is_rejected_also_where_nothing_is_labelled() -> None:
    found = judge(answers(non_finite=1), has_labels=False)

    assert found is not None
    assert found[0] is Gate.REJECTED


def test_a_baseline_without_numbers_is_no_yardstick_whatever_the_candidate_gives() -> None:
    for candidate in (answers(), answers(non_finite=4)):
        found = judge(candidate, answers(non_finite=1))

        assert found is not None
        assert found[0] is Gate.NOT_MEASURED
        assert "check the model and the preprocessing" in found[1]


@pytest.mark.parametrize("change", [0.0, 1e-6, 9e-4])
def test_a_difference_that_sums_in_another_order_make_is_no_change(change: float) -> None:
    assert judge(answers(change=change)) is None


@pytest.mark.parametrize("whose", ["candidate", "baseline"])
def test_answers_that_change_from_call_to_call_are_not_judged(whose: str) -> None:
    changing = answers(change=0.25, non_finite=1)

    found = judge(changing) if whose == "candidate" else judge(None, changing)

    assert found is not None
    assert found[0] is Gate.NOT_MEASURED
    assert found[1].startswith(f"the {whose}'s answers change from call to call by up to 0.25")


def test_any_change_of_outputs_that_are_all_zero_counts() -> None:
    silent = make_prediction(outputs=raw_outputs(0.0, 0.0), output_samples=2, change=1e-9)

    found = judge(silent)

    assert found is not None
    assert found[0] is Gate.NOT_MEASURED


def test_without_labels_the_reason_tells_how_alike_the_outputs_are() -> None:
    found = judge(has_labels=False)

    assert found is not None
    assert found[0] is Gate.NOT_MEASURED
    assert found[1] == (
        "the workload has no labels: outputs agree to 24.5 dB (worst sample 18.2 dB); beyond that, speed and "
        "memory alone were measured"
    )


def test_without_labels_and_outputs_the_reason_says_what_is_unknown() -> None:
    unknown = make_agreement(snr_db=None, worst_snr_db=None, largest_difference=None, reason="no outputs were kept")

    found = judge(agreement=unknown, has_labels=False)

    assert found is not None
    assert "agreement is unknown (no outputs were kept)" in found[1]


def test_identical_outputs_are_called_so() -> None:
    same = make_agreement(snr_db=None, worst_snr_db=None, largest_difference=0.0, reason="identical")

    assert agreement_in_words(same) == "outputs are identical"


def test_where_some_samples_alone_give_no_number_the_model_is_to_be_mended_or_they_are_to_be_left_out() -> None:
    some, every = judge(baseline=answers(non_finite=1)), judge(baseline=answers(non_finite=4))

    assert some is not None
    assert every is not None
    assert some[1].endswith("mend that, or leave these samples out of the data")
    assert every[1].endswith("for 4 of 4 samples: check the model and the preprocessing")
