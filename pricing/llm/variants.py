"""How weights are stored, and what arithmetic then runs in.

The usual recipes (GPTQ, AWQ, SmoothQuant and their 8-bit kin) quantise the matrices inside the layers; embedding, head,
routers, norms and biases stay in 16 bit. Scales are counted: one of 16 bit for each output channel in 8 bit; in 4 bit,
for each group of 128 weights, one of 16 bit and a zero point of 4.
"""

from enum import StrEnum

from pricing.errors import AssumptionError, EvidenceError
from pricing.files import nearest, shown
from pricing.llm.decoder import Decoder
from pricing.published.bounds import nearest_precision
from pricing.vocabulary import Precision, Target

GROUP = 128
"""Weights that share a scale in 4 bit: what GPTQ and AWQ models are published with."""
_HALF = 2  # bytes of 16 bit
_BYTE = 1
_GROUPED_BITS = 4 + (16 + 4) / GROUP


class Variant(StrEnum):
    """A language model's weights."""

    FP16 = "fp16"
    BF16 = "bf16"
    FP8 = "fp8"
    INT8 = "int8"
    INT8_WEIGHT_ONLY = "int8-weight-only"
    INT4_WEIGHT_ONLY = "int4-weight-only"

    @property
    def weights(self) -> Precision:
        """What a quantised weight is stored in."""
        return _WEIGHTS[self]

    @property
    def is_original(self) -> bool:
        """Whether its quality is the model's own: the formats that models are published in."""
        return self in (Variant.FP16, Variant.BF16)


_WEIGHTS = {
    Variant.FP16: Precision.FP16, Variant.BF16: Precision.BF16, Variant.FP8: Precision.FP8,
    Variant.INT8: Precision.INT8, Variant.INT8_WEIGHT_ONLY: Precision.INT8, Variant.INT4_WEIGHT_ONLY: Precision.INT4,
}  # fmt: skip
_ARITHMETIC = {Variant.BF16: Precision.BF16, Variant.FP8: Precision.FP8, Variant.INT8: Precision.INT8}


def find_variant(name: str) -> Variant:
    """The variant of that name.

    Raises:
        AssumptionError: if there is none, with those there are.
    """
    try:
        return Variant(name.strip().casefold())
    except ValueError as error:
        near = nearest(name, list(Variant)) or f": there are {', '.join(Variant)}"
        raise AssumptionError(f"there is no variant {shown(name)} of a language model{near}") from error


def plain_bytes(decoder: Decoder, variant: Variant) -> float:
    """Parameters × bytes: how articles count it, as if every weight were quantised and nothing came beside."""
    return decoder.model.weight_bytes(variant.weights)


def stored_bytes(decoder: Decoder, variant: Variant) -> float:
    """All weights as a usual recipe stores them, scales and what stays in 16 bit included."""
    tables = decoder.embedding * (1 if decoder.is_tied else 2)
    return _matrix_bytes(decoder, variant) + _HALF * (tables + decoder.beside)


def read_bytes(decoder: Decoder, variant: Variant, *, tokens: float) -> float:
    """Weights that a step of so many tokens reads: of the embedding only rows, of experts those that are touched."""
    layers = _matrix_bytes(decoder, variant)
    if decoder.experts > 1:
        each = layers / decoder.matrices * decoder.expert * decoder.layers
        layers -= (decoder.experts - decoder.experts_touched(tokens)) * each
    return layers + _HALF * (decoder.embedding + decoder.beside - decoder.positions * decoder.hidden)


def arithmetic(variant: Variant, target: Target) -> tuple[Precision, str]:
    """What products of weights run in on a card, and why where it is not what the variant names.

    Weights alone in 8 or 4 bit are unpacked and multiplied in FP16: their arithmetic gains nothing.

    Raises:
        EvidenceError: if the card has no such arithmetic, or no data sheet states its peak.
    """
    if not target.peaks_per_s:
        raise EvidenceError(f"no data sheet states a peak of {target.name}")
    return nearest_precision(_ARITHMETIC.get(variant, Precision.FP16), target)


def _matrix_bytes(decoder: Decoder, variant: Variant) -> float:
    if variant.is_original:
        return float(_HALF * decoder.matrices)
    if variant is Variant.INT4_WEIGHT_ONLY:
        return decoder.matrices * _GROUPED_BITS / 8
    return float(_BYTE * decoder.matrices + _HALF * decoder.outputs)
