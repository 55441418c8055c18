"""Ticks: at round values, labelled shortly and apart from one another."""

from datetime import date

import pytest

from planner.reports.chart_model import Scale
from planner.reports.svg.numbers import labels_of
from planner.reports.svg.ticks import ticks_of


def _day(text: str) -> float:
    return float((date.fromisoformat(text) - date(1970, 1, 1)).days)


def _labels(scale: Scale, low: float, high: float, most: int = 6) -> list[str]:
    return [tick.label for tick in ticks_of(scale, low, high, most=most)]


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0, 1, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0, 1_150_000, ["0", "0.2 M", "0.4 M", "0.6 M", "0.8 M", "1.0 M"]),
        (0, 430_000, ["0", "100 k", "200 k", "300 k", "400 k"]),
        (-3, 2, ["−3", "−2", "−1", "0", "1", "2"]),
        (0, 9_000, ["0", "2,000", "4,000", "6,000", "8,000"]),
        (1_000_000, 1_000_004, ["1,000,000", "1,000,001", "1,000,002", "1,000,003", "1,000,004"]),
        (0, 4e-9, ["0", "1e−9", "2e−9", "3e−9", "4e−9"]),
    ],
)
def test_linear_ticks_are_one_two_or_five_times_a_power_of_ten(low: float, high: float, labels: list[str]) -> None:
    assert _labels(Scale.LINEAR, low, high) == labels


def test_logarithmic_ticks_are_decades_or_parts_of_few() -> None:
    assert _labels(Scale.LOG, 1, 1e6, most=8) == ["1", "10", "100", "1,000", "10 k", "100 k", "1 M"]
    assert _labels(Scale.LOG, 60_000, 600_000) == ["100 k", "200 k", "500 k"]
    assert _labels(Scale.LOG, 31, 39) == ["32", "34", "36", "38"]
    assert len(_labels(Scale.LOG, 1e-90, 1e90)) <= 7


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ("2017-06-01", "2023-02-01", ["2018", "2019", "2020", "2021", "2022", "2023"]),
        ("2025-04-28", "2026-07-20", ["2025-07", "2025-10", "2026-01", "2026-04", "2026-07"]),
        ("2026-11-01", "2026-11-04", ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04"]),
    ],
)
def test_dates_are_divided_at_years_months_or_days(first: str, last: str, labels: list[str]) -> None:
    assert _labels(Scale.DATE, _day(first), _day(last)) == labels


def test_labels_of_one_axis_have_one_suffix_and_one_exactness() -> None:
    assert labels_of([0, 500_000, 1_500_000], 500_000) == ["0", "0.5 M", "1.5 M"]
    assert labels_of([-2e9, 2e9], 2e9) == ["−2 bn", "2 bn"]
    assert labels_of([1e30, 2e30], 1e30) == ["1e30", "2e30"]
