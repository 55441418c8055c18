"""From the options of `planner plan --llm` to what is asked."""

import argparse

from harness.errors import UsageError
from planner.services.plans.llm_request import LanguageModelRequest, language_model_request

_OWN = ("context", "concurrency", "variants", "kv", "input_tokens", "output_tokens", "cards")
_NOT_WITH_IT = {
    "run": "--run",
    "model": "--model",
    "destination": "--to",
    "baseline": "--baseline",
    "variant": "--variant (--variants, here)",
    "instances": "--instances",
    "slo": "--slo",
    "optimise": "--optimise",
    "draws": "--draws",
    "sobol": "--sobol",
    "seed": "--seed",
    "replay": "--replay (--as-of takes another day's prices)",
}
"""What says nothing of a language model: it would be lost in silence."""


def language_model_of(options: argparse.Namespace) -> LanguageModelRequest | None:
    """What is asked of a language model; None where none is named.

    Raises:
        UsageError: if an option belongs to a language model and none is named, or the other way round.
        AssumptionError: if its file cannot be read.
    """
    if options.llm is None:
        lost = next((name for name in _OWN if getattr(options, name) is not None), None)
        if lost is not None:
            raise UsageError(f"--{lost.replace('_', '-')} is about a language model: name one with --llm")
        return None
    clash = next((told for name, told in _NOT_WITH_IT.items() if _is_given(getattr(options, name, None))), None)
    if clash is not None:
        raise UsageError(f"--llm and {clash} do not go together: a plan is about a language model or about a fleet")
    return language_model_request(
        options.llm,
        context=options.context,
        concurrency=options.concurrency,
        variants=_words(options.variants, "--variants"),
        kv=options.kv,
        input_tokens=options.input_tokens,
        output_tokens=options.output_tokens,
        cards=_words(options.cards, "--cards"),
    )


def _is_given(value: object) -> bool:
    """Nought is a value, too."""
    return value is not None and value is not False and value != []


def _words(text: str | None, name: str) -> list[str]:
    if text is None:
        return []
    words = [word.strip() for word in text.split(",")]
    if not all(words):
        raise UsageError(f"{name} {text!r:.60}: write names with a comma between them")
    return words
