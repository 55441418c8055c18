"""1. What a load generator itself costs a query: the same null model, ours and LoadGen's from Python and from C++.

Turns of a few seconds alternate. The call does nothing, so that all that is recorded is the generator.
"""

import sys
import time

import numpy as np

from benchmarks import peers
from benchmarks.comparison import Context, Found
from benchmarks.figures import of_repeats, ratio_of, value_of
from benchmarks.peer_scripts import loadgen_summary
from benchmarks.peers import Answer, PeerAbsentError
from benchmarks.result import Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from harness.loadgen.single_stream import SingleStream

_PYTHON, _CPP = "LoadGen from Python", "LoadGen in C++"
_MOST_ADDED_S, _MOST_QUERY_S, _MOST_WALL = 150e-9, 1e-6, 1.1
_PYTHON_EXPECTED_NS, _CPP_EXPECTED_NS = 2000, 1000  # so that it prepares enough queries for the time asked
_LOOP_CALLS = 200_000


class Turns:
    """Figures of one generator, a turn each: the recorded median, seconds a query, and wall over measured time."""

    def __init__(self) -> None:
        self.p50_s: list[float] = []
        self.query_s: list[float] = []
        self.wall: list[float] = []

    def add(self, *, p50_s: float, query_s: float, wall: float) -> None:
        """One more turn."""
        self.p50_s.append(p50_s)
        self.query_s.append(query_s)
        self.wall.append(wall)


def run(context: Context) -> Found:
    """Alternate the three generators."""
    found = Found()
    seconds, turns = context.sized(2.0, 0.2), context.times(6, 2)
    ours, python, cpp = Turns(), Turns(), Turns()
    for turn in range(turns):
        context.narrate(f"turn {turn + 1} of {turns}")
        _take_ours(ours, seconds)
        if _PYTHON not in found.absent:
            answer = found.ask(_PYTHON, lambda: _ask_python(context, seconds))
            _add(python, answer, seconds)
        if _CPP not in found.absent:
            answer = found.ask(_CPP, lambda: _ask_cpp(context, seconds))
            _add(cpp, answer, seconds)
    for peer, name in ((python, _PYTHON), (cpp, _CPP)):
        if peer.p50_s:
            found.rows.extend(_rows(ours, peer, name))
    if not found.rows:
        found.rows.extend(_rows(ours, Turns(), ""))
    found.rows.extend(_bare_loops(ours))
    return found


def _null() -> None:
    """The call of which everything recorded is the generator."""


def _take_ours(turns: Turns, seconds: float) -> None:
    """Blocks of the harness's single stream until so much time is measured."""
    began = time.perf_counter()
    stream = SingleStream(time.perf_counter_ns)
    measured, calls, medians = 0.0, 0, []
    while measured < seconds:
        latencies = np.frombuffer(stream.time_block([_null], seconds=seconds - measured), dtype="<i8")
        measured += float(latencies.sum()) / 1e9
        calls += latencies.size
        medians.append(float(np.median(latencies)) / 1e9)
    wall_s = time.perf_counter() - began
    turns.add(p50_s=float(np.median(medians)), query_s=measured / calls, wall=wall_s / measured)


def _ask_python(context: Context, seconds: float) -> Answer:
    asked = {
        "duration_ms": round(seconds * 1e3),
        "expected_latency_ns": _PYTHON_EXPECTED_NS,
        "folder": str(context.folder("loadgen")),
    }
    return peers.ask(peers.LOADGEN, "loadgen_single_stream.py", asked)


def _ask_cpp(context: Context, seconds: float) -> Answer:
    program = peers.python_of(peers.LOADGEN).with_name("loadgen-null")
    if not program.exists():
        raise PeerAbsentError("loadgen-null has not been built: `make benchmarks` builds it, and needs g++")
    folder = str(context.folder("loadgen"))
    command = [str(program), str(round(seconds * 1e3)), str(_CPP_EXPECTED_NS), folder]
    began = time.monotonic()
    peers.output_of(command, name=program.name)
    try:
        told = loadgen_summary.read(folder)
    except OSError as error:
        raise PeerAbsentError(f"{program.name} left no summary: {error.strerror}") from error
    wall_s = time.monotonic() - began
    return Answer(told={**told, "wall_s": wall_s}, versions={}, wall_s=wall_s)


def _add(turns: Turns, answer: Answer | None, seconds: float) -> None:
    """Its time is divided by what was asked for: it runs longer, but so much is what it measures."""
    if answer is None:
        return
    told = answer.told
    turns.add(p50_s=told["p50_ns"] / 1e9, query_s=1.0 / told["qps"], wall=told["wall_s"] / seconds)


def _rows(ours: Turns, peer: Turns, name: str) -> list[Row]:
    added, query, wall = (
        of_repeats(values, unit)
        for values, unit in ((ours.p50_s, Unit.SECONDS), (ours.query_s, Unit.SECONDS), (ours.wall, Unit.RATIO))
    )
    return [
        Row(
            what="p50 recorded for a call that does nothing",
            ours=added,
            peer=of_repeats(peer.p50_s, Unit.SECONDS) if peer.p50_s else None,
            peer_name=name,
            ratio=ratio_of(ours.p50_s, peer.p50_s),
            target="≤ 150 ns",
            outcome=at_most(value_of(added), _MOST_ADDED_S),
            in_readme=True,
        ),
        Row(
            what="time a query takes in all",
            ours=query,
            peer=of_repeats(peer.query_s, Unit.SECONDS) if peer.query_s else None,
            peer_name=name,
            ratio=ratio_of(ours.query_s, peer.query_s),
            target="≤ 1 µs",
            outcome=at_most(value_of(query), _MOST_QUERY_S),
            in_readme=True,
        ),
        Row(
            what="wall time over the time measured",
            ours=wall,
            peer=of_repeats(peer.wall, Unit.RATIO) if peer.wall else None,
            peer_name=name,
            ratio=ratio_of(ours.wall, peer.wall),
            target="≤ 1.1×",
            outcome=at_most(value_of(wall), _MOST_WALL),
            in_readme=True,
        ),
    ]


def _bare_loops(ours: Turns) -> list[Row]:
    """What loops cost that anybody would write: with one reading of the clock a call, and with two."""
    own = of_repeats(ours.query_s, Unit.SECONDS)
    return [
        Row(what="time a query takes in all", ours=own, peer=of_repeats(values, Unit.SECONDS), peer_name=name)
        for name, values in (
            ("a list and one clock reading a call", [_chained() for _ in range(3)]),
            ("a list and two clock readings a call", [_two_readings() for _ in range(3)]),
        )
    ]


def _chained() -> float:
    clock, kept = time.perf_counter_ns, []
    began = last = clock()
    for _ in range(_LOOP_CALLS):
        _null()
        now = clock()
        kept.append(now - last)
        last = now
    return (clock() - began) / 1e9 / len(kept)


def _two_readings() -> float:
    clock, kept = time.perf_counter_ns, []
    began = clock()
    for _ in range(_LOOP_CALLS):
        first = clock()
        _null()
        kept.append(clock() - first)
    return (clock() - began) / 1e9 / len(kept)


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
