"""What a model weighs and where it fits; figures copied from another model; units left out (R5 R11 R12 R15)."""

from collections.abc import Iterable, Mapping

from pricing.llm import USABLE_SHARE, LanguageModel, resident_tokens
from pricing.sanity.finding import Finding, Rule, Verdict
from pricing.sanity.wording import ratio, size
from pricing.vocabulary import BITS, Precision

SIZE_TOLERANCE = 0.15
_BINARY = ("KiB", "MiB", "GiB", "TiB")
_DECIMAL = ("kB", "MB", "GB", "TB")


def model_size(name: str, parameters: int, precision: Precision, *, size_bytes: float) -> Finding:
    """R5: a file's size against parameters × bytes a weight, ±15 % for what else is in it."""
    expected = parameters * BITS[precision] / 8
    times = size_bytes / expected
    is_fine = abs(times - 1) <= SIZE_TOLERANCE
    says = f"{size(size_bytes)} for {name} in {precision}"
    wanted = f"{size(expected)} follow from its parameters"
    return Finding(
        rule=Rule.MODEL_SIZE,
        verdict=Verdict.HOLDS if is_fine else Verdict.IMPLAUSIBLE,
        sentence=f"{says}: {wanted}" if is_fine else f"{says}, where {wanted} ({ratio(times)})",
        arithmetic=(
            f"{parameters:,} parameters × {BITS[precision]} bit / 8 = {expected:,.0f} bytes",
            f"{size_bytes:,.0f} / {expected:,.0f} = {times:.3f}, where 1 ± {SIZE_TOLERANCE} is believed",
        ),
        figures={"size_bytes": size_bytes, "expected_bytes": expected, "times_expected": times},
    )


def repeated(model: str, other: str, figures: Mapping[str, float], *, told_in: str) -> Finding:
    """R11: the very figures of another model.

    Args:
        model: Whose figures are looked at.
        other: The model that has them, too.
        figures: What is equal, by name; one equal figure is chance, two are none.
        told_in: Where the other's stand.
    """
    equal = "; ".join(f"{name} {value:,.10g}" for name, value in figures.items())
    return Finding(
        rule=Rule.REPEATED,
        verdict=Verdict.IMPLAUSIBLE,
        sentence=f"{model} has the very figures of {other} ({told_in}): one of them was not measured",
        arithmetic=(f"equal in both: {equal}",),
        figures=dict(figures),
    )


def memory_fit(
    model: LanguageModel,
    precision: Precision,
    *,
    memory_bytes: float,
    kv_precision: Precision = Precision.FP16,
    tokens: int | None = None,
    workspace_bytes: float = 0.0,
) -> Finding:
    """R12: weights, KV cache and workspace against the usable part of a card's memory.

    Args:
        model: Its shape.
        precision: Of the weights.
        memory_bytes: Of the card.
        kv_precision: Of keys and values.
        tokens: Of all requests in flight together; None: one request of the model's own context.
        workspace_bytes: What else must fit.
    """
    weights, per_token = model.weight_bytes(precision), model.kv_bytes_per_token(kv_precision)
    free = USABLE_SHARE * memory_bytes - weights - workspace_bytes
    fits = resident_tokens(memory_bytes, weights, bytes_per_token=per_token, workspace_bytes=workspace_bytes)
    needed = model.context if tokens is None else tokens
    card = f"{size(memory_bytes)} with {model.name} in {precision}"
    if free < 0:
        verdict, says = Verdict.IMPOSSIBLE, f"{card}: the weights alone do not fit"
    elif fits < needed:
        verdict, says = Verdict.IMPOSSIBLE, f"{card}: room for {fits:,} tokens, where {needed:,} are needed"
    else:
        verdict, says = Verdict.HOLDS, f"{card}: room for {fits:,} tokens beside the weights, {needed:,} are needed"
    shape = f"2 × {model.layers} layers × {model.kv_heads} heads × {model.head_size}"
    workspace = f" − {size(workspace_bytes)} workspace" if workspace_bytes else ""
    return Finding(
        rule=Rule.MEMORY,
        verdict=verdict,
        sentence=says,
        arithmetic=(
            f"{USABLE_SHARE:g} × {memory_bytes:,.0f} − {weights:,.0f} weights{workspace} = {free:,.0f} bytes left",
            f"{shape} × {BITS[kv_precision]} bit / 8 = {per_token:,.0f} bytes a token",
            f"{free:,.0f} / {per_token:,.0f} = {fits:,} tokens",
        ),
        figures={"tokens": fits, "tokens_needed": needed, "weight_bytes": weights, "bytes_per_token": per_token},
    )


def missing(what: str, *, why: str) -> Finding:
    """R15: what a claim leaves out, and which check that makes impossible."""
    return Finding(rule=Rule.CONTEXT, verdict=Verdict.INCOMPLETE, sentence=f"{what}: {why}")


def mixed_units(written: Iterable[str]) -> Finding | None:
    """R15: sizes told in GB (10⁹) and in GiB (2³⁰) side by side: 7 % apart, and usually one of them is meant."""
    texts = tuple(written)
    binary = [text for text in texts if text.endswith(_BINARY)]
    decimal = [text for text in texts if text.endswith(_DECIMAL) and text not in binary]
    if not (binary and decimal):
        return None
    return missing(
        f"{decimal[0]} and {binary[0]} side by side",
        why="GB is 10⁹ bytes and GiB 2³⁰: say which is meant, and use one",
    )
