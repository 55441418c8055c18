"""Energy per inference of every arm that runs on a GPU, in windows of its own, apart from the timed blocks.

Windows of the arms alternate, with random gaps: the sensor of some cards sees a quarter of the time, always at the
same phase. The idle card is read before and after, cooled down first. Precisions are compared by their ratio on one
card, pair by pair. A card that is lost fails the arms that run on it, and the run goes on.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.errors import GpuLostError, HarnessError, MeasurementError
from harness.meters.absence import Unavailable
from harness.meters.energy import MINIMUM_WINDOW_S, energy_reading, no_energy
from harness.meters.nvml_energy import NvmlMeter
from harness.run_events import ArmAdvanced, ArmFailed, EnergyCompared, EnergyMeasured, RunEvent, StageBegan
from harness.statistics.ratio import LEAST_PAIRS, paired_ratio
from harness.supervisor.failures import failure_of
from harness.supervisor.gpu_watch import GpuWatch
from harness.supervisor.patience import Patience
from harness.supervisor.process import WorkerProcess
from harness.supervisor.rounds import ask_for_block
from harness.vocabulary import EnergyRatio, EnergyReading, GpuReading, LoadPoint, Plan, RatioInterval, Stage

WINDOW_S = MINIMUM_WINDOW_S + 0.2
WINDOWS = LEAST_PAIRS
"""As few as give an interval of the ratio."""
COOL_DOWN_S = 3.0
"""Until what a second's mean still remembers of the load is over, and clocks have begun to fall."""
MOST_GAP_S = 0.1
_LAGS = 1.5
ESTIMATOR = "Hodges-Lehmann over paired windows of energy, Wilcoxon signed-rank interval"
_ACCURACY = "readings within ±5 %"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyWindow:
    """One stretch of work of one arm."""

    joules: float
    seconds: float
    inferences: int
    reading: GpuReading

    def net_j(self, idle_w: float) -> float:
        """Joules an inference, without what the idle card draws."""
        return (self.joules - idle_w * self.seconds) / self.inferences


