"""What was asked of a language model, in a form that can be kept: the text of a config.json is part of it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pricing.errors import AssumptionError
from pricing.files import read_text
from pricing.llm import (
    MOST_CONFIG_BYTES,
    Decoder,
    ServingAsk,
    Variant,
    find_decoder,
    find_variant,
    read_decoder,
)
from pricing.llm.fitting import KV_PRECISIONS
from pricing.vocabulary import Precision

DEFAULT_VARIANTS = (Variant.FP16, Variant.INT8_WEIGHT_ONLY, Variant.INT4_WEIGHT_ONLY)
DEFAULT_CONTEXT = 2048
DEFAULT_CONCURRENCY = 32
_ANSWER_SHARE = 4  # of a context: a question three times as long as its answer
_CONFIG = "config.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModelRequest:
    """A language model, and what is to be served with it.

    Attributes:
        name: Of a known model, or what a file is called.
        config: The text of its config.json; None of a known model.
        context: Tokens of the longest request; None: see `ask`.
        concurrency: Open requests.
        variants: Of its weights, by name.
        kv: What keys and values are stored in.
        input_tokens: Of a usual question; None: see `ask`.
        output_tokens: Of a usual answer; None: see `ask`.
        cards: By id or alias; empty: every card that is priced.
    """

    name: str
    config: str | None = None
    context: int | None = None
    concurrency: int = DEFAULT_CONCURRENCY
    variants: tuple[str, ...] = DEFAULT_VARIANTS
    kv: str = Precision.FP16
    input_tokens: int | None = None
    output_tokens: int | None = None
    cards: tuple[str, ...] = ()

    def decoder(self) -> Decoder:
        """Its shape.

        Raises:
            AssumptionError: if the name is not known, or the file describes none.
        """
        return find_decoder(self.name) if self.config is None else read_decoder(self.config, name=self.name)

    def formats(self) -> tuple[Variant, ...]:
        """Its variants, each once.

        Raises:
            AssumptionError: if one is not known.
        """
        return tuple(dict.fromkeys(find_variant(name) for name in self.variants))

    def ask(self, decoder: Decoder) -> ServingAsk:
        """What is to be served, with what was not stated filled in.

        A context that is not stated is question and answer together, or 2,048 tokens, or the model's own if that is
        shorter; an answer that is not stated takes a quarter of the context, and a question what is left of it.

        Raises:
            AssumptionError: if a number is none, or they contradict one another.
        """
        stated_in, stated_out = self.input_tokens, self.output_tokens
        context = self.context
        if context is None and stated_in is not None and stated_out is not None:
            context = stated_in + stated_out
        if context is None:
            context = min(decoder.context, max(DEFAULT_CONTEXT, (stated_in or 0) + 1, (stated_out or 0) + 1))
        outputs = stated_out
        if outputs is None:
            outputs = max(1, context // _ANSWER_SHARE if stated_in is None else context - stated_in)
        inputs = max(1, context - outputs) if stated_in is None else stated_in
        return ServingAsk(
            context=context,
            concurrency=self.concurrency,
            input_tokens=inputs,
            output_tokens=outputs,
            kv=_kv(self.kv),
        )


def language_model_request(
    name: str,
    *,
    context: int | None,
    concurrency: int | None,
    variants: Sequence[str],
    kv: str | None,
    input_tokens: int | None,
    output_tokens: int | None,
    cards: Sequence[str],
) -> LanguageModelRequest:
    """The request of a name, or of a file, which is read now.

    Args:
        name: Of a model, or the path of its config.json or of the folder that holds it.
        context: See `LanguageModelRequest`, as of all others.
        concurrency: None: the default.
        variants: Empty: the default.
        kv: None: the default.
        input_tokens: Of a usual question.
        output_tokens: Of a usual answer.
        cards: Empty: every card that is priced.

    Raises:
        AssumptionError: if the file cannot be read.
    """
    path = Path(name)
    is_folder = os.path.isdir(name)  # noqa: PTH112 - Path.is_dir raises where a name is too long for a file
    is_file = name.endswith(".json") or "/" in name or is_folder
    if is_folder:
        path /= _CONFIG
    config = read_text(path, error=AssumptionError, most_bytes=MOST_CONFIG_BYTES) if is_file else None
    return LanguageModelRequest(
        name=_title(path) if is_file else name,
        config=config,
        context=context,
        concurrency=DEFAULT_CONCURRENCY if concurrency is None else concurrency,
        variants=tuple(variants) or DEFAULT_VARIANTS,
        kv=kv or Precision.FP16,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cards=tuple(dict.fromkeys(cards)),
    )


def _title(path: Path) -> str:
    """Files are all called config.json: the folder says which model's it is."""
    title = (path.resolve().parent.name or path.stem) if path.name == _CONFIG else path.stem
    return title.encode(errors="backslashreplace").decode()  # names of files need not be UTF-8; what is stored must


def _kv(name: str) -> Precision:
    try:
        found = Precision(name.strip().casefold())
    except ValueError:
        found = None
    if found not in KV_PRECISIONS:
        raise AssumptionError(f"keys and values in {name!r:.40}: use {', '.join(KV_PRECISIONS)}")
    return found
