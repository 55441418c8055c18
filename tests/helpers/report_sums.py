"""Calculations for reports, whose results are reckoned by `pricing`, not by what draws them."""

import math
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

from planner.reports.calculation import Calculation, ChangeSum, FleetSum, Given
from planner.reports.document import KeyFigure, KeyFigures, Report, Section
from planner.reports.figures import Figure, Mark, Number
from pricing.money import HOURS_PER_YEAR, HourlyRate, Money
from pricing.tco.returns import npv, payback_years


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFleet:
    """The inputs of a fleet. `count`: of instances, where another than reckoned is stated."""

    rate: float
    price: Decimal
    headroom: float = 0.1
    each: int = 1
    spares: int = 0
    count: int | None = None
    running: Decimal | None = None
    hours: int = HOURS_PER_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The inputs of a calculation of three fleets: stay, quantise, move."""

    fleets: tuple[AskedFleet, AskedFleet, AskedFleet]
    peak: float = 50_000.0
    requests: float = 1.0e12
    labour: tuple[float, float] = (20_000.0, 45_000.0)
    months: float = 3.0
    discount: float = 0.08
    horizon: int = 3
    exchange: Decimal | None = None
    bought: tuple[Decimal, ...] = ()


PLAIN = Asked(
    fleets=(
        AskedFleet(rate=1000.0, price=Decimal("21.957642"), each=8, spares=1),
        AskedFleet(rate=3000.0, price=Decimal("21.957642"), each=8, spares=1),
        AskedFleet(rate=400.0, price=Decimal("0.526"), spares=1),
    )
)
KEYS = ("stay", "quantise", "move")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The results."""

    replicas: tuple[int, ...]
    instances: tuple[int, ...]
    per_year: tuple[Money, ...]
    flows: tuple[tuple[Money, ...], ...]
    npv: tuple[Money, ...]
    payback: tuple[float | None, ...]


