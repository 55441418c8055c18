"""The sections of language models: every rate in them is a bound from above, every cost one from below."""

from collections.abc import Iterator
from decimal import Decimal

from planner.reports.document import Block, Bullets, Decision, KeyFigure, KeyFigures, Notice, Section, Table
from planner.reports.figures import Bound, Cell, Figure, Mark, Tone
from planner.services.plans.llm_document import LanguageModelDocument, LlmCellDocument, LlmChoiceDocument
from planner.services.reporting.blocks import left, right, row, said, table, words
from planner.services.reporting.exchange import Exchange
from planner.services.reporting.purse import FINE, Purse
from planner.services.reporting.wording import many, milliseconds, times

_GB = 1e9
_WHY = {"weights": "weights too large", "heads": "cannot be split", "arithmetic": "no such arithmetic"}


def language_model_section(key: str, one: LanguageModelDocument, exchange: Exchange | None) -> Section:
    """What fits where, what tokens cost at least, how that changes with the weights."""
    return Section(
        key=f"language-model.{key}", title=one.title, blocks=tuple(_blocks(key, one, exchange)), starts_a_page=True
    )


def language_model_decision(key: str, one: LanguageModelDocument, exchange: Exchange | None) -> Iterator[Block]:
    """For the first page: what is asked, and what tokens cost at least where all that is asked fits."""
    if not one.choices:
        yield Decision(
            asked=f"Shall {one.model} be served?",
            advice=f"Do not do it: {one.headline}",
            tone=Tone.BAD,
            thresholds=(words(f"{one.concurrency:,} requests of {one.context:,} tokens fit: nowhere", Tone.BAD),),
        )
        return
    best = one.choices[0]
    yield Decision(
        asked=f"Shall {one.model} be served as {best.variant} on {best.cards} × {best.card}?",
        advice="Measure it before anything is ordered: every rate is a bound, and bounds prove no saving.",
        tone=Tone.CAUTION,
        thresholds=(
            words(f"{one.concurrency:,} requests of {one.context:,} tokens fit", Tone.GOOD),
            words("rates measured: none, all are bounds", Tone.BAD),
        ),
    )
    purse = Purse(own=best.currency, exchange=exchange)
    items = [KeyFigure(label="a million tokens written, at least", figure=_least(key, 0, "output", best.output, purse))]
    if best.per_year is not None:
        items.append(KeyFigure(label="a year, at least", figure=_fleet(key, 0, best.per_year, purse)))
    yield KeyFigures(items=tuple(items))


def _blocks(key: str, one: LanguageModelDocument, exchange: Exchange | None) -> Iterator[Block]:
    yield said(one.headline, Tone.GOOD if one.answer == "holds" and one.condition is None else Tone.CAUTION)
    if one.condition is not None:
        yield Notice(tone=Tone.CAUTION, text=f"on condition that {one.condition}")
    yield Notice(
        tone=Tone.CAUTION,
        text=f"Level {one.level}: bounds only. Nothing here was measured; rates are at most, costs at least.",
        rests_on=f"language.{key}.assumptions",
    )
    if one.reasons:
        yield Bullets(items=tuple(words(reason) for reason in one.reasons))
    yield _fit(key, one)
    if one.choices:
        yield _choices(key, one, exchange)
    if one.speeds:
        yield _speeds(key, one)
    yield _assumptions(key, one)
    if one.notes:
        yield Bullets(items=tuple(words(note) for note in one.notes))


def _fit(key: str, one: LanguageModelDocument) -> Table:
    """Cards against variants."""
    names = list(dict.fromkeys(cell.variant for cell in one.cells))
    cards = list(dict.fromkeys(cell.card for cell in one.cells))
    cells = {(cell.card, cell.variant): cell for cell in one.cells}
    headings = [left("card", "x_Card"), right("memory", "x_Memory"), *(left(name, name) for name in names)]
    rows = []
    for card in cards:
        found = [cells.get((card, name)) for name in names]
        memory = next((cell.memory_bytes for cell in found if cell is not None), 0)
        rows.append(row(card, f"{memory / _GB:,.0f} GB", *(_fits(cell) for cell in found)))
    return table(
        f"fit.{key}",
        f"Whether {one.concurrency:,} requests of {one.context:,} tokens fit",
        headings,
        rows,
        note="requests on so many cards; * no instance of it is priced there",
    )


