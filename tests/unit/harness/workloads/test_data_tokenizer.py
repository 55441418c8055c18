"""Tokenizers that cannot be used are refused, whatever their library raises; and nothing asks the network."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from helpers.data_files import write_tokenizer

from harness.errors import WorkloadError
from harness.workloads.data.text_reader import text_preprocessing
from harness.workloads.description import Texts

pytest.importorskip("tokenizers", reason="texts are read with tokenizers")

_SPEC = Texts(tokenizer="tokenizer.json")


@pytest.fixture
def tokenizer(tmp_path: Path) -> Path:
    return write_tokenizer(tmp_path / "tokenizer.json")


def _edit(tokenizer: Path, change: dict[str, Any]) -> Path:
    document = json.loads(tokenizer.read_bytes())
    tokenizer.write_text(json.dumps(document | change))
    return tokenizer


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b"[" * 100_000, b"\xff\xfe", b'{"model": {"type": "BPE"}}'])
def test_a_file_that_is_no_tokenizer_is_refused(tokenizer: Path, content: bytes) -> None:
    tokenizer.write_bytes(content)

    with pytest.raises(WorkloadError, match=r"tokenizer\.json is not a tokenizer\.json that works .*: save it again"):
        text_preprocessing(_SPEC, tokenizer)


def test_a_file_that_is_missing_or_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match="No such file"):
        text_preprocessing(_SPEC, tmp_path / "missing.json")
    with pytest.raises(WorkloadError, match="Is a directory"):
        text_preprocessing(_SPEC, tmp_path)


@pytest.mark.parametrize("max_length", [0, 1, 2, -5, 2**40])
def test_a_length_without_room_for_the_text_is_refused(tokenizer: Path, max_length: int) -> None:
    with pytest.raises(WorkloadError, match=f"max_length {max_length} cannot be: the tokenizer adds 2 tokens"):
        text_preprocessing(Texts(tokenizer="t", max_length=max_length), tokenizer)


@pytest.mark.parametrize(
    "spec",
    [Texts(tokenizer="t", pad="max"), Texts(tokenizer="t", dtype="float32"), Texts(tokenizer="t", types="input_ids")],
)
def test_words_that_do_not_exist_or_clash_are_refused(tokenizer: Path, spec: Texts) -> None:
    with pytest.raises(WorkloadError, match=r"\[preprocessing\]: "):
        text_preprocessing(spec, tokenizer)


def test_a_tokenizer_without_a_padding_token_is_refused(tokenizer: Path) -> None:
    tokenizer.write_text(tokenizer.read_text().replace("[PAD]", "nothing"))

    with pytest.raises(WorkloadError, match=r"names no padding token.* enable_padding\(\)"):
        text_preprocessing(_SPEC, tokenizer)


def test_a_text_without_tokens_is_refused(tokenizer: Path) -> None:
    preprocessing = text_preprocessing(_SPEC, _edit(tokenizer, {"post_processor": None}))

    with pytest.raises(WorkloadError, match=r"the text '\\u3000' gives no tokens"):
        preprocessing(["good", "\u3000"])


@pytest.mark.parametrize(
    "change",
    [
        {"model": {"type": "WordLevel", "vocab": {"[PAD]": 1}, "unk_token": "[UNK]"}, "post_processor": None},
        {"model": {"type": "WordPiece", "vocab": {"[PAD]": 1}, "unk_token": "?", "continuing_subword_prefix": "#",
                   "max_input_chars_per_word": 9}, "post_processor": None},
    ],
)  # fmt: skip
def test_a_tokenizer_that_fails_on_a_text_is_refused_and_does_not_crash(
    tokenizer: Path, change: dict[str, Any]
) -> None:
    with pytest.raises(WorkloadError, match=r"the tokenizer fails on a text|is not a tokenizer\.json that works"):
        text_preprocessing(_SPEC, _edit(tokenizer, change))(["unheard of"])


def test_tokenising_is_offline_and_in_one_thread(tokenizer: Path) -> None:
    text_preprocessing(_SPEC, tokenizer)

    assert (os.environ["HF_HUB_OFFLINE"], os.environ["TOKENIZERS_PARALLELISM"]) == ("1", "false")


def test_a_tokenizer_whose_parts_contradict_one_another_is_refused_without_a_word_of_its_library(
    tokenizer: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    template = json.loads(tokenizer.read_bytes())["post_processor"]
    _edit(tokenizer, {"post_processor": template | {"special_tokens": {}}})

    with pytest.raises(WorkloadError, match=r"is not a tokenizer\.json that works"):
        text_preprocessing(_SPEC, tokenizer)

    assert capfd.readouterr().err == ""
