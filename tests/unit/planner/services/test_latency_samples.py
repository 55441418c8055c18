"""What is said of quantiles without bounds, and of stored bounds of fewer blocks than are asked for today."""

from helpers.findings import make_measurement, make_quantile

from harness.vocabulary import LatencyQuantile, Measurement
from planner.services.reporting.latency_samples import why_without_bounds


def _timed(*quantiles: LatencyQuantile, blocks: int) -> Measurement:
    return make_measurement(quantiles=(make_quantile(0.5), *quantiles), blocks=blocks)


def test_a_missing_bound_is_told_with_the_blocks_that_it_takes() -> None:
    without = make_quantile(0.99, upper_s=None, lower_s=None)

    assert why_without_bounds([_timed(without, blocks=54), _timed(without, blocks=108)]) == (
        "bounds take independent calls of as many blocks, here 54 to 108: p99 662"
    )


def test_a_stored_bound_of_too_few_blocks_is_told_to_be_of_an_older_rule() -> None:
    told = why_without_bounds([_timed(make_quantile(0.9), blocks=40)])

    assert told is not None
    assert told.endswith("here 40: p90 64; those of fewer are of an older rule, and may be too low")


def test_nothing_is_told_where_bounds_stand_or_calls_are_too_few_to_speak_of_the_quantile() -> None:
    few = make_quantile(0.99, samples=100, upper_s=None)

    assert why_without_bounds([_timed(make_quantile(0.9), few, blocks=64)]) is None
    assert why_without_bounds([_timed(make_quantile(0.9), blocks=40)], shown=(0.5,)) is None
