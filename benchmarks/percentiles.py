"""2. Percentiles of a real model on one thread: ours, LoadGen around the same session, and OpenVINO's benchmark_app.

Turns alternate. Ours is what a run of one variant does: blocks of 20 ms, the first call of each not counted.
benchmark_app tells one percentile a run, and so runs three times. No thread is bound, as the peers bind none alike.
"""

import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import numpy as np

from benchmarks import peers
from benchmarks.arms import (
    BATCH,
    FP32,
    Side,
    flagship,
    nanoseconds,
    plan_of,
    prepared,
    record,
    sample_file,
    serving,
)
from benchmarks.comparison import Context, Found
from benchmarks.figures import of_repeats, ratio_of
from benchmarks.peers import Answer, PeerAbsentError
from benchmarks.result import Outcome, Quantity, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from harness.statistics.quantiles import quantile_estimate
from harness.supervisor.process import WorkerProcess
from harness.vocabulary import Arm, Method, Recipe

_PERCENTILES = (50, 90, 99)
_AGREES, _SPREAD = 0.02, 0.5
_LOADGEN, _BENCHMARK_APP = "LoadGen around InferenceSession.run", "benchmark_app, sync"
_RUNTIME_OF = {_LOADGEN: "onnxruntime", _BENCHMARK_APP: "openvino"}
_TOLD = re.compile(r"\[ INFO \]\s+(?:(\d+) percentile|Median):\s+([\d.]+) (ms|us)")


@dataclass(slots=True)
class Turns:
    """Seconds of each percentile, a turn each; of ours also the upper bound of p99, where it is identified."""

    at: dict[int, list[float]] = field(default_factory=lambda: {p: [] for p in _PERCENTILES})
    bounds: list[float | None] = field(default_factory=list)


def run(context: Context) -> Found:
    """Ours and the peers' in turns."""
    found = Found()
    seconds, turns = context.sized(4.0, 0.8), context.times(6, 2)
    sides = _sides(context)
    name, sample = sample_file(sides[0], context.folder("sample"))
    taken = {name: Turns() for name in (*_RUNTIME_OF.values(), *_RUNTIME_OF)}
    with serving(sides, is_pinned=False) as workers:
        for turn in range(turns):
            context.narrate(f"turn {turn + 1} of {turns}")
            _take_ours(taken, workers, sides, seconds, seed=turn + 1)
            _take(taken, found, _LOADGEN, lambda: _ask_loadgen(context, sides[0], name, sample, seconds))
            _take(taken, found, _BENCHMARK_APP, lambda: _run_benchmark_app(sides[1], seconds))
    for peer, runtime in _RUNTIME_OF.items():
        found.rows.extend(_rows(taken[runtime], taken[peer], peer, runtime))
    return found


def _sides(context: Context) -> tuple[Side, ...]:
    arms = [
        Arm(label=FP32, recipe=Recipe(method=Method.FP32), runtime=runtime, threads=1)
        for runtime in _RUNTIME_OF.values()
    ]
    return prepared(arms, flagship(), context.folder("flagship"))


def _take_ours(
    taken: Mapping[str, Turns],
    workers: Mapping[str, WorkerProcess],
    sides: Sequence[Side],
    seconds: float,
    *,
    seed: int,
) -> None:
    """Each runtime alone, in blocks, for as long as each peer: what `planner bench --variants fp32` times."""
    for side in sides:
        plan = plan_of([side.arm], side.workload, seed=seed)
        worker = {side.arm.name: workers[side.arm.name]}
        recording = record(plan, worker, until=lambda _: False, at_most_s=seconds)
        blocks = [nanoseconds(turn.latencies_ns) for one in recording.rounds for turn in one.turns]
        latencies = np.concatenate(blocks) / 1e9
        turns = taken[side.arm.runtime]
        for p in _PERCENTILES:
            estimate = quantile_estimate(latencies, p / 100)
            turns.at[p].append(estimate.point)
        turns.bounds.append(estimate.upper)


def _take(taken: Mapping[str, Turns], found: Found, peer: str, question: Callable[[], Answer]) -> None:
    if peer in found.absent:
        return
    answer = found.ask(peer, question)
    if answer is not None:
        for p in _PERCENTILES:
            taken[peer].at[p].append(answer.told[f"p{p}_ns"] / 1e9)


