"""Reads a decoder's shape from a `config.json` in the layout of Hugging Face. Anybody may have written it.

Types whose layers are known are counted exactly. Another is read as a Llama where every key is there, and says so; one
whose keys show layers that are counted in another way is refused.
"""

import json
from dataclasses import replace

from pricing.errors import AssumptionError
from pricing.files import printable, shown
from pricing.llm.config_values import ConfigValues
from pricing.llm.decoder import Decoder

MOST_CONFIG_BYTES = 256_000  # published ones have one to ten kB
_OTHERWISE = (
    "kv_lora_rank", "n_routed_experts", "num_experts", "num_local_experts", "moe_intermediate_size", "state_size",
    "ssm_cfg",
)  # fmt: skip
_LLAMA_LIKE = ("llama", "mistral", "mixtral", "qwen2", "qwen3", "gemma", "gemma2", "phi3")
_FALCON_CONTEXT = 2048  # where its file states none
_LONGEST_NAME = 60


def read_decoder(text: str, *, name: str) -> Decoder:
    """The decoder that a file describes.

    Args:
        text: What the file says; more than `MOST_CONFIG_BYTES` are refused.
        name: What to call it in plans and errors.

    Raises:
        AssumptionError: if it is no JSON, a key is missing or absurd, or its layers cannot be counted from it.
    """
    values = ConfigValues(_table(text, name), name=name)
    kind = values.word("model_type")
    match kind:
        case "gpt2":
            found = _gpt2(values)
        case "gpt_neox":
            found = _gpt_neox(values)
        case "falcon":
            found = _falcon(values)
        case _ if kind in _LLAMA_LIKE:
            found = _llama_like(values, kind)
        case _:
            found = _unknown(values, kind)
    title = printable(name)[:_LONGEST_NAME]
    told = f"config.json given as {title}, model_type {printable(kind) or 'not stated'}"
    return replace(found, name=title, source=told, notes=(*found.notes, *_stored_as(values)))


def _table(text: str, name: str) -> dict[str, object]:
    if len(text.encode(errors="replace")) > MOST_CONFIG_BYTES:
        raise AssumptionError(f"{shown(name)} is not read: a config.json has at most {MOST_CONFIG_BYTES:,} bytes")
    try:
        found = json.loads(text, object_pairs_hook=_each_once)
    except AssumptionError as error:
        raise AssumptionError(f"{shown(name)}: {error}") from error
    except RecursionError as error:
        raise AssumptionError(f"{shown(name)} cannot be read: lists or tables are nested too deeply") from error
    except json.JSONDecodeError as error:
        raise AssumptionError(f"{shown(name)} cannot be read as JSON: {printable(str(error))}") from error
    except ValueError as error:  # Python's own limit for digits
        raise AssumptionError(f"{shown(name)} cannot be read: a number has thousands of digits") from error
    if not isinstance(found, dict):
        raise AssumptionError(f"{shown(name)} is no config.json: it holds no table of keys at its top")
    if "hidden_size" not in found and isinstance(found.get("text_config"), dict):
        raise AssumptionError(f"{shown(name)} describes more than text: save its 'text_config' as a file and name that")
    return found


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Of a key that stands there twice nobody knows which value was meant."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise AssumptionError(f"the key {shown(key)} stands there twice: keep the one that holds")
        found[key] = value
    return found


def _llama_like(values: ConfigValues, kind: str) -> Decoder:
    base = _base(values)
    attention_outputs = base.head_size * (base.heads + 2 * base.kv_heads)
    extra = 0
    if kind == "qwen2":
        extra = attention_outputs
    elif values.flag("attention_bias", default=False):
        extra = attention_outputs + base.hidden
    if kind == "qwen3":
        extra += 2 * base.head_size  # a norm for queries and one for keys
    if kind == "llama" and values.flag("mlp_bias", default=False):
        extra += 2 * base.ffn + base.hidden
    found = replace(
        base,
        is_tied=values.flag("tie_word_embeddings", default=kind.startswith("gemma")),
        norms_per_layer=4 if kind == "gemma2" else 2,
        extra_per_layer=extra,
    )
    if kind == "mixtral":
        found = replace(
            found, experts=values.whole("num_local_experts"), experts_used=values.whole("num_experts_per_tok")
        )
    return _windowed(found, values, kind)


