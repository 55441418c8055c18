"""The tables of a language model's plan."""

from collections.abc import Callable, Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from planner.drawing.plan_figures import many
from planner.services.plans.llm_document import (
    LanguageModelDocument,
    LlmCellDocument,
    LlmChoiceDocument,
)
from planner.wording.quantities import ABSENT, bar, duration
from planner.wording.text import plain

_Draw = Callable[[LlmCellDocument], Text]
_BAR = 12
_LEAST_CELL, _WITH_BAR = 19, 27  # characters of a cell of the maps
_CARD = 16  # characters of a card's name
_MOST_CHOICES = 12  # more are told by their number; --json has all
_WIDE, _WIDER, _WIDEST = 100, 122, 144  # columns from which on there is room for more figures
_SHORT = {"weights": "weights too large", "heads": "cannot be split", "arithmetic": "no such arithmetic"}
_GB = 1e9


def fit_map(one: LanguageModelDocument, *, width: int) -> Iterator[RenderableType]:
    """Cards against variants: ✓ and how many requests fit on how many cards, or ✗ and why."""
    yield from _maps(one, width=width, draw=_fits)
    if not all(cell.is_priced for cell in one.cells):
        yield Text("* no instance of it is priced there", style="dim")


def _fits(cell: LlmCellDocument) -> Text:
    star = "" if cell.is_priced else " *"
    if cell.holds:
        return Text(plain(f"✓ {cell.sequences:,} on {_count(cell.cards)}{star}"), style="green")
    if cell.limit == "concurrency":
        return Text(plain(f"✗ {cell.sequences:,} on {_count(cell.cards)}{star}"), style="red")
    why = f"{cell.tokens:,} tokens" if cell.limit == "context" else _SHORT.get(cell.limit or "", cell.limit or "")
    return Text(plain(f"✗ {why}{star}"), style="red")


def room(one: LanguageModelDocument, *, width: int) -> Iterator[RenderableType]:
    """Tokens that fit, beside those of the baseline in FP16, and as they are counted without what comes beside."""
    baseline = f"{one.baseline_tokens:,} in fp16 on {one.baseline_card}"
    largest = max((cell.room_tokens for cell in one.cells), default=1) or 1
    has_bars = width >= _WIDE

    def draw(cell: LlmCellDocument) -> Text:
        if not cell.room_tokens:
            return Text("0", style="red")
        ratio = "" if cell.room_ratio is None else f" {_times(cell.room_ratio)}"
        style = "red" if (cell.room_ratio or 1.0) < 1.0 else "green" if (cell.room_ratio or 1.0) > 1.0 else ""
        drawn = f" {bar(cell.room_tokens, of=largest, width=_BAR // 2)}" if has_bars else ""
        return Text(f"{cell.room_tokens:,}{ratio}{drawn}", style=style)

    yield Text(plain(f"× {baseline}; red: fewer than there"))
    yield from _maps(one, width=width, draw=draw, least=_WITH_BAR if has_bars else _LEAST_CELL)
    yield from _counted_plainly(one)


def _counted_plainly(one: LanguageModelDocument) -> Iterator[Text]:
    """Of each variant that is stored with more than its weights, on today's card and on smaller ones."""
    today = next((cell.memory_bytes for cell in one.cells if cell.card == one.baseline_card), None)
    for each in one.variants:
        groups: dict[int, list[str]] = {}
        for cell in one.cells:
            if cell.variant == each.variant and (today is None or cell.memory_bytes <= today):
                groups.setdefault(cell.room_plain_tokens, []).append(cell.card)
        if each.stored_bytes != each.plain_bytes and groups:
            told = "; ".join(f"{tokens:,} on {', '.join(cards)}" for tokens, cards in groups.items())
            sentence = f"{each.variant} counted as parameters × bytes alone, as articles do: {told}"
            yield Text(plain(sentence), style="dim")


