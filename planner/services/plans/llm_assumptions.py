"""What a language model's plan counts and assumes, line by line, each with where it comes from."""

from collections.abc import Iterator

from planner.services.plans.llm_document import LlmAssumptionDocument
from pricing.llm import REACHED, REACHED_SOURCE, USABLE_SHARE, Decoder
from pricing.projection.serving import Serving
from pricing.vocabulary import BITS, Provenance

_RECIPE = (
    "embedding, head, routers, norms and biases in 16 bit; a scale of 16 bit for each output channel in 8 bit, and for "
    "each group of 128 in 4 bit, with a zero point of 4"
)
_BOUNDS = (
    "weights and keys over bandwidth, or 2 operations a weight and token over the peak, whichever is slower; weights "
    "alone in 8 or 4 bit are multiplied in FP16; traffic between cards is not counted, which flatters many cards"
)


def assumption_lines(serving: Serving) -> tuple[LlmAssumptionDocument, ...]:
    """Every line."""
    return (*_of_shape(serving), *_of_memory(serving), *_of_speed(serving.question.decoder))


def _of_shape(serving: Serving) -> Iterator[LlmAssumptionDocument]:
    decoder, ask = serving.question.decoder, serving.question.ask
    counted = f"{decoder.parameters:,} parameters, counted from it"
    if decoder.experts > 1:
        counted += f"; {decoder.active_parameters:,} of them for a token"
    yield _line("shape", counted, Provenance.PUBLISHED, decoder.source)
    kept = decoder.model.kv_bytes_per_token(ask.kv)
    text = f"{kept:,.0f} bytes a token: 2 × {decoder.layers} layers × {decoder.kv_heads} heads × {decoder.head_size}"
    aside = "" if BITS[ask.kv] == BITS[ask.kv.FP16] else "; their scales are left out"
    yield _line(
        "keys and values", f"{text} × {BITS[ask.kv]} bit", Provenance.PUBLISHED, f"counted from that shape{aside}"
    )
    if decoder.window is not None:
        window = (
            f"{decoder.window:,} tokens in {decoder.windowed_layers} of {decoder.layers} layers: less is read and "
            "computed in the bounds of speed; no memory is saved here, as few serving programs free what lies behind it"
        )
        yield _line("sliding window", window, Provenance.PUBLISHED, decoder.source)
    if decoder.experts > 1:
        even = f"every one of {decoder.experts} experts is as likely as every other, {decoder.experts_used} a token"
        yield _line("experts", even, Provenance.ASSUMED, "they are balanced in training; otherwise fewer are read")


def _of_memory(serving: Serving) -> Iterator[LlmAssumptionDocument]:
    workspace = (serving.choices[0].fit if serving.choices else serving.baseline.fit).workspace_bytes
    yield _line("weights", _RECIPE, Provenance.ASSUMED, "as GPTQ, AWQ and SmoothQuant models are published")
    buffers = f"{workspace.low / 1e9:.2f} to {workspace.high / 1e9:.2f} GB of buffers on a card"
    yield _line(
        "usable memory",
        f"{100 * USABLE_SHARE:.0f} %; the rest holds the driver and {buffers}",
        Provenance.ASSUMED,
        "what serving programs take by default; buffers: 2,048 tokens and the scores of all words, once or twice",
    )


def _of_speed(decoder: Decoder) -> Iterator[LlmAssumptionDocument]:
    yield _line("bounds", _BOUNDS, Provenance.PROJECTED, f"level 4: data sheets and the shape of {decoder.name}")
    reached = ", ".join(f"{100 * low:.0f} to {100 * high:.0f} % on {cards}" for cards, (low, high) in REACHED.items())
    yield _line("reached of a bound", f"{reached} cards", Provenance.ASSUMED, REACHED_SOURCE)


def _line(name: str, text: str, kind: Provenance, source: str) -> LlmAssumptionDocument:
    return LlmAssumptionDocument(name=name, text=text, kind=kind, source=source)
