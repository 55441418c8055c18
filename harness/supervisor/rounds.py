"""Takes one round: cycles of turns until it is long enough for the host's counters.

Only this module asks workers for timed blocks. While a worker runs, the supervisor sleeps on
its channel.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from harness.errors import HarnessError
from harness.events import BlockTimed, TimeBlock
from harness.supervisor.gpu_readings import Span
from harness.supervisor.gpu_watch import GpuWatch
from harness.supervisor.host_watch import HostWatch, is_contaminated
from harness.supervisor.patience import Patience
from harness.supervisor.process import WorkerProcess
from harness.supervisor.schedule import Slot
from harness.vocabulary import LoadPoint, Round, TimingRules, Turn

# Texts differ in length, so inputs differ in cost: within a cycle every arm is asked the same, and so many further
# on in each round, which shares no factor with any power of two, so that rounds of few cycles meet all of them.
_INPUTS_A_ROUND = 5


class ArmLostError(Exception):
    """The worker of an arm failed in its turn; `reason` says how."""

    def __init__(self, arm: str, reason: HarnessError) -> None:
        super().__init__(arm)
        self.arm = arm
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundContext:
    """What stays the same from round to round. `stretches` slows arms down on purpose, by so much of each call.

    `gpus` watches the GPUs that arms run on; None where none does.
    """

    workers: Mapping[str, WorkerProcess]
    rules: TimingRules
    load: LoadPoint
    launch: int
    patience: Patience
    is_simulated: bool
    stretches: Mapping[str, float] = field(default_factory=dict)
    gpus: GpuWatch | None = None


def take_round(context: RoundContext, orders: Iterator[tuple[Slot, ...]], *, index: int) -> Round:
    """Cycles in mirrored pairs until `round_s` is filled.

    Raises:
        ArmLostError: a worker or its GPU failed; the round is void.
    """
    started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
    mark = context.gpus.begin() if context.gpus else None
    watch = HostWatch.begin(context.workers.values())
    turns: list[Turn] = []
    spans: list[Span] = []
    cycle = 0
    while True:
        inputs = index * _INPUTS_A_ROUND + cycle
        for slot in next(orders):
            turn, span = _take_turn(context, slot, cycle, inputs=inputs)
            if not slot.is_filler:
                turns.append(turn)
                spans.append(span)
        cycle += 1
        elapsed_s = max(watch.elapsed_s, sum(turn.wall_ns for turn in turns) / 1e9)
        if cycle % 2 == 0 and elapsed_s >= context.rules.round_s:
            break
    host, wall_s = watch.end()
    if context.gpus and mark:
        host = replace(host, gpus=context.gpus.end(mark, spans))
    return Round(
        batch=context.load.batch,
        concurrency=context.load.concurrency,
        index=index,
        launch=context.launch,
        started_at=started_at,
        wall_s=wall_s,
        turns=tuple(turns),
        host=host,
        is_contaminated=is_contaminated(host, limit=context.rules.foreign_cpu_limit, is_simulated=context.is_simulated),
    )


def ask_for_block(
    worker: WorkerProcess,
    *,
    load: LoadPoint,
    seconds: float,
    patience: Patience,
    turn: int | None = None,
    stretch: float = 0.0,
) -> BlockTimed:
    """One timed block, of the inputs of that number where one is given, slowed down where that is asked for.

    Raises:
        WorkerError: the worker died, hung or refused.
    """
    command = TimeBlock(batch=load.batch, concurrency=load.concurrency, seconds=seconds, turn=turn, stretch=stretch)
    return worker.ask(command, BlockTimed, timeout_s=patience.with_block(seconds))


def _take_turn(context: RoundContext, slot: Slot, cycle: int, *, inputs: int) -> tuple[Turn, Span]:
    """A block, and when it was taken. A card that is lost meanwhile makes it worthless."""
    clock = context.gpus.clock if context.gpus else time.monotonic
    began_s = clock()
    try:
        block = ask_for_block(
            context.workers[slot.arm],
            load=context.load,
            seconds=context.rules.block_s,
            patience=context.patience,
            turn=inputs,
            stretch=context.stretches.get(slot.arm, 0.0),
        )
        if context.gpus:
            context.gpus.require(slot.arm)
    except HarnessError as error:
        card = context.gpus.card_of(slot.arm) if context.gpus else None
        raise ArmLostError(slot.arm, (card.lost if card else None) or error) from error
    turn = Turn(
        arm=slot.arm,
        cycle=cycle,
        is_control=slot.is_control,
        latencies_ns=block.latencies_ns,
        cpu_ns=block.cpu_ns,
        wall_ns=block.wall_ns,
        voluntary_switches=block.voluntary_switches,
        involuntary_switches=block.involuntary_switches,
    )
    return turn, Span(arm=slot.arm, began_s=began_s, ended_s=clock())
