"""The spread over draws of calibration samples: what is too wide, and what cannot be told."""

import pytest

from harness.supervisor.draws import DrawsDone, check_spread, draw_size
from harness.vocabulary import CalibrationDraw, GateRules, Severity


def done(
    *,
    accuracy: tuple[float | None, ...] = (None, None),
    same_class: tuple[float | None, ...] = (None, None),
    snr_db: tuple[float | None, ...] = (None, None),
    baseline: float | None = None,
) -> DrawsDone:
    figures = zip(accuracy, same_class, snr_db, strict=True)
    return DrawsDone(
        draws=tuple(
            CalibrationDraw(seed=seed, accuracy=right, same_class=same, snr_db=ratio)
            for seed, (right, same, ratio) in enumerate(figures)
        ),
        baseline=baseline,
    )


@pytest.mark.parametrize(
    ("accuracy", "severity"),
    [((0.800, 0.808), Severity.INFO), ((0.800, 0.8095), Severity.WARNING), ((0.70, 0.80), Severity.WARNING)],
)
def test_accuracies_may_differ_by_what_the_gate_lets_a_candidate_lose(
    accuracy: tuple[float, float], severity: Severity
) -> None:
    found = check_spread(done(accuracy=accuracy, baseline=0.9), GateRules(), source="the search data")
    assert found.severity is severity  # 1 % of 90 % is 0.9 points
    assert f"{100 * accuracy[0]:.2f} to {100 * accuracy[1]:.2f} % accuracy on the search data" in found.sentence


def test_the_workloads_own_tolerance_counts() -> None:
    strict = GateRules(overall_loss=0.001)
    assert check_spread(done(accuracy=(0.80, 0.805), baseline=0.9), strict, source="x").severity is Severity.WARNING


def test_without_accuracies_agreement_with_fp32_is_compared() -> None:
    narrow = check_spread(done(same_class=(0.97, 0.975)), GateRules(), source="the test data")
    wide = check_spread(done(same_class=(0.97, 0.94)), GateRules(), source="the test data")
    assert (narrow.severity, wide.severity) == (Severity.INFO, Severity.WARNING)
    assert "94.00 to 97.00 % agreement with FP32 on the test data" in wide.sentence


def test_without_classes_the_outputs_are_compared() -> None:
    narrow = check_spread(done(snr_db=(30.0, 32.0)), GateRules(), source="x")
    wide = check_spread(done(snr_db=(30.0, 35.0)), GateRules(), source="x")
    assert (narrow.severity, wide.severity) == (Severity.INFO, Severity.WARNING)


def test_answers_that_cannot_be_compared_are_said_not_to_be_checked() -> None:
    for draws in (done(), done(snr_db=(float("inf"), float("inf")))):
        found = check_spread(draws, GateRules(), source="x")
        assert found.severity is Severity.INFO
        assert found.sentence.startswith("not checked")


def test_a_draw_is_at_most_half_of_what_there_is() -> None:
    assert draw_size(1000, wanted=256) == 256
    assert draw_size(300, wanted=256) == 150
    assert draw_size(1, wanted=256) == 0