@dataclass(slots=True, kw_only=True)
class GpuEnergyStage:
    """Measures the arms of one card at one batch size. `randomness` is that of the gaps."""

    plan: Plan
    watch: GpuWatch
    workers: Mapping[str, WorkerProcess]
    arms: Sequence[str]
    meter: NvmlMeter
    batch: int
    patience: Patience
    randomness: random.Random
    windows: int = WINDOWS

    def events(self) -> Iterator[RunEvent]:
        """Windows of all arms, then each arm's reading and each candidate's ratio."""
        yield StageBegan(stage=Stage.ENERGY, total=len(self.arms), batch=self.batch)
        taken: dict[str, list[EnergyWindow]] = {arm: [] for arm in self.arms}
        try:
            before_w = self._idle_w()
        except MeasurementError as error:
            yield from self._fail(list(taken), error)
            return
        for number in range(self.windows):
            for arm in list(taken) if number % 2 == 0 else list(reversed(taken)):
                try:
                    taken[arm].append(self._window(arm))
                except HarnessError as error:
                    del taken[arm]
                    yield from self._fail([arm], error)
                    continue
                yield ArmAdvanced(arm=arm, done=number + 1, total=self.windows)
        if not taken:
            return
        try:
            after_w = self._idle_w()
        except MeasurementError as error:
            yield from self._fail(list(taken), error)
            return
        for arm, windows in taken.items():
            yield EnergyMeasured(arm=arm, reading=reading_of_windows(self.meter.source, windows, before_w, after_w))
        for ratio in energy_ratios(self.plan, taken, idle_w=(before_w + after_w) / 2.0):
            yield EnergyCompared(ratio=ratio)

    def _idle_w(self) -> float:
        self.watch.sleep(COOL_DOWN_S)
        began_s, before = self.watch.clock(), self.meter.read()
        self.watch.sleep(WINDOW_S)
        return self.meter.joules_between(before, self.meter.read()) / (self.watch.clock() - began_s)

    def _window(self, arm: str) -> EnergyWindow:
        """One window; where power is told as a mean of the past, the load runs before it is read."""
        self.watch.sleep(self.randomness.uniform(0.0, MOST_GAP_S))
        if self.meter.lag_s:
            self._load(arm, self.meter.lag_s * _LAGS)
        self.watch.require(arm)
        mark = self.watch.begin()
        began_s, before = self.watch.clock(), self.meter.read()
        inferences = self._load(arm, WINDOW_S)
        joules = self.meter.joules_between(before, self.meter.read())
        seconds = self.watch.clock() - began_s
        gpu = self.watch.arms[arm]
        reading = next(one for one in self.watch.end(mark) if one.gpu == gpu)
        self.watch.require(arm)
        return EnergyWindow(joules=joules, seconds=seconds, inferences=inferences, reading=reading)

    def _load(self, arm: str, seconds: float) -> int:
        began_s = self.watch.clock()
        load = LoadPoint(batch=self.batch)
        block = ask_for_block(self.workers[arm], load=load, seconds=seconds, patience=self.patience)
        if self.plan.is_simulated:  # scripted calls take no time: the window lasts as long as they say
            self.watch.sleep(max(0.0, block.wall_ns / 1e9 - (self.watch.clock() - began_s)))
        return self.batch * (len(block.latencies_ns) // 8 + 1)

    def _fail(self, arms: Sequence[str], error: HarnessError) -> Iterator[RunEvent]:
        for arm in arms:
            card = self.watch.card_of(arm)
            if card is not None and card.lost is None and isinstance(error, GpuLostError):
                card.lose(error)
            told = (card.lost if card is not None else None) or error
            yield ArmFailed(failure=failure_of(arm, Stage.ENERGY, told, self.workers.get(arm)))


def measure_gpu_energy(
    plan: Plan,
    watch: GpuWatch | Unavailable,
    workers: Mapping[str, WorkerProcess],
    *,
    batch: int,
    patience: Patience,
) -> Iterator[RunEvent]:
    """Every arm on a GPU, card by card, at one batch size. Without a meter each arm is told why."""
    if isinstance(watch, Unavailable):
        for arm in list(workers):
            yield EnergyMeasured(arm=arm, reading=no_energy(watch))
        return
    for gpu in watch.cards:
        arms = [arm for arm in workers if watch.arms.get(arm) == gpu]
        meter = watch.cards[gpu].meter
        if isinstance(meter, Unavailable):
            for arm in arms:
                yield EnergyMeasured(arm=arm, reading=no_energy(meter))
        elif arms:
            stage = GpuEnergyStage(
                plan=plan,
                watch=watch,
                workers=workers,
                arms=arms,
                meter=meter,
                batch=batch,
                patience=patience,
                randomness=random.Random(f"{plan.seed}/{gpu}"),  # noqa: S311 - gaps, not secrets
            )
            yield from stage.events()


def reading_of_windows(
    source: str, windows: Sequence[EnergyWindow], idle_before_w: float, idle_after_w: float
) -> EnergyReading:
    """Joules an inference over all windows that are long enough; how they were taken is part of the source."""
    long_enough = [one for one in windows if one.seconds >= MINIMUM_WINDOW_S]
    used = long_enough or sorted(windows, key=lambda one: one.seconds)[-1:]
    if not used:
        return no_energy(Unavailable(reason=f"{source}: no window was taken"))
    seconds = sum(one.seconds for one in used)
    return energy_reading(
        "; ".join((source, *_circumstances(used, seconds / len(used)))),
        active_j=sum(one.joules for one in used),
        active_s=seconds,
        idle_before_w=idle_before_w,
        idle_after_w=idle_after_w,
        inferences=sum(one.inferences for one in used),
    )


def energy_ratios(plan: Plan, windows: Mapping[str, Sequence[EnergyWindow]], *, idle_w: float) -> Iterator[EnergyRatio]:
    """Each candidate against its baseline on the same card, from windows taken one after the other."""
    for arm in plan.arms:
        baseline = plan.baseline_of(arm)
        if baseline is None or baseline.device != arm.device or not {arm.name, baseline.name} <= windows.keys():
            continue
        pairs = [
            (one, other)
            for one, other in zip(windows[baseline.name], windows[arm.name], strict=False)
            if min(one.seconds, other.seconds) >= MINIMUM_WINDOW_S and min(one.inferences, other.inferences) > 0
        ]
        gross = _ratio([(one.net_j(0.0), other.net_j(0.0)) for one, other in pairs])
        net = _ratio([(one.net_j(idle_w), other.net_j(idle_w)) for one, other in pairs])
        few = f"{len(pairs)} pairs of windows, {LEAST_PAIRS} are needed" if len(pairs) < LEAST_PAIRS else None
        reason = few or (None if net else "in a window the idle card would have drawn as much as the working one")
        yield EnergyRatio(candidate=arm.name, baseline=baseline.name, gross=gross, net=net, reason=reason)


def _ratio(joules: Sequence[tuple[float, float]]) -> RatioInterval | None:
    """Baseline's joules over the candidate's; None where one of them is not above zero, or for too few pairs."""
    if any(min(pair) <= 0.0 for pair in joules):
        return None
    found = paired_ratio([math.log(baseline) - math.log(candidate) for baseline, candidate in joules])
    return replace(found, estimator=ESTIMATOR) if found else None


def _circumstances(windows: Sequence[EnergyWindow], mean_s: float) -> Iterator[str]:
    readings = [one.reading for one in windows]
    yield f"{len(windows)} window{'s' * (len(windows) > 1)} of {mean_s:.1f} s"
    heat = [one.first_temperature_c for one in readings] + [one.last_temperature_c for one in readings]
    known = [one for one in heat if one is not None]
    if known:
        yield f"{min(known)} to {max(known)} °C"
    throttled, capped = sum(one.is_throttled for one in readings), sum(one.is_power_capped for one in readings)
    if throttled:
        yield f"throttled in {throttled}"
    if capped:
        yield f"at the software power cap in {capped}"
    yield _ACCURACY
