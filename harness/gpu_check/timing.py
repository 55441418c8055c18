"""Times variants in turns: A B C C B A, blocks of calls by the host's clock, each ended by the device's end."""

import time
from array import array
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from statistics import median
from typing import Any

import torch

from harness.gpu_check.variants import BASELINE, Device, Ready
from harness.vocabulary import Arm, HostReading, Round, Turn

_BLOCK_S, _REHEARSED_BLOCK_S = 0.02, 0.003
_UNSEEN = HostReading(
    foreign_cpu_share=None, steal_share=None, pressure_share=None, frequency_hz=None, parent_cpu_s=0.0
)


def arm_of(ready: Ready, device: Device) -> Arm:
    """The arm that the variant is in a plan."""
    return Arm(label=ready.recipe.label, recipe=ready.recipe, runtime="torch", threads=1, device=device.arm)


def take_rounds(
    arms: Mapping[str, Ready], device: Device, *, batch: int, seconds: float, most: int = 40, least: int = 6
) -> tuple[Round, ...]:
    """Rounds of two mirrored cycles each, the baseline twice in every cycle, for about so long.

    Args:
        arms: variants by label, the baseline among them.
        device: where they run.
        batch: samples a call.
        seconds: after which no round begins, once there are `least`.
        most: rounds.
        least: rounds, however long they take.
    """
    names = {label: arm_of(ready, device).name for label, ready in arms.items()}
    block_s = _BLOCK_S if device.is_gpu else _REHEARSED_BLOCK_S
    rounds: list[Round] = []
    began = time.perf_counter()
    while len(rounds) < most and (len(rounds) < least or time.perf_counter() - began < seconds):
        started, at = time.perf_counter(), datetime.now(UTC).isoformat()
        turns = []
        order = [(label, False) for label in arms] + [(BASELINE, True)]
        for place, slots in enumerate((order, order[::-1])):
            for label, is_control in slots:
                cycle = 2 * len(rounds) + place
                turns.append(_turn(names[label], arms[label], block_s, cycle=cycle, is_control=is_control))
        rounds.append(
            Round(
                batch=batch,
                index=len(rounds),
                launch=0,
                started_at=at,
                wall_s=time.perf_counter() - started,
                turns=tuple(turns),
                host=_UNSEEN,
                is_contaminated=False,
            )
        )
    return tuple(rounds)


def _turn(name: str, ready: Ready, block_s: float, *, cycle: int, is_control: bool) -> Turn:
    ready.switch()
    began_cpu, began = time.process_time_ns(), time.perf_counter_ns()
    ready.call()
    latencies = array("q")
    until = time.perf_counter_ns() + int(block_s * 1e9)
    before = time.perf_counter_ns()
    while not latencies or before < until:
        ready.call()
        now = time.perf_counter_ns()
        latencies.append(now - before)
        before = now
    return Turn(
        arm=name,
        cycle=cycle,
        is_control=is_control,
        latencies_ns=latencies.tobytes(),
        cpu_ns=time.process_time_ns() - began_cpu,
        wall_ns=time.perf_counter_ns() - began,
        voluntary_switches=0,
        involuntary_switches=0,
    )


def device_time_s(queue: Callable[[], Any], device: Device, *, calls: int) -> float | None:
    """Seconds a call by CUDA's events around so many that are queued one behind the other; `None` on a CPU."""
    if not device.is_gpu:
        return None
    began, ended = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    device.synchronize()
    began.record()
    for _ in range(calls):
        queue()
    ended.record()
    ended.synchronize()
    return float(began.elapsed_time(ended)) / 1e3 / calls


def host_time_s(call: Callable[[], Any], *, seconds: float, least: int = 3) -> float:
    """The median of calls over about so long."""
    taken: list[float] = []
    until = time.perf_counter() + seconds
    while len(taken) < least or time.perf_counter() < until:
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return median(taken)
