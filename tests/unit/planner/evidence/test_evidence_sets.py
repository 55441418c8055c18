"""Several runs of one workload, what a run tells of its model and of replicas side by side, and the committed runs."""

import shutil
from pathlib import Path

import pytest
from helpers.builders import FP32, INT8, make_cpu, make_environment, make_plan
from helpers.limits import make_limit
from helpers.stored_runs import make_stored_run, make_times

from harness.vocabulary import RunState
from planner.evidence import model_facts, rates_of, scaling_evidence, service_rates
from planner.store import Store, StoredRun
from pricing.errors import EvidenceError
from pricing.vocabulary import RateMethod, Slo

_SLO = Slo(quantile=0.99, limit_s=0.020)
_RESULTS = Path(__file__).parents[4] / "results.db"


def _elsewhere(run_id: str = "beef0001") -> StoredRun:
    """The same on a Graviton3."""
    cpu = make_cpu(vendor="ARM", family=8, model_number=0xD40, model="Neoverse-V1")
    return make_stored_run(run_id=run_id, environment=make_environment(cpu=cpu))


def test_rates_are_found_by_target_and_precision_or_variant_or_arm() -> None:
    found = rates_of([make_stored_run(), _elsewhere()], slo=_SLO)
    assert found.target_ids == ("epyc-genoa", "graviton3")
    by_precision = found.find("epyc-genoa", "int8")
    assert by_precision == found.find("epyc-genoa", "int8-static:per-channel") == found.find("epyc-genoa", INT8)
    assert found.find("graviton3", "fp32").replica.target_id == "graviton3"


def test_what_is_ambiguous_or_absent_is_told() -> None:
    found = rates_of([make_stored_run(), make_stored_run(run_id="cafe0002")], slo=_SLO)
    with pytest.raises(
        EvidenceError, match=r"fake/fp32 of run abcd1234 .* or .* cafe0002 .*give one run of each machine"
    ):
        found.find("epyc-genoa", "fp32")
    with pytest.raises(EvidenceError, match="nothing was measured of 'int4' on 'epyc-genoa': there is fp32 on"):
        found.find("epyc-genoa", "int4")


def test_an_arm_without_a_rate_tells_its_reason_when_asked_for() -> None:
    run = make_stored_run(measurements=(make_times(FP32),))
    with pytest.raises(EvidenceError, match=r"no rate of 'int8' on epyc-genoa: .* no single calls were timed"):
        rates_of([run], slo=_SLO).find("epyc-genoa", "int8")


def test_the_same_run_given_twice_counts_once() -> None:
    run = make_stored_run()
    assert len(rates_of([run, run], slo=_SLO).arms) == 2


def test_runs_of_different_workloads_are_refused_by_name() -> None:
    other = make_stored_run(run_id="cafe0002", plan=make_plan(workload="other", workload_digest="f" * 64))
    with pytest.raises(
        EvidenceError, match=r"abcd1234 and cafe0002 measured different workloads, toy .* and other \(ffff"
    ):
        rates_of([make_stored_run(), other], slo=_SLO)


def test_no_run_and_no_rate_at_all_are_refused() -> None:
    with pytest.raises(EvidenceError, match="no run is given"):
        rates_of([], slo=_SLO)
    with pytest.raises(EvidenceError, match="there is no service rate: fake/fp32 of run abcd1234"):
        rates_of([make_stored_run(measurements=())], slo=_SLO)


def test_replicas_side_by_side_keep_the_ratio_that_a_full_machine_showed() -> None:
    alone = make_times(FP32, p50_s=0.002)
    together = make_times(FP32, p50_s=0.0025, concurrency=2)
    run = make_stored_run(measurements=(alone, together))
    found = scaling_evidence(run)
    assert found is not None
    assert found.point == pytest.approx(0.8)
    assert found.low == pytest.approx(0.8 * 0.99 / 1.01)
    assert rates_of([run], slo=_SLO).scaling == {"epyc-genoa": found}


def test_part_of_a_machine_and_a_gain_by_noise_say_nothing_of_replicas() -> None:
    assert scaling_evidence(make_stored_run()) is None
    times = (make_times(FP32), make_times(FP32, p50_s=0.0019, concurrency=2))
    wide = make_environment(cpu=make_cpu(allowed_cpus=tuple(range(64)), logical_cores=64))
    assert scaling_evidence(make_stored_run(measurements=times, environment=wide)) is None
    full = scaling_evidence(make_stored_run(measurements=times))
    assert full is not None
    assert full.high == 1.0


def test_weights_and_operations_follow_from_two_counted_batches() -> None:
    limits = (
        make_limit(arm=FP32, batch=1, operations=1_000, least_operations=900, compulsory_bytes=4 * 250 + 60),
        make_limit(arm=FP32, batch=8, operations=8_000, least_operations=7_200, compulsory_bytes=4 * 250 + 8 * 60),
    )
    facts = model_facts(make_stored_run(limits=limits))
    assert (facts.parameters, facts.flop_per_sample) == (250, 1000.0)
    bare = model_facts(make_stored_run())
    assert (bare.parameters, bare.flop_per_sample) == (None, None)
    assert model_facts(make_stored_run(limits=limits[:1])).parameters is None


def test_a_workload_of_a_file_is_named_without_its_folders() -> None:
    run = make_stored_run(plan=make_plan(workload="/somewhere/private/model.toml"))
    assert model_facts(run).name == "model.toml"


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> tuple[StoredRun, ...]:
    """Every completed run of a copy of the shipped database."""
    copy = tmp_path_factory.mktemp("results") / "results.db"
    shutil.copyfile(_RESULTS, copy)
    with Store.open_existing(copy) as store:
        return tuple(store.load(one.run_id) for one in store.runs() if one.state is RunState.COMPLETED)


def test_of_every_shipped_run_each_arm_has_a_rate_or_a_reason(committed: tuple[StoredRun, ...]) -> None:
    assert committed
    for run in committed:
        for arm in service_rates(run, slo=_SLO):
            assert (arm.rate is None) != (arm.reason is None)
            assert arm.target_id is not None


def test_a_shipped_server_measurement_is_carried_over_as_it_is(committed: tuple[StoredRun, ...]) -> None:
    run = next(one for one in committed if one.server_rates)
    found = {one.arm: one.require() for one in service_rates(run)}
    for measured in run.server_rates:
        rate = found[measured.arm]
        assert rate.method is RateMethod.SERVER
        assert rate.per_s.low == measured.held_rate_per_s
        assert rate.per_s.high == (measured.missed_rate_per_s or measured.held_rate_per_s)
    facts = model_facts(run)
    assert facts.flop_per_sample is not None
    assert facts.parameters is not None
