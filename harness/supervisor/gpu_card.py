"""One card under watch: its looks, its meter, and whether it is still there. Never raises once it is opened."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from harness.devices import NvidiaDevice
from harness.errors import GpuLostError, MeasurementError
from harness.meters.absence import Unavailable
from harness.meters.nvml import Nvml
from harness.meters.nvml_energy import NvmlMeter, nvml_meter, power_source
from harness.meters.nvml_state import StateReader
from harness.vocabulary import GpuState

_KEPT_LOOKS = 20_000
"""Half an hour's; a stretch that is read is never longer."""


@dataclass(slots=True, kw_only=True)
class WatchedCard:
    """A card by the name that plans give it."""

    gpu: str
    device: NvidiaDevice
    reader: StateReader
    meter: NvmlMeter | Unavailable
    clock: Callable[[], float]
    lost: GpuLostError | None = None
    samples: int = 0
    cpu_s: float = 0.0
    longest_s: float = 0.0
    first: GpuState | None = None
    _looks: deque[GpuState] = field(default_factory=lambda: deque(maxlen=_KEPT_LOOKS))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> None:
        """Read the state now and keep it; a card that is lost is not asked again."""
        if self.lost is not None:
            return
        try:
            with self._counted():
                state = self.reader.read(at_s=self.clock())
        except GpuLostError as error:
            self.lose(error)
            return
        if isinstance(self.meter, NvmlMeter) and self.meter.needs_samples and state.power_w is not None:
            self.meter.add(at_s=state.at_s, power_w=state.power_w)
        with self._lock:
            self._looks.append(state)
            self.first = self.first or state
            self.samples += 1

    def lose(self, error: Exception) -> None:
        """Remember why nothing more can be said of this card."""
        self.lost = GpuLostError(f"{self.gpu} ({self.device.name}, {self.device.uuid}) was lost: {error}")

    def looks_since(self, moment_s: float) -> tuple[GpuState, ...]:
        """The looks from a moment on, in time order."""
        with self._lock:
            return tuple(sorted((one for one in self._looks if one.at_s >= moment_s), key=lambda one: one.at_s))

    def read_energy(self) -> dict[str, int] | None:
        """The meter now, None where it says nothing; a card that is lost shows as such afterwards."""
        if isinstance(self.meter, Unavailable) or self.lost is not None:
            return None
        try:
            with self._counted():
                return self.meter.read()
        except GpuLostError as error:
            self.lose(error)
        except MeasurementError:
            pass  # one reading less; whoever rests on the meter reads it without this net
        return None

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        """Adds what the block costs this thread."""
        began_s, cpu_s = time.perf_counter(), time.thread_time()
        try:
            yield
        finally:
            with self._lock:
                self.cpu_s += time.thread_time() - cpu_s
                self.longest_s = max(self.longest_s, time.perf_counter() - began_s)


def open_card(nvml: Nvml, gpu: str, device: NvidiaDevice, *, clock: Callable[[], float]) -> WatchedCard:
    """Find the card by its UUID, and what it can tell.

    Raises:
        MeasurementError: the driver does not find it, or it is lost.
    """
    handle = nvml.require("nvmlDeviceGetHandleByUUID", device.uuid)
    card = nvml.require("nvmlDeviceGetHandleByUUID", device.parent_uuid) if device.parent_uuid else handle
    power = power_source(nvml, card, compute_capability=device.compute_capability, is_instance=device.is_instance)
    return WatchedCard(
        gpu=gpu,
        device=device,
        reader=StateReader(
            nvml=nvml,
            handle=handle,
            card=card,
            read_power_w=(lambda: power) if isinstance(power, Unavailable) else power.read_w,
        ),
        meter=nvml_meter(nvml, card, power=power, clock=clock),
        clock=clock,
    )
