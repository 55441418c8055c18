"""What people type: read, or refused with the option's name and an example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from planner.wording.typed import duration_s, names, numbers, share


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("45s", 45.0),
        ("2m", 120.0),
        ("1.5h", 5400.0),
        ("30d", 2_592_000.0),
        ("7", 7.0),
        ("20ms", 0.02),
        ("500us", 0.0005),
        (" 0.25s ", 0.25),
        ("0", 0.0),
    ],
)
def test_a_time_has_a_unit_or_is_in_seconds(text: str, seconds: float) -> None:
    assert duration_s(text, option="--wait") == seconds


@pytest.mark.parametrize(
    "text",
    ["", "s", "-1s", "+1s", "1 s", "1ns", "1h30m", "1e3", ".5s", "1.s", "inf", "nan", "1,5s", "9" * 30, "1s\n2s"],
)
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        duration_s(text, option="--wait")

    assert str(refusal.value) == f"--wait {text!r} is no time: write for example 45s, 2m or 1h"


@given(text=st.text(max_size=12))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        seconds = duration_s(text, option="--wait")
    except UsageError:
        return
    assert 0.0 <= seconds < 1e6 * 86_400


@pytest.mark.parametrize(
    ("text", "expected"), [("1", (1,)), ("1,8", (1, 8)), (" 8 , 1 ", (8, 1)), ("1,1", (1, 1)), ("65536", (65_536,))]
)
def test_numbers_are_separated_by_commas_and_keep_their_order(text: str, expected: tuple[int, ...]) -> None:
    assert numbers(text, option="--batch") == expected


@pytest.mark.parametrize(
    "text", ["", ",", "1,", "0", "-1", "1.5", "1;8", "one", "1 8", "0x1", "1_0", "²", "65537", "9" * 5_000]
)
def test_what_is_no_positive_whole_number_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"--batch .*: positive whole numbers are needed, for example 1,8"):
        numbers(text, option="--batch")


@given(wanted=st.lists(st.integers(1, 65_536), min_size=1, max_size=6))
def test_any_numbers_read_back(wanted: list[int]) -> None:
    assert numbers(",".join(map(str, wanted)), option="--batch") == tuple(wanted)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, None), ("", None), ("openvino", ("openvino",)), (" a , b,,", ("a", "b")), (" , ", ())],
)
def test_names_are_separated_by_commas_and_none_stays_none(text: str | None, expected: tuple[str, ...] | None) -> None:
    assert names(text) == expected


def test_a_share_is_a_number_from_0_to_1() -> None:
    assert share("0.01", option="--max-class-drop") == 0.01
    for text in ("1 %", "1.5", "-0.1", "nan", "inf", ""):
        with pytest.raises(UsageError, match="a share from 0 to 1"):
            share(text, option="--max-class-drop")
