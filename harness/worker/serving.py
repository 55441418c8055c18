"""The server side of an open worker: calls bound for every batch size and instance, and levels served with them.

What is bound is kept between levels: arms take turns, and a level must not begin with the first calls of a shape.
"""

from collections.abc import Callable, Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from harness.errors import WorkloadError
from harness.loadgen.arrivals import poisson_arrivals
from harness.loadgen.server import Batching, Calls, OpenLoop, OpenLoopResult, Watch
from harness.loadgen.single_stream import SingleStream
from harness.loadgen.waiting import waiter_of
from harness.runtimes.base import Clock, Inputs, Session
from harness.statistics.level_test import LevelSamples, LevelTest
from harness.vocabulary import LevelOutcome, Served, ServeOpenLoop, ServerRules, ServiceTimed, TimeService

_SAMPLES = 16  # a size is called with so many samples by turns, so that no single one is the workload
_MOST_IN_A_CROWD = 100_000
_FULL_CALLS = 8  # an instance, at the least, however slow: the first may meet cold caches
_HOPELESS = 10.0  # limits: whoever waits so long has seen nine limits' worth of arrivals miss
_HOPELESS_SHARE = 2.0  # of all that the SLO allows to be late in the whole level


class Servers:
    """Instances of one loaded model.

    `inputs_of` gives so many distinct inputs of a batch size. `sizes` are the only ones that the session can be
    called with, `None` where any will do; a smaller batch is then called as the next larger one.
    """

    def __init__(
        self,
        session: Session,
        *,
        clock: Clock,
        inputs_of: Callable[[int, int], list[Inputs]],
        sizes: Sequence[int] | None,
    ) -> None:
        self._session = session
        self._clock = clock
        self._inputs_of = inputs_of
        self._sizes = sizes
        self._bound: dict[tuple[int, int], list[Calls]] = {}

    def time_service(self, command: TimeService) -> ServiceTimed:
        """Calls of one request alone, then a crowd that is there from the beginning.

        Raises:
            HarnessError: a batch of this size, or so many instances, cannot be served.
        """
        rules = command.rules
        instances = self._instances(rules)
        alone = SingleStream(self._clock, capacity=_MOST_IN_A_CROWD).time_block(
            instances[0][0], seconds=command.seconds
        )
        expected = int(command.seconds * 1e9 * rules.instances / max(1, median(alone)))
        least = _FULL_CALLS * rules.max_batch * rules.instances
        crowd = np.zeros(max(least, min(expected, _MOST_IN_A_CROWD)), dtype=np.int64)
        result = self._serve(crowd, rules, Watch())
        return ServiceTimed(alone_ns=alone.tobytes(), saturated_per_s=crowd.size * 1e9 / max(1, result.duration_ns))

    def serve(self, command: ServeOpenLoop) -> Served:
        """One level.

        Raises:
            HarnessError: as for `time_service`, or the schedule cannot be made.
        """
        rules = command.rules
        test = LevelTest(rules=rules, rate_per_s=command.rate_per_s, requests=command.requests)
        arrivals = poisson_arrivals(command.seed, rate_per_s=command.rate_per_s, count=command.requests)

        def decides(samples: LevelSamples, look: int) -> bool:
            return test.judge(samples, look=look).outcome is not LevelOutcome.UNDECIDED

        watch = Watch(
            looks=test.looks[:-1],  # the last one is all requests: nothing can be saved by it
            look=decides,
            limit_ns=int(rules.slo.limit_s * 1e9),
            hopeless_wait_ns=int(_HOPELESS * rules.slo.limit_s * 1e9),
            most_late=int(_HOPELESS_SHARE * rules.slo.allowed_share * command.requests),
        )
        result = self._serve(arrivals, rules, watch if command.ends_early else Watch())
        return Served(
            latencies_ns=_raw(result.samples.latencies_ns),
            waits_ns=_raw(result.samples.waits_ns),
            batch_sizes=_raw(result.samples.batch_sizes),
            issue_delays_ns=_raw(result.issue_delays_ns),
            duration_ns=result.duration_ns,
            end=result.end,
            judged_at=result.judged_at,
        )

    def _serve(self, arrivals: NDArray[np.int64], rules: ServerRules, watch: Watch) -> OpenLoopResult:
        instances = self._instances(rules)
        for calls in instances:
            calls[-1][0]()  # another arm has evicted the caches since
        return OpenLoop(
            arrivals,
            instances,
            batching=Batching(most=rules.max_batch, delay_ns=int(rules.max_delay_s * 1e9)),
            clock=self._clock,
            wait_until=waiter_of(self._clock, spins=rules.instances == 1),
            watch=watch,
        ).run()

    def _instances(self, rules: ServerRules) -> list[Calls]:
        key = (rules.max_batch, rules.instances)
        if key not in self._bound:
            sizes = [self._called_size(size) for size in range(1, rules.max_batch + 1)]
            inputs = {size: self._inputs_of(size, max(1, _SAMPLES // size)) for size in dict.fromkeys(sizes)}
            sessions = [self._session, *(self._session.stream() for _ in range(1, rules.instances))]
            self._bound[key] = [_bound(session, inputs, sizes) for session in sessions]
        return self._bound[key]

    def _called_size(self, size: int) -> int:
        if self._sizes is None:
            return size
        fitting = [one for one in self._sizes if one >= size]
        if not fitting:
            known = ", ".join(str(one) for one in sorted(self._sizes))
            raise WorkloadError(
                f"a batch of {size} cannot be served: the model is there for {known} only; serve smaller batches, or "
                "measure that batch size, too"
            )
        return min(fitting)


def _bound(session: Session, inputs: dict[int, list[Inputs]], sizes: Sequence[int]) -> Calls:
    """The calls of one instance by batch size, each made once: the first of a shape is like no other."""
    by_size = {size: [session.bind(one) for one in several] for size, several in inputs.items()}
    for calls in by_size.values():
        for call in calls:
            call()
    return [by_size[size] for size in sizes]


def _raw(values: NDArray[np.int64]) -> bytes:
    return values.astype("<i8").tobytes()