def reckoned(asked: Asked) -> Found:
    """By the rules that plans keep."""
    replicas = tuple(
        max(1, math.ceil(asked.peak / (one.rate * (1.0 - one.headroom)) * (1.0 - 1e-12))) for one in asked.fleets
    )
    counted = zip(replicas, asked.fleets, strict=True)
    instances = tuple(-(-n // one.each) + one.spares if one.count is None else one.count for n, one in counted)
    per_year = tuple(
        HourlyRate(one.price).over(one.hours, count=n) for one, n in zip(asked.fleets, instances, strict=True)
    )
    running = tuple(
        cost if one.running is None else Money(one.running) for one, cost in zip(asked.fleets, per_year, strict=True)
    )
    beside = (running[0], min(running[0], running[1]))
    flows = tuple(_flows(asked, running, index, twice=beside[index - 1]) for index in (1, 2))
    return Found(
        replicas=replicas,
        instances=instances,
        per_year=per_year,
        flows=flows,
        npv=tuple(npv(one, rate=asked.discount) for one in flows),
        payback=tuple(payback_years(one) for one in flows),
    )


def _flows(asked: Asked, running: tuple[Money, ...], index: int, *, twice: Money) -> tuple[Money, ...]:
    months = asked.months if index == len(KEYS) - 1 else 0.0
    start = -(Money.of(asked.labour[index - 1]) + twice * months / 12)
    saved = running[0] - running[index]
    flows = [start, *[saved] * asked.horizon]
    bought = asked.bought if index == len(KEYS) - 1 else ()
    return tuple(flow + Money.of(bought[year]) if bought else flow for year, flow in enumerate(flows))


def calculation_of(asked: Asked, *, key: str = "q") -> Calculation:
    """With its results as a report shows them."""
    found = reckoned(asked)
    made = _Made(key=key, exchange=asked.exchange)
    return Calculation(
        key=key,
        title=f"question {key}",
        currency=made.currency,
        peak_per_s=made.given("peak", asked.peak, "requests/s"),
        requests_per_year=made.given("requests", asked.requests, "requests"),
        hours_per_year=made.given("hours", HOURS_PER_YEAR, "h"),
        discount_rate=made.given("discount", asked.discount, "1"),
        horizon_years=asked.horizon,
        exchange=None if asked.exchange is None else made.given("exchange", asked.exchange, "EUR/USD"),
        fleets=tuple(made.fleet(asked, found, index) for index in range(len(KEYS))),
        changes=tuple(made.change(asked, found, index) for index in (1, 2)),
    )


def report_of(*sums: Calculation) -> Report:
    """A first page with the worth of every move, and the sums."""
    worths = tuple(KeyFigure(label=one.key, figure=one.changes[-1].npv) for one in sums)
    return Report(
        title="sums",
        plan="a1b2c3d4",
        runs=(),
        made_at="2026-11-28T10:00:00+00:00",
        as_of="2026-07-20",
        planner_version="0.1.0",
        currency=sums[0].currency,
        headline="it saves",
        sections=(Section(key="summary", title="Summary", blocks=(KeyFigures(items=worths),)),),
        calculations=sums,
    )


def rounded(amount: Money, exchange: Decimal | None, *, step: str = "0.01") -> Decimal:
    """As it is shown: to the cent, and where converted to the cent again."""
    own = amount.amount.quantize(Decimal(step), rounding=ROUND_HALF_EVEN)
    return own if exchange is None else (own * exchange).quantize(Decimal(step), rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    key: str
    exchange: Decimal | None

    @property
    def currency(self) -> str:
        return "USD" if self.exchange is None else "EUR"

    def given(self, name: str, value: Number, unit: str) -> Given:
        return Given(name=f"{self.key}_{name}", label=name, figure=self.plain(name.replace("_", ".", 1), value, unit))

    def plain(self, name: str, value: Number | None, unit: str) -> Figure:
        text = "not within 3 years" if value is None else f"{value:,} {unit}"
        return Figure(key=f"{self.key}.{name}", value=value, unit=unit, text=text, mark=Mark.ASSUMED)

    def money(self, name: str, amount: Money, *, step: str = "0.01") -> Figure:
        value = rounded(amount, self.exchange, step=step)
        text = f"{value:,} {self.currency}".replace("-", "−")
        return Figure(key=f"{self.key}.{name}", value=value, unit=self.currency, text=text, mark=Mark.DERIVED)

    def fleet(self, asked: Asked, found: Found, index: int) -> FleetSum:
        key, one = KEYS[index], asked.fleets[index]
        million = found.per_year[index] * 1_000_000 / asked.requests
        return FleetSum(
            key=key,
            title=f"{key} it",
            rate_per_s=self.given(f"{key}_rate", one.rate, "requests/s"),
            headroom=self.given(f"{key}_headroom", one.headroom, "1"),
            replicas=self.plain(f"{key}.replicas", found.replicas[index], "replicas"),
            are_replicas_counted=True,
            replicas_per_instance=self.given(f"{key}_each", one.each, "replicas"),
            spares=self.given(f"{key}_spares", one.spares, "instances"),
            instances=self.plain(f"{key}.instances", found.instances[index], "instances"),
            are_instances_counted=one.count is None,
            price_per_hour=self.given(f"{key}_price", one.price, "USD/h"),
            running_per_year=None if one.running is None else self.given(f"{key}_running", one.running, "USD"),
            per_year=self.money(f"{key}.per_year", found.per_year[index]),
            per_million=self.money(f"{key}.per_million", million, step="0.0001"),
            hours_per_year=None if one.hours == HOURS_PER_YEAR else self.given(f"{key}_hours", one.hours, "h"),
        )

    def change(self, asked: Asked, found: Found, index: int) -> ChangeSum:
        key = KEYS[index]
        at = index - 1
        months = asked.months if key == "move" else 0.0
        bought = asked.bought if key == "move" and asked.bought else (Decimal(0),) * (asked.horizon + 1)
        return ChangeSum(
            key=key,
            labour=self.given(f"{key}_labour", asked.labour[at], "USD"),
            parallel_months=self.given(f"{key}_months", months, "months"),
            beside="quantise" if key == "move" else None,
            bought=tuple(self.plain(f"{key}.bought.{year}", amount, "USD") for year, amount in enumerate(bought)),
            saving_per_year=self.money(f"{key}.saving", found.per_year[0] - found.per_year[index]),
            flows=tuple(self.money(f"{key}.flow.{year}", flow) for year, flow in enumerate(found.flows[at])),
            npv=self.money(f"{key}.npv", found.npv[at]),
            payback_years=self.plain(f"{key}.payback", found.payback[at], "years"),
        )


def with_fleet(asked: Asked, index: int, fleet: AskedFleet) -> Asked:
    """The same with one fleet changed."""
    stay, quantise, move = (fleet if at == index else one for at, one in enumerate(asked.fleets))
    return replace(asked, fleets=(stay, quantise, move))
