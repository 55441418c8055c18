"""The server's verdict: whose rate is higher, in words that say what was seen."""

from helpers.builders import FP32, INT8, make_proof_verdict, make_verdict
from helpers.server import make_rate, make_rules

from harness.statistics.rate_search import ratio_of_rates
from harness.verdict.server import judge_server
from harness.vocabulary import ServerRate, Speed, TimingRules, Verdict


def _judged(candidate: ServerRate, baseline: ServerRate) -> Verdict:
    proof = make_proof_verdict()
    return judge_server(
        make_verdict(),
        ratio=ratio_of_rates(candidate, baseline),
        rates={INT8: candidate, FP32: baseline},
        rules=make_rules(),
        timing=TimingRules(),
        proofs={INT8: proof, FP32: proof},
    )


def test_a_rate_proven_to_hold_above_one_proven_to_miss_is_faster() -> None:
    found = _judged(make_rate(arm=INT8, held_rate_per_s=200.0, missed_rate_per_s=220.0, point_per_s=210.0), make_rate())

    assert found.speed is Speed.FASTER
    assert f"{INT8} holds p99 ≤ 20 ms at 200 requests a second, 220/s misses" in found.speed_reasons[1]


def test_who_held_nothing_is_not_said_to_hold_0_requests_a_second() -> None:
    found = _judged(make_rate(arm=INT8, held_rate_per_s=0.0, point_per_s=None), make_rate())

    assert found.speed is Speed.INCONCLUSIVE
    assert f"{INT8} was seen to hold p99 ≤ 20 ms at no rate, 110/s misses" in found.speed_reasons[1]


def test_a_disturbed_rate_never_gates() -> None:
    found = _judged(make_rate(arm=INT8, held_rate_per_s=0.0, missed_rate_per_s=None, is_contaminated=True), make_rate())

    assert (found.speed, found.speed_reasons[0][:14]) == (Speed.INCONCLUSIVE, "other programs")
