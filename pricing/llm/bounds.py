"""How fast tokens can come at most: no software beats a card's bandwidth or its peak rate.

Every answer is a bound. Traffic between the cards, launches, scheduling, softmax and norms are not counted: they only
make it slower. What is reached of a bound is told beside it as an assumption, with its source.
"""

from dataclasses import dataclass

from pricing.errors import EvidenceError
from pricing.llm.decoder import Decoder
from pricing.llm.fitting import ServingAsk, kv_per_card
from pricing.llm.variants import Variant, arithmetic, read_bytes
from pricing.vocabulary import Precision, Target

REACHED = {1: (0.4, 0.8), 2: (0.3, 0.8), 4: (0.2, 0.8), 8: (0.1, 0.8)}
"""Assumed shares of a bound that serving programs reach, by the number of cards a model is split over."""
REACHED_SOURCE = (
    "assumed. Low ends: NVIDIA's NeMo table for Llama-2-7B, 128 tokens in and 20 out, A100-SXM4-80 "
    "(docs.nvidia.com/nemo-framework, performance of Llama): 234.0, 171.7, 143.7 and 136.5 ms on 1, 2, 4 and 8 cards "
    "are 56, 38, 23 and 12 % of these bounds, and 329.5 ms at batch 8 on one card 41 %. High end: 76 % of the peak in "
    "large prefills, Pope et al., arXiv 2211.05102. Measure yours"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Bounds of one replica at the asked concurrency: times are at least, rates at most, what is told here.

    Attributes:
        arithmetic: What products of weights run in.
        note: Why, where it is not what the variant names.
        first_token_s: From a question alone on the cards to the first token.
        step_s: Between two tokens of an answer while all requests are open.
        decode_per_s: Tokens of all answers together, questions apart.
        prefill_per_s: Tokens of questions, answers apart.
        requests_per_s: Whole requests, question and answer.
        is_decode_memory_bound: Whether bandwidth bounds the step, not arithmetic.
        is_memory_bound: Likewise of whole requests.
    """

    arithmetic: Precision
    note: str
    first_token_s: float
    step_s: float
    decode_per_s: float
    prefill_per_s: float
    requests_per_s: float
    is_decode_memory_bound: bool
    is_memory_bound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rates:
    """Of all cards of a replica together."""

    bytes_per_s: float
    product_per_s: float
    attention_per_s: float
    arithmetic: Precision
    note: str


def decode_step(
    decoder: Decoder, variant: Variant, target: Target, *, cards: int, ask: ServingAsk, batch: int
) -> tuple[float, float]:
    """Seconds of one step of so many answers: what moving bytes takes at least, and what arithmetic takes at least."""
    rates = _rates(variant, target, cards=cards, ask=ask)
    seen = decoder.seen_tokens(ask.input_tokens, ask.output_tokens)
    kv_bytes = kv_per_card(decoder, cards=cards, kv=ask.kv) * cards / decoder.layers * seen
    moved = read_bytes(decoder, variant, tokens=batch) + batch * kv_bytes
    products = 2.0 * (_used(decoder) + decoder.embedding)
    attention = 4.0 * decoder.heads * decoder.head_size * seen
    computed = batch * (products / rates.product_per_s + attention / rates.attention_per_s)
    return moved / rates.bytes_per_s, computed


def speed_bound(decoder: Decoder, variant: Variant, target: Target, *, cards: int, ask: ServingAsk) -> Speed:
    """All bounds of a replica that is split over so many cards.

    Questions and answers may share steps, so bytes and arithmetic of whole requests are summed apart, and the longer of
    both sums bounds the rate.

    Raises:
        EvidenceError: if the card lacks the arithmetic, or its bandwidth is not known.
    """
    rates = _rates(variant, target, cards=cards, ask=ask)
    moved, computed = decode_step(decoder, variant, target, cards=cards, ask=ask, batch=ask.concurrency)
    question = _question_s(decoder, rates, ask.input_tokens)
    first_bytes = read_bytes(decoder, variant, tokens=ask.input_tokens)
    answers = ask.output_tokens - 1  # the first token of an answer comes with its question
    weights = read_bytes(decoder, variant, tokens=ask.concurrency) / rates.bytes_per_s
    all_moved = answers * moved + weights
    all_computed = ask.concurrency * question + answers * computed
    return Speed(
        arithmetic=rates.arithmetic,
        note=rates.note,
        first_token_s=max(question, first_bytes / rates.bytes_per_s),
        step_s=max(moved, computed),
        decode_per_s=ask.concurrency / max(moved, computed),
        prefill_per_s=ask.input_tokens / question,
        requests_per_s=ask.concurrency / max(all_moved, all_computed),
        is_decode_memory_bound=moved >= computed,
        is_memory_bound=all_moved >= all_computed,
    )


def _question_s(decoder: Decoder, rates: _Rates, tokens: int) -> float:
    """Arithmetic of a question: 2 operations a weight and token, 4 a pair of tokens and number of a head."""
    products = 2.0 * (tokens * _used(decoder) + decoder.embedding)
    attention = 4.0 * decoder.heads * decoder.head_size * decoder.looked_at(tokens)
    return products / rates.product_per_s + attention / rates.attention_per_s


def _used(decoder: Decoder) -> int:
    """Weights in the layers that one token is multiplied with."""
    experts = decoder.experts_used * decoder.expert + decoder.router
    return decoder.layers * (decoder.attention + experts)


def _rates(variant: Variant, target: Target, *, cards: int, ask: ServingAsk) -> _Rates:
    if target.bandwidth_bytes_per_s is None:
        raise EvidenceError(f"no data sheet states the bandwidth of {target.name}")
    precision, note = arithmetic(variant, target)
    peak = target.peaks_per_s[precision]
    half = target.peaks_per_s.get(Precision.FP16, peak)
    # Keys in FP8 may be multiplied in it where the card can; in INT8 they are unpacked.
    attention = target.peaks_per_s.get(Precision.FP8, half) if ask.kv is Precision.FP8 else half
    return _Rates(
        bytes_per_s=target.bandwidth_bytes_per_s * cards,
        product_per_s=peak * cards,
        attention_per_s=attention * cards,
        arithmetic=precision,
        note=note,
    )
