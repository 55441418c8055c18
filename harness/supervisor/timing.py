"""The timed stage of one load: warm-up, then rounds until every decision stands or time is up.

Looks are planned: at 12, 24, 48 … paired blocks, each with the confidence that keeps the whole
sequence at its nominal error. Between looks nothing is decided, only shown.
"""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from harness.analysis import compare, evidence_of, noise_against_itself, pairs_in
from harness.errors import HarnessError
from harness.events import BlockTimed
from harness.run_events import ArmFailed, ArmWarmedUp, RoundFinished, RunEvent, StageBegan, Standing
from harness.statistics.stopping import LookSchedule, decide, is_settled
from harness.statistics.warmup import warm_up
from harness.supervisor.failures import failure_of
from harness.supervisor.gpu_watch import GpuWatch
from harness.supervisor.patience import Patience
from harness.supervisor.process import WorkerProcess
from harness.supervisor.rounds import ArmLostError, RoundContext, ask_for_block, take_round
from harness.supervisor.schedule import Slot, mirrored_orders, slots_of
from harness.vocabulary import Comparison, LoadPoint, Plan, Round, Stage, WarmUpSamples

_WARM_UP_ATTEMPTS = 3


@dataclass(slots=True)
class TimingStage:
    """Everything timed under one load. `rounds` begins with those of earlier attempts."""

    plan: Plan
    load: LoadPoint
    workers: Mapping[str, WorkerProcess]
    launch: int
    rounds: list[Round]
    patience: Patience
    gpus: GpuWatch | None = None
    _looks: LookSchedule = field(default_factory=LookSchedule)

    def events(self) -> Iterator[RunEvent]:
        """Warm every arm up, then take rounds; nothing at all where earlier attempts have settled it."""
        if self._is_settled():
            return
        yield self._begun(Stage.WARM_UP, len(self.workers))
        for arm in list(self.workers):
            yield from self._warm_up(arm)
        budget_s = self._budget_s()
        yield self._begun(Stage.TIME, math.ceil(budget_s))
        yield from self._take_rounds(budget_s)

    def _begun(self, stage: Stage, total: int) -> StageBegan:
        return StageBegan(stage=stage, total=total, batch=self.load.batch, concurrency=self.load.concurrency)

    def _warm_up(self, arm: str) -> Iterator[RunEvent]:
        """Blocks until the change-point fit sees a stable stretch, at most three."""
        for _ in range(_WARM_UP_ATTEMPTS):
            try:
                block = self._warm_up_block(arm)
            except HarnessError as error:
                yield ArmFailed(failure=failure_of(arm, Stage.WARM_UP, error, self.workers[arm]))
                return
            found = warm_up(np.frombuffer(block.latencies_ns, dtype="<i8"))
            samples = WarmUpSamples(
                arm=arm,
                batch=self.load.batch,
                concurrency=self.load.concurrency,
                launch=self.launch,
                latencies_ns=block.latencies_ns,
                discard=found.discard,
                is_stable=found.is_stable,
            )
            yield ArmWarmedUp(samples=samples)
            if found.is_stable:
                return

    def _warm_up_block(self, arm: str) -> BlockTimed:
        seconds = self.plan.timing.warm_up_s
        return ask_for_block(self.workers[arm], load=self.load, seconds=seconds, patience=self.patience)

    def _take_rounds(self, budget_s: float) -> Iterator[RunEvent]:
        started = time.monotonic()
        spent_s = self._spent_s()
        next_look = self._look_after(self._pairs())
        orders, in_orders = self._orders()
        while self.workers and (next_look is not None or not self._shared()):
            if in_orders != self.workers.keys():
                orders, in_orders = self._orders()
            try:
                taken = take_round(self._context(), orders, index=len(self.rounds))
            except ArmLostError as lost:
                yield ArmFailed(failure=failure_of(lost.arm, Stage.TIME, lost.reason, self.workers[lost.arm]))
                continue
            self.rounds.append(taken)
            spent_s += _seconds_of(taken)
            elapsed_s = max(spent_s, time.monotonic() - started)
            pairs = self._pairs()
            standings = self._standings(pairs)
            yield RoundFinished(round=taken, standings=standings, pairs=pairs, elapsed_s=elapsed_s, budget_s=budget_s)
            is_look = next_look is not None and pairs >= next_look
            if elapsed_s >= budget_s or (is_look and self._is_enough(standings)):
                return
            if is_look:
                next_look = self._look_after(pairs)

    def _context(self) -> RoundContext:
        return RoundContext(
            workers=self.workers,
            rules=self.plan.timing,
            load=self.load,
            launch=self.launch,
            patience=self.patience,
            is_simulated=self.plan.is_simulated,
            gpus=self.gpus,
        )

    def _budget_s(self) -> float:
        return self.plan.timing.budget_s / (len(self.plan.loads) * self.plan.timing.launches)

    def _is_settled(self) -> bool:
        """Whether the rounds of earlier attempts are enough."""
        pairs = self._pairs()
        if pairs < self._looks.first:
            return False
        is_spent = self._spent_s() >= self._budget_s()
        return is_spent or self._look_after(pairs) is None or self._is_enough(self._standings(pairs))

    def _orders(self) -> tuple[Iterator[tuple[Slot, ...]], frozenset[str]]:
        alive = frozenset(self.workers)
        seed = f"{self.plan.seed}/{self.load.batch}/{self.launch}"
        return mirrored_orders(slots_of(self.plan, alive), seed=seed), alive

    def _shared(self) -> list[Round]:
        """Rounds in which every arm that is alive had its turns: one that failed before may be back."""
        return [one for one in self.rounds if self.workers.keys() <= {turn.arm for turn in one.turns}]

    def _spent_s(self) -> float:
        return sum(_seconds_of(one) for one in self._shared())

    def _pairs(self) -> int:
        return pairs_in(evidence_of(self._shared(), self.load))

    def _look_after(self, pairs: int) -> int | None:
        return next((size for size in self._looks.sizes if size > pairs), None)

    def _is_enough(self, standings: tuple[Standing, ...]) -> bool:
        """Every decision stands; where nothing is compared, the arms are steady against themselves."""
        if standings:
            return all(standing.is_settled for standing in standings)
        evidence = evidence_of(self.rounds, self.load)
        controlled = {slot.arm for slot in slots_of(self.plan, frozenset(self.workers)) if slot.is_control}
        effects = [
            noise_against_itself(evidence, arm).minimal_effect for arm in self.plan.arms if arm.name in controlled
        ]
        return all(effect is not None and effect <= self.plan.timing.target_half_width for effect in effects)

    def _standings(self, pairs: int) -> tuple[Standing, ...]:
        confidence = self._looks.per_look_confidence
        comparisons = compare(self.plan, self.rounds, load=self.load, confidence=confidence)
        alive = [one for one in comparisons if {one.candidate, one.baseline} <= self.workers.keys()]
        return tuple(self._standing(one, pairs) for one in alive)

    def _standing(self, comparison: Comparison, pairs: int) -> Standing:
        rules = self.plan.timing
        return Standing(
            candidate=comparison.candidate,
            baseline=comparison.baseline,
            ratio=comparison.ratio,
            speed=decide(comparison.ratio, pairs=pairs, equivalence=rules.equivalence),
            is_settled=is_settled(
                comparison.ratio, pairs=pairs, target_half_width=rules.target_half_width, equivalence=rules.equivalence
            ),
        )


def _seconds_of(one: Round) -> float:
    return max(one.wall_s, one.timed_s)
