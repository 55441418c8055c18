"""Watches the GPUs that arms run on, from the supervisor: the measured process is left alone.

A thread looks at every card at random moments, so that looks cannot keep step with the load; whoever measures marks
where a stretch begins and ends. What that costs is counted. A card that is lost in mid-run is told to whoever rests on
it, and to nobody else. Without a GPU among the arms there is no watch, no thread and no cost.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

from harness.devices import NvidiaDevice, nvidia_devices
from harness.errors import MeasurementError
from harness.meters.absence import Unavailable
from harness.meters.nvml import Nvml, load_binding, open_nvml
from harness.meters.nvml_energy import NvmlMeter
from harness.supervisor.gpu_card import WatchedCard, open_card
from harness.supervisor.gpu_readings import Span, held_over, limits_beside, looks_at, process_peaks, reading_of
from harness.vocabulary import THROTTLING, ClockLimit, GpuReading, GpuState, GpuSummary, WatchCost, gpu_index_of

LOOK_EVERY_S = 0.1
"""Power sensors step about every 100 ms: looking more often sees the same again."""
_FOREIGN_PIDS = "the driver names no process of this number: in a container it counts as the host does"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a stretch begins: the moment of its first look, then that of each card's counter."""

    looked_s: float
    at_s: float
    energies: Mapping[str, dict[str, int] | None]


