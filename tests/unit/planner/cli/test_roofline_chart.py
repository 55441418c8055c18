"""The roofline in text: roofs where they belong, marks where they were reached, never wider than it may be."""

import pytest

from planner.cli.roofline_chart import LEAST_WIDTH, Mark, Roof, chart

FP32 = Roof(name="FP32", peak=100e9, is_float=True)
INT8 = Roof(name="INT8", peak=400e9, is_float=False)
MARKS = (Mark(letter="A", intensity=10.0, rate=50e9), Mark(letter="B", intensity=40.0, rate=200e9))


def place_of(lines: list[str], letter: str) -> tuple[int, int]:
    """Row and column of a mark, in the field."""
    rows = [line.partition("┤")[2] for line in lines]
    row = next(place for place, text in enumerate(rows) if letter in text.replace("FP32", "").replace("INT8", ""))
    return row, rows[row].index(letter)


def test_roofs_bear_their_rate_and_name_the_higher_one_above() -> None:
    lines = chart((FP32, INT8), 30e9, (), width=100)

    int8 = next(line for line in lines if "INT8" in line)
    fp32 = next(line for line in lines if "FP32" in line)
    assert "400 GOP/s ┤" in int8
    assert "100 GFLOP/s ┤" in fp32
    assert lines.index(int8) < lines.index(fp32)
    assert int8.index("─") > fp32.index("─")  # it needs more operations a byte before it binds
    assert "operations per byte" in "\n".join(lines)


def test_a_mark_lies_the_higher_the_faster_and_the_further_right_the_denser() -> None:
    lines = chart((FP32, INT8), 30e9, MARKS, width=100)

    (row_a, column_a), (row_b, column_b) = place_of(lines, "A"), place_of(lines, "B")
    assert row_b < row_a
    assert column_b > column_a


def test_marks_that_fall_together_stand_side_by_side() -> None:
    twins = [Mark(letter=letter, intensity=10.0, rate=50e9) for letter in "ABC"]

    text = "\n".join(chart((FP32,), 30e9, twins, width=100))

    assert "CAB" in text


@pytest.mark.parametrize("width", [LEAST_WIDTH, 80, 150])
def test_it_keeps_to_the_width(width: int) -> None:
    lines = "\n".join(chart((FP32, INT8), 30e9, MARKS, width=width)).split("\n")

    assert lines
    assert max(map(len, lines)) <= width


def test_a_narrow_screen_or_no_peak_gets_no_chart() -> None:
    assert chart((FP32,), 30e9, MARKS, width=LEAST_WIDTH - 1) == []
    assert chart((), 30e9, MARKS, width=100) == []
