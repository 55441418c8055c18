"""A small report with every kind of block, and names that strangers could give. Its sums are reckoned here."""

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

from planner.reports.calculation import Calculation, ChangeSum, FleetSum, Given
from planner.reports.chart_model import (
    Axis,
    Bar,
    Bars,
    Bin,
    Distribution,
    Lines,
    Point,
    Rule,
    Scale,
    Series,
    Spread,
    Step,
    Waterfall,
)
from planner.reports.document import (
    Align,
    Block,
    Bullets,
    Commands,
    Decision,
    Drawing,
    Heading,
    KeyFigure,
    KeyFigures,
    Notice,
    Paragraph,
    Report,
    Row,
    Section,
    Table,
)
from planner.reports.figures import Bound, Figure, Mark, Number, Tone, Words

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x","y")',
    "+1+1|cmd",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "a\x00b\x1b[31mc",
    "\u202eevil\u202c",
    "שלום عربي",
    "#set page(width: 1cm) $x$ *b* _i_ `c` @ref <lab> \\",
    "|pipe| [link](javascript:1) <img src=x onerror=1> ![i](x)",
    "long" * 100,
    "../../etc/passwd",
)
HEADROOM, RATE, PEAK, YEARLY = 0.1, (1000.0, 400.0), 50_000.0, 1.0e12
PRICES = (Decimal("21.957642"), Decimal("0.526"))
LABOUR, MONTHS, DISCOUNT, HORIZON = Decimal(45_000), 3.0, 0.08, 3
_CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Rounded as money is."""
    return amount.quantize(_CENT, rounding=ROUND_HALF_EVEN)


def usd(key: str, amount: Decimal, *, bound: Bound = Bound.EXACT, mark: Mark | None = None) -> Figure:
    """An amount."""
    value = cents(amount)
    text = f"{value:,.2f} USD".replace("-", "−")
    return Figure(key=key, value=value, unit="USD", text=f"{bound} {text}".strip(), mark=mark, bound=bound)


def plain(key: str, value: Number, unit: str, mark: Mark | None = None) -> Figure:
    """Any other figure."""
    return Figure(key=key, value=value, unit=unit, text=f"{value:,} {unit}", mark=mark)


def given(name: str, figure: Figure) -> Given:
    """An input."""
    return Given(name=name, label=name.replace("_", " "), figure=figure)


def calculation() -> Calculation:
    """Two fleets and a move."""
    fleets = (_fleet(0, replicas=56, instances=8), _fleet(1, replicas=139, instances=140))
    stay, move = (fleet.per_year.value for fleet in fleets)
    assert isinstance(stay, Decimal)
    assert isinstance(move, Decimal)
    twice = stay * Decimal(3) / 12
    flows = (-(LABOUR + twice), *[stay - move] * HORIZON)
    worth = sum((flow / Decimal("1.08") ** year for year, flow in enumerate(flows)), Decimal(0))
    change = ChangeSum(
        key="move",
        labour=given("q_move_labour", usd("q.move.labour", LABOUR, mark=Mark.ASSUMED)),
        parallel_months=given("q_move_months", plain("q.move.months", MONTHS, "months", Mark.ASSUMED)),
        beside=None,
        bought=tuple(usd(f"q.move.bought.{year}", Decimal(0)) for year in range(HORIZON + 1)),
        saving_per_year=usd("q.move.saving", stay - move, mark=Mark.DERIVED),
        flows=tuple(usd(f"q.move.flow.{year}", flow) for year, flow in enumerate(flows)),
        npv=usd("q.move.npv", worth, mark=Mark.DERIVED),
        payback_years=plain("q.move.payback", float(-flows[0] / flows[1]), "years"),
    )
    return Calculation(
        key="q",
        title=HOSTILE[0],
        currency="USD",
        peak_per_s=given("q_peak", plain("q.peak", PEAK, "requests/s", Mark.ASSUMED)),
        requests_per_year=given("q_requests", plain("q.requests", YEARLY, "requests", Mark.ASSUMED)),
        hours_per_year=given("q_hours", plain("q.hours", 8760, "h")),
        discount_rate=given("q_discount", plain("q.discount", DISCOUNT, "1", Mark.ASSUMED)),
        horizon_years=HORIZON,
        exchange=None,
        fleets=fleets,
        changes=(change,),
    )


def _fleet(index: int, *, replicas: int, instances: int) -> FleetSum:
    key = ("stay", "move")[index]
    per_instance, spares = ((8, 1), (1, 1))[index]
    per_year = cents(PRICES[index] * 8760 * instances)
    mark = (Mark.PUBLISHED, Mark.MEASURED)[index]
    return FleetSum(
        key=key,
        title=f"{key} as is",
        rate_per_s=given(f"q_{key}_rate", plain(f"q.{key}.rate", RATE[index], "requests/s", mark)),
        headroom=given(f"q_{key}_headroom", plain(f"q.{key}.headroom", HEADROOM, "1", Mark.ASSUMED)),
        replicas=plain(f"q.{key}.replicas", replicas, "replicas"),
        are_replicas_counted=True,
        replicas_per_instance=given(f"q_{key}_per_instance", plain(f"q.{key}.per_instance", per_instance, "1")),
        spares=given(f"q_{key}_spares", plain(f"q.{key}.spares", spares, "instances", Mark.ASSUMED)),
        instances=plain(f"q.{key}.instances", instances, "instances"),
        are_instances_counted=True,
        price_per_hour=given(f"q_{key}_price", plain(f"q.{key}.price", PRICES[index], "USD/h", Mark.PUBLISHED)),
        running_per_year=None,
        per_year=usd(f"q.{key}.per_year", per_year, mark=Mark.DERIVED),
        per_million=Figure(
            key=f"q.{key}.per_million",
            value=(per_year / Decimal(1_000_000)).quantize(Decimal("0.0001")),
            unit="USD",
            text=f"{per_year / Decimal(1_000_000):.4f} USD",
        ),
    )


def sample(*, rows: int = 3) -> Report:
    """The report; `rows` of its longest table."""
    sums = calculation()
    return Report(
        title=HOSTILE[0],
        plan="a1b2c3d4",
        runs=("d3f00a25",),
        made_at="2026-11-28T10:00:00+00:00",
        as_of="2026-07-20",
        planner_version="0.1.0",
        currency="USD",
        headline=f"the move of {HOSTILE[10]} saves",
        sections=(
            Section(key="summary", title="Summary", blocks=tuple(_first_page(sums))),
            Section(key="charts", title="Charts", blocks=_charts(sums), starts_a_page=True),
            Section(key="names", title="Names", blocks=(_names(), _long(rows)), level=2),
        ),
        calculations=(sums,),
    )


def _first_page(sums: Calculation) -> list[Block]:
    change, (stay, move) = sums.changes[0], sums.fleets
    return [
        Notice(tone=Tone.BAD, text=f"the gate is red for {HOSTILE[0]}", rests_on="row-1"),
        Notice(tone=Tone.CAUTION, text="prices are 131 days old"),
        Decision(
            asked="Shall the fleet be quantised and moved?",
            advice="Do it.",
            tone=Tone.GOOD,
            thresholds=(Words(text="loss below 1 %", tone=Tone.GOOD), Words(text="p99 kept", tone=Tone.CAUTION)),
        ),
        KeyFigures(
            items=(
                KeyFigure(label="saves a year", figure=change.saving_per_year, note="at the planned load"),
                KeyFigure(label="worth over three years", figure=change.npv),
                KeyFigure(label="pays back after", figure=change.payback_years),
            )
        ),
        Paragraph(words=Words(text="Two fleets at equal service.")),
        Bullets(items=(Words(text="planner bench", is_code=True), Words(text="risky", tone=Tone.BROKEN))),
        Commands(lines=("planner plan --model x", "planner report")),
        Table(
            key="fleets",
            title="The fleets",
            headings=(
                Heading(title="", key="Quantity"),
                Heading(title="stay", key="stay", align=Align.RIGHT),
                Heading(title="move", key="move", align=Align.RIGHT),
            ),
            rows=(
                Row(cells=(Words(text="a year"), stay.per_year, move.per_year), key="row-1", is_strong=True),
                Row(cells=(Words(text="instances"), stay.instances, move.instances)),
            ),
            note="prices as listed",
        ),
    ]


def _charts(sums: Calculation) -> tuple[Block, ...]:
    stay, move = sums.fleets
    change = sums.changes[0]
    money = Axis(title="a year", unit="USD", lower_is_better=True)
    total = 0.0
    cash = []
    for year, flow in enumerate(change.flows):
        total += float(flow.value or 0)
        cash.append(Point(x=float(year), y=total, low=total * 0.9, high=total * 1.1))
    return (
        Drawing(
            chart=Waterfall(
                key="waterfall",
                title="The saving",
                told="From staying to moving.",
                axis=money,
                steps=(
                    Step(label="stay", amount=stay.per_year, is_total=True),
                    Step(label=HOSTILE[0], amount=replace(change.saving_per_year, key="q.step")),
                    Step(label="move", amount=move.per_year, is_total=True),
                ),
            )
        ),
        Drawing(
            chart=Lines(
                key="cash",
                title="Cumulative cash",
                told="It pays back in the first year.",
                x=Axis(title="years"),
                y=Axis(title="cash", unit="USD"),
                series=(Series(name="move", points=tuple(cash), has_dots=True),),
                rules=(Rule(at=0.5, label="pays back"),),
            )
        ),
        Drawing(
            chart=Lines(
                key="prices",
                title="Prices",
                told="The price fell.",
                x=Axis(title="date", scale=Scale.DATE),
                y=Axis(title="a year", unit="USD", scale=Scale.LOG),
                series=(
                    Series(
                        name="stay", points=(Point(x=20206, y=574176.0), Point(x=20654, y=384698.0)), is_stepped=True
                    ),
                    Series(name=HOSTILE[0], points=(Point(x=20206, y=None), Point(x=20654, y=64509.0)), is_dashed=True),
                ),
            )
        ),
        Drawing(
            chart=Bars(
                key="tornado",
                title="What moves it",
                told="The months in parallel move it most.",
                axis=Axis(title="worth", unit="USD"),
                bars=(
                    Bar(label=HOSTILE[0], low=585_927, high=674_896, low_text="4.8 months", high_text="2 months"),
                    Bar(label="labour", low=611_334, high=650_794, low_text="61,292 USD", high_text="21,832 USD"),
                ),
                rules=(Rule(at=630_822, label="planned"),),
            )
        ),
        Drawing(
            chart=Distribution(
                key="latency",
                title="Latency at batch 1",
                told="INT8 is 2.2 times as fast.",
                axis=Axis(title="latency", unit="ms", lower_is_better=True),
                spreads=tuple(
                    Spread(
                        name=name,
                        bins=tuple(
                            Bin(low=base + i, high=base + i + 1, share=share) for i, share in enumerate((0.2, 0.6, 0.2))
                        ),
                        quantiles=(Rule(at=base + 1.5, label="p50"), Rule(at=base + 2.9, label="p99")),
                    )
                    for name, base in (("fp32", 5.0), ("int8", 2.0))
                ),
            )
        ),
    )


def _names() -> Table:
    headings = (Heading(title="name", key="Name", is_wide=True), Heading(title="said of it", key="Said"))
    rows = tuple(Row(cells=(Words(text=name), Words(text="a name", is_code=True))) for name in HOSTILE)
    return Table(key="names", title="Names of strangers", headings=headings, rows=rows)


def _long(rows: int) -> Table:
    headings = (Heading(title="class", key="Class"), Heading(title="recall", key="Recall", align=Align.RIGHT))
    cells = ((Words(text=f"class {i}"), plain(f"recall.{i}", round(i / max(rows, 1), 4), "1")) for i in range(rows))
    return Table(key="classes", title="Classes", headings=headings, rows=tuple(Row(cells=one) for one in cells))
