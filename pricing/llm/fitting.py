"""Whether cards hold a model and its open requests: weights, keys and values, workspace; and what stands in the way.

A model is split evenly over the cards of one instance (tensor parallelism). A sliding window saves no memory here: few
serving programs free what lies behind it, so every token is counted in every layer.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from pricing.errors import AssumptionError, EvidenceError
from pricing.llm.decoder import Decoder
from pricing.llm.memory import USABLE_SHARE, resident_tokens
from pricing.llm.model import kv_bytes_per_token
from pricing.llm.variants import Variant, arithmetic, plain_bytes, stored_bytes
from pricing.vocabulary import BITS, Precision, Range, Target

DEGREES = (1, 2, 4, 8)
"""Cards that a model is split over: powers of two inside one instance, as serving programs are run."""
_MOST_TOKENS, _MOST_SEQUENCES = 100_000_000, 1_000_000
_CHUNK = 2048  # tokens of prompts that a step takes: what serving programs use by default
_WORKSPACE_SPREAD = 2.0  # buffers are held twice where one layer writes while the next one reads
_HALF, _FLOAT = 2, 4  # bytes
KV_PRECISIONS = (Precision.FP16, Precision.FP8, Precision.INT8)


class Limit(StrEnum):
    """What keeps a model or its requests out."""

    HEADS = "heads"
    ARITHMETIC = "arithmetic"
    WEIGHTS = "weights"
    CONTEXT = "context"
    CONCURRENCY = "concurrency"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingAsk:
    """What is to be served at one time.

    Attributes:
        context: Tokens that are kept free for each open request: the longest, question and answer together.
        concurrency: Open requests.
        input_tokens: Of a usual question.
        output_tokens: Of a usual answer.
        kv: What keys and values are stored in.
    """

    context: int
    concurrency: int
    input_tokens: int
    output_tokens: int
    kv: Precision = Precision.FP16

    def __post_init__(self) -> None:
        """Refuse what nobody can serve."""
        for name, most in (
            ("context", _MOST_TOKENS),
            ("concurrency", _MOST_SEQUENCES),
            ("input_tokens", _MOST_TOKENS),
            ("output_tokens", _MOST_TOKENS),
        ):
            value = getattr(self, name)
            if not 1 <= value <= most:
                raise AssumptionError(f"{name.replace('_', ' ')} of {value}: write a whole number from 1 to {most:,}")
        if self.input_tokens + self.output_tokens > self.context:
            raise AssumptionError(
                f"{self.input_tokens:,} tokens in and {self.output_tokens:,} out are more than the context of "
                f"{self.context:,}: keep room for both, or shorten one"
            )
        if self.kv not in KV_PRECISIONS:
            raise AssumptionError(f"keys and values in {self.kv}: use {', '.join(KV_PRECISIONS)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A variant on so many cards of a kind.

    Attributes:
        target: The card.
        variant: Of the weights.
        cards: That the model is split over.
        weight_bytes: On each card.
        kv_bytes_per_token: On each card.
        workspace_bytes: On each card: one set of buffers, and two.
        tokens: Of all open requests together; 0 where the weights do not fit.
        plain_tokens: The same counted as articles do: parameters × bytes, nothing beside.
        sequences: Requests of the asked context.
        limit: What stands in the way of the asked concurrency; None where it is held.
        reason: In words.
    """

    target: Target
    variant: Variant
    cards: int
    weight_bytes: float
    kv_bytes_per_token: float
    workspace_bytes: Range
    tokens: int
    plain_tokens: int
    sequences: int
    limit: Limit | None
    reason: str


def fit(decoder: Decoder, variant: Variant, target: Target, *, cards: int, ask: ServingAsk) -> Fit:
    """What so many cards hold.

    Raises:
        EvidenceError: if the target states no memory, as no CPU does.
    """
    if target.memory_bytes is None:
        raise EvidenceError(f"no data sheet states the memory of {target.name}: language models are planned for cards")
    memory = float(target.memory_bytes)
    weights, per_token = stored_bytes(decoder, variant) / cards, kv_per_card(decoder, cards=cards, kv=ask.kv)
    workspace = _workspace(decoder, cards=cards, ask=ask)
    beyond = max(0.0, workspace.high - (1.0 - USABLE_SHARE) * memory)  # the share that is kept free holds the rest
    tokens = resident_tokens(memory, weights, bytes_per_token=per_token, workspace_bytes=beyond)
    plain = resident_tokens(memory, plain_bytes(decoder, variant) / cards, bytes_per_token=per_token)
    sequences = tokens // ask.context
    free = USABLE_SHARE * memory - beyond
    limit, reason = _limit(decoder, variant, target, cards=cards) or _room(
        weights, free, tokens=tokens, sequences=sequences, ask=ask
    )
    return Fit(
        target=target,
        variant=variant,
        cards=cards,
        weight_bytes=weights,
        kv_bytes_per_token=per_token,
        workspace_bytes=workspace,
        tokens=tokens,
        plain_tokens=plain,
        sequences=sequences,
        limit=limit,
        reason=reason,
    )


def kv_per_card(decoder: Decoder, *, cards: int, kv: Precision) -> float:
    """Bytes of a token on each card: heads are divided, and where there are fewer than cards every card keeps one."""
    heads = math.ceil(decoder.kv_heads / cards)
    return kv_bytes_per_token(decoder.layers, heads, head_size=decoder.head_size, bits=BITS[kv])


def _workspace(decoder: Decoder, *, cards: int, ask: ServingAsk) -> Range:
    """Buffers of a step on each card: activations of a chunk of prompts in 16 bit, and scores of all words in 32.

    chunk · (2·hidden + (heads + 2·kv_heads)·head_size/cards + 2·ffn·experts_used/cards) · 2 B + concurrency ·
    vocabulary/cards · 4 B; a set of them, or two.
    """
    attention = (decoder.heads + 2 * decoder.kv_heads) * decoder.head_size
    wide = 2 * decoder.hidden + (attention + 2 * decoder.ffn * decoder.experts_used) / cards
    chunk = max(min(_CHUNK, ask.input_tokens * ask.concurrency), 1)
    once = chunk * wide * _HALF + ask.concurrency * decoder.vocabulary / cards * _FLOAT
    return Range(low=once, point=None, high=_WORKSPACE_SPREAD * once)


def _limit(decoder: Decoder, variant: Variant, target: Target, *, cards: int) -> tuple[Limit, str] | None:
    shared = decoder.kv_heads % cards and cards % decoder.kv_heads
    if decoder.heads % cards or shared or decoder.ffn % cards:
        return Limit.HEADS, f"{decoder.heads} heads and {decoder.kv_heads} of keys cannot be split over {cards} cards"
    try:
        arithmetic(variant, target)
    except EvidenceError as error:
        return Limit.ARITHMETIC, str(error)
    return None


def _room(
    weights: float, free: float, *, tokens: int, sequences: int, ask: ServingAsk
) -> tuple[Limit, str] | tuple[None, str]:
    if weights > free:
        return Limit.WEIGHTS, f"weights of {weights / 1e9:.1f} GB, and {free / 1e9:.1f} GB of a card may be used"
    if not sequences:
        return Limit.CONTEXT, f"room for {tokens:,} tokens, and one request has {ask.context:,}"
    if sequences < ask.concurrency:
        return Limit.CONCURRENCY, f"room for {sequences:,} requests of {ask.context:,} tokens, not {ask.concurrency:,}"
    return None, ""
