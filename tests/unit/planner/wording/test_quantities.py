"""Figures as people read them."""

import pytest
from helpers.builders import make_ratio
from hypothesis import given
from hypothesis import strategies as st

from planner.wording import quantities


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0.0, "0.00 µs"),
        (8e-10, "0.00 µs"),
        (1.234e-6, "1.23 µs"),
        (840e-6, "840 µs"),
        (999.4e-6, "999 µs"),
        (999.7e-6, "1.00 ms"),
        (2.1e-3, "2.10 ms"),
        (9.996e-3, "10.0 ms"),
        (12.34e-3, "12.3 ms"),
        (99.96e-3, "100 ms"),
        (0.9996, "1.00 s"),
        (1.3, "1.30 s"),
        (61.0, "61.0 s"),
        (1234.5, "1,234 s"),
    ],
)
def test_a_duration_has_three_figures_and_the_unit_that_fits(seconds: float | None, text: str) -> None:
    assert quantities.duration(seconds) == text


@given(seconds=st.floats(1e-6, 1e5))
def test_a_duration_reads_back_within_half_a_percent(seconds: float) -> None:
    figure, unit = quantities.duration(seconds).split()

    found = float(figure.replace(",", "")) * {"s": 1.0, "ms": 1e-3, "µs": 1e-6}[unit]

    assert found == pytest.approx(seconds, rel=0.0051)
    assert unit == "s" or found < {"ms": 1.0, "µs": 1e-3}[unit]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "–"),
        (0, "0.00 KiB"),
        (512, "0.50 KiB"),
        (2048, "2.00 KiB"),
        (13_107_200, "12.5 MiB"),
        (3 * 2**30, "3,072 MiB"),
    ],
)
def test_a_size_is_in_kib_or_mib(count: int | None, text: str) -> None:
    assert quantities.size(count) == text


@pytest.mark.parametrize(
    ("per_second", "text"),
    [
        (None, "–"),
        (1190.4, "1,190 /s"),
        (12_345.6, "12,346 /s"),
        (26.44, "26.4 /s"),
        (2.64, "2.64 /s"),
        (0.4, "0.40 /s"),
    ],
)
def test_a_rate_of_a_slow_model_is_not_rounded_away(per_second: float | None, text: str) -> None:
    assert quantities.rate(per_second) == text


def test_shares_points_and_ratios_are_shown_with_sign_and_interval() -> None:
    assert [quantities.share(value) for value in (None, 0.8561, 0.0, 1.0)] == ["–", "85.61 %", "0.00 %", "100.00 %"]
    assert quantities.share(0.8561, digits=0) == "86 %"
    assert [quantities.points(value) for value in (None, -0.345, 0.012, 0.0)] == ["–", "−34.5", "+1.2", "+0.0"]
    assert quantities.ratio(None) == "–"
    assert quantities.ratio(make_ratio(2.33, lower=2.3, upper=2.36)) == "2.33× (2.30–2.36)"


@pytest.mark.parametrize(
    ("value", "of", "bar"),
    [
        (0.0, 1.0, ""),
        (1.0, 1.0, "████"),
        (0.5, 1.0, "██"),
        (0.28125, 1.0, "█▏"),
        (5.0, 10.0, "██"),
        (7.0, 1.0, "████"),
        (-1.0, 1.0, ""),
        (1.0, 0.0, ""),
    ],
)
def test_a_bar_grows_by_eighths_and_stays_in_its_width(value: float, of: float, bar: str) -> None:
    assert quantities.bar(value, of=of, width=4) == bar


@given(value=st.floats(allow_nan=False), of=st.floats(0.0, 1e9), width=st.integers(0, 50))
def test_no_bar_is_longer_than_its_width(value: float, of: float, width: int) -> None:
    assert len(quantities.bar(value, of=of, width=width)) <= width


@pytest.mark.parametrize(
    ("values", "least_range", "expected"),
    [
        ([], 1.0, "–"),
        ([1.0], 0.0, "▅"),
        ([1.0, 1.0], 0.0, "▅▅"),
        ([0.0, 1.0], 0.0, "▁█"),
        ([0.0, 0.5, 1.0], 0.0, "▁▅█"),
        ([1.0, 1.001], 1.0, "▄▅"),
    ],
)
def test_a_sparkline_is_as_high_as_the_change_that_matters(
    values: list[float], least_range: float, expected: str
) -> None:
    assert quantities.sparkline(values, least_range=least_range) == expected
