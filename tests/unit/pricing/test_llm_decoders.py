"""Shapes of language models: parameters counted exactly, by name and from anybody's config.json."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.errors import AssumptionError, PricingError
from pricing.llm import DECODERS, MOST_CONFIG_BYTES, find_decoder, read_decoder

PUBLISHED_PARAMETERS = {
    "llama-2-7b": 6_738_415_616,
    "llama-2-13b": 13_015_864_320,
    "llama-2-70b": 68_976_648_192,
    "llama-3-8b": 8_030_261_248,
    "llama-3-70b": 70_553_706_496,
    "llama-3.1-8b": 8_030_261_248,
    "llama-3.1-70b": 70_553_706_496,
    "mistral-7b": 7_241_732_096,
    "mixtral-8x7b": 46_702_792_704,
    "qwen2.5-7b": 7_615_616_512,
    "qwen2.5-72b": 72_706_203_648,
    "gemma-2-9b": 9_241_705_984,
    "phi-3-mini": 3_821_079_552,
    "gpt2": 124_439_808,
    "gpt-neox-20b": 20_554_567_680,
}
"""As the publishers' weight files and model cards state them."""
LLAMA: dict[str, Any] = {
    "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "max_position_embeddings": 8192,
}  # fmt: skip
CONFIGS: dict[str, dict[str, Any]] = {
    "llama-3-8b": LLAMA,
    "llama-2-7b": {
        **LLAMA, "num_key_value_heads": None, "intermediate_size": 11008, "vocab_size": 32000,
        "max_position_embeddings": 4096,
    },
    "mistral-7b": {
        **LLAMA, "model_type": "mistral", "vocab_size": 32000, "max_position_embeddings": 32768, "sliding_window": 4096,
    },
    "mixtral-8x7b": {
        **LLAMA, "model_type": "mixtral", "vocab_size": 32000, "max_position_embeddings": 32768,
        "num_local_experts": 8, "num_experts_per_tok": 2, "sliding_window": None,
    },
    "qwen2.5-7b": {
        "model_type": "qwen2", "hidden_size": 3584, "num_hidden_layers": 28, "num_attention_heads": 28,
        "num_key_value_heads": 4, "intermediate_size": 18944, "vocab_size": 152064, "max_position_embeddings": 32768,
        "sliding_window": 131072, "use_sliding_window": False,
    },
    "gemma-2-9b": {
        "model_type": "gemma2", "hidden_size": 3584, "num_hidden_layers": 42, "num_attention_heads": 16,
        "num_key_value_heads": 8, "head_dim": 256, "intermediate_size": 14336, "vocab_size": 256000,
        "max_position_embeddings": 8192, "sliding_window": 4096,
    },
    "phi-3-mini": {
        "model_type": "phi3", "hidden_size": 3072, "num_hidden_layers": 32, "num_attention_heads": 32,
        "num_key_value_heads": 32, "intermediate_size": 8192, "vocab_size": 32064, "max_position_embeddings": 4096,
        "sliding_window": 2047,
    },
    "gpt2": {
        "model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024, "vocab_size": 50257,
        "n_inner": None,
    },
    "gpt-neox-20b": {
        "model_type": "gpt_neox", "hidden_size": 6144, "num_hidden_layers": 44, "num_attention_heads": 64,
        "intermediate_size": 24576, "vocab_size": 50432, "max_position_embeddings": 2048,
    },
}  # fmt: skip


def test_parameters_counted_from_the_shape_are_those_that_were_published() -> None:
    assert {one.name: one.parameters for one in DECODERS} == PUBLISHED_PARAMETERS


def test_a_token_goes_through_two_of_eight_experts() -> None:
    mixtral = find_decoder("mixtral")

    assert mixtral.active_parameters == 12_879_925_248
    assert mixtral.experts_touched(1) == pytest.approx(2.0)
    assert mixtral.experts_touched(64) == pytest.approx(8.0, abs=1e-6)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_config_gives_the_shape_of_the_known_model(name: str) -> None:
    known, read = find_decoder(name), read_decoder(json.dumps(CONFIGS[name]), name=name)

    shape = (read.parameters, read.kv_heads, read.head_size, read.context, read.window, read.windowed_layers)
    assert shape == (
        known.parameters, known.kv_heads, known.head_size, known.context, known.window, known.windowed_layers,
    )  # fmt: skip


