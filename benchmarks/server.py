"""9. The server scenario: the mean wait beside queueing theory, and the rate of an SLO beside LoadGen's own search.

Poisson arrivals at 30, 60, 80 and 95 % of capacity meet a chain of layers, whose service hardly varies; theory is
Pollaczek and Khinchine's, stretch by stretch, from the times for which requests kept the server. Then both search
the highest rate at which the flagship keeps p99 within a limit.
"""

import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from benchmarks import peers
from benchmarks.arms import Side, flagship_sides, fp32_side, sample_file, serving
from benchmarks.comparison import Context, Found
from benchmarks.models import write_chain
from benchmarks.peers import Answer
from benchmarks.result import Outcome, Quantity, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from harness.loadgen.arrivals import level_seed
from harness.run_events import ServerRateFound
from harness.supervisor.host_watch import HostWatch
from harness.supervisor.patience import read_patience
from harness.supervisor.process import WorkerProcess
from harness.supervisor.server import measure_server_rates
from harness.supervisor.server_levels import LevelContext, level_from
from harness.vocabulary import (
    Served,
    ServeOpenLoop,
    ServerLevel,
    ServerRate,
    ServerRules,
    ServiceTimed,
    Slo,
    TimeService,
)

_LOADS = {0.30: 10.0, 0.60: 10.0, 0.80: 15.0, 0.95: 40.0}
"""Seconds of each level: near capacity neighbours wait together, and far more of them are needed."""
_THEORY, _AGREES, _QUARTER = 0.05, 0.03, 0.25
_SLO = Slo(quantile=0.99, limit_s=0.020)
_LEVEL_S = 10.0
_LOADGEN, _PK = "LoadGen Server, FindPeakPerformance", "Pollaczek and Khinchine"


def run(context: Context) -> Found:
    """Theory first, then the search."""
    found = Found()
    chain = write_chain(context.folder("chain"))
    side = fp32_side("fp32", chain.model, chain.workload)
    with serving([side]) as workers:
        found.rows.extend(_against_theory(context, workers[side.arm.name]))
    flagship, _ = flagship_sides(context.folder("flagship"))
    with serving([flagship]) as workers:
        began = time.monotonic()
        rate = _search(context, workers)
        spent_s = time.monotonic() - began
        capacity = _service(workers[flagship.arm.name], ServerRules(slo=_SLO)).saturated_per_s
    answer = found.ask(_LOADGEN, lambda: _ask_loadgen(context, flagship, capacity))
    found.rows.extend(_rate_rows(rate, spent_s, answer))
    return found


def _against_theory(context: Context, worker: WorkerProcess) -> list[Row]:
    rules = ServerRules(slo=_SLO)
    capacity = _service(worker, rules).saturated_per_s
    rows = []
    for index, (load, seconds) in enumerate(_LOADS.items()):
        context.narrate(f"{100 * load:.0f} % of {capacity:.0f} a second")
        asked = ServeOpenLoop(
            rules=rules,
            rate_per_s=load * capacity,
            seed=level_seed(1, index),
            requests=max(1, round(load * capacity * context.sized(seconds, 1.0))),
            ends_early=False,
        )
        rows.append(_theory_row(load, _level(worker, asked, index)))
    return rows


def _service(worker: WorkerProcess, rules: ServerRules) -> ServiceTimed:
    timeout_s = read_patience().with_block(2.0)
    return worker.ask(TimeService(rules=rules, seconds=1.0), ServiceTimed, timeout_s=timeout_s)


def _level(worker: WorkerProcess, asked: ServeOpenLoop, index: int) -> ServerLevel:
    started_at, watch = datetime.now(UTC).isoformat(timespec="milliseconds"), HostWatch.begin([worker])
    served = worker.ask(asked, Served, timeout_s=read_patience().with_block(asked.requests / asked.rate_per_s))
    host, _ = watch.end()
    context = LevelContext(arm=worker.name, index=index, started_at=started_at, host=host, is_contaminated=False)
    return level_from(asked, served, context)


def _theory_row(load: float, level: ServerLevel) -> Row:
    predicted = level.predicted_wait_s
    has_interval = level.mean_wait_lower_s is not None and level.mean_wait_upper_s is not None
    return Row(
        what=f"mean wait at {100 * load:.0f} % of capacity",
        ours=Quantity(
            value=level.mean_wait_s,
            unit=Unit.SECONDS,
            low=level.mean_wait_lower_s,
            high=level.mean_wait_upper_s,
            spread="95 %" if has_interval else None,
        ),
        peer=None if predicted is None else Quantity(value=predicted, unit=Unit.SECONDS),
        peer_name=_PK,
        ratio=None if not predicted else Quantity(value=level.mean_wait_s / predicted, unit=Unit.RATIO),
        target="within 5 %",
        outcome=_agrees(level),
        note=f"{level.judged:,} requests, utilisation {100 * level.utilisation:.1f} %, issue delay p99 "
        f"{1e6 * level.issue_p99_s:.0f} µs{f'; {level.prediction_reason}' if level.prediction_reason else ''}",
        in_readme=True,
    )


