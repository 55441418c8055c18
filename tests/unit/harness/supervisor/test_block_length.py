"""How long a block is, and when its pairs are looked at."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.builders import make_plan

from harness.statistics.ratio import paired_ratio
from harness.supervisor.block_length import block_length_s, looks_at

_PLAN = replace(make_plan(), is_simulated=False)


@pytest.mark.parametrize(("call_s", "block_s"), [(0.0001, 0.005), (0.002, 0.006), (0.005, 0.015), (0.1, 0.02)])
def test_a_block_is_three_calls_of_the_slowest_arm_within_its_bounds(call_s: float, block_s: float) -> None:
    assert block_length_s(_PLAN, slowest_call_s=call_s, concurrency=1) == pytest.approx(block_s)


def test_several_calls_in_flight_and_scripted_clocks_keep_the_planned_length() -> None:
    simulated = replace(_PLAN, is_simulated=True)

    assert block_length_s(_PLAN, slowest_call_s=0.001, concurrency=2) == _PLAN.timing.block_s
    assert block_length_s(simulated, slowest_call_s=0.001, concurrency=1) == _PLAN.timing.block_s


def test_shorter_blocks_are_looked_at_after_as_much_time() -> None:
    assert looks_at(0.02, planned_s=0.02).sizes[:2] == (12, 24)
    assert looks_at(0.005, planned_s=0.02).sizes[:2] == (48, 96)
    assert looks_at(0.1, planned_s=0.02).first == 12
    assert looks_at(0.005, planned_s=0.02).per_look_confidence == looks_at(0.02, planned_s=0.02).per_look_confidence


def test_where_the_pace_flips_pairs_of_short_blocks_tell_more_in_the_same_time() -> None:
    rng = np.random.default_rng(1)
    flips = np.cumsum(rng.exponential(20.0, 2000)).astype(int)  # milliseconds
    pace = np.log(np.where(np.searchsorted(flips, np.arange(20_000), side="right") % 2, 1.35, 1.0))

    widths = []
    for block_ms in (20, 5):
        blocks = np.median(pace[: 20_000 // (3 * block_ms) * 3 * block_ms].reshape(-1, 3, block_ms), axis=2)
        found = paired_ratio(blocks[:, 0] - blocks[:, 1] + 0.01 * rng.normal(size=len(blocks)))
        assert found is not None
        assert found.lower <= 1.0 <= found.upper
        widths.append(found.half_width)

    assert widths[1] < 0.5 * widths[0]
