"""12. Replicas from load and SLO: simulated requests a second of one core beside SimPy, and the time of one answer.

Both sides serve the same arrivals in turns in this process: one server, five servers of one fixed time behind one
queue, and one server that takes what waits as a batch. Both end with the same mean latency, or the comparison fails.
An answer is the highest rate of a batching replica inside an SLO, and the fleet for a peak.
"""

import sys
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.comparison import Context, Found
from benchmarks.figures import of_repeats, ratio_of, value_of
from benchmarks.peers import Answer, PeerAbsentError
from benchmarks.result import BenchmarkError, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_least, at_most
from pricing.capacity import BatchServer, FixedService, highest_rate, poisson_arrivals_s, simulate, size_replicas
from pricing.vocabulary import (
    BatchCurve,
    Evidence,
    Precision,
    Provenance,
    Range,
    RateMethod,
    Replica,
    ServiceRate,
    Slo,
)

_PEER = "SimPy"
_LEAST_PER_S, _MOST_ANSWER_S = 400_000.0, 0.010
_CURVE = BatchCurve(fixed_s=1.887355e-3, per_sample_s=0.143815e-3, max_batch=64)
"""A V100, as fitted by Inoue (2021); batches up to 64."""
_SLO = Slo(quantile=0.99, limit_s=0.020)
_AGREES = 1e-9
Moments = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One queue on both sides: what it is, how fast requests come, and who serves it."""

    what: str
    rate_per_s: float
    service: FixedService | BatchServer
    replicas: int = 1


_QUEUES = (
    Queue(what="one server, M/D/1 at 80 %", rate_per_s=0.8, service=FixedService(seconds=1.0)),
    Queue(what="five servers, M/D/5 at 80 %", rate_per_s=4.0, service=FixedService(seconds=1.0), replicas=5),
    Queue(
        what="batches of up to 64 at 4,000 requests/s",
        rate_per_s=4_000.0,
        service=BatchServer(curve=_CURVE, max_batch=64),
    ),
)


def run(context: Context) -> Found:
    """Each queue in turns, then the answers."""
    found = Found()
    requests, fewer = context.times(1_000_000, 20_000), context.times(50_000, 2_000)
    for queue in _QUEUES:
        context.narrate(queue.what)
        found.rows.append(_queue_row(found, queue, requests=requests, fewer=fewer, turns=context.times(5, 2)))
    context.narrate("answers")
    found.rows.append(_answer_row(context.times(200, 5)))
    return found


def _queue_row(found: Found, queue: Queue, *, requests: int, fewer: int, turns: int) -> Row:
    ours, theirs = [], []
    short = poisson_arrivals_s(queue.rate_per_s, requests=fewer, seed=1)
    for turn in range(turns):
        began = time.perf_counter()
        arrivals_s = poisson_arrivals_s(queue.rate_per_s, requests=requests, seed=turn)
        simulate(arrivals_s, queue.service, replicas=queue.replicas).quantile_s(0.99)
        ours.append(requests / (time.perf_counter() - began))
        answer = None if _PEER in found.absent else found.ask(_PEER, lambda: _ask_simpy(queue, short))
        if answer is not None:
            theirs.append(fewer / answer.wall_s)
            _check_same(queue, short, answer.told["mean_s"])
    rate = of_repeats(ours, Unit.RATE)
    return Row(
        what=f"requests simulated, {queue.what}",
        ours=rate,
        peer=of_repeats(theirs, Unit.RATE) if theirs else None,
        peer_name=_PEER,
        ratio=ratio_of(ours, theirs),
        target="≥ 400,000 /s",
        outcome=at_least(value_of(rate), _LEAST_PER_S),
        note=f"ours {requests:,} requests a turn with arrivals and quantile, {_PEER} {fewer:,} with its loop alone",
        in_readme=True,
    )


def _check_same(queue: Queue, arrivals_s: Moments, mean_s: float) -> None:
    ours = simulate(arrivals_s, queue.service, replicas=queue.replicas)
    own_s = float((ours.ends_s - ours.arrivals_s).mean())
    if abs(own_s / mean_s - 1.0) > _AGREES:
        raise BenchmarkError(f"{queue.what}: mean latency {own_s} s, but {mean_s} s by {_PEER}: they differ in rules")


def _ask_simpy(queue: Queue, arrivals_s: Moments) -> Answer:
    """SimPy's own loop over the same arrivals, in this process: it needs no environment of its own."""
    try:
        simpy = import_module("simpy")
    except ImportError as error:
        raise PeerAbsentError("simpy is not installed: it comes with the extra `dev`") from error
    latencies: list[float] = []
    environment = simpy.Environment()
    begin = _in_batches if isinstance(queue.service, BatchServer) else _one_by_one
    begin(simpy, environment, queue, arrivals_s.tolist(), latencies.append)
    began = time.perf_counter()
    environment.run()
    wall_s = time.perf_counter() - began
    return Answer(told={"mean_s": float(np.mean(latencies))}, versions={"simpy": version("simpy")}, wall_s=wall_s)


