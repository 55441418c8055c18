"""`planner plan` against what nobody should type or name: nothing is stored, nothing raw reaches a terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.command_line import Ask, refuses

from planner.__main__ import main

CONFIG = {
    "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128, "vocab_size": 100,
    "max_position_embeddings": 64,
}  # fmt: skip
WHOLE = json.dumps(CONFIG)
ATTACKS = {
    WHOLE.replace("64", "1" + 5000 * "0", 1): "a number has thousands of digits",
    WHOLE.replace("{", '{"vocab_size": 1, '): "the key 'vocab_size' stands there twice",
    json.dumps(CONFIG | {"num_local_experts": 8}): "'num_local_experts' shows layers that are counted in another way",
    json.dumps(CONFIG | {"is_encoder_decoder": True}): "'is_encoder_decoder' shows layers",
}


@pytest.mark.parametrize("option", ["--model", "--assumptions", "--traffic", "--target-file", "--replay", "--llm"])
def test_an_empty_value_is_refused_and_stands_for_nothing(ask: Ask, option: str) -> None:
    refuses(ask("plan", "--quiet", option, ""))

    assert not Path("results.db").exists()


def test_a_shape_that_cannot_be_counted_is_refused(ask: Ask) -> None:
    for text, expected in ATTACKS.items():
        Path("config.json").write_text(text, encoding="utf-8")
        said = refuses(ask("plan", "--quiet", "--llm", "config.json"))
        assert expected in said
        assert len(said) < 300


def test_a_folder_whose_name_is_no_utf8_is_kept_under_a_name_that_is(ask: Ask) -> None:
    folder = Path(os.fsdecode(b"\xff"))
    folder.mkdir()
    (folder / "config.json").write_text(WHOLE, encoding="utf-8")

    made = ask("plan", "--quiet", "--llm", str(folder), "--cards", "t4", "--json")

    assert json.loads(made.stdout)["language_models"][0]["model"] == "\\udcff"
    assert ask("plans", "reproduce").returncode == 0


@pytest.mark.parametrize("arguments", [("--seed", 5000 * "9"), ("--nope\x1b[2J\x9b2J\u202e",)])
def test_usage_repeats_what_was_typed_neither_whole_nor_raw(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["plan", *arguments])

    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert len(said) < 2000
    assert said.replace("\n", "").isprintable()


def test_whoever_stops_reading_is_not_told_that_something_does_not_hold(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    ended = subprocess.run(
        [sys.executable, "-m", "planner", "targets", "list"],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_misspelt_precision_is_told_what_it_may_mean_and_its_case_does_not_count(ask: Ask) -> None:
    assert "'int7' is no precision, and no variant of the runs (did you mean int8" in refuses(
        ask("plan", "--quiet", "--no-store", "--model", "resnet50", "--variant", "int7")
    )
    written = [
        ask("plan", "--quiet", "--no-store", "--model", "resnet50", "--baseline", word) for word in ("FP32", "fp32")
    ]
    assert [answer.returncode for answer in written] == [0, 0]
    assert written[0].stdout == written[1].stdout
