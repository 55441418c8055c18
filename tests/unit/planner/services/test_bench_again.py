"""The command of a run asks for the run again; distributions are bounded in what is read."""

import shlex
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from helpers.builders import FP32, INT8, make_arm, make_plan, make_realistic_round
from helpers.evidence_reports import record_measured_run
from helpers.server import make_rules
from helpers.stored_runs import make_stored_run
from helpers.stores import passing_store
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.variants import parse_variants
from harness.vocabulary import GateRules, LoadPoint, Plan, Scenario, Slo, TimingRules
from planner.cli.arrivals import scenarios_of, server_rules
from planner.cli.parser import build_parser
from planner.services.reporting.evidence_commands import bench_command, told_time
from planner.services.reporting.latency_samples import bins_of, samples_of
from planner.store import Store
from planner.wording.typed import duration_s, names, numbers

PLANS = (
    make_plan(),
    make_plan(
        arms=(
            replace(make_arm("fp32"), label="fp16", device="gpu:0", threads=1),
            replace(
                make_arm("int8-static:per-tensor"), label="int8-static:per-tensor,symmetric,without=/a b", threads=1
            ),
        ),
        baseline="fp16",
        batches=(4, 1),
        seed=3,
        test_samples=500,
        timing=TimingRules(budget_s=90.5, affinity="2,3", launches=5),
        gate=GateRules(overall_loss=0.005, class_drop=0.1, worst_class=0.8, judge_points=True),
    ),
    make_plan(
        scenarios=(Scenario.OFFLINE, Scenario.SERVER, Scenario.CONCURRENCY),
        concurrencies=(1, 2, 4),
        server=make_rules(
            slo=Slo(quantile=99.9 / 100, limit_s=0.0125), max_batch=8, max_delay_s=0.0005, instances=2, budget_s=600.0
        ),
    ),
    make_plan(scenarios=(Scenario.CONCURRENCY,), concurrencies=(2,)),
)


@pytest.mark.parametrize("plan", PLANS)
def test_the_command_asks_for_what_the_run_was_asked(plan: Plan) -> None:
    words = shlex.split(bench_command(make_stored_run(plan=plan)))
    options = build_parser().parse_args(words[1:])
    assert options.workload == plan.workload
    assert [one.label for one in parse_variants(options.variants)] == [
        parse_variants(label)[0].label for label in (arm.label for arm in plan.arms)
    ]
    assert names(options.runtimes) == ("fake",)
    assert names(options.device) == tuple(dict.fromkeys(arm.device for arm in plan.arms))
    assert numbers(options.batch, option="--batch") == plan.batches
    concurrencies = numbers(options.concurrency, option="--concurrency") if options.concurrency else None
    scenarios = scenarios_of(options.scenario, concurrencies)
    assert scenarios == plan.scenarios
    assert (concurrencies or (1,)) == plan.concurrencies
    asked = server_rules(options, scenarios)
    assert asked == plan.server
    timing = TimingRules(
        budget_s=duration_s(options.budget, option="--budget"), affinity=options.affinity, launches=options.launches
    )
    assert timing == plan.timing
    assert (options.seed, options.threads, options.baseline) == (plan.seed, plan.arms[0].threads, plan.baseline)
    assert options.samples == (str(plan.test_samples) if plan.test_samples else "all")
    loss, drop, floor = options.max_relative_loss, options.max_class_drop, options.min_worst_class
    assert (loss, drop, floor) == (plan.gate.overall_loss, plan.gate.class_drop, plan.gate.worst_class)
    assert (options.gate == "point") == plan.gate.judge_points


def test_folders_of_the_measured_machine_are_not_named() -> None:
    command = bench_command(make_stored_run(plan=make_plan(workload="/home/somebody/my model.toml")))
    assert "somebody" not in command
    assert "--workload 'my model.toml'" in command


@settings(max_examples=40)
@given(st.decimals(min_value="0.001", max_value="86400", places=3))
def test_times_are_written_as_options_read_them(seconds: object) -> None:
    value = float(str(seconds))
    assert duration_s(told_time(value), option="--budget") == pytest.approx(value, rel=1e-9)


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty one."""
    with passing_store() as found:
        yield found


def test_of_many_rounds_an_even_part_is_read(store: Store) -> None:
    run, load = record_measured_run(store, rounds=20), LoadPoint(batch=1)
    whole = store.some_rounds(run, load, most_bytes=2**20)
    assert ([one.index for one in whole.rounds], whole.of) == (list(range(20)), 20)
    part = store.some_rounds(run, load, most_bytes=2**14)
    indices = [one.index for one in part.rounds]
    assert 1 < len(indices) < 20
    assert (indices[0], part.of) == (0, 20)
    assert max(np.diff(indices)) - min(np.diff(indices)) <= 1
    assert len(store.some_rounds(run, load, most_bytes=1).rounds) == 1
    assert store.some_rounds(run, LoadPoint(batch=99), most_bytes=1).rounds == ()


def test_histograms_are_of_the_calls_that_the_figures_rest_on(store: Store) -> None:
    run = record_measured_run(store, rounds=4)
    store.record_round(run, replace(make_realistic_round((FP32, INT8), index=9), is_contaminated=True))
    found = samples_of(store, run, LoadPoint(batch=1), arms=(FP32, INT8, "nobody"))
    clean = [turn for one in store.rounds(run) if not one.is_contaminated for turn in one.turns if turn.arm == FP32]
    assert found.by_arm[FP32].size == sum(turn.calls for turn in clean)
    assert set(found.by_arm) == {FP32, INT8}


@pytest.mark.parametrize("values", [[5.0] * 9, [1.0, 2.0, 4.0], [0.0, 0.0], [3.0]])
def test_bins_hold_every_call_up_to_where_they_end(values: list[float]) -> None:
    bins = bins_of(np.array(values) * 1e6, unit_s=1e-3, most_s=3e-3)
    assert all(one.low < one.high for one in bins)
    within = sum(value <= max(3.0, bins[-1].high) for value in values) / len(values)
    assert sum(one.share for one in bins) == pytest.approx(within)