@dataclass(slots=True, kw_only=True)
class GpuWatch:
    """Looks at `cards` by the name that plans give them. `arms` tells on which of them an arm runs.

    `clock` and `sleep` are this process's, or a test's.
    """

    nvml: Nvml
    cards: Mapping[str, WatchedCard]
    arms: Mapping[str, str]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    randomness: random.Random = field(default_factory=random.Random)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _began_s: float = field(default_factory=time.perf_counter)
    _pids: dict[str, set[int]] = field(default_factory=dict)
    _blocks: Counter[tuple[str, str]] = field(default_factory=Counter)
    _limits: dict[str, set[ClockLimit]] = field(default_factory=dict)
    _beside: dict[str, dict[float, GpuState]] = field(default_factory=dict)

    def start(self) -> None:
        """Begin to look, from a thread of its own."""
        if self._thread is None:
            self._began_s = time.perf_counter()
            self._thread = threading.Thread(target=self._run, name="gpu-watch", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread and let NVML go; a second time does nothing."""
        if self._stop.is_set():
            return
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.nvml.close()

    def follow(self, arm: str, pid: int) -> None:
        """Remember a process of an arm, so that its memory on the card can be told."""
        self._pids.setdefault(arm, set()).add(pid)

    def card_of(self, arm: str) -> WatchedCard | None:
        """The card that an arm runs on; None for one that runs elsewhere."""
        return self.cards.get(self.arms.get(arm, ""))

    def require(self, arm: str) -> None:
        """Make sure that the arm's card is still there.

        Raises:
            GpuLostError: it is not.
        """
        card = self.card_of(arm)
        if card is not None and card.lost is not None:
            raise card.lost

    def meter_of(self, arm: str) -> NvmlMeter | Unavailable:
        """What counts the joules of the arm's card."""
        card = self.card_of(arm)
        return card.meter if card is not None else Unavailable(reason=f"{arm} runs on no GPU that is watched")

    def begin(self) -> Mark:
        """Look at every card; the stretch begins here."""
        looked_s = self.clock()
        for card in self.cards.values():
            card.look()
        energies = {name: card.read_energy() for name, card in self.cards.items()}
        return Mark(looked_s=looked_s, at_s=self.clock(), energies=energies)

    def end(self, mark: Mark, spans: Sequence[Span] = ()) -> tuple[GpuReading, ...]:
        """Look once more; what every card did since, with the blocks among `spans` that it was throttled in."""
        ended_s = self.clock()
        readings = []
        for name, card in self.cards.items():
            energy_j = _joules(card, mark.energies[name], card.read_energy())
            card.look()
            own = [span if self.arms.get(span.arm) == name else None for span in spans]
            states = card.looks_since(mark.looked_s)
            self._count(states, own)
            readings.append(
                reading_of(
                    states,
                    gpu=name,
                    uuid=card.device.uuid,
                    wall_s=ended_s - mark.at_s,
                    energy_j=energy_j,
                    spans=own,
                )
            )
        return tuple(readings)

    @property
    def cost(self) -> WatchCost:
        """What looking has cost so far, from whichever thread."""
        cards = self.cards.values()
        return WatchCost(
            samples=sum(card.samples for card in cards),
            cpu_s=sum(card.cpu_s for card in cards),
            wall_s=time.perf_counter() - self._began_s,
            longest_s=max((card.longest_s for card in cards), default=0.0),
        )

    def summary_of(self, arm: str) -> GpuSummary | None:
        """What there is to say of an arm's card; None for an arm that runs elsewhere."""
        card = self.card_of(arm)
        if card is None:
            return None
        states = card.looks_since(float("-inf"))
        own = [one.used_bytes for one in process_peaks(states) if one.pid in self._pids.get(arm, ())]
        sizes = [size for size in own if size is not None]
        seen = reading_of(
            sorted(self._beside.get(arm, {}).values(), key=lambda one: one.at_s),
            gpu=card.gpu,
            uuid=card.device.uuid,
            wall_s=0.0,
            energy_j=None,
        )
        heat = [one.temperature_c for one in states if one.temperature_c is not None]
        return GpuSummary(
            arm=arm,
            name=card.device.name,
            uuid=card.device.uuid,
            energy_source=card.meter.reason if isinstance(card.meter, Unavailable) else card.meter.source,
            blocks=self._blocks[arm, "all"],
            throttled_blocks=self._blocks[arm, "throttled"],
            capped_blocks=self._blocks[arm, "capped"],
            limits=tuple(limit for limit in ClockLimit if limit in self._limits.get(arm, ())),
            most_temperature_c=max(heat, default=None),
            peak_bytes=max(sizes, default=None),
            peak_reason=None if sizes else _FOREIGN_PIDS,
            cost=self.cost,
            power_w=seen.power_w,
            sm_clock_hz=seen.sm_clock_hz,
            least_sm_clock_hz=seen.least_sm_clock_hz,
            memory_clock_hz=seen.memory_clock_hz,
            first_temperature_c=heat[0] if heat else None,
            utilisation=seen.utilisation,
            card_peak_bytes=max((one.used_bytes for one in states if one.used_bytes is not None), default=None),
            held_s=held_over((*((card.first,) if card.first else ()), *states)),
            missing=tuple(dict(pair for one in states for pair in one.missing).items()),
        )

    def _count(self, states: Sequence[GpuState], spans: Sequence[Span | None]) -> None:
        for span in (one for one in spans if one is not None):
            limits = limits_beside(states, span)
            self._blocks[span.arm, "all"] += 1
            self._blocks[span.arm, "throttled"] += not THROTTLING.isdisjoint(limits)
            self._blocks[span.arm, "capped"] += ClockLimit.POWER_CAP in limits
            self._limits.setdefault(span.arm, set()).update(limits)
            self._beside.setdefault(span.arm, {}).update((look.at_s, look) for look in looks_at(states, span))

    def _run(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S * self.randomness.uniform(0.5, 1.5)):
            for card in self.cards.values():
                try:
                    card.look()
                except Exception as error:  # noqa: BLE001 - the outermost door of this thread
                    card.lose(error)


def watch_gpus(
    arms: Mapping[str, str],
    *,
    load: Callable[[], ModuleType] = load_binding,
    variables: Mapping[str, str] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    randomness: random.Random | None = None,
) -> GpuWatch | Unavailable | None:
    """A watch over the GPUs that arms run on, not yet started; why there is none; or None where no arm needs one.

    Args:
        arms: device by arm.
        load: gives NVIDIA's binding of NVML.
        variables: the process's settings, by default `os.environ`.
        clock: seconds.
        sleep: waits for so many of them.
        randomness: of the gaps between looks.
    """
    on_gpus = {arm: device for arm, device in arms.items() if gpu_index_of(device) is not None}
    if not on_gpus:
        return None
    devices = nvidia_devices(load=load, variables=variables)
    if isinstance(devices, Unavailable):
        return devices
    nvml = open_nvml(load)
    if isinstance(nvml, Unavailable):
        return nvml
    try:
        cards = {gpu: open_card(nvml, gpu, _named(gpu, devices), clock=clock) for gpu in sorted({*on_gpus.values()})}
    except MeasurementError as error:
        nvml.close()
        return Unavailable(reason=str(error))
    return GpuWatch(
        nvml=nvml,
        cards=cards,
        arms=on_gpus,
        clock=clock,
        sleep=sleep,
        randomness=randomness or random.Random(),  # noqa: S311 - gaps, not secrets
    )


def _named(gpu: str, devices: Sequence[NvidiaDevice]) -> NvidiaDevice:
    number = gpu_index_of(gpu)
    found = next((one for one in devices if one.index == number), None)
    if found is None:
        here = ", ".join(f"gpu:{one.index} ({one.name})" for one in devices)
        raise MeasurementError(f"{gpu} is not here; there are: {here}")
    return found


def _joules(card: WatchedCard, before: dict[str, int] | None, after: dict[str, int] | None) -> float | None:
    if before is None or after is None or isinstance(card.meter, Unavailable):
        return None
    try:
        return card.meter.joules_between(before, after)
    except MeasurementError:  # the driver was loaded again in between
        return None
