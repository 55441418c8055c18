"""`planner plan --llm`: the screen, JSON, keeping and reproducing without the file, and what is refused."""

import json
from pathlib import Path

import msgspec
import pytest
from helpers.command_line import Ask, refuses

from planner.services.plans.document import PlanDocument

LLAMA = ("plan", "--quiet", "--llm", "llama-2-13b", "--context", "2048", "--concurrency", "64", "--as-of", "2026-07-20")
CONFIG = {
    "model_type": "odd\x1b[2J", "hidden_size": 2048, "num_hidden_layers": 24, "num_attention_heads": 16,
    "intermediate_size": 5632, "vocab_size": 32000, "max_position_embeddings": 4096,
}  # fmt: skip


def planned(answer: str) -> PlanDocument:
    return msgspec.json.decode(answer, type=PlanDocument)


def test_the_answer_stands_first_and_every_card_is_set_against_every_variant(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "150")
    shown = ask(*LLAMA, "--no-store")

    words = " ".join(shown.stdout.split())
    for expected in (
        "conditional, quality not measured: int4-weight-only on",
        "on condition that int4-weight-only keeps the model's quality",
        "a bound that no software exceeds (level 4)",
        "fp16 on a100-sxm4-40 leaves room for 12,168 tokens; smaller weights leave more there: int8-weight-only 27,651",
        "int8-weight-only 1,283 on t4 and v100-sxm2-16, 10,072 on a10g and l4",
        "as articles do: 1,689 on t4, v100-sxm2-16; 10,478 on a10g, l4; 28,056 on a100-sxm4-40",
        "✗ 53 on 8 cards",
        "✓ 70 on 4 cards",
        "assumed. Low ends: NVIDIA's NeMo table",
    ):
        assert expected in words
    monkeypatch.setenv("COLUMNS", "80")
    narrow = ask(*LLAMA, "--no-store").stdout
    assert max(map(len, narrow.splitlines())) <= 80


def test_a_plan_of_a_file_is_kept_listed_shown_and_reproduced_when_the_file_is_gone(ask: Ask) -> None:
    Path("tiny").mkdir()
    Path("tiny/config.json").write_text(json.dumps(CONFIG), encoding="utf-8")

    made = ask(
        "plan", "--quiet", "--llm", "tiny", "--cards", "t4,l4", "--variants", "fp16,int8", "--qps", "3", "--json"
    )
    Path("tiny/config.json").unlink()

    document = planned(made.stdout)
    (model,) = document.language_models
    assert document.projections == ()
    assert (model.model, model.peak_per_s, model.level) == ("tiny", 3.0, 4)
    assert {(cell.card, cell.variant) for cell in model.cells} == {
        (card, variant) for card in ("t4", "l4") for variant in ("fp16", "int8")
    }
    assert all(float(one.per_year or 0) > 0 for one in model.choices)
    assert "\x1b" not in made.stdout
    assert document.headline == model.headline == json.loads(ask("plans", "list", "--json").stdout)[0]["headline"]
    assert ask("plans", "show", "--json").stdout == made.stdout
    assert "\x1b" not in ask("plans", "show").stdout
    assert "reproduces to the cent" in ask("plans", "reproduce").stdout
    assert "--llm and --run do not go together" in refuses(ask("plan", "--llm", "gpt2", "--run", "latest"))
    assert "make it again with --as-of" in refuses(ask("plans", "replay", "2026-07-20"))


def test_what_fits_nowhere_says_how_many_would_share_it(ask: Ask) -> None:
    answer = ask("plan", "--llm", "llama-3-70b", "--concurrency", "4096", "--no-store", "--json", "--quiet")

    (model,) = planned(answer.stdout).language_models
    assert (model.answer, model.choices) == ("nowhere", ())
    assert "such replicas share them" in model.headline


REFUSED = {
    "--llm llama-2": "may mean llama-2-7b, llama-2-13b or llama-2-70b",
    "--llm lama-2-13b": "did you mean llama-2-13b",
    "--llm gpt2 --context 4096": "gpt2 is made for 1,024",
    "--llm gpt2 --model resnet50": "--llm and --model do not go together",
    "--llm gpt2 --slo p99=1s": "--llm and --slo do not go together",
    "--llm gpt2 --replay 2025-04-28": "--as-of takes another day's prices",
    "--llm gpt2 --draws 200": "--llm and --draws do not go together",
    "--llm gpt2 --sobol": "--llm and --sobol do not go together",
    "--llm gpt2 --seed 0": "--llm and --seed do not go together",
    f"--llm {'x' * 5000}": "there is no language model 'xxx",
    "--context 5": "--context is about a language model: name one with --llm",
    "--llm gpt2 --concurrency 0": "concurrency of 0",
    "--llm gpt2 --context -5": "context of -5",
    "--llm gpt2 --input-tokens 900 --output-tokens 900 --context 1000": "more than the context of 1,000",
    "--llm gpt2 --kv int4": "use fp16, fp8, int8",
    "--llm gpt2 --variants fp16,int3": "there is no variant 'int3'",
    "--llm gpt2 --variants fp16,,int8": "names with a comma between them",
    "--llm gpt2 --cards a100": "'a100' may mean",
    "--llm gpt2 --cards epyc-genoa": "no data sheet states",
    "--llm gpt2 --purchase owned": "another --purchase than owned",
    "--llm none.json": "none.json cannot be read: No such file",
    "--llm empty.json": "cannot be read as JSON",
}


def test_bad_input_is_refused_in_one_sentence(ask: Ask) -> None:
    Path("empty.json").write_text("", encoding="utf-8")

    answers = {words: refuses(ask("plan", "--quiet", *words.split(" "))) for words in REFUSED}

    assert [(words, said) for words, said in answers.items() if REFUSED[words] not in said or len(said) > 500] == []
    assert not Path("results.db").exists()
