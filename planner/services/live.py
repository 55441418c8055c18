"""A run as it happens, in lines of JSON: what `planner bench --events` writes, and what the terminal app reads.

A line is one of: `began` (what is to be done), `moved` (where the run stands after an event, with what is new in it),
`judged` (what is known of an arm's quality so far), `said` (a sentence for the log), `ended`. Raw samples are not in
it: of a round it has each arm's median call, and what the machine did. The first field of every line is `kind`;
`began` has the schema.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import singledispatch
from statistics import median

import msgspec

from harness.errors import HarnessError
from harness.run_events import (
    ArmAdvanced,
    ArmFailed,
    ArmLoaded,
    ArmPinned,
    ArmPredicted,
    ArmProved,
    ArmWarmedUp,
    ArtifactReady,
    CalibrationAudited,
    EnergyMeasured,
    GpuUnwatched,
    MemoryMeasured,
    PipelineNoted,
    RoundFinished,
    RunEvent,
    ServerRateFound,
)
from harness.vocabulary import Gate, HostReading, LoadPoint, Plan, RunState
from planner.services.progress import Progress

SCHEMA = "planner.events/1"
_ADVANCE_EVERY_S = 0.5  # of what comes hundreds of times a second
_MOST_BYTES = 4_000_000  # of a line: a run of a thousand arms has some 300 kB


class ArmAhead(msgspec.Struct, frozen=True, kw_only=True):
    """An arm that will be measured."""

    name: str
    runtime: str
    device: str
    label: str
    is_baseline: bool


class Began(msgspec.Struct, frozen=True, kw_only=True, tag="began", tag_field="kind"):
    """A run begins. `loads` are timed in this order, each launch anew."""

    schema: str
    run: str
    workload: str
    arms: tuple[ArmAhead, ...]
    loads: tuple[LoadPoint, ...]
    launches: int
    unavailable: tuple[tuple[str, str], ...]
    budget_s: float
    is_simulated: bool


class ArmMedian(msgspec.Struct, frozen=True, kw_only=True):
    """Of one round: seconds of an arm's median call."""

    arm: str
    median_s: float
    calls: int


class Moved(msgspec.Struct, frozen=True, kw_only=True, tag="moved", tag_field="kind"):
    """Something happened, to `arm` where it is about one.

    `medians` and `host` only after a round; `is_contaminated`: it was disturbed, and is measured again.
    """

    event: str
    progress: Progress
    arm: str = ""
    medians: tuple[ArmMedian, ...] = ()
    batch: int | None = None
    concurrency: int = 1
    is_contaminated: bool = False
    host: HostReading | None = None


class Judged(msgspec.Struct, frozen=True, kw_only=True, tag="judged", tag_field="kind"):
    """An arm's quality as far as it is known: its accuracy, for a candidate what the gate says of it and why."""

    arm: str
    accuracy: float | None = None
    gate: Gate | None = None
    reason: str = ""


class Said(msgspec.Struct, frozen=True, kw_only=True, tag="said", tag_field="kind"):
    """A sentence. `tone`: good, caution, bad or neutral."""

    at_s: float
    text: str
    tone: str = "neutral"


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="ended", tag_field="kind"):
    """The run is over, and judged."""

    run: str
    state: RunState
    exit_code: int


Line = Began | Moved | Judged | Said | Ended
_decoder = msgspec.json.Decoder(Line)


def encode_line(line: Line) -> bytes:
    """One line, without its end."""
    return msgspec.json.encode(line)


def decode_line(text: bytes) -> Line:
    """What a line says.

    Raises:
        HarnessError: if it is none.
    """
    if len(text) > _MOST_BYTES:
        raise HarnessError(f"a line of events has {len(text):,} bytes, more than any run's")
    try:
        found: Line = _decoder.decode(text)
    except msgspec.MsgspecError as error:
        raise HarnessError(f"{text[:80]!r} is no line of events: {error}") from error
    return found


