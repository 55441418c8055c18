"""Service rates of single runs: from what, for whom, and why there is none."""

from dataclasses import replace

import pytest
from helpers.builders import (
    FP32,
    INT8,
    make_cpu,
    make_environment,
    make_failure,
    make_plan,
    make_proof_verdict,
    make_verdict,
)
from helpers.server import make_rate, make_rules
from helpers.stored_runs import GENOA, make_arm_record, make_stored_run, make_times

from harness.devices import NvidiaDevice
from harness.vocabulary import Gate as HarnessGate
from harness.vocabulary import ProofState, RunState, Scenario, ServerRate, Speed
from harness.vocabulary import Slo as HarnessSlo
from planner.evidence import ArmRate, service_rates
from planner.store import ProofRecord, StoredRun
from pricing.capacity import size_replicas
from pricing.errors import EvidenceError
from pricing.vocabulary import Gate, Provenance, Range, RateMethod, Slo

_SLO = Slo(quantile=0.99, limit_s=0.020)
_SCENARIOS = (Scenario.SINGLE_STREAM, Scenario.SERVER)


def _served(*rates: ServerRate, instances: int = 1) -> StoredRun:
    rules = make_rules(instances=instances)
    return make_stored_run(plan=make_plan(scenarios=_SCENARIOS, server=rules), server_rates=rates)


def _rates(run: StoredRun, slo: Slo | None = _SLO) -> dict[str, ArmRate]:
    return {one.arm: one for one in service_rates(run, slo=slo)}


def test_what_the_server_proved_to_hold_is_low_and_what_it_proved_to_miss_is_high() -> None:
    rate = _rates(_served(make_rate()))[FP32].require()
    assert rate.per_s == Range(low=100.0, point=105.0, high=110.0)
    assert (rate.method, rate.slo) == (RateMethod.SERVER, _SLO)
    assert (rate.replica.target_id, rate.replica.devices, rate.replica.vcpus) == ("epyc-genoa", 0.0, 2)
    assert rate.evidence.kind is Provenance.MEASURED
    assert rate.evidence.source.startswith("run abcd1234, arm fake/fp32, planner 0.1.0, AMD EPYC 9004")
    assert str(rate.evidence.as_of) == "2026-11-28"


def test_where_nothing_was_proven_to_miss_the_held_rate_is_both_ends() -> None:
    rate = _rates(_served(make_rate(missed_rate_per_s=None, point_per_s=None)))[FP32].require()
    assert rate.per_s == Range(low=100.0, point=None, high=100.0)


def test_a_server_of_several_instances_takes_the_threads_of_all() -> None:
    assert _rates(_served(make_rate(), instances=3))[FP32].require().replica.vcpus == 6


def test_without_a_promise_that_of_the_server_counts() -> None:
    assert _rates(_served(make_rate()), slo=None)[FP32].require().slo == _SLO
    with pytest.raises(EvidenceError, match="measured under no promise"):
        service_rates(make_stored_run())


def test_without_a_server_rate_batches_count_and_say_so() -> None:
    found = _rates(make_stored_run())
    rate, quick = found[FP32].require(), found[INT8].require()
    assert rate.method is RateMethod.CURVE
    assert rate.per_s.point is not None
    assert rate.per_s.low < rate.per_s.point < rate.per_s.high < 500
    assert rate.curve is not None
    assert rate.curve.seconds(1) == pytest.approx(0.003 * 1.01)
    assert quick.per_s.low > 2 * rate.per_s.low * 0.99
    assert "not a server measurement" in rate.note
    assert "has no bound" not in rate.note


def test_a_promised_quantile_without_a_bound_is_told_beside_the_rate() -> None:
    times = [make_times(arm, batch, p50_s=p50_s) for arm, p50_s in ((FP32, 0.003), (INT8, 0.001)) for batch in (1, 2)]
    without = [
        replace(one, quantiles=tuple(replace(q, upper_s=None) for q in one.quantiles)) if one.batch == 1 else one
        for one in times
    ]
    rate = _rates(make_stored_run(measurements=tuple(without)))[FP32].require()
    assert "(of batches of 1 it has no bound, and its point counts: measure longer)" in rate.note


def test_a_disturbed_server_rate_is_not_used() -> None:
    rate = _rates(_served(make_rate(is_contaminated=True)))[FP32].require()
    assert rate.method is RateMethod.CURVE
    assert "disturbed by other programs" in rate.note


def test_a_server_at_which_nothing_held_leaves_no_rate() -> None:
    with pytest.raises(EvidenceError, match=r"proved no rate to hold p99 ≤ 20 ms \(the script says so\)"):
        _rates(_served(make_rate(held_rate_per_s=0.0)))[FP32].require()


def test_a_looser_server_promise_caps_what_batches_tell() -> None:
    loose = make_rate(slo=HarnessSlo(quantile=0.99, limit_s=0.5))
    rate = _rates(_served(loose))[FP32].require()
    assert rate.method is RateMethod.CURVE
    assert rate.slo == _SLO
    assert (rate.per_s.low, rate.per_s.high) == (100.0, 110.0)