def _agrees(level: ServerLevel) -> Outcome:
    """Within 5 % of theory, or so uncertain that nothing can be said: an interval that reaches into those 5 %."""
    predicted, low, high = level.predicted_wait_s, level.mean_wait_lower_s, level.mean_wait_upper_s
    if not predicted or low is None or high is None:
        return Outcome.NOT_IDENTIFIED
    if abs(level.mean_wait_s / predicted - 1.0) <= _THEORY:
        return Outcome.MET
    reaches = low <= predicted * (1.0 + _THEORY) and high >= predicted * (1.0 - _THEORY)
    return Outcome.NOT_IDENTIFIED if reaches else Outcome.MISSED


def _search(context: Context, workers: Mapping[str, WorkerProcess]) -> ServerRate | None:
    """The harness's search for the rate, as in a run."""
    context.narrate(f"the highest rate that keeps {_SLO.label}")
    rules = ServerRules(slo=_SLO, level_s=context.sized(_LEVEL_S, 1.0), budget_s=context.sized(120.0, 6.0))
    for event in measure_server_rates(rules, workers, seed=1, patience=read_patience()):
        if isinstance(event, ServerRateFound):
            return event.rate
    return None


def _ask_loadgen(context: Context, side: Side, capacity: float) -> Answer:
    context.narrate("LoadGen's search for the same rate")
    name, sample = sample_file(side, context.folder("sample"))
    asked = {
        "model": side.artifact,
        "input": name,
        "samples": str(sample),
        "limit_ns": round(_SLO.limit_s * 1e9),
        "percentile": _SLO.quantile,
        "start_qps": capacity / 2,
        "duration_ms": round(1e3 * context.sized(_LEVEL_S, 1.0)),
        "folder": str(context.folder("loadgen")),
    }
    return peers.ask(peers.LOADGEN, "loadgen_server.py", asked)


def _rate_rows(rate: ServerRate | None, spent_s: float, answer: Answer | None) -> list[Row]:
    own = None if rate is None else rate.point_per_s
    theirs = None if answer is None else answer.told.get("peak_qps")
    ratio = own / theirs if own is not None and theirs else None
    share = None if answer is None else spent_s / float(answer.told["wall_s"])
    return [
        Row(
            what=f"rate at which the FP32 flagship keeps {_SLO.label}",
            ours=_rate(rate),
            peer=None if not theirs else Quantity(value=float(theirs), unit=Unit.RATE),
            peer_name=_LOADGEN,
            ratio=None if ratio is None else Quantity(value=ratio, unit=Unit.RATIO),
            target="within 3 %",
            outcome=Outcome.PEER_ABSENT
            if answer is None
            else at_most(None if ratio is None else abs(ratio - 1.0), _AGREES),
            note=f"{'none found' if rate is None else rate.reason}; LoadGen found {'a' if theirs else 'no'} rate",
            in_readme=True,
        ),
        Row(
            what="time of that search",
            ours=Quantity(value=spent_s, unit=Unit.SECONDS),
            peer=None if answer is None else Quantity(value=float(answer.told["wall_s"]), unit=Unit.SECONDS),
            peer_name=_LOADGEN,
            ratio=None if share is None else Quantity(value=share, unit=Unit.RATIO),
            target="≤ a quarter",
            outcome=Outcome.PEER_ABSENT if share is None else at_most(share, _QUARTER),
            note="the rules of MLPerf ask for 600 s a level; here both take levels of 10 s",
            in_readme=True,
        ),
    ]


def _rate(rate: ServerRate | None) -> Quantity | None:
    """The point, between the highest rate proven to hold and the lowest proven to miss."""
    if rate is None or rate.point_per_s is None:
        return None
    if rate.missed_rate_per_s is None:
        return Quantity(value=rate.point_per_s, unit=Unit.RATE)
    return Quantity(
        value=rate.point_per_s,
        unit=Unit.RATE,
        low=rate.held_rate_per_s,
        high=rate.missed_rate_per_s,
        spread="held and missed",
    )


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
