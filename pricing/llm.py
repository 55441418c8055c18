"""What a language model keeps in memory: its weights, and a key and a value for every token of every open request."""

import math
from dataclasses import dataclass

from pricing.errors import CapacityError
from pricing.vocabulary import BITS, Precision

USABLE_SHARE = 0.9
"""Of a card's memory: what serving programs take by default; the rest is for activations and the driver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModel:
    """A decoder's shape.

    Attributes:
        name: As plans name it.
        parameters: How many weights.
        layers: Blocks that each keep keys and values.
        kv_heads: Heads whose keys and values are kept: fewer than those that ask, where queries share them.
        head_size: Numbers in a key.
        context: Tokens of the longest request that it is made for.
        source: Where the shape comes from.
    """

    name: str
    parameters: int
    layers: int
    kv_heads: int
    head_size: int
    context: int
    source: str

    def __post_init__(self) -> None:
        """Refuse a shape that no model has."""
        for name in ("parameters", "layers", "kv_heads", "head_size", "context"):
            if getattr(self, name) < 1:
                raise CapacityError(
                    f"a language model with {name} = {getattr(self, name)}: it must be a positive number"
                )

    def weight_bytes(self, precision: Precision) -> float:
        """Bytes of the weights alone."""
        return self.parameters * BITS[precision] / 8

    def kv_bytes_per_token(self, precision: Precision = Precision.FP16) -> float:
        """Bytes that one token of one request keeps: a key and a value in every layer and head."""
        return kv_bytes_per_token(self.layers, self.kv_heads, head_size=self.head_size, bits=BITS[precision])


def kv_bytes_per_token(layers: int, kv_heads: int, *, head_size: int, bits: int) -> float:
    """Bytes of keys and values that one token keeps."""
    return 2 * layers * kv_heads * head_size * bits / 8


def resident_tokens(
    memory_bytes: float,
    weight_bytes: float,
    *,
    bytes_per_token: float,
    usable_share: float = USABLE_SHARE,
    workspace_bytes: float = 0.0,
) -> int:
    """Tokens of all open requests together that fit beside the weights; 0 where the weights alone do not fit.

    Args:
        memory_bytes: Of the card.
        weight_bytes: Of the model.
        bytes_per_token: See `kv_bytes_per_token`.
        usable_share: Of the card's memory.
        workspace_bytes: What else must fit into the usable memory.

    Raises:
        CapacityError: if a figure is no positive number.
    """
    for name, value in (("memory", memory_bytes), ("weights", weight_bytes), ("bytes per token", bytes_per_token)):
        if not (math.isfinite(value) and value > 0):
            raise CapacityError(f"{name} of {value} bytes: it must be a positive number")
    if not 0 < usable_share <= 1:
        raise CapacityError(f"a usable share of {usable_share}: it must be above 0 and at most 1")
    free = usable_share * memory_bytes - weight_bytes - workspace_bytes
    return max(0, math.floor(free / bytes_per_token))


_LLAMA_2 = "config.json of meta-llama/Llama-2-{size}-hf; parameters counted from its weights"
LANGUAGE_MODELS = (
    LanguageModel(
        name="llama-2-7b", parameters=6_738_415_616, layers=32, kv_heads=32, head_size=128, context=4096,
        source=_LLAMA_2.format(size="7b"),
    ),
    LanguageModel(
        name="llama-2-13b", parameters=13_015_864_320, layers=40, kv_heads=40, head_size=128, context=4096,
        source=_LLAMA_2.format(size="13b"),
    ),
    LanguageModel(
        name="llama-2-70b", parameters=68_976_648_192, layers=80, kv_heads=8, head_size=128, context=4096,
        source=_LLAMA_2.format(size="70b"),
    ),
    LanguageModel(
        name="llama-3-8b", parameters=8_030_261_248, layers=32, kv_heads=8, head_size=128, context=8192,
        source="config.json of meta-llama/Meta-Llama-3-8B; parameters counted from its weights",
    ),
)  # fmt: skip
"""Shapes that are public, by name."""