def began(run: str, plan: Plan) -> Began:
    """The first line of a run."""
    return Began(
        schema=SCHEMA,
        run=run,
        workload=plan.workload_name or plan.workload,
        arms=tuple(
            ArmAhead(
                name=arm.name,
                runtime=arm.runtime,
                device=arm.device,
                label=arm.label,
                is_baseline=arm.label == plan.baseline,
            )
            for arm in plan.arms
        ),
        loads=plan.loads,
        launches=plan.timing.launches,
        unavailable=plan.unavailable,
        budget_s=plan.timing.budget_s,
        is_simulated=plan.is_simulated,
    )


@dataclass(slots=True, kw_only=True)
class Teller:
    """Watches a run and tells it in lines. `judge`: what an event adds to what is known of quality."""

    tell: Callable[[Line], None]
    judge: Callable[[RunEvent], Iterable[Judged]] = lambda _event: ()
    _advanced_s: float = field(default=-_ADVANCE_EVERY_S)

    def watch(self, progress: Progress, event: RunEvent) -> None:
        """Tell of an event; of many small advances only some."""
        if isinstance(event, ArmAdvanced):
            if progress.now_s - self._advanced_s < _ADVANCE_EVERY_S:
                return
            self._advanced_s = progress.now_s
        said = _said(event, progress.now_s)
        if said is not None:
            self.tell(said)
        self.tell(_moved(progress, event))
        for judged in self.judge(event):
            self.tell(judged)


def _moved(progress: Progress, event: RunEvent) -> Moved:
    name = type(event).__name__
    if not isinstance(event, RoundFinished):
        return Moved(event=name, progress=progress, arm=_arm_of(event))
    calls: dict[str, list[int]] = {}
    for turn in event.round.turns:
        if not turn.is_control:
            calls.setdefault(turn.arm, []).extend(memoryview(turn.latencies_ns).cast("q"))
    medians = tuple(ArmMedian(arm=arm, median_s=median(of) / 1e9, calls=len(of)) for arm, of in calls.items() if of)
    return Moved(
        event=name,
        progress=progress,
        medians=medians,
        batch=event.round.batch,
        concurrency=event.round.concurrency,
        is_contaminated=event.round.is_contaminated,
        host=event.round.host,
    )


def _arm_of(event: RunEvent) -> str:
    match event:
        case ArmFailed():
            return event.failure.arm
        case ArmWarmedUp():
            return event.samples.arm
        case ServerRateFound():
            return event.rate.arm
        case ArtifactReady() | ArmLoaded() | ArmProved() | ArmAdvanced() | ArmPredicted() | ArmPinned():
            return event.arm
        case MemoryMeasured() | EnergyMeasured():
            return event.arm
        case _:
            return ""


def _said(event: RunEvent, at_s: float) -> Said | None:
    text, tone = _words(event)
    return None if not text else Said(at_s=at_s, text=text, tone=tone)


@singledispatch
def _words(event: RunEvent) -> tuple[str, str]:  # noqa: ARG001 - the case of events that need no sentence
    return "", "neutral"


@_words.register
def _(event: ArtifactReady) -> tuple[str, str]:
    return f"{event.arm}: its model is {'taken from the cache' if event.was_cached else 'ready'}", "neutral"


@_words.register
def _(event: ArmPredicted) -> tuple[str, str]:
    return f"{event.arm}: has answered the test data", "neutral"


@_words.register
def _(event: ServerRateFound) -> tuple[str, str]:
    return f"{event.rate.arm}: the search for its rate has ended", "neutral"


@_words.register
def _(event: GpuUnwatched) -> tuple[str, str]:
    return f"{event.arm}: its GPU is not watched: {event.reason}", "caution"


@_words.register
def _(event: PipelineNoted) -> tuple[str, str]:
    return event.note, "caution"


@_words.register
def _(event: CalibrationAudited) -> tuple[str, str]:
    return f"calibration data: {len(event.findings)} findings" if event.findings else "", "caution"


@_words.register
def _(event: ArmFailed) -> tuple[str, str]:
    failure = event.failure
    return f"{failure.arm} failed ({failure.stage}): {failure.message}. {failure.hint}", "bad"
