"""Questions for projections: assumptions by name, made rates by target and precision, prices of one's own."""
# ruff: noqa: ANN401 - an assumption may be written in any way

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from helpers.price_rows import make_offer

from pricing.assumptions import assume
from pricing.book import OwnedOffer, PriceBook, shipped_book
from pricing.errors import EvidenceError
from pricing.money import HourlyRate, Money
from pricing.projection.model import Change, Column, ColumnName, Projection, Question
from pricing.targets import shipped_targets
from pricing.vocabulary import (
    BatchCurve,
    Evidence,
    Gate,
    ModelFacts,
    Precision,
    Provenance,
    Range,
    RateMethod,
    Replica,
    ServiceRate,
    Slo,
)

A100, T4 = "a100-sxm4-40", "t4"
RESNET50 = ModelFacts(name="resnet50", parameters=25_557_032, flop_per_sample=8.178e9, source="a test")
BOUND_A100_FP32 = 19.5e12 / 8.178e9
BOUND_A100_TF32 = 156e12 / 8.178e9
INT8_PER_S = {A100: 37_479.5, T4: 6_035.6}
"""MLPerf Inference 0.7 closed, Offline, samples/s of one accelerator."""
TODAY = date(2026, 8, 1)
PLAIN = {
    "fleet.headroom": "0 %",
    "fleet.plus": 0,
    "migration.quantise": "0 USD",
    "migration.move": "0 USD",
    "migration.parallel_running": "0 s",
}
"""Neither headroom nor redundancy nor one-off costs: the fleet that the work takes, and nothing else."""
Rates = Mapping[tuple[str, str], ServiceRate]


def rate(
    target_id: str,
    precision: str,
    per_s: float | Range,
    *,
    gate: Gate = Gate.ACCEPTED,
    vcpus: int = 0,
    curve: BatchCurve | None = None,
) -> ServiceRate:
    """What one replica serves; a range of low 0 without a point is a bound."""
    return ServiceRate(
        replica=Replica(target_id=target_id, devices=0.0 if vcpus else 1.0, vcpus=vcpus),
        model="resnet50",
        variant=precision,
        precision=Precision(precision),
        per_s=per_s if isinstance(per_s, Range) else Range.exactly(per_s),
        slo=None,
        method=RateMethod.STATED if curve is None else RateMethod.CURVE,
        evidence=Evidence(kind=Provenance.ASSUMED, source="a test"),
        curve=curve,
        gate=gate,
    )


def bound(target_id: str, precision: str, per_s: float, *, gate: Gate = Gate.ACCEPTED) -> ServiceRate:
    """What one replica serves at most."""
    return rate(target_id, precision, Range(low=0.0, point=None, high=per_s), gate=gate)


def rates(*known: ServiceRate) -> dict[tuple[str, str], ServiceRate]:
    """By target and precision."""
    return {(one.replica.target_id, one.precision): one for one in known}


def published(gate: Gate = Gate.ACCEPTED) -> dict[tuple[str, str], ServiceRate]:
    """The default question: TF32 on an A100 is bounded by its peak, INT8 there and on a T4 is published."""
    int8 = (rate(target, "int8", per_s, gate=gate) for target, per_s in INT8_PER_S.items())
    return rates(bound(A100, "tf32", BOUND_A100_TF32), bound(A100, "fp32", BOUND_A100_FP32), *int8)


def question(
    known: Rates | None = None,
    *,
    book: PriceBook | None = None,
    model: ModelFacts = RESNET50,
    today: date = TODAY,
    limit_s: float = 0.05,
    **stated: Any,
) -> Question:
    """A question on AWS in us-east-1, over the shipped prices; `demand__peak` states demand.peak."""
    rates_known = published() if known is None else known
    layer = {name.replace("__", "."): value for name, value in stated.items()}
    places = {"from.region": "us-east-1", "to.region": "us-east-1"}
    assumptions = assume(("a test", {**places, **layer}), today=today)

    def find(target_id: str, precision: str) -> ServiceRate:
        if (target_id, precision) not in rates_known:
            raise EvidenceError(f"no rate of resnet50 in {precision} is known on {target_id}")
        return rates_known[target_id, precision]

    return Question(
        assumptions=assumptions,
        model=model,
        slo=Slo(quantile=0.99, limit_s=limit_s),
        book=shipped_book() if book is None else book,
        targets=shipped_targets(),
        find_rate=find,
    )


def plain(known: Rates | None = None, *, book: PriceBook | None = None, **stated: Any) -> Question:
    """The same without headroom, redundancy and one-off costs, unless stated."""
    return question(known, book=book, **{**{name.replace(".", "__"): value for name, value in PLAIN.items()}, **stated})


def own_book(a100: Any = 3, t4: Any = None, **overrides: Any) -> PriceBook:
    """Single A100s and T4s at prices of one's own; the T4 costs 8,000 dollars a year unless told otherwise."""
    t4_rate = HourlyRate(Decimal(8000) / 8760) if t4 is None else HourlyRate.of(t4)
    offers = (
        make_offer(a100, instance="one-a100", target_id=A100, device="A100", **overrides),
        make_offer(instance="one-t4", **{"rate": t4_rate, **overrides}),
    )
    return PriceBook(offers)


def owned(target_id: str, capex: float, **overrides: Any) -> OwnedOffer:
    """Bought hardware, five years, worth nothing then, unless told otherwise."""
    fields: dict[str, Any] = {
        "name": f"own {target_id}",
        "target_id": target_id,
        "capex": Money.of(capex),
        "life_years": 5.0,
        "residual": Money.of(0),
        "as_of": date(2026, 1, 1),
        "source": "a test",
    }
    return OwnedOffer(**{**fields, **overrides})


def column_of(projection: Projection, name: ColumnName) -> Column:
    """The fleet of that name, which must be there."""
    column = projection.column(name)
    assert column is not None
    return column


def change_of(projection: Projection, name: ColumnName) -> Change:
    """The change to it, which must be there."""
    change = projection.change(name)
    assert change is not None
    return change


def shares_of(projection: Projection) -> dict[str, Money]:
    """What each cause contributes."""
    return {one.cause: one.amount for one in projection.shares}
