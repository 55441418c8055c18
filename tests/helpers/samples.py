"""Builders of raw samples for tests: turns, rounds, warm-ups and predictions.

As `builders`, which passes these on: defaults for everything, replaceable by keyword.
"""
# ruff: noqa: ANN401 - an override has the type of the field it replaces

import random
import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from harness.vocabulary import (
    ClockLimit,
    GpuReading,
    HostReading,
    Prediction,
    ProcessMemory,
    Round,
    Turn,
    WarmUpSamples,
)

FP32 = "fake/fp32"
INT8 = "fake/int8-static:per-channel"
DIGEST = "5e" * 32


def latencies(*values_ns: int) -> bytes:
    """Latencies as workers give them: little-endian signed 64-bit integers."""
    return struct.pack(f"<{len(values_ns)}q", *values_ns)


def noisy_latencies(count: int, *, median_ns: float = 1e6, spread: float = 0.015, seed: int = 1) -> bytes:
    """Log-normal latencies with the rare slow call that every machine has."""
    source = random.Random(seed)
    slow = [1 + (source.expovariate(2) if source.random() < 0.02 else 0.0) for _ in range(count)]
    return latencies(*(round(median_ns * source.lognormvariate(0, spread) * factor) for factor in slow))


def class_indices(*indices: int) -> bytes:
    """Predicted classes as workers give them: little-endian signed 16-bit integers."""
    return struct.pack(f"<{len(indices)}h", *indices)


def raw_outputs(*values: float) -> bytes:
    """Raw outputs as workers give them: little-endian float32."""
    return struct.pack(f"<{len(values)}f", *values)


def make_turn(**fields: Any) -> Turn:
    """Three calls of the FP32 arm."""
    samples = fields.get("latencies_ns", latencies(1_000_000, 1_010_000, 990_000))
    total = sum(value for (value,) in struct.iter_unpack("<q", samples[: len(samples) // 8 * 8]))
    default = Turn(
        arm=FP32,
        cycle=0,
        is_control=False,
        latencies_ns=samples,
        cpu_ns=2 * total,
        wall_ns=total + 1_500,
        voluntary_switches=1,
        involuntary_switches=0,
    )
    return replace(default, **fields)


def make_host_reading(**fields: Any) -> HostReading:
    """A quiet machine that does not tell its clock speed."""
    default = HostReading(
        foreign_cpu_share=0.01,
        steal_share=0.0,
        pressure_share=0.0,
        frequency_hz=None,
        parent_cpu_s=0.002,
    )
    return replace(default, **fields)


def make_gpu_reading(**fields: Any) -> GpuReading:
    """A T4 at its power limit."""
    default = GpuReading(
        gpu="gpu:0",
        uuid="GPU-ab00cd00-1111-4222-8333-000000000000",
        wall_s=5.2,
        samples=50,
        energy_j=364.0,
        power_w=70.0,
        sm_clock_hz=1.2e9,
        least_sm_clock_hz=1.1e9,
        memory_clock_hz=5.001e9,
        first_temperature_c=50,
        last_temperature_c=63,
        most_temperature_c=63,
        utilisation=0.98,
        peak_bytes=2**30,
        limits=((ClockLimit.POWER_CAP, 1.0),),
        process_peaks=(ProcessMemory(pid=4711, used_bytes=2**29),),
        capped_turns=(0, 2),
        missing=(("processes", "NVML: Not Supported"),),
    )
    return replace(default, **fields)


def make_round(**fields: Any) -> Round:
    """One cycle of both arms and the control."""
    turns = (
        make_turn(),
        make_turn(arm=INT8, latencies_ns=latencies(500_000, 505_000, 495_000)),
        make_turn(is_control=True),
    )
    default = Round(
        batch=1,
        index=0,
        launch=1,
        started_at="2026-01-02T03:04:05.678901+00:00",
        wall_s=0.51,
        turns=turns,
        host=make_host_reading(),
        is_contaminated=False,
    )
    return replace(default, **fields)


def make_realistic_round(
    arms: Sequence[str], *, index: int = 0, cycles: int = 4, calls: int = 25, seed: int = 1
) -> Round:
    """A round of the size and compressibility of a real one: every arm in every cycle, with noise."""
    source = random.Random(f"{seed}/{index}")
    turns = []
    for cycle in range(cycles):
        for place, arm in enumerate(arms):
            count = source.randint(calls - 5, calls + 5)
            samples = noisy_latencies(count, median_ns=3e5 * (1 + place / 3), seed=source.randrange(2**32))
            total = sum(struct.unpack(f"<{count}q", samples))
            turns.append(
                make_turn(
                    arm=arm,
                    cycle=cycle,
                    latencies_ns=samples,
                    cpu_ns=round(total * source.uniform(1.94, 2)),
                    wall_ns=round(total * source.uniform(1.001, 1.003)),
                    voluntary_switches=source.randrange(5),
                    involuntary_switches=source.randrange(3),
                )
            )
    host = make_host_reading(foreign_cpu_share=source.random() / 20, parent_cpu_s=source.random() / 100)
    return make_round(index=index, wall_s=0.5 + source.random() / 50, turns=tuple(turns), host=host)


def make_warm_up(**fields: Any) -> WarmUpSamples:
    """Four first calls of the FP32 arm, of which the first is discarded."""
    default = WarmUpSamples(
        arm=FP32,
        batch=1,
        launch=1,
        latencies_ns=latencies(9_000_000, 1_020_000, 1_000_000, 1_010_000),
        discard=1,
        is_stable=True,
    )
    return replace(default, **fields)


def make_prediction(*indices: int, **fields: Any) -> Prediction:
    """The classes given, by default four samples of three classes."""
    chosen = indices or (0, 1, 2, 1)
    default = Prediction(classes=class_indices(*chosen), samples=len(chosen), data_digest=DIGEST, wall_s=0.004)
    return replace(default, **fields)
