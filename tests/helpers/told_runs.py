"""A run that is told and not measured: a program in the place of `planner bench --events`, which says what a test cues.

The app starts it, reads it and ends it as it does a real one; every figure is made up, so that its screens are the same
on every machine.
"""

import math
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from helpers.builders import make_arm, make_host_reading, make_plan, make_ratio, make_round, make_turn
from helpers.run_event_sequences import began as stage_began
from helpers.samples import latencies

from harness.run_events import ArmLoaded, ArtifactReady, RoundFinished, RunEvent, Standing
from harness.vocabulary import ArtifactRef, Gate, HostReading, Plan, RunState, Speed, Stage
from planner.services.live import Ended, Judged, Line, Teller, began, encode_line
from planner.services.progress import Progress, reduce

RUN = "4a4b4c4d"
WORKLOAD = "toy"
_FP32, _TENSOR, _CHANNEL = (f"fake/{label}" for label in ("fp32", "int8-static:per-tensor", "int8-static:per-channel"))
_MEDIANS_NS = {_FP32: 6_200_000, _TENSOR: 3_050_000, _CHANNEL: 3_000_000}
_BUDGET_S = 20.0
_ROUND_S = 1.5

_PROGRAM = """#!{python} -IS
import os, signal, sys

folder = {folder!r}

def say(name):
    with open(os.path.join(folder, name), "rb") as stream:
        sys.stdout.buffer.write(stream.read())
    sys.stdout.flush()

def end(*_):
    say("cancelled")
    sys.exit(130)

signal.signal(signal.SIGTERM, end)
cues = os.open(os.path.join(folder, "cues"), os.O_RDWR)
for cue in open(cues):
    name = cue.strip()
    if name == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "fail":
        sys.exit(open(os.path.join(folder, "failed")).read())
    if name == "leave":
        sys.exit(0)
    say(name)
"""


def told_plan() -> Plan:
    """What it pretends to measure: FP32 and two INT8 variants, at batch size 1."""
    arms = tuple(make_arm(name.partition("/")[2], runtime="fake") for name in _MEDIANS_NS)
    return make_plan(workload=WORKLOAD, workload_name=WORKLOAD, arms=arms)


@dataclass(slots=True, kw_only=True)
class ToldRun:
    """The program, in a folder of its own. Cues: `ready`, `timed`, `disturbed`, `done`, `leave`; `fail`, `die`."""

    folder: Path
    failure: str = ""
    _cues: int = field(init=False)

    def __post_init__(self) -> None:
        """Write it, and what it will say."""
        self.folder.mkdir()
        for name, lines in _parts().items():
            (self.folder / name).write_bytes(b"".join(encode_line(line) + b"\n" for line in lines))
        (self.folder / "failed").write_text(self.failure, encoding="utf-8")
        self._program.write_text(_PROGRAM.format(python=sys.executable, folder=str(self.folder)), encoding="utf-8")
        self._program.chmod(0o755)
        os.mkfifo(self.folder / "cues")
        self._cues = os.open(self.folder / "cues", os.O_RDWR)

    @property
    def _program(self) -> Path:
        return self.folder / "planner"

    @property
    def program(self) -> Sequence[str]:
        """For `Session.program`."""
        return (str(self._program),)

    def cue(self, *names: str) -> None:
        """Let it say these next; also before it is started."""
        os.write(self._cues, "".join(f"{name}\n" for name in names).encode())

    def close(self) -> None:
        """No more cues."""
        os.close(self._cues)


def _parts() -> Mapping[str, Iterable[Line]]:
    """What it says on each cue."""
    told, parts = _Telling(), {}
    parts["ready"] = [began(RUN, told_plan()), *told.lines(_ready()), *_judged()]
    parts["timed"] = told.lines([stage_began(Stage.TIME, round(_BUDGET_S), batch=1), *map(_round, range(8))])
    parts["disturbed"] = told.lines([_round(number, is_disturbed=number != 10) for number in range(8, 13)])
    parts["done"] = [Ended(run=RUN, state=RunState.COMPLETED, exit_code=0)]
    parts["cancelled"] = [Ended(run=RUN, state=RunState.INTERRUPTED, exit_code=130)]
    return parts


@dataclass(slots=True)
class _Telling:
    """Turns events into lines, one and a half seconds apart."""

    progress: Progress = field(default_factory=Progress)
    at_s: float = 0.0

    def lines(self, events: Iterable[RunEvent]) -> list[Line]:
        """Lines of these."""
        lines: list[Line] = []
        teller = Teller(tell=lines.append)
        for event in events:
            self.at_s += _ROUND_S
            self.progress = reduce(self.progress, event, now_s=self.at_s)
            teller.watch(self.progress, event)
        return lines


def _ready() -> list[RunEvent]:
    artifact = ArtifactRef(digest="a1" * 32, path="m.onnx", size_bytes=1)
    return [
        *(ArtifactReady(arm=arm, artifact=artifact, made=None, was_cached=True) for arm in _MEDIANS_NS),
        *(ArmLoaded(arm=arm, settings={}, memory=(), load_s=0.1) for arm in _MEDIANS_NS),
    ]


def _judged() -> list[Line]:
    return [
        Judged(arm=_FP32, accuracy=0.921),
        Judged(arm=_TENSOR, accuracy=0.883, gate=Gate.REJECTED, reason="lost 4.1 % of accuracy, 1 % is allowed"),
        Judged(arm=_CHANNEL, accuracy=0.919, gate=Gate.ACCEPTED, reason="no threshold is missed"),
    ]


def _round(number: int, *, is_disturbed: bool = False) -> RoundFinished:
    turns = []
    for place, (arm, median_ns) in enumerate(_MEDIANS_NS.items()):
        drift = 1 + 0.02 * math.sin(number + place) + (0.2 if is_disturbed else 0.0)
        turns.append(make_turn(arm=arm, latencies_ns=latencies(*[round(median_ns * drift)] * 3)))
    one = make_round(turns=tuple(turns), is_contaminated=is_disturbed, host=_host(is_disturbed=is_disturbed))
    elapsed_s = (number + 1) * _ROUND_S
    return RoundFinished(
        round=one, standings=_standings(number), pairs=4 * (number + 1), elapsed_s=elapsed_s, budget_s=_BUDGET_S
    )


def _host(*, is_disturbed: bool) -> HostReading:
    share = 0.41 if is_disturbed else 0.012
    return make_host_reading(foreign_cpu_share=share, pressure_share=share / 4)


def _standings(number: int) -> tuple[Standing, ...]:
    width = 0.3 / (number + 1)

    def standing(arm: str, *, is_settled: bool) -> Standing:
        point = _MEDIANS_NS[_FP32] / _MEDIANS_NS[arm]
        ratio = make_ratio(point, lower=point * (1 - width), upper=point * (1 + width))
        return Standing(candidate=arm, baseline=_FP32, ratio=ratio, speed=Speed.FASTER, is_settled=is_settled)

    return (standing(_TENSOR, is_settled=number > 1), standing(_CHANNEL, is_settled=False))
