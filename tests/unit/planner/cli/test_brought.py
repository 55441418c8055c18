"""The options that bring files: what they mean, and what is refused."""

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.workloads.naming import BringRequest, CandidateFile
from harness.workloads.presets import AskedPreset, Preset
from planner.cli.brought import read_request
from planner.cli.parser import build_parser


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _read(*arguments: str) -> BringRequest:
    return read_request(build_parser().parse_args(["bench", *arguments]))


def test_without_options_nothing_is_brought() -> None:
    assert _read().is_empty
    assert not _read("--data", "x").is_empty


def test_candidates_are_int8_static_unless_named_otherwise_and_may_be_several(tmp_path: Path) -> None:
    (tmp_path / "int8-qat=odd.onnx").touch()

    found = _read("--candidate", "a.onnx", "--candidate", "int8-qat=b.onnx", "--candidate", "int8-qat=odd.onnx")

    assert found.candidates == (
        CandidateFile(path="a.onnx", variant="int8-static"),
        CandidateFile(path="b.onnx", variant="int8-qat"),
        CandidateFile(path="int8-qat=odd.onnx", variant="int8-static"),  # a file of that name is there
    )


@pytest.mark.parametrize(
    ("text", "says"), [("int8-sttic=a", r"did you mean int8-static\?"), ("fp32=a", "no variant 'fp32'"), ("=a", "no v")]
)
def test_a_variant_that_no_candidate_can_be_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        _read("--candidate", text)


def test_a_preset_is_read_with_its_size() -> None:
    assert _read("--preprocess", "unit:32").preset == AskedPreset(preset=Preset.UNIT, height=32, width=32)


def test_classes_are_the_lines_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_bytes("\ufeffT-shirt\r\nrobe d'été \n\n\n".encode())

    assert _read("--classes", "classes.txt").classes == ("T-shirt", "robe d'été")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b"a\n\nb\n", "line 2 is empty"),
        (b"a\nb\na\n", "names 'a' twice"),
        (b"\xff\xfe\x00", "it is no UTF-8 text"),
        (b"a\n" * 2**22, "is larger than any list of 32,767 names"),
        (None, "No such file"),
    ],
)
def test_a_list_of_classes_that_is_none_is_refused(tmp_path: Path, content: bytes | None, says: str) -> None:
    if content is not None:
        (tmp_path / "classes.txt").write_bytes(content)

    with pytest.raises(UsageError, match=f"--classes classes.txt.*{says}"):
        _read("--classes", "classes.txt")
