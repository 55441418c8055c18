"""The parent's side of probing a machine: each runtime in a process of its own, one after the other.

A runtime that dies or hangs is a runtime without a peak; the others have theirs.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.environment import Environment
from harness.errors import HarnessError, MeasurementError
from harness.events import Advanced, BandwidthProbed, Command, Event, ProbeBandwidth, ProbeRates, RatesProbed
from harness.meters.bandwidth import array_bytes_for
from harness.meters.caches import read_caches
from harness.meters.host import process_cpu_s, read_host_counters, reading_between
from harness.runtimes import registry
from harness.supervisor.patience import Patience, read_patience
from harness.supervisor.pinning import cpus_for
from harness.supervisor.process import WorkerProcess
from harness.vocabulary import BandwidthReading, DeviceKind, MachinePeaks, RateReading

DEFAULT_SECONDS = 20.0
"""For all probes together: with starting processes and opening models, half a minute."""
_BANDWIDTH_SHARE = 0.15
_PROBED_FORMATS = ("onnx", "torch")
CHANNELS = 256

Watcher = Callable[[str, int, int], None]
"""Told what is being probed, and how far it is: so many of so many."""


@dataclass(slots=True, kw_only=True)
class PeakProbes:
    """Probes this host with `threads` threads. `channels` makes the probes smaller, in tests alone."""

    threads: int
    environment: Environment
    logs: Path
    watch: Watcher
    now: Callable[[], str]
    seconds: float = DEFAULT_SECONDS
    channels: int = CHANNELS
    array_bytes: int | None = None
    patience: Patience = field(default_factory=read_patience)
    _unavailable: list[tuple[str, str]] = field(default_factory=list)
    _workers_s: float = 0.0

    def measure(self) -> MachinePeaks:
        """Everything that can be found out, in about `seconds`.

        Raises:
            MeasurementError: memory could not be probed, or no runtime is here that could be.
        """
        cpus = cpus_for("auto", threads=self.threads)
        caches = read_caches(cpus or self.environment.cpu.allowed_cpus)
        names = self._runtimes()
        before, began, own_s = read_host_counters(), time.perf_counter(), process_cpu_s(os.getpid()) or 0.0
        bandwidths = self._bandwidths(cpus, caches.last_level_bytes)
        rates: list[RateReading] = []
        for place, name in enumerate(names):
            left_s = self.seconds - (time.perf_counter() - began)
            rates.extend(self._rates(name, cpus, seconds=max(0.0, left_s) / (len(names) - place)))
        if not rates:
            told = "; ".join(f"{name}: {reason}" for name, reason in self._unavailable)
            raise MeasurementError(f"no rate of arithmetic could be measured ({told})")
        wall_s = time.perf_counter() - began
        host = reading_between(
            before,
            read_host_counters(),
            own_cpu_s=self._workers_s,
            parent_cpu_s=(process_cpu_s(os.getpid()) or 0.0) - own_s,
            wall_s=wall_s,
        )
        return MachinePeaks(
            host_id=self.environment.host_id,
            cpu=self.environment.cpu.model,
            threads=self.threads,
            cpus=cpus,
            versions=versions_that_matter(self.environment),
            measured_at=self.now(),
            took_s=wall_s,
            caches=caches,
            rates=tuple(rates),
            bandwidths=bandwidths,
            foreign_cpu_share=host.foreign_cpu_share,
            unavailable=tuple(self._unavailable),
        )

    def _runtimes(self) -> list[str]:
        """Those that are here and can be probed."""
        found = []
        for name in filter(_is_of_cpus, registry.runtime_names()):
            here = registry.probe(name)
            if not here.is_available:
                self._unavailable.append((name, f"{here.reason}; {here.hint}"))
            elif registry.find_runtime(name).model_format not in _PROBED_FORMATS:
                self._unavailable.append((name, "no probe fits the models that it opens"))
            else:
                found.append(name)
        return found

    def _bandwidths(self, cpus: tuple[int, ...], last_level_bytes: int) -> tuple[BandwidthReading, ...]:
        array_bytes = self.array_bytes or array_bytes_for(last_level_bytes, memory_bytes=self.environment.memory_bytes)
        command = ProbeBandwidth(
            threads=tuple(dict.fromkeys((1, self.threads))),
            cpus=cpus,
            array_bytes=array_bytes,
            seconds=self.seconds * _BANDWIDTH_SHARE,
        )
        try:
            for event in self._followed("memory", command):
                if isinstance(event, BandwidthProbed):
                    return event.bandwidths
        except HarnessError as error:
            raise MeasurementError(f"the bandwidth of memory could not be measured: {error}") from error
        raise MeasurementError("the bandwidth of memory could not be measured: its process said nothing of it")

    def _rates(self, name: str, cpus: tuple[int, ...], *, seconds: float) -> Sequence[RateReading]:
        command = ProbeRates(
            runtime=name,
            threads=self.threads,
            cpus=cpus,
            seconds=seconds,
            channels=self.channels,
        )
        try:
            for event in self._followed(name, command):
                if isinstance(event, RatesProbed):
                    return event.rates
        except HarnessError as error:
            self._unavailable.append((name, str(error)))
        return ()

    def _followed(self, name: str, command: Command) -> Iterator[Event]:
        """Every event up to the answer, in a process that is gone afterwards."""
        worker = WorkerProcess(f"the probe of {name}", log=self.logs / f"{name}.log")
        with contextlib.closing(worker):
            worker.send(command)
            self.watch(name, 0, 1)
            while True:
                event = worker.receive(timeout_s=self.patience.with_loading())
                if isinstance(event, Advanced):
                    self.watch(name, event.done, event.total)
                    continue
                self._workers_s += worker.cpu_s()
                yield event
                return


def versions_that_matter(environment: Environment) -> dict[str, str]:
    """Of the runtimes that a host's peaks are read with, and of what moves memory."""
    wanted = {*filter(_is_of_cpus, registry.runtime_names()), "numpy"}
    return {one.name: one.version for one in environment.packages if one.name in wanted}


def _is_of_cpus(runtime: str) -> bool:
    return registry.serves_kind(runtime, DeviceKind.CPU)
