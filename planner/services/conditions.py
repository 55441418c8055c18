"""What differs between the conditions of two runs: what was asked for, and where it was measured."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from harness.environment import Environment, EnvironmentDifference, difference
from harness.vocabulary import GateRules, Plan

MODULE = "model.parameters"
_DECISIVE = frozenset({"plan.threads", "plan.affinity", MODULE})
_NOTHING: Mapping[str, str] = {}
_DIGITS = 12


class Conditions(Protocol):
    """A run, as far as its conditions go."""

    @property
    def plan(self) -> Plan:
        """What was asked for."""

    @property
    def environment(self) -> Environment:
        """Where it was measured."""


def differences_between(
    first: Conditions,
    second: Conditions,
    *,
    artifacts: tuple[Mapping[str, str], Mapping[str, str]] = (_NOTHING, _NOTHING),
    modules: tuple[str, str] = ("", ""),
) -> tuple[EnvironmentDifference, ...]:
    """Every difference, those that make the runs unlike first.

    Args:
        first: a run.
        second: another.
        artifacts: of both, the SHA-256 of what each arm loaded, by arm.
        modules: of both, the SHA-256 of the parameters of a PyTorch module that a function made, which a workload
            knows by the function's name alone; empty where there is none.
    """
    before = {**_asked(first.plan), **_made(modules[0]), **_named(artifacts[0])}
    after = {**_asked(second.plan), **_made(modules[1]), **_named(artifacts[1])}
    found = (*_plan_differences(before, after), *difference(first.environment, second.environment))
    return tuple(sorted(found, key=lambda one: not one.makes_unlike))


def _plan_differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[EnvironmentDifference]:
    """What was asked for otherwise: threads and their CPUs decide speed, the rest is worth knowing."""
    for name, one in before.items():
        other = after.get(name, one)
        if one != other:
            yield EnvironmentDifference(field=name, before=one, after=other, makes_unlike=name in _DECISIVE)


def _made(module: str) -> dict[str, str]:
    return {MODULE: module[:_DIGITS]} if module else {}


def _named(artifacts: Mapping[str, str]) -> dict[str, str]:
    return {f"artifact.{arm}": digest[:_DIGITS] for arm, digest in artifacts.items()}


def _gate(rules: GateRules) -> str:
    told = f"loss {rules.overall_loss:g}, class {rules.class_drop:g}"
    told += f", floor {rules.worst_class:g}" if rules.worst_class is not None else ""
    return told + (f", judged: {', '.join(rules.classes)}" if rules.classes else "")


def _asked(plan: Plan) -> dict[str, str]:
    threads = sorted({arm.threads for arm in plan.arms})
    return {
        "plan.threads": ", ".join(str(count) for count in threads),
        "plan.affinity": plan.timing.affinity,
        "plan.baseline": plan.baseline,
        "plan.budget": f"{plan.timing.budget_s:g} s",
        "plan.gate": _gate(plan.gate),
        "plan.samples": _samples(plan),
        "plan.seed": str(plan.seed),
    }


def _samples(plan: Plan) -> str:
    """By which of the test samples it was judged: other samples have another accuracy."""
    told = "all" if plan.test_samples is None else f"{plan.test_samples} at most"
    return told if plan.keeps_calibration_apart else f"{told}, none kept for calibration"