def test_a_stricter_promise_never_asks_for_fewer_replicas_than_the_server_did() -> None:
    loose = Slo(quantile=0.99, limit_s=0.5)
    run = _served(make_rate(slo=HarnessSlo(quantile=0.99, limit_s=0.5)))
    run = replace(run, measurements=(make_times(FP32, 1, p50_s=0.003), make_times(INT8, 1, p50_s=0.001)))

    fleets = [
        size_replicas(_rates(run, slo)[FP32].require(), peak_per_s=5_000, slo=slo, headroom=0.3).replicas
        for slo in (_SLO, loose)
    ]

    assert fleets[0] >= fleets[1] > 5_000 * 0.003 / 0.7


def test_many_batches_alone_are_never_a_rate_without_their_latency() -> None:
    run = make_stored_run(measurements=(make_times(FP32, 32, p50_s=0.1), make_times(INT8, 32, p50_s=0.01)))
    found = _rates(run)
    assert "cannot be kept: a batch of 32" in str(found[FP32].reason)
    assert found[INT8].require().per_s.point is None


def test_calls_in_flight_together_are_no_batch_times() -> None:
    run = make_stored_run(measurements=(make_times(FP32, concurrency=2),))
    assert "no single calls were timed" in str(_rates(run)[FP32].reason)


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.INTERRUPTED, RunState.FAILED])
def test_a_run_that_is_not_completed_is_no_evidence(state: RunState) -> None:
    with pytest.raises(EvidenceError, match=f"abcd1234 is {state}"):
        service_rates(make_stored_run(state=state), slo=_SLO)


def test_a_simulated_run_is_taken_only_when_told() -> None:
    run = make_stored_run(plan=make_plan(is_simulated=True))
    with pytest.raises(EvidenceError, match="simulated"):
        service_rates(run, slo=_SLO)
    rate = service_rates(run, slo=_SLO, with_simulated=True)[0].require()
    assert rate.evidence.kind is Provenance.ASSUMED
    assert rate.evidence.source.startswith("simulated run")


def test_an_arm_in_another_precision_than_its_name_has_no_rate() -> None:
    wrong = replace(make_proof_verdict(), state=ProofState.NOT_AS_NAMED, reason="33 of 53 layers ran in bf16")
    record = make_arm_record(FP32)
    assert record.proof is not None
    proof = ProofRecord(proof=record.proof.proof, verdict=wrong)
    found = _rates(make_stored_run(arms=(replace(record, proof=proof), make_arm_record(INT8))))
    assert "33 of 53 layers ran in bf16" in str(found[FP32].reason)
    assert found[INT8].rate is not None


@pytest.mark.parametrize(
    ("speed", "arm"), [(Speed.NOT_INT8, INT8), (Speed.FAILED, INT8), (Speed.BASELINE_NOT_AS_NAMED, FP32)]
)
def test_an_arm_whose_verdict_says_that_it_is_none_has_no_rate(speed: Speed, arm: str) -> None:
    found = _rates(make_stored_run(verdicts=(make_verdict(speed=speed),)))
    assert {name for name, one in found.items() if one.rate is None} == {arm}


def test_an_arm_that_failed_tells_why() -> None:
    found = _rates(make_stored_run(failures=(make_failure(arm=INT8),)))
    assert "failed at" in str(found[INT8].reason)


def test_the_gate_is_the_worst_of_all_verdicts_and_a_baseline_is_accepted() -> None:
    verdicts = (make_verdict(), make_verdict(batch=8, gate=HarnessGate.REJECTED))
    found = _rates(make_stored_run(verdicts=verdicts))
    assert (found[INT8].require().gate, found[FP32].require().gate) == (Gate.REJECTED, Gate.ACCEPTED)
    assert _rates(make_stored_run(verdicts=()))[INT8].require().gate is Gate.NOT_MEASURED


def test_an_unknown_cpu_cannot_be_priced() -> None:
    run = make_stored_run(environment=make_environment(cpu=make_cpu(vendor="Nobody\x1b[2J")))
    with pytest.raises(EvidenceError, match=r"no target is 'Nobody\\x1b\[2J', family 6, model 143"):
        _rates(run)[FP32].require()


def test_threads_beside_busy_ones_are_told() -> None:
    run = make_stored_run(environment=make_environment(cpu=replace(GENOA, physical_cores=1)))
    assert "may have been idle" in _rates(run)[FP32].require().note


def test_a_card_is_found_by_the_name_that_its_driver_gives() -> None:
    plan = make_plan()
    cards = tuple(
        NvidiaDevice(index=index, name=name, uuid="GPU-0", compute_capability=(7, 5), memory_bytes=None, driver="580")
        for index, name in enumerate(("Tesla T4", "Some Card"))
    )
    arms = tuple(replace(arm, device=f"gpu:{index}") for index, arm in enumerate(plan.arms))
    names = {before.name: after.name for before, after in zip(plan.arms, arms, strict=True)}
    run = make_stored_run(plan=replace(plan, arms=arms), environment=make_environment(gpus=cards))
    run = replace(run, measurements=tuple(replace(one, arm=names[one.arm]) for one in run.measurements))
    found = _rates(run)
    replica = found[names[FP32]].require().replica
    assert (replica.target_id, replica.devices, replica.vcpus) == ("t4", 1.0, 0)
    assert "there is no target 'Some Card'" in str(found[names[INT8]].reason)
