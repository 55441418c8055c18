"""Tables of a question's money: the fleets side by side, what is paid on both sides, what a million requests cost."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from planner.reports.document import Row, Table
from planner.reports.figures import Cell, Figure, Mark, Tone
from planner.services.plans.document import ColumnDocument
from planner.services.reporting.blocks import left, right, row, table, words
from planner.services.reporting.purse import side_of
from planner.services.reporting.question_figures import (
    ChangeFigures,
    FleetFigures,
    QuestionFigures,
    cash_bound,
    evidence_key,
)
from planner.services.reporting.wording import SHORT, TITLES, percent, steps_of
from pricing.projection.model import ColumnName
from pricing.projection.owned import OWNED

_GATES = {"accepted": Tone.GOOD, "rejected": Tone.BAD}
_DASH = "–"
_CENTS = "each amount is rounded by itself, so that sums may differ by cents"


def fleets_table(asked: QuestionFigures) -> Table:
    """Every fleet that can be, at equal throughput and promise."""
    headings = [left("", "Quantity")]
    headings += [right(TITLES[fleet.column.name], str(fleet.column.name)) for fleet in asked.fleets]
    rows = [*_fleet_rows(asked), *_change_rows(asked)]
    return table(
        f"fleets.{asked.key}",
        f"The fleets at {asked.one.slo}",
        headings,
        rows,
        note=f"≥ and ≤ limit what a figure may be, all else being as planned; prices per hour are as listed; {_CENTS}",
    )


def _fleet_rows(asked: QuestionFigures) -> Iterator[Row]:
    def of(label: str, cell: Callable[[FleetFigures], Cell], *, is_strong: bool = False) -> Row:
        return row(label, *(cell(fleet) for fleet in asked.fleets), is_strong=is_strong)

    key = asked.key
    yield of("serves", lambda one: _column(key, one, f"{one.column.target} · {one.column.variant}"))
    yield of("one replica", lambda one: one.rate)
    yield of("replicas", lambda one: one.replicas)
    yield of("busy at the peak", lambda one: words(percent(one.column.sizing.utilisation)))
    yield of("instances", lambda one: one.instances)
    yield of("of which", lambda one: words(steps_of(one.column)))
    yield of("instance", lambda one: _column(key, one, one.column.fleet.instance))
    yield of("price", lambda one: one.price)
    yield of("bought", lambda one: words(f"{one.column.fleet.purchase}, {one.column.fleet.price_as_of}"))
    yield of("costs a year", lambda one: one.per_year, is_strong=True)
    if any(_is_spread(one) for one in asked.fleets):
        yield of("a year, at least", lambda one: one.per_year_low)
        yield of("a year, at most", lambda one: one.per_year_high)
    yield of("a million requests", lambda one: one.per_million)
    yield of("quality", lambda one: _quality(one.column))


def _column(key: str, fleet: FleetFigures, text: str) -> Cell:
    return words(text, rests_on=evidence_key(key, fleet.column.name))


def _is_spread(fleet: FleetFigures) -> bool:
    cost = fleet.column.cost_per_year
    return not cost.low == cost.planned == cost.high


def _quality(column: ColumnDocument) -> Cell:
    if column.name is ColumnName.STAY:
        return words("the baseline")
    return words(f"gate: {column.gate}", _GATES.get(column.gate, Tone.CAUTION))


def _change_rows(asked: QuestionFigures) -> Iterator[Row]:
    def of(label: str, cell: Callable[[ChangeFigures], Cell], *, is_strong: bool = False) -> Row:
        found = [asked.change(fleet.column.name) for fleet in asked.fleets]
        cells = [words(_DASH) if change is None else cell(change) for change in found]
        return row(label, *cells, is_strong=is_strong)

    if not asked.changes:
        return
    horizon = asked.one.horizon_years
    yield of("saves a year", lambda one: one.saving, is_strong=True)
    yield of("at the unfavourable ends", lambda one: one.saving_low)
    yield of("at the favourable ends", lambda one: one.saving_high)
    yield of("paid once", lambda one: one.one_off)
    yield of("both fleets at once", lambda one: one.parallel)
    yield of(f"net present value, {horizon} years", lambda one: one.npv, is_strong=True)
    yield of("NPV at the unfavourable ends", lambda one: one.npv_low)
    yield of("NPV at the favourable ends", lambda one: one.npv_high)
    yield of("internal rate of return", lambda one: one.irr)
    yield of("pays back after", lambda one: one.payback)
    yield of("pays back after, discounted", lambda one: one.discounted_payback)


def costs_table(asked: QuestionFigures) -> Table:
    """A row for each fleet, in the words of FOCUS: what is paid, and what a million requests cost."""
    headings = [
        left("fleet", "ChargeDescription"),
        left("provider", "ProviderName"),
        left("region", "RegionId"),
        left("instance", "SkuId"),
        left("bought as", "PricingCategory"),
        right("instances", "PricingQuantity"),
        right("price", "ListUnitPrice"),
        right("a year", "EffectiveCost"),
        right("a million requests", "x_CostPerMillionRequests"),
    ]
    rows = []
    for fleet in asked.fleets:
        rented = fleet.column.fleet
        where = (rented.provider, rented.region or _DASH, rented.instance, rented.purchase)
        money = (fleet.instances, fleet.price, fleet.per_year, fleet.per_million)
        rows.append(row(TITLES[fleet.column.name], *where, *money))
    return table(
        f"costs.{asked.key}",
        "What a million requests cost at the planned load",
        headings,
        rows,
        note=f"{asked.one.requests_per_year:,.0f} requests a year; idle capacity is paid by the requests there are",
    )


def ledger_table(asked: QuestionFigures, change: ChangeFigures) -> Table:
    """The full cost of a change on both sides: what is paid as it is, and what is paid after."""
    name, years = change.change.name, asked.one.horizon_years
    after = asked.fleet(name)
    rows = []
    if after is not None:
        rows.append(row("a year", asked.stay.per_year, after.per_year))
    rows.append(row("once: labour and purchases", words(_DASH), change.one_off))
    rows.append(row("while both fleets run", words(_DASH), change.parallel))
    if after is not None and not (_owns(asked.stay) and _owns(after)):
        rows.append(row(f"in {years} years, in cash", *_totals(asked, change, after), is_strong=True))
    headings = [left("", "ChargeDescription"), right("as is", "EffectiveCost"), right("after", "x_After")]
    return table(
        f"ledger.{asked.key}.{name}",
        f"Both sides of the ledger: {SHORT[name]}",
        headings,
        rows,
        note=_ledger_note(asked, after),
    )


def _totals(asked: QuestionFigures, change: ChangeFigures, after: FleetFigures) -> Iterator[Figure]:
    """Over the horizon, undiscounted; of amounts to the cent. What owned machines take, the flows tell."""
    years, key = asked.one.horizon_years, f"{asked.key}.{change.change.name}"
    gained = sum(change.change.flows, Decimal(0))
    now = asked.stay.column.cost_per_year.planned * years
    then = after.column.cost_per_year.planned * years + change.change.one_off + change.change.parallel_running
    if _owns(after):
        then = now - gained
    elif _owns(asked.stay):
        now = then + gained
    bound = after.per_year.bound or change.parallel.bound
    for name, fleet, amount, side in (
        ("total_now", asked.stay, now, asked.stay.per_year.bound),
        ("total_after", after, then, bound),
    ):
        yield asked.purse.figure(f"{key}.{name}", amount, bound=side, rests_on=fleet.rate.rests_on)


def cash_table(asked: QuestionFigures) -> Table:
    """The cash of every change: now, then year by year, and the running sum."""
    headings = [left("", "x_Year")]
    totals: dict[ColumnName, Decimal] = {}
    for change in asked.changes:
        name = change.change.name
        headings += [right(SHORT[name], f"x_Cash_{name}"), right("since the start", f"x_CashInAll_{name}")]
    rows = []
    for year in range(asked.one.horizon_years + 1):
        cells: list[Cell] = []
        for change in asked.changes:
            name, figure = change.change.name, change.flows[year]
            totals[name] = totals.get(name, Decimal(0)) + change.change.flows[year]
            key = f"{asked.key}.{name}.cash.{year}"
            bound = cash_bound(change, asked.stay, year=year)
            cells += [figure, asked.purse.figure(key, totals[name], bound=bound, rests_on=figure.rests_on)]
        rows.append(row("now" if year == 0 else f"year {year}", *cells))
    return table(f"cash.{asked.key}", "Cash of every change, against staying", headings, rows)


def _owns(*fleets: FleetFigures) -> bool:
    return any(fleet.column.fleet.purchase == OWNED for fleet in fleets)


def _ledger_note(asked: QuestionFigures, after: FleetFigures | None) -> str:
    if _owns(asked.stay, *(() if after is None else (after,))):
        return (
            f"a year of owned machines spreads their purchase over their life; cash counts it when it is paid; {_CENTS}"
        )
    return f"undiscounted; cash counts what is paid when it is paid; {_CENTS}"


def absent_lines(asked: QuestionFigures) -> Iterator[tuple[str, str]]:
    """The fleets that cannot be, and why."""
    for one in asked.one.absences:
        yield TITLES[one.name], one.reason


def quantile_figures(key: str, asked: QuestionFigures, amounts: tuple[Decimal, ...], told: str) -> tuple[Figure, ...]:
    """P10, p50 and p90 of an amount; `told` is the side on which they hold."""
    return tuple(
        asked.purse.figure(f"{key}.{name}", amount, bound=side_of(told), mark=Mark.DERIVED)
        for name, amount in zip(("p10", "p50", "p90"), amounts, strict=True)
    )
