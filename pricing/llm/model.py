"""What of a language model's shape its memory follows from: weights, and a key and a value for every token."""

from dataclasses import dataclass

from pricing.errors import CapacityError
from pricing.vocabulary import BITS, Precision


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
