"""Which CPUs timed threads are bound to, and the binding of every worker to them."""

import os
from collections.abc import Iterator, Mapping

from harness.errors import HarnessError
from harness.events import Pin, Pinned
from harness.run_events import ArmFailed, ArmPinned, RunEvent
from harness.supervisor.failures import failure_of
from harness.supervisor.patience import Patience
from harness.supervisor.process import WorkerProcess
from harness.vocabulary import Plan, Stage


def pin_workers(
    plan: Plan, workers: Mapping[str, WorkerProcess], *, concurrency: int, patience: Patience
) -> Iterator[RunEvent]:
    """Yield `ArmPinned` or `ArmFailed` for every worker: as many CPUs as it has threads in all its streams."""
    for arm in plan.arms:
        if arm.name not in workers:
            continue
        cpus = cpus_for(plan.timing.affinity, threads=arm.threads * concurrency)
        if not cpus:
            continue
        try:
            pinned = workers[arm.name].ask(Pin(cpus=cpus), Pinned, timeout_s=patience.with_loading())
        except HarnessError as error:
            yield ArmFailed(failure=failure_of(arm.name, Stage.TIME, error, workers[arm.name]))
            continue
        yield ArmPinned(arm=arm.name, cpus=pinned.cpus, reason=pinned.reason, concurrency=concurrency)


def cpus_for(affinity: str, *, threads: int) -> tuple[int, ...]:
    """The CPUs that timed threads are bound to: `none`, a list such as `2,3`, or `auto`.

    `auto` takes the last CPUs this process may use: the first ones serve most interrupts.
    """
    if affinity == "none" or not hasattr(os, "sched_getaffinity"):
        return ()
    if affinity != "auto":
        return tuple(int(part) for part in affinity.split(","))
    return tuple(sorted(os.sched_getaffinity(0))[-threads:])
