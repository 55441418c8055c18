"""Decoders that are public, by name.

Shapes are those of the `config.json` that each repository publishes; every count of parameters that follows from one
equals the count that the publisher's own weight files state (`PUBLISHED_PARAMETERS` in the tests).
"""

from dataclasses import replace
from typing import Final

from pricing.errors import AssumptionError
from pricing.files import nearest, one_of, shown
from pricing.llm.decoder import Decoder


def _llama(name: str, repository: str, **shape: int) -> Decoder:
    return Decoder(name=name, source=f"config.json of {repository}", **shape)  # type: ignore[arg-type]  # counts alone


_LLAMA_2_70B = _llama(
    "llama-2-70b", "meta-llama/Llama-2-70b-hf",
    hidden=8192, layers=80, heads=64, kv_heads=8, head_size=128, ffn=28_672, vocabulary=32_000, context=4096,
)  # fmt: skip
_LLAMA_3_8B = _llama(
    "llama-3-8b", "meta-llama/Meta-Llama-3-8B",
    hidden=4096, layers=32, heads=32, kv_heads=8, head_size=128, ffn=14_336, vocabulary=128_256, context=8192,
)  # fmt: skip
_LLAMA_3_70B = replace(
    _LLAMA_2_70B,
    name="llama-3-70b",
    vocabulary=128_256,
    context=8192,
    source="config.json of meta-llama/Meta-Llama-3-70B",
)
_MISTRAL_7B: Final = replace(
    _LLAMA_3_8B,
    name="mistral-7b",
    vocabulary=32_000,
    context=32_768,
    window=4096,
    windowed_layers=32,
    source="config.json of mistralai/Mistral-7B-v0.1",
)
DECODERS: tuple[Decoder, ...] = (
    _llama(
        "llama-2-7b", "meta-llama/Llama-2-7b-hf",
        hidden=4096, layers=32, heads=32, kv_heads=32, head_size=128, ffn=11_008, vocabulary=32_000, context=4096,
    ),
    _llama(
        "llama-2-13b", "meta-llama/Llama-2-13b-hf",
        hidden=5120, layers=40, heads=40, kv_heads=40, head_size=128, ffn=13_824, vocabulary=32_000, context=4096,
    ),
    _LLAMA_2_70B,
    _LLAMA_3_8B,
    _LLAMA_3_70B,
    replace(_LLAMA_3_8B, name="llama-3.1-8b", context=131_072, source="config.json of meta-llama/Llama-3.1-8B"),
    replace(_LLAMA_3_70B, name="llama-3.1-70b", context=131_072, source="config.json of meta-llama/Llama-3.1-70B"),
    _MISTRAL_7B,
    replace(
        _MISTRAL_7B,
        name="mixtral-8x7b",
        experts=8,
        experts_used=2,
        window=None,
        windowed_layers=0,
        source="config.json of mistralai/Mixtral-8x7B-v0.1",
    ),
    _llama(
        "qwen2.5-7b", "Qwen/Qwen2.5-7B-Instruct; queries, keys and values have biases",
        hidden=3584, layers=28, heads=28, kv_heads=4, head_size=128, ffn=18_944, vocabulary=152_064, context=32_768,
        extra_per_layer=128 * (28 + 2 * 4),
    ),
    _llama(
        "qwen2.5-72b", "Qwen/Qwen2.5-72B-Instruct; queries, keys and values have biases",
        hidden=8192, layers=80, heads=64, kv_heads=8, head_size=128, ffn=29_568, vocabulary=152_064, context=32_768,
        extra_per_layer=128 * (64 + 2 * 8),
    ),
    Decoder(
        name="gemma-2-9b", source="config.json of google/gemma-2-9b; every other layer has a window of 4,096 tokens",
        hidden=3584, layers=42, heads=16, kv_heads=8, head_size=256, ffn=14_336, vocabulary=256_000, context=8192,
        is_tied=True, norms_per_layer=4, window=4096, windowed_layers=21,
    ),
    _llama(
        "phi-3-mini", "microsoft/Phi-3-mini-4k-instruct",
        hidden=3072, layers=32, heads=32, kv_heads=32, head_size=96, ffn=8192, vocabulary=32_064, context=4096,
        window=2047, windowed_layers=32,
    ),
    Decoder(
        name="gpt2", source="config.json of openai-community/gpt2",
        hidden=768, layers=12, heads=12, kv_heads=12, head_size=64, ffn=3072, vocabulary=50_257, context=1024,
        is_gated=False, is_tied=True, norm_vectors=2, positions=1024, extra_per_layer=3 * 768 + 768 + 3072 + 768,
    ),
    Decoder(
        name="gpt-neox-20b", source="config.json of EleutherAI/gpt-neox-20b",
        hidden=6144, layers=44, heads=64, kv_heads=64, head_size=96, ffn=24_576, vocabulary=50_432, context=2048,
        is_gated=False, norm_vectors=2, extra_per_layer=3 * 6144 + 6144 + 24_576 + 6144,
    ),
)  # fmt: skip
LANGUAGE_MODELS = tuple(one.model for one in DECODERS)
"""What the memory of each follows from."""


def find_decoder(name: str) -> Decoder:
    """The decoder of that name, or the only one that begins so; case does not count.

    Raises:
        AssumptionError: if there is none, with those that are near, or more than one.
    """
    wanted = _folded(name)
    names = {_folded(one.name): one for one in DECODERS}
    if wanted in names:
        return names[wanted]
    begun = [one for spelling, one in names.items() if wanted and spelling.startswith(f"{wanted}-")]
    if len(begun) == 1:
        return begun[0]
    if begun:
        raise AssumptionError(f"{shown(name)} may mean {one_of([one.name for one in begun])}: name one")
    near = nearest(wanted, names) or f": there are {', '.join(one.name for one in DECODERS)}"
    raise AssumptionError(
        f"there is no language model {shown(name)}{near}; any other by its file: --llm path/to/config.json"
    )


def _folded(name: str) -> str:
    folded = "-".join(name.casefold().replace("_", "-").split())
    return "gpt2" if folded == "gpt-2" else folded
