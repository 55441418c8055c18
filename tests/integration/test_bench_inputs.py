"""Inputs that differ in cost, as texts of different length do: both sides are asked the same."""

from pathlib import Path

import pytest
from helpers.fake_bench import FakeBench, read_json
from helpers.fake_workload import FP32, PER_CHANNEL, make_int8_script, make_script


def test_a_slow_model_is_compared_on_the_same_inputs_as_a_quick_one(tmp_path: Path) -> None:
    """In a block of 20 ms the baseline answers once or twice, the candidate five times as often."""
    fake = FakeBench(folder=tmp_path)
    slow = make_script(latency_us=10_000.0, jitter=0.005, hardness_cost=9.0)
    quick = make_int8_script(latency_us=2_000.0, jitter=0.005, hardness_cost=9.0)
    fake.write_workload({FP32: slow, PER_CHANNEL: quick})

    (comparison,) = read_json(fake.bench("--json"))["comparisons"]

    assert comparison["ratio"]["point"] == pytest.approx(5.0, rel=0.01)
