"""The commands that make a plan and its runs again, with everything that decides their result."""

import shlex
from collections.abc import Iterator
from pathlib import PurePath

from harness.vocabulary import CPU, GateRules, Plan, Scenario, ServerRules, TimingRules
from planner.store.records import StoredRun

_UNITS = (("s", 1.0), ("ms", 1e3), ("us", 1e6))
_MOST_UNITS = 1e6  # what `--budget` and the like read at most
_TIMING, _GATE = TimingRules(), GateRules()


def bench_command(run: StoredRun) -> str:
    """`planner bench …` that asks for the run again: variants, runtimes, loads, seed, budget and gate by name."""
    return shlex.join(("planner", "bench", *_options(run.plan)))


def workload_name(plan: Plan) -> str:
    """What the workload is opened by; of a file, without the folders of the machine where it was measured."""
    return PurePath(plan.workload).name if is_a_path(plan) else plan.workload


def is_a_path(plan: Plan) -> bool:
    """Whether the workload is opened by where it lies."""
    return any(mark in plan.workload for mark in "/\\")


def _options(plan: Plan) -> Iterator[str]:
    yield from ("--workload", workload_name(plan))
    yield from ("--variants", ",".join(dict.fromkeys(arm.label for arm in plan.arms)))
    yield from ("--runtimes", ",".join(dict.fromkeys(arm.runtime for arm in plan.arms)))
    devices = tuple(dict.fromkeys(arm.device for arm in plan.arms))
    if devices != (CPU,):
        yield from ("--device", ",".join(devices))
    yield from ("--batch", ",".join(map(str, plan.batches)))
    yield from ("--threads", str(plan.arms[0].threads))
    if plan.baseline != "fp32":
        yield from ("--baseline", plan.baseline)
    yield from _arrivals(plan)
    yield from ("--seed", str(plan.seed), "--budget", told_time(plan.timing.budget_s))
    if plan.timing.affinity != _TIMING.affinity:
        yield from ("--affinity", plan.timing.affinity)
    if plan.timing.launches != _TIMING.launches:
        yield from ("--launches", str(plan.timing.launches))
    if plan.test_samples is not None:
        yield from ("--samples", str(plan.test_samples))
    yield from _gate(plan.gate)


def _arrivals(plan: Plan) -> Iterator[str]:
    named = [str(one) for one in plan.scenarios if one is not Scenario.CONCURRENCY]
    if named:
        yield from ("--scenario", ",".join(named))
    if Scenario.CONCURRENCY in plan.scenarios:
        yield from ("--concurrency", ",".join(map(str, plan.concurrencies)))
    if plan.server is not None:
        yield from _server(plan.server)


def _server(rules: ServerRules) -> Iterator[str]:
    yield from ("--slo", f"p{_number(100 * rules.slo.quantile)}={told_time(rules.slo.limit_s)}")
    yield from ("--max-batch", str(rules.max_batch), "--server-budget", told_time(rules.budget_s))
    if rules.max_delay_s:
        yield from ("--max-delay", told_time(rules.max_delay_s))
    if rules.instances != 1:
        yield from ("--instances", str(rules.instances))


def _gate(rules: GateRules) -> Iterator[str]:
    yield from ("--max-relative-loss", f"{rules.overall_loss:.12g}", "--max-class-drop", f"{rules.class_drop:.12g}")
    if rules.worst_class is not None:
        yield from ("--min-worst-class", f"{rules.worst_class:.12g}")
    if rules.judge_points:
        yield from ("--gate", "point")


def told_time(seconds: float) -> str:
    """Seconds as options read them, in the largest unit that says them exactly: `20s`, `1500ms`."""
    for unit, scale in _UNITS:
        scaled = seconds * scale
        if 1.0 <= scaled < _MOST_UNITS and abs(round(scaled, 3) - scaled) <= 1e-9 * scaled:
            return f"{_number(scaled)}{unit}"
    return f"{_number(seconds)}s"


def _number(value: float) -> str:
    """With at most three decimals, and none that say nothing."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
