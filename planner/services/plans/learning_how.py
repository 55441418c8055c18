"""How one learns an uncertain figure of a plan: the command that measures it, or whom to ask."""

import shlex
from dataclasses import dataclass

from planner.services.plans.questions import Asked
from pricing.projection.model import Question
from pricing.uncertainty import InputKind, Measurable
from pricing.vocabulary import Slo

_MEASURED_LONGER = "--server-budget 10m"
_NAMED_BY_BENCH = ("fp32", "bf16", "fp16", "int8-")
_ASK = {
    "migration.quantise": "ask for a quote, or let whoever will do it estimate: calibrating, validating, rolling out",
    "migration.move": "ask for a quote, or let whoever will do it estimate: images, drivers, load tests, operations",
    "migration.parallel_running": "agree with operations for how long both fleets are paid",
    "energy.pue": "ask the operator of the data centre for last year's PUE",
    "energy.price": "take it from the contract for electricity",
    "own.infrastructure": "ask for a quote of racks, network and cooling",
    "own.support": "take it from the contract for maintenance",
    "own.colocation": "take it from the contract for the room",
    "own.staff": "count the hours that are spent on it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How it is done; without a command where nothing is measured."""

    how: str
    command: str | None


def way_to(one: Measurable, asked: Asked) -> Way:
    """How to learn a figure of that question."""
    what = _subject_of(asked)
    match one.kind:
        case InputKind.QUALITY:
            command = f"planner bench {what}{_variants(one.variant)}"
            return Way(how="judge it on labelled data", command=command)
        case InputKind.SCALING:
            command = f"planner bench {what} --scenario single-stream --concurrency 1,$(nproc)"
            return Way(how="measure calls beside one another on such a machine", command=command)
        case InputKind.RATE | InputKind.RATIO:
            return _rate(one, asked, what)
        case _:
            return Way(how=f"{_ASK.get(one.key, 'ask for it')}; state it as {one.key}", command=None)


def _rate(one: Measurable, asked: Asked, what: str) -> Way:
    name = _name(asked.question, one.target_id)
    longer = f" {_MEASURED_LONGER}" if asked.runs else ""
    command = f"planner bench {what}{_variants(one.variant)} --scenario server --slo {_slo(asked.question.slo)}{longer}"
    in_what = "" if _is_named(one.variant) else f" in {one.variant}"
    return Way(how=f"measure it{in_what} on a machine with {name}, then plan with that run", command=command)


def _subject_of(asked: Asked) -> str:
    name = asked.question.model.name
    return f"--workload {shlex.quote(name)}" if asked.runs else f"--model {shlex.quote(f'{name}.onnx')} --data DATA"


def _variants(variant: str) -> str:
    if variant == "fp32":
        return " --variants fp32"
    if variant == "int8":
        return " --variants fp32,int8-static:per-channel"
    return f" --variants {shlex.quote(f'fp32,{variant}')}" if _is_named(variant) else ""


def _is_named(variant: str) -> bool:
    return variant == "int8" or variant.startswith(_NAMED_BY_BENCH)


def _slo(slo: Slo) -> str:
    return f"p{100 * slo.quantile:.6g}={slo.limit_s * 1e3:.6g}ms"


def _name(question: Question, target_id: str) -> str:
    target = question.targets.get(target_id)
    return target_id if target is None else target.name
