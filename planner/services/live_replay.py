"""A stored run told once more in the lines of a live one: pure, from its evidence alone.

When a stage before timing ended is not stored: its facts come one after another. Rounds come as far apart as they
were; pauses, as between two attempts, are cut short. Standings are computed from the rounds up to each, as they were.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from harness.analysis import compare, evidence_of, pairs_in
from harness.run_events import (
    ArmFailed,
    ArmLoaded,
    ArmPredicted,
    ArmProved,
    ArtifactReady,
    RoundFinished,
    RunEvent,
    StageBegan,
    Standing,
)
from harness.statistics.stopping import LookSchedule, decide, is_settled
from harness.vocabulary import ArtifactRef, Comparison, LoadPoint, Round, Stage
from planner.services.exit_codes import ExitCode
from planner.services.live import Ended, Judged, Line, Teller, began
from planner.services.progress import Progress, reduce
from planner.store.records import StoredRun

_FACT_EVERY_S = 0.25
_LONGEST_PAUSE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A line, and the second at which it comes."""

    at_s: float
    line: Line


def lines_of(run: StoredRun, rounds: Sequence[Round]) -> tuple[Told, ...]:
    """Every line of the run, in order.

    Args:
        run: as stored.
        rounds: all of its rounds, with their samples.
    """
    telling = _Telling(run=run)
    telling.tell(began(run.run_id, run.plan))
    for event in _before_timing(run):
        telling.watch(event, later_s=_FACT_EVERY_S)
    for judged in _judged(run):
        telling.tell(judged)
    for event, later_s in _timing(run, rounds):
        telling.watch(event, later_s=later_s)
    for failure in run.failures:
        telling.watch(ArmFailed(failure=failure), later_s=_FACT_EVERY_S)
    code = ExitCode.OUR_BUG if run.exit_code is None else run.exit_code
    telling.tell(Ended(run=run.run_id, state=run.state, exit_code=code))
    return tuple(telling.told)


@dataclass(slots=True, kw_only=True)
class _Telling:
    run: StoredRun
    told: list[Told] = field(default_factory=list)
    _now_s: float = 0.0
    _progress: Progress = field(default_factory=Progress)

    def tell(self, line: Line) -> None:
        self.told.append(Told(at_s=self._now_s, line=line))

    def watch(self, event: RunEvent, *, later_s: float) -> None:
        self._now_s += later_s
        self._progress = reduce(self._progress, event, now_s=self._now_s)
        Teller(tell=self.tell).watch(self._progress, event)


def _before_timing(run: StoredRun) -> Iterator[RunEvent]:
    total = len(run.plan.arms)
    yield StageBegan(stage=Stage.QUANTIZE, total=total)
    for arm in run.arms:
        if arm.artifact is not None:
            file = ArtifactRef(digest=arm.artifact.digest, path="", size_bytes=arm.artifact.size_bytes)
            yield ArtifactReady(arm=arm.name, artifact=file, made=None, was_cached=False)
    yield StageBegan(stage=Stage.LOAD, total=total)
    for arm in (one for one in run.arms if one.settings):
        yield ArmLoaded(arm=arm.name, settings=arm.settings, memory=arm.memory, load_s=0.0)
    yield StageBegan(stage=Stage.PROVE, total=total)
    for arm in run.arms:
        if arm.proof is not None:
            yield ArmProved(arm=arm.name, proof=arm.proof.proof)
    yield StageBegan(stage=Stage.QUALITY, total=total)
    for arm in run.arms:
        if arm.prediction is not None:
            yield ArmPredicted(arm=arm.name, prediction=arm.prediction)


def _judged(run: StoredRun) -> Iterator[Judged]:
    verdicts = {verdict.candidate: verdict for verdict in reversed(run.verdicts)}
    for arm in run.arms:
        accuracy = arm.quality.accuracy if arm.quality is not None else None
        verdict = verdicts.get(arm.name)
        if verdict is not None:
            reason = verdict.gate_reasons[0] if verdict.gate_reasons else ""
            yield Judged(arm=arm.name, accuracy=accuracy, gate=verdict.gate, reason=reason)
        elif accuracy is not None:
            yield Judged(arm=arm.name, accuracy=accuracy)


def _timing(run: StoredRun, rounds: Sequence[Round]) -> Iterator[tuple[RunEvent, float]]:
    in_time = sorted(rounds, key=lambda one: one.started_at)
    budget_s = run.plan.timing.budget_s / (len(run.plan.loads) * run.plan.timing.launches)
    seen: dict[LoadPoint, list[Round]] = {}
    before: Round | None = None
    for (load, _), found in groupby(in_time, key=lambda one: (one.load, one.launch)):
        batch, concurrency = load.batch, load.concurrency
        yield StageBegan(stage=Stage.TIME, total=math.ceil(budget_s), batch=batch, concurrency=concurrency), 0.0
        spent_s = 0.0
        for one in found:
            seen.setdefault(load, []).append(one)
            spent_s += _seconds_of(one)
            yield _finished(run, seen[load], spent_s=spent_s, budget_s=budget_s), _later_s(before, one)
            before = one


def _seconds_of(one: Round) -> float:
    return max(one.wall_s, one.timed_s)


def _later_s(before: Round | None, one: Round) -> float:
    if before is None:
        return _seconds_of(one)
    gap = (datetime.fromisoformat(one.started_at) - datetime.fromisoformat(before.started_at)).total_seconds()
    return _seconds_of(one) + min(_LONGEST_PAUSE_S, max(0.0, gap - _seconds_of(before)))


def _finished(run: StoredRun, rounds: Sequence[Round], *, spent_s: float, budget_s: float) -> RoundFinished:
    last = rounds[-1]
    pairs = pairs_in(evidence_of(rounds, last.load))
    found = compare(run.plan, rounds, load=last.load, confidence=LookSchedule().per_look_confidence)
    alive = {turn.arm for turn in last.turns}
    standings = tuple(_standing(run, one, pairs) for one in found if {one.candidate, one.baseline} <= alive)
    return RoundFinished(round=last, standings=standings, pairs=pairs, elapsed_s=spent_s, budget_s=budget_s)


def _standing(run: StoredRun, one: Comparison, pairs: int) -> Standing:
    rules = run.plan.timing
    return Standing(
        candidate=one.candidate,
        baseline=one.baseline,
        ratio=one.ratio,
        speed=decide(one.ratio, pairs=pairs, equivalence=rules.equivalence),
        is_settled=is_settled(
            one.ratio, pairs=pairs, target_half_width=rules.target_half_width, equivalence=rules.equivalence
        ),
    )
