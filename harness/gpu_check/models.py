"""One model at one batch size in every variant: in turns against strict FP32, with proof, memory, energy and copies."""

import functools
import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch

from harness.analysis import compare, measure
from harness.errors import GpuMemoryError
from harness.foreign_errors import telling_sentence
from harness.gpu_check.findings import Row, RowState, watch_notes
from harness.gpu_check.limits import Peaks, told
from harness.gpu_check.names import PREFIX
from harness.gpu_check.networks import Network
from harness.gpu_check.steps import StepOverError
from harness.gpu_check.timing import arm_of, device_time_s, host_time_s, take_rounds
from harness.gpu_check.variants import BASELINE, COMPILED, EAGER, Device, Ready, made, make_ready, refusal_of
from harness.gpu_check.work import work_of
from harness.kernels_cuda import proof_of_kernels
from harness.kernels_torch import layers_of_torch
from harness.runtimes.torch_profile import profile_calls, profile_kernels
from harness.supervisor.gpu_watch import GpuWatch
from harness.verdict.precision import judge_proof
from harness.vocabulary import (
    Comparison,
    GateRules,
    GpuReading,
    KernelProof,
    LoadPoint,
    Measurement,
    ModelWork,
    Plan,
    TimingRules,
)

_CONFIDENCE = 0.95
_PROFILED_CALLS = 5
_TIMED_S, _REHEARSED_S = 6.0, 0.1
_WINDOW_S = 5.2
"""Sensors of some cards see a quarter of the time: shorter windows miss what they are for."""
_COMPILES_S = 45.0
"""Seconds that must be left before a compilation begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStep:
    """A model at a batch size. `watch` looks at the card meanwhile, where NVML is there; `peaks` are what bounds it."""

    network: Network
    batch: int
    device: Device
    watch: GpuWatch | None
    peaks: Peaks
    compute_capability: tuple[int, int] | None
    clock: Callable[[], float] = time.monotonic

    @property
    def subject(self) -> str:
        """Model and batch size."""
        return f"{self.network.name}, batch {self.batch}"

    def rows(self, deadline: float) -> Iterator[Row]:
        """A row for each variant: eager ones are measured before anything is compiled, as far as there is time."""
        ready: dict[str, Ready] = {}
        yield from self._prepare(EAGER, ready, deadline)
        if BASELINE not in ready:
            return
        yield from self._measured(ready, list(ready), deadline)
        baseline = {BASELINE: ready[BASELINE]}
        ready.clear()
        compiled = dict(baseline)
        yield from self._prepare(COMPILED, compiled, deadline)
        yield from self._measured(compiled, [label for label in compiled if label != BASELINE], deadline)
        compiled.clear()
        baseline.clear()
        _forget(self.device)

    def _prepare(self, labels: Sequence[str], ready: dict[str, Ready], deadline: float) -> Iterator[Row]:
        """Fill `ready`; a row for each that cannot be had."""
        for label in labels:
            reason = refusal_of(label, self.network, compute_capability=self.compute_capability)
            if reason is None and label in COMPILED and self.device.is_gpu and self.clock() + _COMPILES_S > deadline:
                reason = f"fewer than {_COMPILES_S:.0f} s were left to compile it"
            if reason is not None:
                yield self._row(label, RowState.SKIPPED, reason=reason)
                continue
            try:
                ready[label] = make_ready(label, self.network, self.batch, self.device)
            except StepOverError:
                raise
            except GpuMemoryError as error:
                yield self._row(label, RowState.FAILED, reason=f"{error}; use a smaller batch")
            except Exception as error:  # noqa: BLE001 - whatever a compiler raises is an answer about the variant
                reason = f"{type(error).__name__}: {telling_sentence(error)}"
                yield self._row(label, RowState.FAILED, reason=reason)

    def _measured(self, ready: Mapping[str, Ready], told: Sequence[str], deadline: float) -> Iterator[Row]:
        """A row for each that is to be told of; the baseline takes turns with all."""
        if not told:
            return
        seconds = _TIMED_S if self.device.is_gpu else _REHEARSED_S
        rounds = take_rounds(ready, self.device, batch=self.batch, seconds=seconds)
        plan, load = self._plan(ready), LoadPoint(batch=self.batch)
        measured = {one.arm: one for one in measure(plan, rounds, load=load)}
        compared = {one.candidate: one for one in compare(plan, rounds, load=load, confidence=_CONFIDENCE)}
        for label in told:
            one = ready[label]
            name = arm_of(one, self.device).name
            reading = self._watched(one, deadline)
            yield self._variant_row(label, one, measured[name], compared.get(name), reading)

    def _plan(self, ready: Mapping[str, Ready]) -> Plan:
        return Plan(
            workload=f"{PREFIX}{self.network.name}",
            workload_digest="",
            arms=tuple(arm_of(one, self.device) for one in ready.values()),
            batches=(self.batch,),
            baseline=BASELINE,
            seed=1,
            timing=TimingRules(),
            gate=GateRules(),
            workload_name=f"{PREFIX}{self.network.name}",
        )

    def _variant_row(
        self,
        label: str,
        one: Ready,
        measured: Measurement,
        compared: Comparison | None,
        watched: tuple[GpuReading, int] | None,
    ) -> Row:
        one.switch()
        proof = _proof(one, self.device)
        verdict = judge_proof(proof, one.recipe)
        ratio = compared.ratio if compared else None
        arm = arm_of(one, self.device)
        limit = self.peaks.limit(arm, measured, _work(self.network, self.batch), proof)
        reached, about_limit = told(limit)
        figures: dict[str, float | None] = {
            "p50_ms": measured.quantiles[0].point_s * 1e3,
            "device_ms": _ms(device_time_s(one.queue, self.device, calls=_PROFILED_CALLS)),
            "with_copies_ms": host_time_s(one.with_copies, seconds=0.2 if self.device.is_gpu else 0.0) * 1e3,
            "speed_up": ratio.point if ratio else None,
            "speed_up_low": ratio.lower if ratio else None,
            "speed_up_high": ratio.upper if ratio else None,
            "peak_mib": None if one.peak_bytes is None else one.peak_bytes / 2**20,
            **reached,
            **_energy(watched, self.batch),
        }
        notes = {"ran": f"{verdict.ran}, {verdict.state}", **about_limit}
        if watched is not None and self.watch is not None:
            notes |= watch_notes(watched[0], self.watch.cost)
        detail = {
            "arm": asdict(arm),
            "measurement": asdict(measured),
            "comparison": asdict(compared) if compared else None,
            "proof": asdict(proof),
            "proof_verdict": asdict(verdict),
            "limit": asdict(limit),
        }
        return self._row(label, RowState.MEASURED, figures=figures, notes=notes, detail=detail)

    def _watched(self, one: Ready, deadline: float) -> tuple[GpuReading, int] | None:
        """What the card did while the variant alone ran for a window, and how many calls that were."""
        if self.watch is None or self.clock() + _WINDOW_S > deadline:
            return None
        one.switch()
        mark, calls, until = self.watch.begin(), 0, self.clock() + _WINDOW_S
        while self.clock() < until:
            one.call()
            calls += 1
        readings = self.watch.end(mark)
        return (readings[0], calls) if readings else None

    def _row(self, label: str, state: RowState, **fields: Any) -> Row:  # noqa: ANN401 - the fields of a row
        return Row(step=self.subject, subject=label, state=state, **fields)


@functools.lru_cache(maxsize=1)
def _work(network: Network, batch: int) -> ModelWork | str:
    """What a call has to do; a reason where PyTorch cannot count it, which must not cost the row its times."""
    try:
        return work_of(made(network.make), network.sample, batch)
    except StepOverError:
        raise
    except Exception as error:  # noqa: BLE001 - what counts is a part of PyTorch that its versions change
        return f"the operations were not counted: {type(error).__name__}: {telling_sentence(error)}"


def _proof(one: Ready, device: Device) -> KernelProof:
    if device.is_gpu:
        kernels = profile_kernels(one.call, module=None, calls=_PROFILED_CALLS)
        return proof_of_kernels(kernels, source="PyTorch profile of the GPU's kernels")
    layers = layers_of_torch(profile_calls(one.call, module=None, calls=1))
    return KernelProof(source="PyTorch profile", layers=layers)


def _energy(watched: tuple[GpuReading, int] | None, batch: int) -> dict[str, float | None]:
    if watched is None:
        return {}
    reading, calls = watched
    joules = None if reading.energy_j is None or not calls else reading.energy_j / (calls * batch)
    return {
        "gross_j_per_sample": joules,
        "power_w": reading.power_w,
        "sm_clock_mhz": None if reading.sm_clock_hz is None else reading.sm_clock_hz / 1e6,
        "temperature_c": None if reading.most_temperature_c is None else float(reading.most_temperature_c),
    }


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1e3


def _forget(device: Device) -> None:
    """Give back what the variants held, and what was compiled for them, before the next model comes."""
    torch.compiler.reset()
    gc.collect()
    if device.is_gpu:
        torch.cuda.empty_cache()