Process = Generator[Any, Any, None]
"""SimPy has no types: its processes yield its events."""


def _one_by_one(
    simpy: Any,  # noqa: ANN401 - a module that may be absent
    environment: Any,  # noqa: ANN401 - likewise
    queue: Queue,
    moments: list[float],
    keep: Callable[[float], None],
) -> None:
    servers = simpy.Resource(environment, capacity=queue.replicas)
    if not isinstance(queue.service, FixedService):
        raise BenchmarkError("only a fixed time is served one by one here")
    seconds = queue.service.seconds

    def request(moment: float) -> Process:
        with servers.request() as turn:
            yield turn
            yield environment.timeout(seconds)
        keep(environment.now - moment)

    def source() -> Process:
        for moment in moments:
            yield environment.timeout(moment - environment.now)
            environment.process(request(moment))

    environment.process(source())


def _in_batches(
    simpy: Any,  # noqa: ANN401 - a module that may be absent
    environment: Any,  # noqa: ANN401 - likewise
    queue: Queue,
    moments: list[float],
    keep: Callable[[float], None],
) -> None:
    if not isinstance(queue.service, BatchServer):
        raise BenchmarkError("only a batch server serves in batches")
    curve, full = queue.service.curve, queue.service.max_batch
    waiting = simpy.Store(environment)

    def source() -> Process:
        for moment in moments:
            yield environment.timeout(moment - environment.now)
            yield waiting.put(moment)

    def server() -> Process:
        for _ in range(len(moments)):
            batch = [(yield waiting.get())]
            while len(batch) < full and waiting.items:
                batch.append((yield waiting.get()))
            yield environment.timeout(curve.seconds(len(batch)))
            for moment in batch:
                keep(environment.now - moment)

    environment.process(source())
    environment.process(server())


def _answer_row(answers: int) -> Row:
    """Each answer is of another limit and another peak, so that nothing could be remembered."""
    times = []
    for turn in range(answers):
        slo = Slo(quantile=_SLO.quantile, limit_s=_SLO.limit_s * (1.0 + turn / answers))
        began = time.perf_counter()
        found = highest_rate(_CURVE, slo)
        size_replicas(_rate(found.per_s, slo), peak_per_s=50_000.0 + turn, slo=slo, headroom=0.2)
        times.append(time.perf_counter() - began)
    figure = of_repeats(times, Unit.SECONDS)
    return Row(
        what="one answer: the highest rate of a replica inside p99, and the fleet for a peak",
        ours=figure,
        target="≤ 10 ms",
        outcome=at_most(value_of(figure), _MOST_ANSWER_S),
        note=f"{answers} answers, {_SLO.label} to twice that, batches of up to {_CURVE.max_batch}",
        in_readme=True,
    )


def _rate(per_s: float, slo: Slo) -> ServiceRate:
    return ServiceRate(
        replica=Replica(target_id="v100"),
        model="resnet50",
        variant="fp16",
        precision=Precision.FP16,
        per_s=Range.exactly(per_s),
        slo=slo,
        method=RateMethod.PUBLISHED_CURVE,
        evidence=Evidence(kind=Provenance.PUBLISHED, source="Inoue (2021), arXiv 1912.06322"),
        curve=_CURVE,
    )


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
