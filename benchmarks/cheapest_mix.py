"""15. The cheapest mix over every offer shipped, beside OR-tools CP-SAT solving the same problem, in turns.

Every accelerator in the price table is a choice, in every market and purchase option, at a made rate in proportion to
its data sheet. Both sides must find the same cost to a millionth of a dollar a day, or the comparison fails. Ours is
the whole search with pruning and the check of the answer; the peer's is its model and its solver, without its start.
"""

import sys
import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from benchmarks.comparison import Context, Found
from benchmarks.figures import of_repeats, ratio_of, value_of
from benchmarks.peers import LOADGEN, Answer, ask
from benchmarks.result import BenchmarkError, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from pricing.assumptions import assume
from pricing.book import shipped_book
from pricing.errors import EvidenceError
from pricing.optimising.cheapest import cheapest
from pricing.optimising.choices import gather
from pricing.optimising.model import Choice, Scope, Task
from pricing.optimising.optimise import optimise
from pricing.optimising.pruning import pruned
from pricing.optimising.task import task_of
from pricing.projection.model import Question
from pricing.targets import shipped_targets
from pricing.vocabulary import (
    Evidence,
    Gate,
    ModelFacts,
    Precision,
    Provenance,
    Range,
    RateMethod,
    Replica,
    ServiceRate,
    Slo,
    TargetKind,
)

