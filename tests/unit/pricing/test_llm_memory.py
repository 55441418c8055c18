"""Memory of language models: bytes per token and the tokens that fit, against the reference cases."""

import pytest

from pricing.errors import CapacityError
from pricing.llm import LANGUAGE_MODELS, LanguageModel, resident_tokens
from pricing.vocabulary import Precision

_BY_NAME = {one.name: one for one in LANGUAGE_MODELS}
_13B = _BY_NAME["llama-2-13b"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("llama-2-7b", 524_288), ("llama-2-13b", 819_200), ("llama-2-70b", 327_680), ("llama-3-8b", 131_072)],
)
def test_a_token_keeps_a_key_and_a_value_in_every_layer(name: str, expected: int) -> None:
    assert _BY_NAME[name].kv_bytes_per_token() == expected
    assert _BY_NAME[name].kv_bytes_per_token(Precision.INT8) == expected / 2


def test_the_longest_request_of_llama_2_13b_keeps_three_gibibytes_and_an_eighth() -> None:
    assert _13B.context * _13B.kv_bytes_per_token() / 2**30 == 3.125


@pytest.mark.parametrize(
    ("gigabytes", "precision", "tokens"),
    [
        (40, Precision.FP16, 12_168),
        (40, Precision.INT8, 28_056),
        (24, Precision.INT8, 10_478),
        (16, Precision.INT8, 1_689),
        (24, Precision.FP16, 0),
    ],
)
def test_what_the_weights_leave_of_nine_tenths_of_a_card_is_for_tokens(
    gigabytes: int, precision: Precision, tokens: int
) -> None:
    weights = _13B.weight_bytes(precision)

    assert resident_tokens(gigabytes * 1e9, weights, bytes_per_token=_13B.kv_bytes_per_token()) == tokens


def test_a_workspace_takes_its_place_from_the_tokens() -> None:
    assert resident_tokens(1000, 100, bytes_per_token=10, workspace_bytes=300) == 50


@pytest.mark.parametrize("memory", [0.0, -1.0, float("nan"), float("inf")])
def test_a_card_without_a_real_memory_is_refused(memory: float) -> None:
    with pytest.raises(CapacityError, match="memory of"):
        resident_tokens(memory, 1.0, bytes_per_token=1.0)


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(CapacityError, match="usable share"):
        resident_tokens(10.0, 1.0, bytes_per_token=1.0, usable_share=1.5)


def test_a_model_without_layers_is_refused() -> None:
    with pytest.raises(CapacityError, match="layers = 0"):
        LanguageModel(name="x", parameters=1, layers=0, kv_heads=1, head_size=1, context=1, source="")
