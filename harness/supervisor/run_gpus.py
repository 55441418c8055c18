"""The GPUs of one run: watched where an arm runs on one, and nothing at all where none does."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from harness.errors import GpuLostError
from harness.meters.absence import Unavailable
from harness.run_events import GpuUnwatched, GpuWatched, RunEvent
from harness.supervisor.gpu_energy import measure_gpu_energy
from harness.supervisor.gpu_watch import GpuWatch, watch_gpus
from harness.supervisor.patience import Patience
from harness.supervisor.process import WorkerProcess
from harness.vocabulary import Plan

Watching = Callable[[Mapping[str, str]], GpuWatch | Unavailable | None]
"""From devices by arm to a watch over them, why there is none, or None where none is needed."""


@dataclass(slots=True)
class RunGpus:
    """`open_watch` looks for the cards when the run begins."""

    open_watch: Watching = watch_gpus
    _found: GpuWatch | Unavailable | None = None

    @property
    def watch(self) -> GpuWatch | None:
        """The watch, while there is one."""
        return self._found if isinstance(self._found, GpuWatch) else None

    def begin(self, plan: Plan) -> None:
        """Look for the cards of the plan's arms, and begin to watch them."""
        self._found = self.open_watch({arm.name: arm.device for arm in plan.arms})
        if self.watch is not None:
            self.watch.start()

    def close(self) -> None:
        """End the watch."""
        if self.watch is not None:
            self.watch.close()

    def follow(self, arm: str, pid: int) -> None:
        """Remember a process of an arm."""
        if self.watch is not None:
            self.watch.follow(arm, pid)

    def loss_of(self, arm: str) -> GpuLostError | None:
        """Why the arm's card says nothing any more; None while it does, or is not watched."""
        card = self.watch.card_of(arm) if self.watch is not None else None
        return card.lost if card is not None else None

    def measure_energy(
        self, plan: Plan, workers: Mapping[str, WorkerProcess], *, batch: int, patience: Patience
    ) -> Iterator[RunEvent]:
        """The energy of the arms that run on a GPU."""
        if self._found is not None and workers:
            yield from measure_gpu_energy(plan, self._found, workers, batch=batch, patience=patience)

    def told(self, plan: Plan) -> Iterator[RunEvent]:
        """What the watch saw of each arm's card, or why nothing was seen."""
        for arm in plan.arms:
            if isinstance(self._found, Unavailable) and arm.is_on_gpu:
                yield GpuUnwatched(arm=arm.name, reason=self._found.reason)
            summary = self.watch.summary_of(arm.name) if self.watch is not None else None
            if summary is not None:
                yield GpuWatched(summary=summary)
