"""Energy per inference of every arm, in windows of its own, apart from the timed blocks.

Idle power is read before and after all arms; the supervisor sleeps meanwhile. Where no counter
can be read, every arm gets that answer and no time is spent.
"""

import time
from collections.abc import Iterator, Mapping

from harness.errors import HarnessError
from harness.meters.absence import Unavailable
from harness.meters.energy import MINIMUM_WINDOW_S, RaplMeter, energy_reading, no_energy
from harness.run_events import ArmFailed, EnergyMeasured, RunEvent, StageBegan
from harness.supervisor.failures import failure_of
from harness.supervisor.patience import Patience
from harness.supervisor.process import WorkerProcess
from harness.supervisor.rounds import ask_for_block
from harness.supervisor.run_gpus import RunGpus
from harness.vocabulary import EnergyReading, LoadPoint, Plan, Stage

WINDOW_S = MINIMUM_WINDOW_S + 0.2
_NO_JOULES = Unavailable(reason="a scripted runtime computes nothing: what the machine used says nothing of it")


def measure_run_energy(
    plan: Plan,
    workers: Mapping[str, WorkerProcess],
    *,
    meter: RaplMeter | Unavailable,
    gpus: RunGpus,
    patience: Patience,
) -> Iterator[RunEvent]:
    """Of arms on a GPU by its own meter, of all others by that of the CPU, at the plan's first batch size.

    Raises:
        MeasurementError: a counter of the CPU that could be read before cannot be read any more.
    """
    on_gpus = {arm.name for arm in plan.arms if arm.is_on_gpu}
    on_cpu = {name: worker for name, worker in workers.items() if name not in on_gpus}
    others = {name: worker for name, worker in workers.items() if name in on_gpus}
    meter = _NO_JOULES if plan.is_simulated else meter
    yield from measure_energy(meter, on_cpu, batch=plan.batches[0], patience=patience)
    yield from gpus.measure_energy(plan, others, batch=plan.batches[0], patience=patience)


def measure_energy(
    meter: RaplMeter | Unavailable, workers: Mapping[str, WorkerProcess], *, batch: int, patience: Patience
) -> Iterator[RunEvent]:
    """One window per arm at one batch size.

    Raises:
        MeasurementError: a counter that could be read before cannot be read any more.
    """
    if isinstance(meter, Unavailable):
        for arm in list(workers):
            yield EnergyMeasured(arm=arm, reading=no_energy(meter))
        return
    if not workers:
        return
    yield StageBegan(stage=Stage.ENERGY, total=len(workers) + 2, batch=batch)
    before_w = _idle_power_w(meter)
    windows: dict[str, tuple[float, float, int]] = {}
    for arm in list(workers):
        try:
            windows[arm] = _active_window(meter, workers[arm], batch=batch, patience=patience)
        except HarnessError as error:
            yield ArmFailed(failure=failure_of(arm, Stage.ENERGY, error, workers[arm]))
    after_w = _idle_power_w(meter)
    for arm, window in windows.items():
        yield EnergyMeasured(arm=arm, reading=_reading(meter, window, before_w, after_w))


def _active_window(
    meter: RaplMeter, worker: WorkerProcess, *, batch: int, patience: Patience
) -> tuple[float, float, int]:
    began, before = time.monotonic(), meter.read()
    block = ask_for_block(worker, load=LoadPoint(batch=batch), seconds=WINDOW_S, patience=patience)
    joules, seconds = meter.joules_between(before, meter.read()), time.monotonic() - began
    return joules, seconds, batch * (len(block.latencies_ns) // 8 + 1)


def _idle_power_w(meter: RaplMeter) -> float:
    began, before = time.monotonic(), meter.read()
    time.sleep(WINDOW_S)
    return meter.joules_between(before, meter.read()) / (time.monotonic() - began)


def _reading(meter: RaplMeter, window: tuple[float, float, int], before_w: float, after_w: float) -> EnergyReading:
    joules, seconds, inferences = window
    return energy_reading(
        meter.source,
        active_j=joules,
        active_s=seconds,
        idle_before_w=before_w,
        idle_after_w=after_w,
        inferences=inferences,
    )
