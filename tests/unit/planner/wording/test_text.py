"""Foreign text on its way to a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.wording.text import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("int8-static:per-channel", "int8-static:per-channel"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("Größe 2.1× – 日本", "Größe 2.1× – 日本"),
        ("\x1b]0;title\x07", "?]0;title?"),
        ("\x1b[2J\x9b31m", "?[2J?31m"),
        ("right\rwrong", "right?wrong"),
        ("back\b\x7f", "back??"),
        ("abc\u202edcba\u2066", "abc?dcba?"),
        ("zero\u200bwidth\ufeff", "zero?width?"),
        ("lone \ud800 surrogate", "lone ? surrogate"),
        ("\ue000", "?"),
    ],
)
def test_what_could_move_the_cursor_or_hide_is_shown_as_a_question_mark(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(text=st.text(st.characters()))
def test_no_control_or_format_character_is_left_and_nothing_else_is_changed(text: str) -> None:
    shown = plain(text)

    assert len(shown) == len(text)
    assert plain(shown) == shown
    assert all(one in "\n\t" or not unicodedata.category(one).startswith("C") for one in shown)
    assert all(one == before for one, before in zip(shown, text, strict=True) if one != "?")
    shown.encode()  # can be printed
