"""Charts of a question's money: the waterfall, cumulative cash, the tornado, and how sure savings are."""

from collections.abc import Iterator
from decimal import Decimal

from planner.reports.chart_model import Axis, Bar, Bars, Lines, Point, Rule, Series, Step, Waterfall
from planner.reports.figures import Figure, Tone
from planner.services.plans.document import ChangeDocument
from planner.services.plans.uncertain_document import BarDocument, UncertainChangeDocument
from planner.services.reporting.money_tables import quantile_figures
from planner.services.reporting.purse import Purse
from planner.services.reporting.question_figures import ChangeFigures, QuestionFigures, cash_bound
from planner.services.reporting.wording import SHORT, TITLES, many, quantity
from pricing.projection.model import ColumnName

_BARS = 8  # the rest moves nothing that anybody would notice


def waterfall(asked: QuestionFigures, change: ChangeFigures) -> Waterfall | None:
    """From what staying costs to what the change costs; of the move by its causes, where it can be taken apart."""
    after = asked.fleet(change.change.name)
    if after is None:
        return None
    one, purse, name = asked.one, asked.purse, change.change.name
    causes = [(share.cause, share.amount) for share in one.shares] if name is ColumnName.MOVE else []
    if not causes:
        causes = [(SHORT[name], change.change.saving_per_year.planned)]
    steps = [Step(label=TITLES[ColumnName.STAY], amount=asked.stay.per_year, is_total=True)]
    for number, (cause, amount) in enumerate(causes):
        figure = purse.figure(f"{asked.key}.share.{number}", -amount, rests_on=after.rate.rests_on)
        steps.append(Step(label=cause, amount=figure))
    steps.append(Step(label=TITLES[name], amount=after.per_year, is_total=True))
    told = ", ".join(f"{step.label} {step.amount.text}" for step in steps[1:-1])
    return Waterfall(
        key=f"chart.waterfall.{asked.key}",
        title="Where the saving comes from",
        told=f"From {asked.stay.per_year.text} to {after.per_year.text} a year: {told}.",
        axis=Axis(title="costs a year", unit=purse.currency, lower_is_better=True, starts_at_zero=True),
        steps=tuple(steps),
    )


def cash_lines(asked: QuestionFigures) -> Lines | None:
    """The running sum of the flows of every change."""
    if not asked.changes:
        return None
    purse, horizon = asked.purse, asked.one.horizon_years
    series = tuple(
        Series(name=SHORT[one.change.name], points=_running(one.change, purse), has_dots=True) for one in asked.changes
    )
    told = "; ".join(
        f"{SHORT[one.change.name]}: {_in_all(asked, one)} after {horizon} years, pays back {_after(one)}"
        for one in asked.changes
    )
    paid = asked.asked
    rules = [Rule(at=0.0, label="break even", is_of_x=False)]
    if paid is not None and paid.change.payback_years:
        rules.append(Rule(at=paid.change.payback_years, label="pays back", tone=Tone.GOOD))
    return Lines(
        key=f"chart.cash.{asked.key}",
        title="Cumulative cash",
        told=f"{told}.",
        x=Axis(title="years"),
        y=Axis(title="cash, in all", unit=purse.currency, lower_is_better=False),
        series=series,
        rules=tuple(rules),
    )


def _in_all(asked: QuestionFigures, one: ChangeFigures) -> str:
    bound = cash_bound(one, asked.stay, year=asked.one.horizon_years)
    return asked.purse.text(sum(one.change.flows, Decimal(0)), bound=bound)


def _after(one: ChangeFigures) -> str:
    return f"after {one.payback.text}" if one.payback.value else one.payback.text


def _running(change: ChangeDocument, purse: Purse) -> tuple[Point, ...]:
    total, points = Decimal(0), []
    for year, flow in enumerate(change.flows):
        total += flow
        points.append(Point(x=float(year), y=purse.number(total)))
    return tuple(points)