def _fits(cell: LlmCellDocument | None) -> Cell:
    if cell is None:
        return words("–")
    star = "" if cell.is_priced else " *"
    count = f"{cell.sequences:,} on {cell.cards} card{'s' * (cell.cards > 1)}{star}"
    if cell.holds:
        return words(count, Tone.GOOD)
    if cell.limit == "concurrency":
        return words(count, Tone.BAD)
    why = f"{cell.tokens:,} tokens" if cell.limit == "context" else _WHY.get(cell.limit or "", cell.reason)
    return words(f"{why}{star}", Tone.BAD)


def _choices(key: str, one: LanguageModelDocument, exchange: Exchange | None) -> Table:
    """What holds all that is asked, the cheapest first."""
    headings = [
        left("serves", "x_Serves"),
        left("instance", "SkuId"),
        right("price", "ListUnitPrice"),
        right("a million tokens written", "x_CostPerMillionOutputTokens"),
        right("a million tokens read", "x_CostPerMillionInputTokens"),
        left("where 10 to 80 % of the bound is reached", "x_Expected"),
        right("first token", "x_FirstToken"),
        right("tokens/s", "x_TokensPerSecond"),
    ]
    has_fleet = one.peak_per_s is not None
    if has_fleet:
        headings += [right("instances", "PricingQuantity"), right("a year", "EffectiveCost")]
    rows = [
        row(*_choice(key, number, choice, exchange, has_fleet=has_fleet)) for number, choice in enumerate(one.choices)
    ]
    first = one.choices[0]
    note = f"at least, at most; prices of {first.price_as_of}, {first.price_source}"
    return table(f"choices.{key}", "What tokens cost at least", headings, rows, note=note)


def _choice(
    key: str, number: int, one: LlmChoiceDocument, exchange: Exchange | None, *, has_fleet: bool
) -> Iterator[Cell | str]:
    purse = Purse(own=one.currency, exchange=exchange)
    yield f"{one.variant} · {one.cards} × {one.card}"
    yield one.instance
    yield f"{one.price_per_hour} {one.currency}/h"
    yield _least(key, number, "output", one.output, purse)
    yield _least(key, number, "input", one.input_alone, purse)
    yield " to ".join(purse.text(Decimal(text), step=FINE) for text in one.expected)
    yield f"≥ {milliseconds(one.first_token_s)}"
    yield f"≤ {many(one.decode_per_s)}"
    if has_fleet:
        yield "–" if one.instances is None else f"≥ {one.instances:,}"
        yield "–" if one.per_year is None else _fleet(key, number, one.per_year, purse)


def _least(key: str, number: int, name: str, text: str, purse: Purse) -> Figure:
    """What a million tokens cost at least."""
    of = f"language.{key}.choice.{number}.{name}"
    return purse.figure(of, Decimal(text), bound=Bound.AT_LEAST, mark=Mark.PROJECTED, step=FINE)


def _fleet(key: str, number: int, text: str, purse: Purse) -> Figure:
    """What a fleet costs a year at least."""
    of = f"language.{key}.choice.{number}.per_year"
    return purse.figure(of, Decimal(text), bound=Bound.AT_LEAST, mark=Mark.PROJECTED)


def _speeds(key: str, one: LanguageModelDocument) -> Table:
    base = one.speeds[0]
    headings = [
        left("weights", "x_Weights"),
        *(right(f"{batch:,} open", f"x_Decode_{batch}") for batch, _, _ in base.decode),
        right("questions", "x_Prefill"),
    ]
    rows = []
    for speed in one.speeds:
        cells = [
            _against(per_s, first) + ("" if is_memory else ", bound by arithmetic")
            for (_, per_s, is_memory), (_, first, _) in zip(speed.decode, base.decode, strict=True)
        ]
        rows.append(row(speed.variant, *cells, _against(speed.prefill_per_s, base.prefill_per_s)))
    title = f"Tokens a second at most on {one.speed_cards} × {one.speed_card}"
    return table(f"speeds.{key}", title, headings, rows)


def _against(value: float, first: float) -> str:
    return f"≤ {many(value)} ({times(value / first)})" if first else f"≤ {many(value)}"


def _assumptions(key: str, one: LanguageModelDocument) -> Table:
    headings = [
        left("name", "x_Name"),
        left("value", "x_Value", is_wide=True),
        left("kind", "x_EvidenceKind"),
        left("source", "x_Source", is_wide=True),
    ]
    rows = [
        row(line.name, line.text, line.kind, line.source, key=f"language.{key}.{number}")
        for number, line in enumerate(one.assumptions)
    ]
    first = row("model", one.model, "published", one.source, key=f"language.{key}.assumptions")
    return table(f"language.{key}", "What was counted and assumed", headings, [first, *rows])
