"""How sure an answer is, and what is worth learning next."""

from collections.abc import Iterator

from planner.reports.document import Block, Drawing, Table
from planner.reports.figures import Bound, Cell, Tone
from planner.services.plans.uncertain_document import (
    ChanceDocument,
    MeasurementDocument,
    UncertainChangeDocument,
    UncertaintyDocument,
)
from planner.services.reporting.blocks import code, left, right, row, said, table, words
from planner.services.reporting.money_charts import saving_bars, tornado
from planner.services.reporting.money_tables import quantile_figures
from planner.services.reporting.question_figures import QuestionFigures
from planner.services.reporting.wording import SHORT, percent

_BOUNDED = {"at least": " at the bound, and may beyond it", "at most": " even at the bound"}
_NEXT_KEY = "learn"


def uncertainty_blocks(asked: QuestionFigures) -> Iterator[Block]:
    """Quantiles, chances, the tornado, what to learn; of a plan without draws a sentence."""
    found = asked.one.uncertainty
    if found is None:
        yield said("How sure the answer is was not drawn in this plan.")
        return
    for chart in (saving_bars(asked), tornado(asked)):
        if chart is not None:
            yield Drawing(chart=chart)
    yield _quantiles(asked, found)
    for change in found.changes:
        yield said(_chances(change, found.draws))
    yield said(f"Next: {found.advice}.", Tone.CAUTION if _is_open(found) else Tone.GOOD)
    if found.measurements:
        yield _measurements(asked, found)
    yield said(f"{found.draws:,} draws, seed {found.seed}: {found.meaning}; {found.demand}.")


def measurement_key(question: str, number: int) -> str:
    """The row of something that could be learnt."""
    return f"{_NEXT_KEY}.{question}.{number}"


def _is_open(found: UncertaintyDocument) -> bool:
    return any(one.decides or one.value for one in found.measurements)


def _quantiles(asked: QuestionFigures, found: UncertaintyDocument) -> Table:
    key, horizon = asked.key, asked.one.horizon_years
    amounts = [
        *((one.name, "costs a year", "cost", one.cost_per_year, one.side) for one in found.columns),
        *((one.name, "saves a year", "saving", one.saving_per_year, one.saving_side) for one in found.changes),
        *((one.name, f"is worth over {horizon} years", "npv", one.npv, one.npv_side) for one in found.changes),
    ]
    rows = [
        row(
            f"{SHORT[name]} {label}",
            *quantile_figures(f"{key}.{name}.{what}", asked, (one.p10, one.p50, one.p90), side),
            side,
        )
        for name, label, what, one, side in amounts
        if one is not None
    ]
    headings = [
        left("", "Quantity", is_wide=True),
        right("p10", "x_P10"),
        right("p50", "x_P50"),
        right("p90", "x_P90"),
        left("holds", "x_Side"),
    ]
    return table(f"drawn.{key}", "How sure: p10, p50, p90", headings, rows)


def _chances(change: UncertainChangeDocument, draws: int) -> str:
    if change.reason is not None:
        return f"{SHORT[change.name]}: {change.reason}."
    told = [
        f"{what} {_chance(chance, side, draws)}"
        for what, chance, side in (
            ("saves", change.saves, change.saving_side),
            ("is worth more than it costs", change.pays, change.npv_side),
        )
        if chance is not None
    ]
    text = f"{SHORT[change.name]}: {'; '.join(told) or 'no chance can be told, bounded on neither side'}"
    if change.condition is not None:
        text += f", on condition that {change.condition}"
    if change.infeasible:
        text += f"; in {percent(change.infeasible)} of the draws no fleet keeps the promise, and those save nothing"
    return f"{text}."


def _chance(chance: ChanceDocument, side: str, draws: int) -> str:
    if chance.share >= 1.0:
        return f"in all {draws:,} draws" + (", at the bound" if side == "at most" else "")
    if chance.share <= 0.0:
        return f"in no draw{_BOUNDED.get(side, '')}"
    sign = f"{side} " if side in _BOUNDED else ""
    return f"with a chance of {sign}{percent(chance.share)} ± {100 * chance.error:.2g}"


def _measurements(asked: QuestionFigures, found: UncertaintyDocument) -> Table:
    headings = [
        left("what could be learnt", "x_Subject", is_wide=True),
        right("worth", "x_Worth"),
        right("narrows", "x_Narrowing"),
        left("how", "x_How", is_wide=True),
        left("command", "x_Command", is_wide=True),
    ]
    rows = [
        row(
            one.subject,
            _worth(asked, number, one),
            percent(one.narrowing),
            f"{one.how}; {one.note}" if one.note else one.how,
            code(one.command or ""),
            key=measurement_key(asked.key, number),
        )
        for number, one in enumerate(found.measurements)
    ]
    return table(
        f"learn.{asked.key}",
        "What is worth learning next",
        headings,
        rows,
        note="worth: by how much the best decision gains by knowing it; narrows: p10 to p90 of what it is worth",
    )


def _worth(asked: QuestionFigures, number: int, one: MeasurementDocument) -> Cell:
    if one.value is None:
        return words("decides" if one.decides else "not known", Tone.CAUTION if one.decides else Tone.NEUTRAL)
    bound = Bound.AT_MOST if one.is_at_most else Bound.EXACT
    return asked.purse.figure(f"{asked.key}.learn.{number}", one.value, bound=bound)
