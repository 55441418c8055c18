"""The server scenario in real workers: scripted ones, whose rates are known, and tiny real models."""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.builders import make_arm
from helpers.fake_workload import make_int8_script, make_script, write_fake_workload
from helpers.queues import slo_rate
from helpers.server import make_rules, raw
from helpers.tiny_workload import write_tiny_workload

from harness.errors import MeasurementError
from harness.events import Load, Loaded
from harness.loadgen.arrivals import poisson_arrivals
from harness.run_events import ArmFailed, RunEvent, ServerLevelMeasured, ServerRateFound, StageBegan
from harness.runtimes.fake import Fault, Script
from harness.supervisor.host_watch import HostWatch
from harness.supervisor.patience import Patience
from harness.supervisor.process import WorkerProcess, WorkerRefusedError
from harness.supervisor.server import measure_server_rates
from harness.supervisor.server_levels import LevelContext, level_from
from harness.vocabulary import (
    HostReading,
    LevelEnd,
    LevelOutcome,
    Served,
    ServeOpenLoop,
    ServerLevel,
    ServerRate,
    ServerRules,
    ServiceTimed,
    Slo,
    Stage,
    TimeService,
)

_PATIENCE_S = 60.0
_NOBODY = HostReading(
    foreign_cpu_share=None, steal_share=None, pressure_share=None, frequency_hz=None, parent_cpu_s=0.0
)
_FIXED = make_script(jitter=0.0)
_P99_10_MS = Slo(quantile=0.99, limit_s=0.01)
Start = Callable[..., WorkerProcess]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts and loads a worker on the fake runtime with a script."""
    monkeypatch.setenv("PLANNER_FAKE_RUNTIME", "1")
    with ExitStack() as stack:

        def start(script: Script = _FIXED, *, name: str = "a") -> WorkerProcess:
            folder = write_fake_workload(tmp_path / name, {"fp32": script}, samples=60)
            worker = WorkerProcess(name, log=tmp_path / f"{name}.log")
            stack.callback(worker.close)
            load = Load(
                arm=make_arm(), workload=str(folder), artifact=str(folder / "model.fake.json"), batches=(1,), launch=0
            )
            worker.ask(load, Loaded, timeout_s=_PATIENCE_S)
            return worker

        yield start


def level_of(worker: WorkerProcess, asked: ServeOpenLoop) -> ServerLevel:
    """One level, and what is said of it."""
    served = worker.ask(asked, Served, timeout_s=_PATIENCE_S)
    context = LevelContext(arm=worker.name, index=0, started_at="now", host=_NOBODY, is_contaminated=False)
    return level_from(asked, served, context)


def found_by(
    rules: ServerRules, workers: dict[str, WorkerProcess], *, done: tuple[ServerLevel, ...] = ()
) -> list[RunEvent]:
    """Every event of the stage; an arm that failed is taken out, as in a run."""
    events = []
    for event in measure_server_rates(rules, workers, seed=7, patience=Patience(), done=done, is_simulated=True):
        if isinstance(event, ArmFailed):
            workers.pop(event.failure.arm)
        events.append(event)
    return events


def rates_in(events: list[RunEvent]) -> dict[str, ServerRate]:
    return {event.rate.arm: event.rate for event in events if isinstance(event, ServerRateFound)}


def levels_in(events: list[RunEvent]) -> tuple[ServerLevel, ...]:
    return tuple(event.level for event in events if isinstance(event, ServerLevelMeasured))


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
@pytest.mark.parametrize("jitter", [0.0, 0.8])
def test_the_mean_wait_is_what_pollaczek_and_khinchine_predict_from_the_measured_service(
    start: Start, load: float, jitter: float
) -> None:
    worker = start(make_script(jitter=jitter))
    mean_s = 1e-3 * math.exp(jitter**2 / 2)
    asked = ServeOpenLoop(rules=make_rules(), rate_per_s=load / mean_s, seed=3, requests=20_000, ends_early=False)

    level = level_of(worker, asked)

    assert level.completed == level.scheduled == 20_000
    assert level.predicted_wait_s is not None
    assert level.mean_wait_lower_s is not None
    assert level.mean_wait_upper_s is not None
    assert level.mean_wait_lower_s <= level.predicted_wait_s <= level.mean_wait_upper_s
    assert level.utilisation == pytest.approx(load, rel=0.05)
    assert level.issue_max_s < 1e-6


def test_where_theory_does_not_apply_nothing_is_predicted_and_the_reason_is_given(start: Start) -> None:
    batches = make_rules(max_batch=4, max_delay_s=0.002)

    level = level_of(start(), ServeOpenLoop(rules=batches, rate_per_s=600.0, seed=3, requests=1_000))

    assert level.predicted_wait_s is None
    assert level.prediction_reason == "Pollaczek and Khinchine's queue serves one at a time: not in batches"
    assert 1.0 < level.mean_batch <= 4.0


def test_the_rate_of_an_m_d_1_server_lies_between_what_is_said_to_hold_and_to_miss(start: Start) -> None:
    events = found_by(make_rules(slo=_P99_10_MS), {"a": start()})

    truth = slo_rate(limit_s=0.01, share=0.01)
    found = rates_in(events)["a"]
    assert events[0] == StageBegan(stage=Stage.SERVER, total=1)
    assert found.missed_rate_per_s is not None
    assert found.held_rate_per_s <= truth <= found.missed_rate_per_s
    assert found.missed_rate_per_s / found.held_rate_per_s < 1.25
    assert found.point_per_s == pytest.approx(truth, rel=0.04)
    assert found.binds == "the latency of requests that queue"
    spent = [event.spent_s for event in events if isinstance(event, ServerLevelMeasured)]
    assert spent == sorted(spent)
    assert spent[-1] <= 120.0


def test_arms_take_turns_and_their_levels_have_the_same_crowds(start: Start) -> None:
    workers = {"a": start(name="a"), "b": start(make_int8_script(jitter=0.0), name="b")}

    events = found_by(make_rules(slo=_P99_10_MS, budget_s=60.0), workers)

    levels = levels_in(events)
    assert [level.arm for level in levels[:4]] == ["a", "b", "b", "a"]
    assert {level.seed for level in levels if level.index == 0} == {levels[0].seed}
    assert len({level.seed for level in levels}) == max(level.index for level in levels) + 1
    rates = rates_in(events)
    assert rates["b"].held_rate_per_s > rates["a"].missed_rate_per_s  # type: ignore[operator] # it was seen to miss


def test_what_is_said_of_a_level_follows_from_what_is_stored(start: Start) -> None:
    level = levels_in(found_by(make_rules(slo=_P99_10_MS, budget_s=1.0), {"a": start()}))[0]

    latencies = np.frombuffer(level.latencies_ns, dtype="<i8")
    waits = np.frombuffer(level.waits_ns, dtype="<i8")
    arrivals = poisson_arrivals(level.seed, rate_per_s=level.rate_per_s, count=level.scheduled)[: latencies.size]
    assert latencies.size == waits.size == level.completed
    assert (np.diff(arrivals + latencies) > 0).all()
    tested = latencies[level.completed - level.judged :]
    assert (tested > 10_000_000).sum() == level.exceedances
    assert level.quantile.point_s == pytest.approx(np.quantile(tested / 1e9, 0.99))


def test_levels_measured_before_are_not_taken_again(start: Start) -> None:
    rules = make_rules(slo=_P99_10_MS, budget_s=60.0)
    whole = found_by(rules, {"a": start()})
    done = levels_in(whole)[:2]

    resumed = found_by(rules, {"a": start(name="a")}, done=done)

    assert [level.rate_per_s for level in levels_in(resumed)] == [level.rate_per_s for level in levels_in(whole)[2:]]
    assert [level.index for level in levels_in(resumed)] == [level.index for level in levels_in(whole)[2:]]
    assert rates_in(resumed) == rates_in(whole)


def test_an_arm_whose_requests_miss_the_limit_when_alone_has_rate_0_and_no_level(start: Start) -> None:
    events = found_by(make_rules(slo=Slo(quantile=0.99, limit_s=0.0009)), {"a": start()})

    found = rates_in(events)["a"]
    assert levels_in(events) == ()
    assert found.held_rate_per_s == 0.0
    assert "no rate holds p99 ≤ 900 µs: 100 % of requests alone take longer (median 1 ms)" in found.reason
    assert found.binds == "the latency of a request alone"


def test_calls_alone_that_were_slow_under_foreign_load_are_timed_again_and_prove_nothing(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = make_rules(slo=Slo(quantile=0.99, limit_s=0.0009), foreign_cpu_limit=1e-9)
    busy = replace(_NOBODY, foreign_cpu_share=0.5)
    monkeypatch.setattr(HostWatch, "end", lambda _: (busy, 1.0))
    (found,) = [
        event.rate
        for event in measure_server_rates(rules, {"a": start()}, seed=7, patience=Patience())
        if isinstance(event, ServerRateFound)
    ]

    assert found.is_contaminated
    assert "requests alone take longer" in found.reason
    assert "under foreign load, twice" in found.reason


def test_a_few_slow_calls_alone_are_no_proof_that_no_rate_holds(start: Start) -> None:
    # Lognormal: 1.6 % of all calls take longer than 10 ms, which a second of calls alone cannot tell from 1 %.
    found = rates_in(found_by(make_rules(slo=_P99_10_MS, budget_s=5.0), {"a": start(make_script(jitter=1.07))}))

    assert found["a"].levels > 0


def test_a_limit_that_saturation_does_not_reach_is_bound_by_the_backlog(start: Start) -> None:
    events = found_by(make_rules(slo=Slo(quantile=0.99, limit_s=60.0)), {"a": start()})

    found = rates_in(events)["a"]
    assert 0.0 < found.held_rate_per_s < 1_000.0
    assert found.missed_rate_per_s is not None
    assert 1_000.0 <= found.missed_rate_per_s < 1_100.0
    assert found.binds.startswith("the backlog")
    growing = [level for level in levels_in(events) if level.backlog_growth_per_s > 0.0]
    assert all(level.outcome is LevelOutcome.MISSES and not level.exceedances for level in growing)


def test_a_level_without_hope_is_given_up_early_and_misses(start: Start) -> None:
    rules = make_rules(slo=_P99_10_MS)
    asked = ServeOpenLoop(rules=rules, rate_per_s=3_000.0, seed=1, requests=60_000)
    worker = start()

    served = worker.ask(asked, Served, timeout_s=_PATIENCE_S)
    level = level_of(worker, asked)

    assert served.end in {LevelEnd.BACKLOG, LevelEnd.DECIDED}
    assert level.completed < 3_000
    assert level.outcome is LevelOutcome.MISSES


@pytest.mark.parametrize("kind", ["kill", "raise"])
def test_an_arm_whose_worker_is_lost_in_a_level_fails_and_the_others_go_on(start: Start, kind: str) -> None:
    dying = make_script(jitter=0.0, fault=Fault(at="call", kind=kind, after=4_000))
    workers = {"dying": start(dying, name="dying"), "a": start()}

    events = found_by(make_rules(slo=_P99_10_MS, budget_s=30.0), workers)

    (failed,) = [event for event in events if isinstance(event, ArmFailed)]
    assert (failed.failure.arm, failed.failure.stage) == ("dying", Stage.SERVER)
    assert rates_in(events).keys() == {"a"}
    assert {level.arm for level in levels_in(events)} >= {"a"}


def test_two_instances_of_a_scripted_runtime_are_refused_in_its_own_words(start: Start) -> None:
    (_, failed) = found_by(make_rules(instances=2), {"a": start()})

    assert isinstance(failed, ArmFailed)
    assert "the fake runtime has one clock" in failed.failure.message


@pytest.mark.parametrize(
    ("latencies", "waits", "sizes", "delays"),
    [
        ((), (), (), ()),
        ((5, 5), (1,), (2,), (0,)),
        ((5, 5), (1, 1), (1,), (0,)),
        ((5, 5), (1, 1), (2, 0), (0, 0)),
        ((5, 5), (1, 1), (1, 1), (0,)),
        ((5,) * 11, (1,) * 11, (11,), (0,)),
    ],
)
def test_samples_that_do_not_fit_one_another_are_an_error_and_no_figure(
    latencies: tuple[int, ...], waits: tuple[int, ...], sizes: tuple[int, ...], delays: tuple[int, ...]
) -> None:
    asked = ServeOpenLoop(rules=make_rules(), rate_per_s=100.0, seed=1, requests=10)
    served = Served(
        latencies_ns=raw(*latencies),
        waits_ns=raw(*waits),
        batch_sizes=raw(*sizes),
        issue_delays_ns=raw(*delays),
        duration_ns=10,
        end=LevelEnd.SCHEDULE,
    )
    context = LevelContext(arm="a", index=0, started_at="now", host=_NOBODY, is_contaminated=False)

    with pytest.raises(MeasurementError, match="do not fit one another"):
        level_from(asked, served, context)


def test_nobody_waits_less_than_nothing_however_wide_the_interval_of_the_mean_is() -> None:
    asked = ServeOpenLoop(rules=make_rules(), rate_per_s=100.0, seed=1, requests=100)
    waits = [0] * 99 + [1_000_000]
    served = Served(
        latencies_ns=raw(*(wait + 5 for wait in waits)),
        waits_ns=raw(*waits),
        batch_sizes=raw(*[1] * 100),
        issue_delays_ns=raw(*[0] * 100),
        duration_ns=10**9,
        end=LevelEnd.SCHEDULE,
    )
    context = LevelContext(arm="a", index=0, started_at="now", host=_NOBODY, is_contaminated=False)

    assert level_from(asked, served, context).mean_wait_lower_s == 0.0


@pytest.mark.parametrize(("runtime", "package"), [("onnxruntime", "onnxruntime"), ("openvino", "openvino")])
@pytest.mark.parametrize(("max_batch", "instances"), [(1, 1), (3, 2)])
def test_a_real_model_is_served_by_several_instances_in_batches(
    tmp_path: Path, runtime: str, package: str, max_batch: int, instances: int
) -> None:
    pytest.importorskip(package)
    pytest.importorskip("onnx")
    folder = write_tiny_workload(tmp_path / "tiny")
    arm = make_arm(runtime=runtime, threads=1)
    load = Load(arm=arm, workload=str(folder), artifact=str(folder / "model.onnx"), batches=(1,), launch=0)
    rules = replace(make_rules(max_batch=max_batch, max_delay_s=0.001), instances=instances)
    worker = WorkerProcess("a", log=tmp_path / "log")
    try:
        worker.ask(load, Loaded, timeout_s=_PATIENCE_S)
        timed = worker.ask(TimeService(rules=rules, seconds=0.02), ServiceTimed, timeout_s=_PATIENCE_S)
        asked = ServeOpenLoop(rules=rules, rate_per_s=2_000.0, seed=1, requests=400, ends_early=False)
        level = level_of(worker, asked)
    finally:
        worker.close()

    sizes = np.frombuffer(level.batch_sizes, dtype="<i8")
    assert timed.saturated_per_s > 0
    assert len(timed.alone_ns) >= 8
    assert level.completed == sizes.sum() == 400
    assert set(sizes.tolist()) <= set(range(1, max_batch + 1))
    assert (np.frombuffer(level.waits_ns, dtype="<i8") >= 0).all()


def test_a_level_that_cannot_be_scheduled_is_refused(start: Start) -> None:
    asked = ServeOpenLoop(rules=make_rules(), rate_per_s=0.0, seed=1, requests=1)

    with pytest.raises(WorkerRefusedError, match="a positive rate is needed"):
        start().ask(asked, Served, timeout_s=_PATIENCE_S)