def test_a_falcon_shares_one_key_among_its_heads() -> None:
    config = {
        "model_type": "falcon", "hidden_size": 4544, "num_hidden_layers": 32, "num_attention_heads": 71,
        "vocab_size": 65024, "multi_query": True, "parallel_attn": True,
    }  # fmt: skip

    read = read_decoder(json.dumps(config), name="falcon")

    assert (read.parameters, read.kv_heads, read.head_size) == (6_921_720_704, 1, 64)


def test_what_was_assumed_of_an_unknown_type_and_how_weights_are_stored_is_told() -> None:
    config = {**LLAMA, "model_type": "new", "quantization_config": {"quant_method": "gptq\x1b[2J", "bits": 4}}

    read = read_decoder(json.dumps(config), name="x")

    assert read.parameters == PUBLISHED_PARAMETERS["llama-3-8b"]
    assert "'new' was read as a Llama" in read.notes[0]
    assert "4 bit" in read.notes[1]
    assert "\x1b" not in read.notes[1]


REFUSED: dict[str, tuple[Any, str]] = {
    "no json": ("{", "cannot be read as JSON"),
    "no table": ("[1]", "no table of keys"),
    "nested": ("[" * 100_000, "nested too deeply"),
    "digits": ('{"a": ' + "9" * 5000 + "}", "a number has thousands of digits"),
    "large": (" " * (MOST_CONFIG_BYTES + 1), "has at most"),
    "missing": ({**LLAMA, "vocab_size": None}, "'vocab_size' is missing"),
    "text": ({**LLAMA, "hidden_size": "4096"}, "'hidden_size' is '4096'"),
    "true": ({**LLAMA, "num_hidden_layers": True}, "'num_hidden_layers' is True"),
    "negative": ({**LLAMA, "intermediate_size": -1}, "'intermediate_size' is -1"),
    "huge": ({**LLAMA, "vocab_size": 10**30}, "'vocab_size' is 1000"),
    "nan": ({**LLAMA, "hidden_size": float("nan")}, "'hidden_size' is nan"),
    "flag": ({**LLAMA, "tie_word_embeddings": 1}, "must be true or false"),
    "uneven": ({**LLAMA, "num_attention_heads": 33}, "not shared evenly"),
    "shared": ({**LLAMA, "num_key_value_heads": 5}, "multiple of num_key_value_heads"),
    "experts": ({**CONFIGS["mixtral-8x7b"], "num_experts_per_tok": 9}, "cannot go through 9 of 8"),
    "no experts": ({**CONFIGS["mixtral-8x7b"], "num_local_experts": None}, "'num_local_experts' is missing"),
    "other layers": ({**LLAMA, "model_type": "deepseek", "kv_lora_rank": 512}, "'kv_lora_rank' shows layers"),
    "unknown": ({"model_type": "mamba"}, "cannot be read as a Llama"),
    "two in one": ({"model_type": "x", "text_config": LLAMA}, "text_config"),
    "type": ({**LLAMA, "model_type": ["llama"]}, "'model_type' is a list"),
    "quantised": ({**LLAMA, "quantization_config": 4}, "'quantization_config' is 4"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_describes_none_is_refused_with_the_key(case: str) -> None:
    config, expected = REFUSED[case]
    text = config if isinstance(config, str) else json.dumps(config)

    with pytest.raises(AssumptionError) as refused:
        read_decoder(text, name="x\x1b[2J")

    assert expected in str(refused.value)
    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 500


_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 1, 3, 8, 4096, 10**30, 0.5, float("inf"), float("nan"), "8", [8], {}]
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*LLAMA, "head_dim", "sliding_window"], _VALUES)))
def test_any_values_give_a_shape_or_a_sentence(values: dict[str, Any]) -> None:
    try:
        read = read_decoder(json.dumps({**LLAMA, **values}), name="x")
    except PricingError:
        return
    assert read.parameters >= read.active_parameters > 0


def test_a_name_that_is_near_or_means_several_is_told() -> None:
    with pytest.raises(AssumptionError, match=r"did you mean llama-2-13b"):
        find_decoder("llama-2-13")
    with pytest.raises(AssumptionError, match="may mean llama-2-7b, llama-2-13b or llama-2-70b"):
        find_decoder("Llama 2")
