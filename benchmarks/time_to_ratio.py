"""4. How long it takes to know the speed-up of INT8 within ±2 %, and whether its interval holds while a machine drifts.

Ours is the timed stage of a run, warm-up included, on workers that are loaded; sequential means get the same time, in
turns with it. pyperf and hyperfine are run as they come, once: they take far longer.
"""

import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import peers
from benchmarks.arms import (
    BATCH,
    Recording,
    Side,
    block,
    flagship_sides,
    fp32_side,
    nanoseconds,
    plan_of,
    record,
    sample_file,
    serving,
)
from benchmarks.comparison import Context, Found
from benchmarks.drift import DRIFTS, factors
from benchmarks.figures import of_repeats, rate
from benchmarks.models import write_chain
from benchmarks.peers import Answer, PeerAbsentError
from benchmarks.result import BenchmarkError, Outcome, Quantity, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_least, at_most, rate_is_at_least
from harness.run_events import ArmFailed, RoundFinished
from harness.statistics.ratio import paired_ratio
from harness.supervisor.patience import read_patience
from harness.supervisor.process import WorkerProcess
from harness.supervisor.timing import TimingStage
from harness.vocabulary import LoadPoint, Plan, RatioInterval, TimingRules

_WIDTH, _MOST_S, _COVERED, _TIMES_FASTER = 0.02, 2.0, 0.93, 20.0
_BUDGET_S = 10.0
_BLOCK_S = 0.003
_PAIRS = 24
_LEAST_TRIALS = 100
_CALLS = 400  # of a program that hyperfine runs: about a second


def run(context: Context) -> Found:
    """Repeats of ours and of sequential means in turns, then the other tools, then the drift."""
    found = Found()
    sides = flagship_sides(context.folder("flagship"))
    loading = time.monotonic()
    with serving(sides) as workers:
        loading_s = time.monotonic() - loading
        taken = [_one_turn(context, workers, sides, turn) for turn in range(context.times(12, 2))]
    spent = [spent_s for spent_s, _, _ in taken]
    intervals = [interval for _, interval, _ in taken]
    name, sample = sample_file(sides[0], context.folder("sample"))
    pyperf = found.ask("pyperf", lambda: _pyperf(context, sides, name, sample))
    hyperfine = found.ask("hyperfine", lambda: _hyperfine(context, sides, name, sample))
    found.rows.extend(_time_rows(spent, intervals, pyperf, hyperfine))
    found.rows.append(_spread_row(intervals, [ratio for _, _, ratio in taken], loading_s))
    found.rows.extend(_coverage_rows(context))
    return found


def _one_turn(
    context: Context, workers: Mapping[str, WorkerProcess], sides: Sequence[Side], turn: int
) -> tuple[float, RatioInterval | None, float]:
    """Seconds and interval of ours, and the ratio of two means that took as long, one after the other."""
    context.narrate(f"turn {turn + 1}")
    plan = plan_of(
        [side.arm for side in sides],
        sides[0].workload,
        timing=TimingRules(target_half_width=_WIDTH, equivalence=_WIDTH, budget_s=_BUDGET_S),
        seed=turn + 1,
    )
    began = time.monotonic()
    interval = _measure(plan, workers)
    spent_s = time.monotonic() - began
    means = [float(nanoseconds(block(workers[s.arm.name], spent_s / 2).latencies_ns).mean()) for s in sides]
    return spent_s, interval, means[0] / means[1]


def _measure(plan: Plan, workers: Mapping[str, WorkerProcess]) -> RatioInterval | None:
    """The timed stage of a run, and the last interval that it came to."""
    stage = TimingStage(
        plan=plan, load=LoadPoint(batch=BATCH), workers=workers, launch=0, rounds=[], patience=read_patience()
    )
    interval = None
    for event in stage.events():
        if isinstance(event, ArmFailed):
            raise BenchmarkError(f"{event.failure.arm} failed: {event.failure.message}")
        if isinstance(event, RoundFinished) and event.standings:
            interval = event.standings[0].ratio
    return interval


def _time_rows(
    spent: Sequence[float],
    intervals: Sequence[RatioInterval | None],
    pyperf: Answer | None,
    hyperfine: Answer | None,
) -> list[Row]:
    widths = [one.half_width for one in intervals if one is not None]
    ours = of_repeats(spent, Unit.SECONDS)
    is_narrow = len(widths) == len(intervals) and float(np.median(widths)) <= _WIDTH
    rows = [
        Row(
            what="time to the speed-up of INT8 within ±2 %, warm-up included",
            ours=ours,
            peer=_seconds(pyperf),
            peer_name="pyperf timeit twice, compare_to: no interval",
            ratio=_over(ours, pyperf),
            target="≤ 2 s",
            outcome=at_most(ours.value, _MOST_S) if is_narrow else Outcome.MISSED,
            note=f"half-widths came to ±{100 * float(np.median(widths)):.1f} % (median)" if widths else "no interval",
            in_readme=True,
        ),
        Row(
            what="how many times faster than pyperf",
            ours=None if pyperf is None else Quantity(value=pyperf.wall_s / ours.value, unit=Unit.RATIO),
            peer_name="pyperf",
            target="≥ 20×",
            outcome=Outcome.PEER_ABSENT if pyperf is None else at_least(pyperf.wall_s / ours.value, _TIMES_FASTER),
            in_readme=True,
        ),
    ]
    if hyperfine is not None:
        rows.append(
            Row(
                what="time to the speed-up of INT8, whole programs",
                ours=ours,
                peer=_seconds(hyperfine),
                peer_name="hyperfine: no interval",
                ratio=_over(ours, hyperfine),
                note=f"hyperfine came to {hyperfine.told['speed_up']:.2f}×, loading included",
            )
        )
    return rows


