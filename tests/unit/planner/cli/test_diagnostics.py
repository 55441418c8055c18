"""Narration on standard error: folded where somebody reads it, one line where a log does."""

import io

import pytest

from planner.cli import diagnostics

_SENTENCE = "calibration: what needs it takes 200 of the 1,000 test samples, seed 1, which then leave the test"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        """As a terminal answers."""
        return True


def _told(stream: io.StringIO, sentence: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("COLUMNS", "40")
    diagnostics.note(sentence)
    return stream.getvalue().splitlines()


def test_a_long_note_is_folded_between_words_at_the_terminals_width(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = _told(_Terminal(), _SENTENCE, monkeypatch)

    assert len(lines) > 1
    assert max(map(len, lines)) <= 40
    assert all(line.startswith("    ") for line in lines[1:])
    assert " ".join(line.strip() for line in lines) == _SENTENCE


def test_a_note_in_a_log_stays_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _told(io.StringIO(), _SENTENCE, monkeypatch) == [_SENTENCE]


def test_a_path_longer_than_the_terminal_is_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/tmp/" + "folder-of-a-name/" * 4 + "model.onnx"  # noqa: S108 - only a name

    assert f"    {path}" in _told(_Terminal(), f"written to {path}", monkeypatch)