def _maps(one: LanguageModelDocument, *, width: int, draw: _Draw, least: int = _LEAST_CELL) -> Iterator[RenderableType]:
    """Variants side by side, as many as there is room for."""
    names = list(dict.fromkeys(cell.variant for cell in one.cells))
    each = max(1, (width - _CARD - 9) // least)
    for start in range(0, len(names), each):
        yield _map(one, names[start : start + each], draw)


def _map(one: LanguageModelDocument, names: Sequence[str], draw: _Draw) -> Table:
    table = _table("card", "memory", *names)
    for card in dict.fromkeys(cell.card for cell in one.cells):
        cells = {cell.variant: cell for cell in one.cells if cell.card == card}
        memory = next(iter(cells.values())).memory_bytes
        table.add_row(Text(plain(card)), f"{memory / _GB:.0f} GB", *(draw(cells[name]) for name in names))
    return table


def choices(one: LanguageModelDocument, *, width: int) -> Iterator[RenderableType]:
    """What holds all that is asked, the cheapest first."""
    if not one.choices:
        return
    shown = one.choices[:_MOST_CHOICES]
    largest = max(float(choice.output) for choice in shown)
    has_fleet = one.peak_per_s is not None
    headings = ["serves", "written ≥", ""]
    headings += ["assumed", "in ≥"] if width >= _WIDE else ["assumed"]
    headings += ["first ≥", "each ≥", "tokens/s ≤"] if width >= _WIDER else []
    headings += ["fleet a year"] if has_fleet else ["instance, an hour"] if _has_instance(width) else []
    table = _table(*headings)
    for column in table.columns[: 4 if has_fleet else len(headings)]:
        column.no_wrap = True
    for choice in shown:
        table.add_row(*_choice(choice, one, largest=largest, width=width))
    yield table
    if len(one.choices) > len(shown):
        yield Text(f"and {len(one.choices) - len(shown)} dearer ones: --json has them", style="dim")
    yield from _legends(one, width=width)


def _choice(choice: LlmChoiceDocument, one: LanguageModelDocument, *, largest: float, width: int) -> Iterator[Text]:
    yield Text(plain(f"{choice.variant} · {choice.cards} × {choice.card}"))
    yield Text(_money(choice.output), justify="right")
    yield Text(bar(float(choice.output), of=largest, width=_BAR if width >= _WIDE else _BAR // 2))
    yield Text("–".join(map(_money, choice.expected)), justify="right")
    if width >= _WIDE:
        yield Text(_money(choice.input_alone), justify="right")
    if width >= _WIDER:
        yield Text(duration(choice.first_token_s), justify="right")
        yield Text(duration(choice.step_s), justify="right")
        yield Text(many(choice.decode_per_s) + ("" if choice.bound_by == "memory" else " c"), justify="right")
    if one.peak_per_s is not None:
        yield Text(plain(f"≥ {float(choice.per_year or 0):,.0f} · {choice.instances:,} × {choice.instance}"))
    elif _has_instance(width):
        yield Text(plain(f"{choice.price_per_hour} {choice.instance}"))


def _has_instance(width: int) -> bool:
    """Times of tokens come before it where there is not room for both."""
    return _WIDE <= width < _WIDER or width >= _WIDEST


def _legends(one: LanguageModelDocument, *, width: int) -> Iterator[Text]:
    first = one.choices[0]
    told = (
        f"{first.currency} a million tokens; assumed: where 10 to 80 % of the bound is reached, by the number of cards"
    )
    if width >= _WIDE:
        told += "; in: a million tokens of questions alone"
    if width >= _WIDER:
        told += "; first, each: time to a token and between two; c: arithmetic bounds it, not memory"
    yield Text(plain(told), style="dim")
    yield Text(plain(f"prices of {first.price_as_of}, {first.price_source}"), style="dim")
    instead: dict[tuple[str, str], list[str]] = {}
    for choice in one.choices:
        if choice.arithmetic_note:
            instead.setdefault((choice.variant, choice.arithmetic), []).append(choice.card)
    for (variant, arithmetic), cards in instead.items():
        told = (
            f"{variant} on {', '.join(cards)} is multiplied in {arithmetic}: there is no arithmetic in {variant} there"
        )
        yield Text(plain(told), style="dim")


def speeds(one: LanguageModelDocument, *, width: int) -> Iterator[RenderableType]:
    """Decoding at few and many requests, and reading questions: where smaller weights help, and where they do not."""
    if not one.speeds:
        return
    batches = [batch for batch, _, _ in one.speeds[0].decode]
    table = _table("weights", *(f"{batch:,} open" for batch in batches), "questions")
    base = one.speeds[0]
    for speed in one.speeds:
        cells = [
            _against(per_s, first, sign="" if is_memory else " c")
            for (_, per_s, is_memory), (_, first, _) in zip(speed.decode, base.decode, strict=True)
        ]
        table.add_row(Text(plain(speed.variant)), *cells, _against(speed.prefill_per_s, base.prefill_per_s, sign=" c"))
    yield table
    told = "answers are bound by memory but where c stands for arithmetic; questions always by arithmetic"
    why = ": weights in fewer bytes are read sooner, and are no faster to multiply"
    yield Text(told + (why if width >= _WIDE else ""), style="dim")


def _against(value: float, first: float, *, sign: str) -> Text:
    return Text(f"{many(value)} {_times(value / first)}{sign}", justify="right")


def ground(one: LanguageModelDocument) -> Iterator[RenderableType]:
    """What was counted and assumed."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(max_width=20, overflow="fold")
    table.add_column(overflow="fold")
    for line in one.assumptions:
        table.add_row(Text(plain(line.name)), Text(plain(line.text)))
        source = line.source if line.source.startswith(line.kind) else f"{line.kind}: {line.source}"
        table.add_row("", Text(plain(source), style="dim"))
    yield table


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, header_style="dim", overflow="fold")
    return table


def _count(cards: int) -> str:
    return "1 card" if cards == 1 else f"{cards} cards"


def _times(ratio: float) -> str:
    return f"{ratio:.2f}×"


def _money(text: str) -> str:
    amount = float(text)
    return f"{amount:,.2f}" if amount >= 1.0 else f"{amount:.3f}" if amount else ABSENT