def _spread_row(intervals: Sequence[RatioInterval | None], sequential: Sequence[float], loading_s: float) -> Row:
    points = [one.point for one in intervals if one is not None]
    return Row(
        what="speed-up of INT8 over repeats",
        ours=of_repeats(points, Unit.RATIO) if points else None,
        peer=of_repeats(sequential, Unit.RATIO),
        peer_name="means one after the other, as long",
        note=f"starting and loading the two processes took {loading_s:.1f} s before",
        in_readme=True,
    )


def _seconds(answer: Answer | None) -> Quantity | None:
    return None if answer is None else Quantity(value=answer.wall_s, unit=Unit.SECONDS)


def _over(ours: Quantity, answer: Answer | None) -> Quantity | None:
    return None if answer is None else Quantity(value=ours.value / answer.wall_s, unit=Unit.RATIO)


def _pyperf(context: Context, sides: Sequence[Side], name: str, sample: Path) -> Answer:
    context.narrate("pyperf, about a minute")
    asked = {
        "models": [side.artifact for side in sides],
        "samples": str(sample),
        "input": name,
        "folder": str(context.folder("pyperf")),
        "is_fast": context.quick,
    }
    return peers.ask(peers.LOADGEN, "pyperf_ratio.py", asked)


def _hyperfine(context: Context, sides: Sequence[Side], name: str, sample: Path) -> Answer:
    program, python = peers.program("hyperfine"), peers.python_of(peers.LOADGEN)
    context.narrate("hyperfine")
    report = context.folder("hyperfine") / "report.json"
    calls = str(context.times(_CALLS, 20))
    script = peers.SCRIPTS / "run_calls.py"
    programs = [f"{python} -P {script} {s.artifact} {name} {sample} {calls}" for s in sides]
    runs = ["--runs", "2"] if context.quick else []
    began = time.monotonic()
    command = [program, "--style", "none", "--export-json", str(report), *runs, *programs]
    peers.output_of(command, name="hyperfine")
    wall_s = time.monotonic() - began
    try:
        means = [one["mean"] for one in json.loads(report.read_text(encoding="utf-8"))["results"]]
        version = peers.output_of([program, "--version"], name="hyperfine").split()[-1]
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise PeerAbsentError(f"hyperfine gave no two means: {type(error).__name__}") from error
    return Answer(told={"speed_up": means[0] / means[1]}, versions={"hyperfine": version}, wall_s=wall_s)


def _coverage_rows(context: Context) -> list[Row]:
    """Identical code, with drifts multiplied into its recorded blocks: the true ratio stays 1."""
    context.narrate("recording identical code, to be made to drift")
    chain = write_chain(context.folder("chain"))
    sides = [fp32_side(label, chain.model, chain.workload) for label in ("fp32", "other")]
    plan = plan_of([side.arm for side in sides], chain.workload, timing=TimingRules(block_s=_BLOCK_S))
    with serving(sides) as workers:
        recording = record(plan, workers, until=lambda _: False, at_most_s=context.sized(45.0, 4.0))
    rows = []
    for kind in DRIFTS:
        paired, sequential = drifting_trials(recording, kind, pairs=_PAIRS)
        covered = rate(sum(low <= 1.0 <= high for low, high in paired), len(paired))
        wrong = [abs(ratio - 1.0) for ratio in sequential]
        rows.append(
            Row(
                what=f"95 % intervals that hold the true ratio while the machine drifts ({kind})",
                ours=covered,
                target="≥ 93 %",
                outcome=rate_is_at_least(covered, _COVERED, least_trials=_LEAST_TRIALS),
                note=f"{kind}: means one after the other are wrong by {100 * float(np.median(wrong)):.1f} % (median)"
                if wrong
                else None,
                in_readme=True,
            )
        )
    return rows


def drifting_trials(recording: Recording, kind: str, *, pairs: int) -> tuple[list[tuple[float, float]], list[float]]:
    """Intervals of trials of so many pairs of identical code under a drift, and ratios of means one after the other."""
    places = random.Random(1)  # noqa: S311 - where a step falls is to be repeatable, not secret
    first = recording.plan.arms[0].name
    begins, medians = _blocks(recording, first)
    intervals, sequential = [], []
    for start in range(0, len(medians) - pairs + 1, pairs):
        trial, when = medians[start : start + pairs], begins[start : start + pairs]
        length = float(when.max() - when.min()) or 1.0
        slowed = trial * factors(kind, (when - when.min()) / length, phase=places.random())
        found = paired_ratio(np.log(slowed[:, 0]) - np.log(slowed[:, 1]))
        if found is not None:
            intervals.append((found.lower, found.upper))
        half = pairs // 2
        sequential.append(float(slowed[:half].mean() / slowed[half:].mean()))
    return intervals, sequential


def _blocks(recording: Recording, arm: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When the arm's turn and its control's began, and their medians: two arrays of shape (cycles, 2)."""
    begins, medians, now = [], [], 0.0
    for one in recording.rounds:
        at: dict[int, dict[bool, tuple[float, float]]] = {}
        for turn in one.turns:
            if turn.arm == arm:
                median = float(np.median(nanoseconds(turn.latencies_ns)))
                at.setdefault(turn.cycle, {})[turn.is_control] = (now, median)
            now += turn.wall_ns / 1e9
        for cycle in at.values():
            begins.append([cycle[False][0], cycle[True][0]])
            medians.append([cycle[False][1], cycle[True][1]])
    return np.array(begins), np.array(medians)


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
