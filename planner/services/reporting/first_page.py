"""The first page: the decision asked for, what must not be overlooked, the money, three cases. One page, no more."""

from collections.abc import Iterator, Sequence
from datetime import date

from planner.reports.document import Block, KeyFigure, KeyFigures, Notice, Section, Table
from planner.reports.figures import Tone, Words
from planner.services.plans.document import PlanDocument
from planner.services.plans.llm_document import LanguageModelDocument
from planner.services.reporting.blocks import left, right, row, said, table, words
from planner.services.reporting.deciding import advice_of, decision_of
from planner.services.reporting.exchange import Exchange
from planner.services.reporting.keys import question_keys
from planner.services.reporting.language_models import language_model_decision
from planner.services.reporting.money_charts import case_figures
from planner.services.reporting.notices import price_age
from planner.services.reporting.question_figures import QuestionFigures
from planner.services.reporting.wording import SHORT, many
from pricing.projection.model import Answer

SUMMARY = "summary"
_CASES = "one draw in ten is below p10, one in ten above p90; fleets are sized to what was drawn"


def first_page(
    plan: PlanDocument,
    questions: Sequence[QuestionFigures],
    *,
    notices: tuple[Notice, ...],
    thresholds: tuple[Words, ...],
    today: date,
    exchange: Exchange | None = None,
) -> Section:
    """Of the first question; of several all answers stand before it."""
    blocks: list[Block] = []
    if not questions:
        keys = question_keys(one.model for one in plan.language_models)
        for number, (key, one) in enumerate(zip(keys, plan.language_models, strict=True)):
            blocks.extend(language_model_decision(key, one, exchange))
            blocks.extend(() if number else notices)
            blocks.extend(() if one.headline == plan.headline else (said(one.headline),))
            blocks.append(said(_asked_for(one, plan, today)))
        return Section(key=SUMMARY, title="Summary", blocks=tuple(blocks))
    first = questions[0]
    blocks.append(decision_of(first, thresholds))
    blocks.extend(notices)
    if len(questions) > 1:
        blocks.append(_answers(questions))
    blocks.append(key_figures(first, named=len(questions) > 1))
    cases = _cases(first)
    if cases is not None:
        blocks.append(cases)
    blocks.append(said(_planned_for(first, plan, today)))
    if first.one.optimum is not None and first.one.optimum.reason is None:
        blocks.append(said(f"The cheapest mix: {first.one.optimum.headline}."))
    return Section(key=SUMMARY, title="Summary", blocks=tuple(blocks))


def key_figures(asked: QuestionFigures, *, named: bool = False) -> KeyFigures:
    """What it costs now and after, what that saves, what it is worth, when it is paid back."""
    change = asked.asked
    of = f"{asked.one.model}: " if named else ""
    found = [KeyFigure(label=f"{of}costs a year now", figure=asked.stay.per_year, note=_serves(asked))]
    if change is None:
        return KeyFigures(items=tuple(found))
    after = asked.fleet(change.change.name)
    if after is not None:
        note = f"{after.column.target} · {after.column.variant}"
        found.append(KeyFigure(label=f"with {SHORT[change.change.name]}", figure=after.per_year, note=note))
    condition = "" if asked.one.condition is None else "on the condition above"
    if asked.one.answer is Answer.NOT_AVAILABLE:
        condition = "not to be had: the gate is red"
    horizon = asked.one.horizon_years
    found.append(KeyFigure(label="saves a year", figure=change.saving, note=condition))
    found.append(KeyFigure(label=f"net present value, {horizon} years", figure=change.npv, note=condition))
    found.append(KeyFigure(label="pays back after", figure=change.payback, note="of the likely case"))
    return KeyFigures(items=tuple(found))


def _serves(asked: QuestionFigures) -> str:
    return f"{asked.stay.column.target} · {asked.stay.column.variant}"


def _answers(questions: Sequence[QuestionFigures]) -> Table:
    """Every question with its answer."""
    headings = [
        left("question", "x_Question"),
        left("advice", "x_Advice", is_wide=True),
        right("now, a year", "EffectiveCost"),
        right("saves a year", "x_Saving"),
        right("net present value", "x_NPV"),
    ]
    rows = []
    for asked in questions:
        advice, tone = advice_of(asked)
        change = asked.asked
        money = ("", "") if change is None else (change.saving, change.npv)
        name = words(asked.one.model, rests_on=f"question.{asked.key}")
        rows.append(row(name, words(advice, tone), asked.stay.per_year, *money))
    return table("answers", "All answers of this plan", headings, rows)


def _cases(asked: QuestionFigures) -> Table | None:
    rows = [row(label, *figures) for label, figures in case_figures(asked)]
    if not rows:
        return None
    headings = [
        left("three cases", "Quantity"),
        right("p10, unfavourable", "x_P10"),
        right("p50", "x_P50"),
        right("p90, favourable", "x_P90"),
    ]
    return table("cases", "Three cases", headings, rows, note=_CASES)


def _planned_for(asked: QuestionFigures, plan: PlanDocument, today: date) -> str:
    """Beside the headline, which every form has above: what was planned for, and how old its prices are."""
    one = asked.one
    load = f"{many(one.peak_per_s)} requests a second in the busiest hour, {one.slo}"
    oldest = max((price_age(column, today) for column in one.columns), default=0)
    prices = f"prices as of {plan.as_of}, the oldest row used {oldest:,} days old"
    return f"{one.model}: planned for {load}; {prices}."


def _asked_for(one: LanguageModelDocument, plan: PlanDocument, today: date) -> str:
    """Beside the headline: what a language model was planned for, and how old its prices are."""
    load = f"{one.concurrency:,} requests open at one time, of {one.context:,} tokens"
    ages = [(today - date.fromisoformat(choice.price_as_of)).days for choice in one.choices]
    oldest = f", the oldest row used {max(ages):,} days old" if ages else ""
    return f"{one.model}: planned for {load}; prices as of {plan.as_of}{oldest}."


def exchange_notices(plan: PlanDocument, exchange: Exchange | None) -> Iterator[Notice]:
    """That amounts were converted, and by which rate."""
    priced = [one.currency for one in plan.projections]
    priced += [choice.currency for one in plan.language_models for choice in one.choices]
    own = next(iter(priced), None)
    if exchange is not None and own is not None:
        yield Notice(
            tone=Tone.NEUTRAL,
            text=f"Amounts are converted at the stated rate of 1 {own} = {exchange.rate} {exchange.currency}; "
            f"sentences of the plan and prices per hour keep {own}.",
        )
