"""Tokenizers that nobody should trust: told in one sentence, and never in the user's own process."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.brought_models import write_text_model
from helpers.command_line import CommandLine, refuses
from helpers.data_files import write_tokenizer

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
pytest.importorskip("tokenizers")

_SHORT = ("--budget", "1s", "--runtimes", "onnxruntime", "--batch", "1", "--quiet", "--variants", "fp32")
_NAMED = ("--model", "text.onnx", "--data", "texts.csv", "--tokenizer", "tokenizer.json")
_TOML = """schema = 2
name = "mine"
model = { file = "text.onnx" }
data = { test = "texts.csv" }
preprocessing = { kind = "text", tokenizer = "tokenizer.json", max_length = 16, ids = "input_ids" }
"""


@pytest.fixture
def planner(tmp_path: Path) -> CommandLine:
    """In a folder with a good model, good texts and a good tokenizer."""
    write_text_model(tmp_path / "text.onnx")
    write_tokenizer(tmp_path / "tokenizer.json")
    rows = "".join(f"good film {number},yes\nbad {number},no\n" for number in range(20))
    (tmp_path / "texts.csv").write_text(f"text,label\n{rows}")
    return CommandLine(folder=tmp_path)


def _bomb(document: dict[str, Any]) -> None:
    """One letter becomes 16^12."""
    times = {"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 16}
    document["normalizer"] = {"type": "Sequence", "normalizers": [times] * 12}


def _endless_pattern(document: dict[str, Any]) -> None:
    """Takes 2^n steps for n letters."""
    pattern = {"Regex": "(?=(a+)+$)(a|aa)+$"}
    document["pre_tokenizer"] = {"type": "Split", "pattern": pattern, "behavior": "Isolated", "invert": False}


def _change(planner: CommandLine, change: Callable[[dict[str, Any]], None]) -> None:
    path = planner.folder / "tokenizer.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def test_a_tokenizer_that_needs_all_memory_ends_a_process_of_its_own(planner: CommandLine) -> None:
    _change(planner, _bomb)
    (planner.folder / "workload.toml").write_text(_TOML)

    for named in (_NAMED, ("--workload", ".")):
        refusal = refuses(planner("bench", *named, *_SHORT))

        assert "tokenizer.json cannot be used: reading tokenizer.json died of signal SIGABRT" in refusal
        assert "grows without bound" in refusal


def test_the_view_of_a_workload_tells_it_among_its_problems(planner: CommandLine) -> None:
    _change(planner, _bomb)
    (planner.folder / "workload.toml").write_text(_TOML)

    answer = planner("workloads", "show", ".", "--json")

    (problem,) = json.loads(answer.stdout)["problems"]
    assert "tokenizer.json cannot be used" in problem
    assert answer.returncode == 2


def test_a_tokenizer_that_is_too_large_is_not_read(planner: CommandLine) -> None:
    with (planner.folder / "tokenizer.json").open("wb") as stream:
        stream.truncate(2**42)  # holes, which take hours to be hashed

    assert "is larger than 256 MiB: this is no tokenizer.json" in refuses(planner("bench", *_NAMED, *_SHORT))


def test_a_text_that_a_pattern_does_not_bear_is_told_without_the_panic(planner: CommandLine) -> None:
    _change(planner, _endless_pattern)
    (planner.folder / "texts.csv").write_text(f"text,label\n{'a' * 40_000}!,yes\n" + "b,no\n" * 9)

    refusal = refuses(planner("bench", *_NAMED, *_SHORT, RUST_BACKTRACE="1"))

    assert "the tokenizer fails on one of 2 texts, of which the longest has 40,001 letters" in refusal
    assert "its pattern or normalizer does not bear it; leave such texts out" in refusal
    assert "panicked" not in refusal


def test_a_text_that_only_a_worker_meets_is_a_failed_arm(planner: CommandLine) -> None:
    _change(planner, _endless_pattern)
    with (planner.folder / "texts.csv").open("a") as table:
        table.write(f"{'a' * 40_000}!,yes\n")

    answer = planner("bench", *_NAMED, *_SHORT)

    assert answer.returncode == 5
    assert "the tokenizer fails on one of" in " ".join(answer.stdout.split())
    assert "panicked" not in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stdout + answer.stderr
