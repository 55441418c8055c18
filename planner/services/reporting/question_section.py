"""The sections of one question: its answer and fleets, then the money, how sure it is, capacity, prices, grounds."""

from collections.abc import Iterator

from planner.reports.document import Block, Bullets, Drawing, Section
from planner.services.reporting.blocks import part, said, words
from planner.services.reporting.capacity_sweep import capacity_blocks
from planner.services.reporting.deciding import advice_of
from planner.services.reporting.footprint_table import footprint_blocks
from planner.services.reporting.grounds import ground_blocks
from planner.services.reporting.learning import uncertainty_blocks
from planner.services.reporting.mix_blocks import mix_blocks
from planner.services.reporting.money_charts import cash_lines, waterfall
from planner.services.reporting.money_tables import absent_lines, cash_table, costs_table, fleets_table, ledger_table
from planner.services.reporting.price_history import price_blocks
from planner.services.reporting.question_figures import QuestionFigures
from planner.services.reporting.stored_ground import AskedAgain
from planner.services.reporting.wording import many


def question_sections(asked: QuestionFigures, again: AskedAgain, *, as_of: str) -> tuple[Section, ...]:
    """All sections of a question."""
    key = f"question.{asked.key}"
    first = Section(key=key, title=asked.one.title, blocks=tuple(_answer(asked)), starts_a_page=True)
    return (
        first,
        *part(f"{key}.money", "Both sides of the ledger", _money(asked)),
        *part(f"{key}.sure", "How sure the answer is, and what is worth learning", uncertainty_blocks(asked)),
        *part(f"{key}.capacity", "Capacity against the promise", capacity_blocks(asked, again)),
        *part(f"{key}.prices", "Prices, and where the answer flips", price_blocks(asked, as_of=as_of)),
        *part(f"{key}.mix", "The cheapest mix of offers", mix_blocks(asked)),
        *part(f"{key}.footprint", "Energy and carbon: estimates", footprint_blocks(asked)),
        *part(f"{key}.grounds", "What the figures rest on", ground_blocks(asked)),
    )


def _answer(asked: QuestionFigures) -> Iterator[Block]:
    one = asked.one
    _, tone = advice_of(asked)
    yield said(one.headline, tone)
    told = [] if one.condition is None else [words(f"on condition that {one.condition}")]
    told += [words(reason) for reason in one.reasons if reason not in one.headline]
    mean = f", {many(one.mean_per_s)} on average" if one.mean_per_s < one.peak_per_s else ""
    told.append(words(f"{many(one.peak_per_s)} requests a second in the busiest hour{mean}; {one.slo}"))
    yield Bullets(items=tuple(told))
    yield fleets_table(asked)
    absent = [words(f"{title}: {reason}") for title, reason in absent_lines(asked)]
    if absent:
        yield said("Not among them:")
        yield Bullets(items=tuple(absent))


def _money(asked: QuestionFigures) -> Iterator[Block]:
    yield costs_table(asked)
    change = asked.asked
    if change is not None:
        chart = waterfall(asked, change)
        if chart is not None:
            yield Drawing(chart=chart)
        if not asked.one.shares and asked.one.shares_reason is not None:
            yield said(f"The saving is not taken apart by cause: {asked.one.shares_reason}.")
    for each in asked.changes:
        yield ledger_table(asked, each)
    cash = cash_lines(asked)
    if cash is not None:
        yield Drawing(chart=cash)
        yield cash_table(asked)