def told_change(asked: QuestionFigures) -> UncertainChangeDocument | None:
    """What is known of how sure the change is that the decision is about."""
    found, paid = asked.one.uncertainty, asked.asked
    if found is None or paid is None:
        return None
    return next((one for one in found.changes if one.name is paid.change.name), None)


def tornado(asked: QuestionFigures) -> Bars | None:
    """What the change is worth, by one figure alone from its p10 to its p90."""
    change = told_change(asked)
    if change is None:
        return None
    bars = [bar for one in change.tornado if (bar := _bar(one, asked.purse)) is not None and bar.low != bar.high]
    bars = sorted(bars, key=lambda one: one.low - one.high)[:_BARS]
    if not bars:
        return None
    rules = () if change.npv is None else (Rule(at=asked.purse.number(change.npv.p50), label="p50", is_of_x=True),)
    first = bars[0]
    return Bars(
        key=f"chart.tornado.{asked.key}",
        title=f"What {SHORT[change.name]} is worth, by one figure alone",
        told=f"{first.label} moves it most: from {many(round(first.low))} to {many(round(first.high))} "
        f"{asked.purse.currency}.",
        axis=Axis(title="net present value", unit=asked.purse.currency, lower_is_better=False),
        bars=tuple(bars),
        rules=rules,
    )


def _bar(one: BarDocument, purse: Purse) -> Bar | None:
    """None where an end keeps no promise, and so has no worth."""
    if one.npv_at_p10 is None or one.npv_at_p90 is None:
        return None
    ends = sorted(
        (
            (purse.number(one.npv_at_p10), quantity(one.p10, one.unit)),
            (purse.number(one.npv_at_p90), quantity(one.p90, one.unit)),
        ),
        key=lambda end: end[0],
    )
    (low, low_text), (high, high_text) = ends
    return Bar(label=one.subject, low=low, high=high, low_text=low_text, high_text=high_text)


def saving_bars(asked: QuestionFigures) -> Bars | None:
    """P10, p50 and p90 of what every change saves a year."""
    found = asked.one.uncertainty
    if found is None:
        return None
    bars = []
    for one in found.changes:
        if (saving := one.saving_per_year) is not None:
            low, middle, high = (asked.purse.number(value) for value in (saving.p10, saving.p50, saving.p90))
            side = "" if one.saving_side == "as drawn" else f", {one.saving_side}"
            bars.append(
                Bar(
                    label=f"{SHORT[one.name]}{side}",
                    low=low,
                    high=high,
                    low_text="p10",
                    high_text="p90",
                    point=middle,
                    tone=Tone.GOOD if low > 0 else Tone.BAD if high <= 0 else Tone.CAUTION,
                )
            )
    if not bars:
        return None
    ends = "; ".join(f"{one.label}: p10 {one.low:,.0f}, p50 {one.point or 0:,.0f}, p90 {one.high:,.0f}" for one in bars)
    return Bars(
        key=f"chart.savings.{asked.key}",
        title="What is saved a year: p10, p50, p90",
        told=f"{ends} {asked.purse.currency}.".replace("-", "−"),
        axis=Axis(title="saved a year", unit=asked.purse.currency, lower_is_better=False),
        bars=tuple(bars),
        rules=(Rule(at=0.0, label="nothing saved"),),
    )


def case_figures(asked: QuestionFigures) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    """Saving and worth of the change in three cases; nothing where they are not known."""
    change = told_change(asked)
    if change is None:
        return
    for label, amounts, side in (
        ("saves a year", change.saving_per_year, change.saving_side),
        ("net present value", change.npv, change.npv_side),
    ):
        if amounts is not None:
            key = f"{asked.key}.{change.name}.{'saving' if label == 'saves a year' else 'npv'}"
            yield label, quantile_figures(key, asked, (amounts.p10, amounts.p50, amounts.p90), side)