def _windowed(found: Decoder, values: ConfigValues, kind: str) -> Decoder:
    window = values.whole_or_none("sliding_window")
    layers = found.layers
    if kind in ("qwen2", "qwen3"):
        is_on = values.flag("use_sliding_window", default=False)
        layers = max(0, layers - values.whole("max_window_layers", default=layers)) if is_on else 0
    elif kind == "gemma2":
        layers = -(-layers // 2)  # every other one, the first included
    elif kind in ("llama", "gemma"):
        layers = 0
    return replace(found, window=window, windowed_layers=layers) if window is not None and layers else found


def _gpt2(values: ConfigValues) -> Decoder:
    hidden = values.whole("n_embd")
    heads = values.whole("n_head")
    ffn = values.whole_or_none("n_inner") or 4 * hidden
    context = values.whole("n_positions", "n_ctx")
    return Decoder(
        **values.labels(),
        hidden=hidden,
        layers=values.whole("n_layer"),
        heads=heads,
        kv_heads=heads,
        head_size=values.share_of(hidden, heads),
        ffn=ffn,
        vocabulary=values.whole("vocab_size"),
        context=context,
        is_gated=False,
        is_tied=values.flag("tie_word_embeddings", default=True),
        norm_vectors=2,
        extra_per_layer=_all_biases(hidden, 3 * hidden, ffn),
        positions=context,
    )


def _gpt_neox(values: ConfigValues) -> Decoder:
    base = _base(values)
    attention = 3 * base.heads * base.head_size
    biases = _all_biases(base.hidden, attention, base.ffn)
    if not values.flag("attention_bias", default=True):
        biases -= attention + base.hidden
    is_tied = values.flag("tie_word_embeddings", default=False)
    return replace(base, is_gated=False, is_tied=is_tied, norm_vectors=2, extra_per_layer=biases)


def _falcon(values: ConfigValues) -> Decoder:
    hidden, heads = values.whole("hidden_size"), values.whole("num_attention_heads", "n_head")
    head_size, ffn = values.share_of(hidden, heads), values.whole_or_none("ffn_hidden_size") or 4 * hidden
    is_new = values.flag("new_decoder_architecture", default=False)
    kv_heads = 1 if values.flag("multi_query", default=True) else heads
    if is_new:
        kv_heads = values.whole("num_kv_heads", "n_head_kv", default=heads)
    has_one_norm = not is_new and values.flag("parallel_attn", default=True)
    attention = head_size * (heads + 2 * kv_heads)
    return Decoder(
        **values.labels(),
        hidden=hidden,
        layers=values.whole("num_hidden_layers", "n_layer"),
        heads=heads,
        kv_heads=kv_heads,
        head_size=head_size,
        ffn=ffn,
        vocabulary=values.whole("vocab_size"),
        context=values.whole("max_position_embeddings", default=_FALCON_CONTEXT),
        is_gated=False,
        is_tied=values.flag("tie_word_embeddings", default=True),
        norms_per_layer=1 if has_one_norm else values.whole("num_ln_in_parallel_attn", default=2),
        norm_vectors=2,
        extra_per_layer=_all_biases(hidden, attention, ffn) if values.flag("bias", default=False) else 0,
    )


def _unknown(values: ConfigValues, kind: str) -> Decoder:
    lacks = f"{values.place}: model_type {shown(kind) if kind else 'is not stated and'}"
    other = next((key for key in _OTHERWISE if values.has(key)), None)
    if other is None and values.flag("is_encoder_decoder", default=False):
        other = "is_encoder_decoder"
    if other is not None:
        raise AssumptionError(f"{lacks} is not known, and {other!r} shows layers that are counted in another way")
    try:
        found = _llama_like(values, "llama")
    except AssumptionError as error:
        raise AssumptionError(f"{lacks} is not known, and it cannot be read as a Llama: {error}") from error
    note = (
        f"model_type {shown(kind) if kind else 'is not stated:'} was read as a Llama: a gated feed-forward network, "
        "two norms a layer, no biases but those stated; where it is another, its count of parameters is off"
    )
    return replace(found, notes=(note,))


def _base(values: ConfigValues) -> Decoder:
    hidden, heads = values.whole("hidden_size"), values.whole("num_attention_heads")
    stated = values.whole_or_none("head_dim")
    return Decoder(
        **values.labels(),
        hidden=hidden,
        layers=values.whole("num_hidden_layers"),
        heads=heads,
        kv_heads=values.whole_or_none("num_key_value_heads") or heads,
        head_size=values.share_of(hidden, heads) if stated is None else stated,
        ffn=values.whole("intermediate_size"),
        vocabulary=values.whole("vocab_size"),
        context=values.whole("max_position_embeddings"),
    )


def _all_biases(hidden: int, attention: int, ffn: int) -> int:
    """Of queries, keys and values, of their output, and of both matrices of the feed-forward network."""
    return attention + hidden + ffn + hidden


def _stored_as(values: ConfigValues) -> tuple[str, ...]:
    told = values.quantised()
    if told is None:
        return ()
    return (
        f"its file says that its weights are stored quantised ({told}); every variant here is counted from the shape",
    )
