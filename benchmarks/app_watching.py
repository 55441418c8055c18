"""20. What watching costs: the same run headless and under the app, in turns, and the app's share of a CPU meanwhile.

Each pair has the same seed, variants and budget. Compared are the speed-ups that both runs measured: were watching to
disturb, it would take time from FP32 and INT8 alike, and the ratio of their times would say so only where it does not
take the same share; so the FP32 median is compared, too. Some ten minutes; needs a quiet machine.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.app_start import app_environment
from benchmarks.app_terminal import Terminal
from benchmarks.comparison import Context, Found
from benchmarks.figures import of_repeats, ratio_of
from benchmarks.result import BenchmarkError, Outcome, Quantity, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from harness.statistics.ratio import LEAST_PAIRS
from planner.store import Store

_PAIRS = 10
_BUDGET = "3s"
_VARIANT = "int8-static:per-channel"
_MOST_SHARE = 0.05
_MEDIAN = 0.5
_SIZE = (140, 40)
_PATIENCE_S = 600.0
_ASKED = """
import sys
from planner.tui.screens import measure
ARGUMENTS = tuple(sys.argv[1].split())
shown = measure.MeasureScreen.on_mount

def start_at_once(self):
    shown(self)
    self.queue((ARGUMENTS,))

measure.MeasureScreen.on_mount = start_at_once
from planner.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """One run: its speed-up, the seconds of its FP32 median, and the app's share of a CPU while it ran."""

    speed_up: float
    fp32_s: float
    app_share: float = 0.0


def run(context: Context) -> Found:
    """Pairs, of which every other begins with the app."""
    found = Found()
    folder = context.folder("app-watching")
    alone: list[_Measured] = []
    watched: list[_Measured] = []
    _headless(folder, seed=0)  # what is made once: the INT8 model
    pairs = context.times(_PAIRS, 1)
    for number in range(pairs):
        context.narrate(f"pair {number + 1} of {pairs}")
        for is_watched in (number % 2 == 0, number % 2 == 1):
            if is_watched:
                watched.append(_watched(folder, seed=number + 1))
            else:
                alone.append(_headless(folder, seed=number + 1))
    found.rows += [
        _compared(
            "speed-up measured under the app over headless",
            [(w.speed_up, a.speed_up) for w, a in _both(watched, alone)],
        ),
        _compared("FP32 median under the app over headless", [(w.fp32_s, a.fp32_s) for w, a in _both(watched, alone)]),
        _share_row([one.app_share for one in watched]),
    ]
    return found


def _both(watched: list[_Measured], alone: list[_Measured]) -> list[tuple[_Measured, _Measured]]:
    return list(zip(watched, alone, strict=True))


def _compared(what: str, pairs: list[tuple[float, float]]) -> Row:
    """The ratio with its interval: no disturbance was found where that includes 1."""
    ratio = ratio_of([one for one, _ in pairs], [other for _, other in pairs])
    is_enough = len(pairs) >= LEAST_PAIRS and ratio is not None and ratio.low is not None and ratio.high is not None
    outcome = Outcome.NOT_IDENTIFIED
    if is_enough and ratio is not None:
        outcome = Outcome.MET if (ratio.low or 0) <= 1 <= (ratio.high or 0) else Outcome.MISSED
    return Row(
        what=what,
        ours=of_repeats([one for one, _ in pairs], _unit(what)),
        peer=of_repeats([other for _, other in pairs], _unit(what)),
        peer_name="the same run, headless",
        ratio=ratio,
        target="the interval includes 1",
        outcome=outcome,
        note=None if is_enough else f"an interval takes {LEAST_PAIRS} pairs",
        in_readme=True,
    )


def _unit(what: str) -> Unit:
    return Unit.RATIO if what.startswith("speed-up") else Unit.SECONDS


def _share_row(shares: list[float]) -> Row:
    figure: Quantity = of_repeats(shares, Unit.SHARE)
    return Row(
        what="the app's share of one core while it watches",
        ours=figure,
        target=f"< {_MOST_SHARE:.0%}",
        outcome=at_most(figure.value, _MOST_SHARE),
        in_readme=True,
    )


def _arguments(seed: int) -> list[str]:
    asked = ["bench", "--variants", f"fp32,{_VARIANT}", "--runtimes", "onnxruntime", "--batch", "1"]
    return [*asked, "--budget", _BUDGET, "--samples", "500", "--seed", str(seed)]


def _headless(folder: Path, *, seed: int) -> _Measured:
    database = folder / f"headless-{seed}.db"
    command = [sys.executable, "-m", "planner", "--db", str(database), *_arguments(seed), "--exit-zero"]
    environment = {**os.environ, **app_environment(folder, view="measure")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"a headless run ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return _found(database)


def _watched(folder: Path, *, seed: int) -> _Measured:
    """The app starts the run by itself, is watched from its first line to its last, and left."""
    database = folder / f"watched-{seed}.db"
    arguments = [" ".join(_arguments(seed)), "--db", str(database)]
    environment = app_environment(folder, view="measure")
    with Terminal(arguments, environment=environment, size=_SIZE, program=("-c", _ASKED)) as app:
        began, cpu = app.until(b"timing", patience_s=_PATIENCE_S), app.cpu_s()
        ended = app.until("✓ done".encode(), patience_s=_PATIENCE_S)
        share = (app.cpu_s() - cpu) / (ended - began)
        app.write(b"q")
        app.wait()
    return _found(database, app_share=share)


def _found(database: Path, *, app_share: float = 0.0) -> _Measured:
    with Store.open_existing(database) as store:
        stored = store.load(store.resolve("latest"))
    ratio = next((one.ratio for one in stored.comparisons if one.ratio is not None), None)
    fp32 = [one for one in stored.measurements if one.arm.endswith("/fp32")]
    medians = [one.point_s for found in fp32 for one in found.quantiles if one.p == _MEDIAN]
    if ratio is None or not medians:
        raise BenchmarkError(f"the run in {database} compared nothing: give it more time")
    return _Measured(speed_up=ratio.point, fp32_s=medians[0], app_share=app_share)


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
