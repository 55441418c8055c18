"""Which INT8 model beats which, and which is chosen."""

import pytest

from benchmarks.judged import Judged, chosen, dominates
from harness.variants import parse_variant
from harness.vocabulary import Arm, Gate, NoiseClass, ProofState, ProofVerdict, Speed, Verdict


def judged(
    label: str = "int8-static:per-channel", *, p50_s: float = 1.0, drop: float = 0.0, gate: Gate = Gate.ACCEPTED
) -> Judged:
    arm = Arm(label=label, recipe=parse_variant("int8-static:per-channel"), runtime="onnxruntime", threads=1)
    return Judged(
        arm=arm,
        p50_s=p50_s,
        worst_drop=drop,
        accuracy=0.85,
        speed_up=2.0,
        proof=ProofVerdict(
            state=ProofState.AS_NAMED, ran="int8", share_by_count=1.0, share_by_time=1.0, reason="it ran in int8"
        ),
        verdict=Verdict(
            candidate=arm.name,
            baseline="onnxruntime/fp32",
            batch=1,
            speed=Speed.FASTER,
            gate=gate,
            noise=NoiseClass.QUIET,
            speed_reasons=(),
            gate_reasons=(),
        ),
    )


@pytest.mark.parametrize(
    ("other", "is_beaten"),
    [
        (judged(p50_s=0.9, drop=0.01), True),  # faster, and as good
        (judged(p50_s=1.0, drop=0.00), True),  # as fast, and better by a point
        (judged(p50_s=0.99, drop=0.012), False),  # within 2 % and half a point: the same
        (judged(p50_s=0.5, drop=0.05), False),  # faster, but a class lost
        (judged(p50_s=1.5, drop=0.0), False),  # better, but slower
    ],
)
def test_a_model_is_beaten_only_by_one_that_wins_somewhere_and_loses_nowhere(other: Judged, *, is_beaten: bool) -> None:
    assert dominates(other, judged(p50_s=1.0, drop=0.01)) is is_beaten


def test_the_choice_is_the_quickest_of_ours_that_is_not_rejected() -> None:
    quick_and_rejected = judged(p50_s=0.5, gate=Gate.REJECTED)
    mixed = judged("int8-mixed:per-channel", p50_s=0.8)
    theirs = judged("ort-default", p50_s=0.1)

    assert chosen([quick_and_rejected, judged(p50_s=0.9), mixed, theirs]) == mixed
    assert chosen([quick_and_rejected, theirs]) is None