_PEER = "OR-tools CP-SAT"
_MOST_S = 1.0
_PEER_S = 120.0
_SAME_USD = 1e-6
_NANO = 10**9  # prices as whole numbers
_TENTH = 10  # capacities as whole numbers: rates are multiples of 10, and the headroom is 30 %
_AS_OF = date(2026, 7, 31)
_MODEL = ModelFacts(name="resnet50", parameters=25_557_032, flop_per_sample=8.178e9, source="ResNet-50")
_SHARE = 0.4  # of the peak: what INT8 servers of the published table reach, roughly; the same for every card
_DAY = (
    *(0.20, 0.15, 0.12, 0.10, 0.10, 0.12, 0.20, 0.35, 0.55, 0.70, 0.80, 0.85),
    *(0.90, 0.88, 0.86, 0.90, 0.95, 1.00, 0.98, 0.90, 0.75, 0.60, 0.45, 0.30),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A load, and whether instances follow it over a day: the peer is then given what pruning leaves."""

    what: str
    peak_per_s: int
    zones: int
    follows_day: bool


_LOADS = (
    Load(what="50,000/s all day", peak_per_s=50_000, zones=1, follows_day=False),
    Load(what="1,000,000/s all day in 3 zones", peak_per_s=1_000_000, zones=3, follows_day=False),
    Load(what="50,000/s over a day of 24 loads in 3 zones", peak_per_s=50_000, zones=3, follows_day=True),
    Load(what="1,000,000/s over a day of 24 loads", peak_per_s=1_000_000, zones=1, follows_day=True),
)


def run(context: Context) -> Found:
    """Each load in turns."""
    found = Found()
    for load in _LOADS:
        context.narrate(load.what)
        found.rows.extend(_rows(found, load, turns=context.times(7, 1)))
    return found


def _rows(found: Found, load: Load, *, turns: int) -> list[Row]:
    question = _question(load)
    scope = Scope()
    task = task_of(question, most_kinds=scope.most_kinds)
    choices = gather(question, scope, task, currency="USD").choices
    given = _left(choices, task) if load.follows_day else choices
    ours, whole, theirs = [], [], []
    for _ in range(turns):
        began = time.perf_counter()
        mix, _ = cheapest(choices, task)
        ours.append(time.perf_counter() - began)
        answer = None if _PEER in found.absent else found.ask(_PEER, lambda: _ask_peer(given, task))
        if answer is not None:
            theirs.append(float(answer.told["wall_s"]))
            _check_same(load, float(mix.per_year.amount) / 365, answer)
        began = time.perf_counter()
        optimise(question, scope)
        whole.append(time.perf_counter() - began)
    figure = of_repeats(ours, Unit.SECONDS)
    first = Row(
        what=f"the cheapest mix of {len(choices)} offers, {load.what}",
        ours=figure,
        peer=of_repeats(theirs, Unit.SECONDS) if theirs else None,
        peer_name=_PEER,
        ratio=ratio_of(ours, theirs),
        target="≤ 1 s",
        outcome=at_most(value_of(figure), _MOST_S),
        note=f"the same optimum on both sides, two kinds of offers at most, N+1; the peer chooses from {len(given)}, "
        "on all cores, its start not counted",
        in_readme=True,
    )
    second = Row(
        what=f"the same with rivals and every uncertain rate at its ends, {load.what}",
        ours=of_repeats(whole, Unit.SECONDS),
        in_readme=True,
    )
    return [first, second]


def _left(choices: tuple[Choice, ...], task: Task) -> tuple[Choice, ...]:
    """Of each market what pruning leaves: with every offer the peer has no proof of a day after two minutes."""
    markets = dict.fromkeys(one.market for one in choices)
    return tuple(left for market in markets for left in pruned((one for one in choices if one.market == market), task))


def _check_same(load: Load, daily: float, answer: Answer) -> None:
    if not answer.told["is_optimal"]:
        raise BenchmarkError(f"{load.what}: {_PEER} had no proof after {_PEER_S:.0f} s")
    theirs = float(answer.told["cost"]) / _NANO
    if abs(theirs - daily) > _SAME_USD:
        raise BenchmarkError(f"{load.what}: {daily} USD a day, but {theirs} by {_PEER}: the problems differ")


def _ask_peer(choices: tuple[Choice, ...], task: Task) -> Answer:
    arguments: dict[str, Any] = {
        "offers": [
            {
                "price": int(one.offer.rate.amount * _NANO),
                "capacity": round(one.per_s * _TENTH),
                "market": " ".join(one.market),
                "unstopped": one.is_unstopped,
            }
            for one in choices
        ],
        "levels": [{"need": round(level.need_per_s * _TENTH), "hours": len(level.hours)} for level in task.levels],
        "plus": task.redundancy.plus,
        "zones": task.redundancy.zones,
        "most_kinds": task.most_kinds,
        "most_s": _PEER_S,
    }
    return ask(LOADGEN, "cp_sat_mix.py", arguments)


def _question(load: Load) -> Question:
    stated: dict[str, object] = {
        "demand.peak": f"{load.peak_per_s} requests/s",
        "demand.profile": list(_DAY),
        "fleet.zones": load.zones,
        "fleet.autoscaling": load.follows_day,
        "fleet.autoscaling_lag": "0 s",
        "from.region": "us-east-1",
        "to.region": "us-east-1",
    }
    targets = shipped_targets()
    known = {one.target_id: one for one in targets.all if one.kind is TargetKind.GPU}

    def find(target_id: str, precision: str) -> ServiceRate:
        peaks = known[target_id].peaks_per_s if target_id in known else {}
        peak = peaks.get(Precision.INT8, peaks.get(Precision.FP16))
        if peak is None or precision != Precision.INT8:
            raise EvidenceError(f"no rate is made of {target_id} in {precision}")
        return _rate(target_id, float(round(_SHARE * peak / 8.178e9, -1)))

    return Question(
        assumptions=assume(("the benchmark", stated), today=_AS_OF),
        model=_MODEL,
        slo=Slo(quantile=0.99, limit_s=0.015),
        book=shipped_book(),
        targets=targets,
        find_rate=find,
    )


def _rate(target_id: str, per_s: float) -> ServiceRate:
    return ServiceRate(
        replica=Replica(target_id=target_id),
        model=_MODEL.name,
        variant="int8",
        precision=Precision.INT8,
        per_s=Range(low=per_s, point=1.1 * per_s, high=1.25 * per_s),
        slo=None,
        method=RateMethod.STATED,
        evidence=Evidence(kind=Provenance.ASSUMED, source="made for a benchmark"),
        gate=Gate.ACCEPTED,
    )


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