def _ask_loadgen(context: Context, side: Side, name: str, sample: Path, seconds: float) -> Answer:
    asked = {
        "duration_ms": round(seconds * 1e3),
        "expected_latency_ns": 1_000_000,
        "folder": str(context.folder("loadgen")),
        "model": side.artifact,
        "samples": str(sample),
        "input": name,
    }
    return peers.ask(peers.LOADGEN, "loadgen_single_stream.py", asked)


def _run_benchmark_app(side: Side, seconds: float) -> Answer:
    """Its percentiles, one a run."""
    program = Path(sys.executable).with_name("benchmark_app")
    if not program.exists():
        raise PeerAbsentError("benchmark_app is not beside this Python: the package openvino brings it")
    (values,) = side.workload.split("test").feed(np.arange(BATCH)).values()
    shape = f"[{','.join(str(axis) for axis in values.shape)}]"
    options = ["-api", "sync", "-hint", "none", "-nstreams", "1", "-nthreads", "1", "-infer_precision", "f32"]
    told, began = {}, time.monotonic()
    for p in _PERCENTILES:
        command = [str(program), "-m", side.artifact, "-d", "CPU", "-shape", shape, *options]
        command += ["-t", str(max(1, round(seconds))), "-latency_percentile", str(p)]
        told[f"p{p}_ns"] = percentile_ns(peers.output_of(command, name="benchmark_app"))
    versions = {"benchmark_app": metadata.version("openvino")}
    return Answer(told=told, versions=versions, wall_s=time.monotonic() - began)


def percentile_ns(said: str) -> float:
    """The one percentile that benchmark_app tells, in ms, or in µs where it is below one.

    Raises:
        PeerAbsentError: it tells none.
    """
    found = _TOLD.search(said)
    if found is None:
        raise PeerAbsentError(f"benchmark_app named no percentile, but {peers.last_words(said)!r}")
    return float(found.group(2)) * (1e6 if found.group(3) == "ms" else 1e3)


def _rows(ours: Turns, theirs: Turns, peer: str, runtime: str) -> list[Row]:
    rows = []
    for p in _PERCENTILES[:2]:
        ratio = ratio_of(ours.at[p], theirs.at[p])
        rows.append(
            Row(
                what=f"p{p} of the FP32 flagship, {runtime}",
                ours=of_repeats(ours.at[p], Unit.SECONDS),
                peer=of_repeats(theirs.at[p], Unit.SECONDS) if theirs.at[p] else None,
                peer_name=peer,
                ratio=ratio,
                target="within 2 %",
                outcome=Outcome.PEER_ABSENT if ratio is None else at_most(abs(ratio.value - 1.0), _AGREES),
                in_readme=True,
            )
        )
    return [*rows, _tail_row(ours, theirs, peer, runtime)]


def _tail_row(ours: Turns, theirs: Turns, peer: str, runtime: str) -> Row:
    """The largest p99 over the smallest, less one: how much it moves from turn to turn."""
    own, other = (_movement(turns.at[99]) for turns in (ours, theirs))
    identified = [bound for bound in ours.bounds if bound is not None]
    bound = f", {1e3 * float(np.median(identified)):.2f} ms (median)" if identified else ""
    return Row(
        what=f"how much p99 moves from turn to turn, {runtime}",
        ours=None if own is None else Quantity(value=own, unit=Unit.SHARE),
        peer=None if other is None else Quantity(value=other, unit=Unit.SHARE),
        peer_name=peer,
        ratio=Quantity(value=own / other, unit=Unit.RATIO) if own is not None and other else None,
        target="≤ half the peer's",
        outcome=Outcome.PEER_ABSENT if other is None or own is None else at_most(own, _SPREAD * other),
        note=f"our p99 has a 99 % upper bound in {len(identified)} of {len(ours.bounds)} turns{bound}",
        in_readme=True,
    )


def _movement(values: Sequence[float]) -> float | None:
    return max(values) / min(values) - 1.0 if len(values) > 1 else None


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
