"""Draws a language model's plan: the answer, which cards hold it, the room they leave, what tokens cost, and why."""

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from planner.drawing.plan_figures import many
from planner.drawing.plan_llm_tables import choices, fit_map, ground, room, speeds
from planner.services.plans.llm_document import LanguageModelDocument
from planner.wording.marks import signed
from planner.wording.text import plain

_INDENT = 2
_BILLION = 1e9


def language_model_screen(one: LanguageModelDocument, *, width: int) -> Iterator[RenderableType]:
    """The whole screen."""
    yield from _answer(one)
    inside = width - _INDENT
    counted = f"room for tokens on {_cards(one)} of each, keys and values in {one.kv}"
    unit = "a million tokens written, questions included"
    where = f"{one.speed_cards} × {one.speed_card}"
    sections: tuple[tuple[str, Iterable[RenderableType]], ...] = (
        (f"who holds {one.concurrency:,} requests of {one.context:,} tokens", fit_map(one, width=inside)),
        (f"{counted}: smaller weights leave more, smaller cards less", room(one, width=inside)),
        (f"what it costs at least: {unit}", choices(one, width=inside)),
        (f"what the weights change on {where}: tokens/s at most, room or not", speeds(one, width=inside)),
        ("what the figures rest on", ground(one)),
    )
    for title, lines in sections:
        found = list(lines)
        if found:
            yield ""
            yield Text(plain(title), style="dim")
            for line in found:
                yield Padding(line, (0, 0, 0, _INDENT))


def _cards(one: LanguageModelDocument) -> str:
    return "one card" if one.baseline_cards == 1 else f"{one.baseline_cards} cards"


def _answer(one: LanguageModelDocument) -> Iterator[RenderableType]:
    yield Text(plain(one.title), style="bold")
    yield Text(plain(_shape(one)))
    load = f"{one.input_tokens:,} tokens in, {one.output_tokens:,} out · {one.provider} {one.region}, {one.purchase}"
    if one.peak_per_s is not None:
        load += f" · {many(one.peak_per_s)} requests/s in the busiest hour"
    yield Text(plain(load))
    yield ""
    yield signed("✗" if one.answer != "holds" else "~" if one.condition else "✓", one.headline)
    conditions = [f"on condition that {one.condition}"] if one.condition else []
    for reason in (*conditions, *one.reasons, *one.notes):
        yield Padding(Text(plain(reason)), (0, 0, 0, 2 * _INDENT))


def _shape(one: LanguageModelDocument) -> str:
    active = ""
    if one.active_parameters != one.parameters:
        active = f", {one.active_parameters / _BILLION:.2f} of them for a token"
    sizes = ", ".join(f"{each.variant} {each.stored_bytes / _BILLION:.1f} GB" for each in one.variants)
    return (
        f"{one.parameters / _BILLION:.2f} billion parameters{active} · {sizes} · {one.kv_bytes_per_token:,.0f} bytes a "
        f"token in {one.kv}"
    )
