"""Certificates and recordings of self-tests, for tests: a quiet machine on which every promise is kept."""
# ruff: noqa: ANN401 - an override has the type of the field it replaces

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from helpers.builders import make_arm, make_host_reading, make_plan

from harness.supervisor.selftest.conclude import Conditions
from harness.supervisor.selftest.experiment import arms_of
from harness.supervisor.selftest.form import QUICK, Recording
from harness.vocabulary import NoiseClass, Round, Turn
from harness.vocabulary.selftest import (
    ClockProbe,
    Ending,
    LoadConditions,
    Mark,
    MemoryProbe,
    ParentProbe,
    SelfCheck,
    SelfTest,
    SelfTestKind,
    SelfTestLine,
    Unit,
)

HOST = "0123456789ab"
_CALLS = 9
_CYCLES_A_ROUND = 6


def make_line(check: SelfCheck = SelfCheck.AA_VERDICTS, **fields: Any) -> SelfTestLine:
    """4.8 % false alarms in 1,000 trials, as promised."""
    default = SelfTestLine(
        check=check,
        unit=Unit.SHARE,
        figure=0.048,
        lower=0.036,
        upper=0.063,
        detail="48 of 1000",
        hits=48,
        trials=1000,
        limit=0.05,
        promise="at most 5 %",
        mark=Mark.KEPT,
    )
    return replace(default, **fields)


def make_selftest(**fields: Any) -> SelfTest:
    """A whole one of 28 November 2026: 4.8 % false alarms, power of 97 %."""
    default = SelfTest(
        kind=SelfTestKind.FULL,
        ending=Ending.COMPLETE,
        finished_at="2026-11-28T10:00:00+00:00",
        wall_s=1200.0,
        host_id=HOST,
        cpu="Example CPU 8000",
        planner_version="0.1.0",
        versions=(("onnxruntime", "1.32.0"),),
        workload="toy",
        workload_digest="5e",
        runtime="onnxruntime",
        threads=1,
        seed=1,
        block_s=0.02,
        call_s=0.002,
        is_simulated=False,
        load=LoadConditions(
            rounds=100,
            contaminated_rounds=0,
            pairs=12_000,
            foreign_cpu_share=0.01,
            largest_foreign_cpu_share=0.03,
            noise=NoiseClass.QUIET,
            pair_sigma=0.01,
        ),
        lines=(make_line(), make_line(SelfCheck.POWER, figure=0.97, lower=0.95, upper=0.98, limit=0.9)),
    )
    return replace(default, **fields)


def make_conditions(**fields: Any) -> Conditions:
    """The host of `make_selftest`, on that day."""
    default = Conditions(
        host_id=HOST,
        cpu="Example CPU 8000",
        planner_version="0.1.0",
        versions=(),
        finished_at="2026-11-28T10:00:00+00:00",
        wall_s=60.0,
    )
    return replace(default, **fields)


def make_recording(
    *, rounds: int = 60, contaminated: Sequence[int] = (), sigma: float = 0.006, slow_down: float = 0.03, **fields: Any
) -> Recording:
    """Rounds of six cycles of three arms and a control: equal but for the last, which is slower.

    Args:
        rounds: how many.
        contaminated: the indices of those with foreign load.
        sigma: how far blocks spread, as a log ratio.
        slow_down: of the third arm.
        fields: of the recording.
    """
    plan = make_plan(arms=arms_of(make_arm("fp32")), timing=replace(make_plan().timing, block_s=QUICK.block_s))
    randomness = np.random.default_rng(1)
    names = [(arm.name, False, 1.0) for arm in plan.arms[:2]]
    names += [(plan.arms[2].name, False, 1.0 + slow_down), (plan.arms[0].name, True, 1.0)]
    taken = tuple(
        Round(
            batch=1,
            index=index,
            launch=0,
            started_at="2026-11-28T09:59:00.000+00:00",
            wall_s=0.25,
            turns=tuple(
                _turn(name, cycle, is_control, factor * math.exp(randomness.normal(0.0, sigma)), randomness)
                for cycle in range(_CYCLES_A_ROUND)
                for name, is_control, factor in names
            ),
            host=make_host_reading(foreign_cpu_share=0.5 if index in contaminated else 0.01),
            is_contaminated=index in contaminated,
        )
        for index in range(rounds)
    )
    default = Recording(
        plan=plan,
        form=QUICK,
        rounds=taken,
        memory=tuple(make_memory_probe() for _ in range(20)),
        clock=make_clock_probe(),
        parents=(ParentProbe(cpu_s=0.001, block_s=1.0),),
        ending=Ending.COMPLETE,
    )
    return replace(default, **fields)


def make_memory_probe(**fields: Any) -> MemoryProbe:
    """64 MiB, of which the meter saw all but a few pages."""
    default = MemoryProbe(size_bytes=64 * 2**20, hold_s=0.0, seen_bytes=64 * 2**20 - 3 * 4096, page_bytes=4096)
    return replace(default, **fields)


def make_clock_probe(**fields: Any) -> ClockProbe:
    """A clock of 50 ns, and a loop that adds 100."""
    spread = tuple(100.0 + offset for offset in range(21))
    default = ClockProbe(step_ns=40, reading_ns=50.0, added_ns=spread, query_ns=tuple(2 * one for one in spread))
    return replace(default, **fields)


def _turn(name: str, cycle: int, is_control: bool, factor: float, randomness: np.random.Generator) -> Turn:  # noqa: FBT001 - a turn's own fields in order
    latencies = (1e6 * factor * np.exp(randomness.normal(0.0, 0.01, _CALLS))).astype("<i8")
    total = int(latencies.sum())
    return Turn(
        arm=name,
        cycle=cycle,
        is_control=is_control,
        latencies_ns=latencies.tobytes(),
        cpu_ns=total,
        wall_ns=total + 10**6,
        voluntary_switches=0,
        involuntary_switches=0,
    )
