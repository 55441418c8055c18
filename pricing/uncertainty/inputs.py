"""What of a projection is uncertain: each figure once, with its law. Two columns on one rate share one input.

A transferred rate rests on the rate that it came from and on a ratio, two inputs, so that it moves with everything else
that rests on that rate. What is known by a bound alone is no input: its figures hold on one side, and the result says
which.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from pricing.projection.changes import steps_of
from pricing.projection.columns import place_of
from pricing.projection.model import Column, ColumnName, Projection, Question
from pricing.uncertainty.laws import Array, Law, SplitLognormal, assumed_law, interval_law
from pricing.vocabulary import Basis, Range, ServiceRate, TargetKind

BOUNDS_ONLY = 4
"""The level of evidence that claims bounds and nothing between them."""


class InputKind(StrEnum):
    """What kind of figure it is: this decides how one learns it. Quality is not drawn: a gate is open or shut."""

    RATE = "rate"
    RATIO = "ratio"
    SCALING = "replica scaling"
    LABOUR = "labour"
    PARALLEL = "parallel running"
    OWNING = "owning"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One figure that is drawn.

    Attributes:
        key: Unique in a projection: of a rate its target, variant and range, of an assumption its name.
        kind: See there.
        subject: What it is, for people.
        unit: Of it.
        law: How it is distributed.
        source: Where its range comes from.
        target_id: Of a rate: what serves at it.
        variant: Of a rate.
    """

    key: str
    kind: InputKind
    subject: str
    unit: str
    law: Law
    source: str
    target_id: str = ""
    variant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateInputs:
    """How the rate of one column is made of what is drawn.

    Attributes:
        rate: Of one replica alone, as it was found.
        law: Of it; None where it is not drawn, and it is what a fleet is planned with.
        parts: The inputs that it rests on, with the law of each: itself, or the rate that it came from and the ratio.
        most_per_s: What the peak of its target allows; infinite where that is not known.
        is_at_least: Whether it is known to be at least what it is planned with, and nothing more.
    """

    rate: ServiceRate
    law: SplitLognormal | None
    parts: tuple[tuple[str, SplitLognormal], ...]
    most_per_s: float
    is_at_least: bool

    @property
    def key(self) -> str:
        """Of the rate itself, drawn or not."""
        return _key(self.rate)

    def drawn(self, values: Mapping[str, Array]) -> Array:
        """What one replica serves alone, in every draw, shape (n,) or (1,).

        Of a transferred rate the deviations of its parts, weighted by how wide they are, make its own deviation from
        its point, inside its own band: where that band is that of the product, it is the product. Latency floors and
        peaks, which make the band narrower, are so respected, and the rate moves with all that its parts move.
        """
        if self.law is None:
            return np.array([self.rate.sizing_per_s])
        if len(self.parts) == 1 and self.parts[0][0] == self.key:
            return np.minimum(values[self.key], self.most_per_s)
        widths = [law.width for _, law in self.parts]
        deviations = sum(law.width * law.deviations(values[key]) for key, law in self.parts) / math.hypot(*widths)
        return np.minimum(self.law.beyond(np.asarray(deviations)), self.most_per_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that is drawn, in a fixed order, and how it makes the rate of each column."""

    drawn: tuple[Input, ...]
    rates: dict[ColumnName, RateInputs]


def find_inputs(projection: Projection) -> Inputs:
    """What of a projection is uncertain and has a say in its money.

    Raises:
        PricingError: if a rate cannot be found again.
    """
    found: dict[str, Input] = {}
    rates = {}
    for column in projection.columns:
        place, precision = place_of(projection.question.assumptions, column.name)
        rate = projection.question.find_rate(place.target, precision)
        drawn = tuple(_of_rate(rate))
        found |= {one.key: one for one in drawn}
        rates[column.name] = RateInputs(
            rate=rate,
            law=interval_law(rate.per_s) if drawn else None,
            parts=tuple((one.key, one.law) for one in drawn if isinstance(one.law, SplitLognormal)),
            most_per_s=_most(projection.question, rate),
            is_at_least=not drawn and not rate.is_bound and rate.per_s.low < rate.per_s.high,
        )
    found |= {one.key: one for one in _assumed(projection)}
    return Inputs(drawn=tuple(found.values()), rates=rates)


def _of_rate(rate: ServiceRate) -> Iterator[Input]:
    """What is drawn of a rate: nothing of an exact one, nor of one that is known by bounds only."""
    if rate.is_bound or rate.evidence.level == BOUNDS_ONLY or interval_law(rate.per_s) is None:
        return
    parts = [] if rate.basis is None else [*_parts(rate, rate.basis)]
    if parts:
        yield from parts
    else:
        yield from _one(rate.per_s, rate, _key(rate), InputKind.RATE, f"one replica of {_named(rate)}")


def _parts(rate: ServiceRate, basis: Basis) -> Iterator[Input]:
    before = basis.rate
    yield from _one(before.per_s, before, _key(before), InputKind.RATE, f"one replica of {_named(before)}")
    key = f"ratio {_key(rate)} over {_key(before)}"
    yield from _one(basis.ratio, rate, key, InputKind.RATIO, f"{_named(rate)} over {_named(before)}")


def _one(spread: Range, rate: ServiceRate, key: str, kind: InputKind, subject: str) -> Iterator[Input]:
    law = interval_law(spread)
    if law is not None:
        yield Input(
            key=key,
            kind=kind,
            subject=subject,
            unit="requests/s" if kind is InputKind.RATE else "×",
            law=law,
            source=f"{rate.evidence.kind}: {rate.evidence.source}",
            target_id=rate.replica.target_id,
            variant=rate.variant,
        )


def _most(question: Question, rate: ServiceRate) -> float:
    """No draw exceeds the peak of an accelerator (R1), but for what is known to hold."""
    target, flop = question.targets.get(rate.replica.target_id), question.model.flop_per_sample
    peak = None if target is None or target.kind is not TargetKind.GPU else target.peaks_per_s.get(rate.precision)
    if peak is None or flop is None:
        return math.inf
    return max(rate.per_s.low, peak * rate.replica.devices / flop)


def _named(rate: ServiceRate) -> str:
    return f"{rate.replica.target_id} in {rate.variant}"


def _key(rate: ServiceRate) -> str:
    spread = rate.per_s
    return f"rate {rate.replica.target_id} {rate.variant} {spread.low!r} {spread.point!r} {spread.high!r}"


def _assumed(projection: Projection) -> Iterator[Input]:
    """The assumptions that have a say: labour of what is changed, and what owning costs where machines are owned."""
    assumptions = projection.question.assumptions
    steps = [steps_of(projection.question, projection.columns[0], column) for column in projection.columns[1:]]
    texts = {one.name: one.evidence.source for one in assumptions.stated}

    def one(name: str, kind: InputKind, subject: str, unit: str, spread: Range) -> Iterator[Input]:
        law = assumed_law(spread)
        if law is not None:
            source = texts.get(name, "assumed")
            yield Input(key=name, kind=kind, subject=subject, unit=unit, law=law, source=source)

    if any(_is_shared(column) for column in projection.columns):
        subject = "the share of its rate that a CPU replica keeps beside others"
        yield from one("fleet.replica_scaling", InputKind.SCALING, subject, "", assumptions.replica_scaling)
    migration, owning, energy = assumptions.migration, assumptions.owning, assumptions.energy
    if any(quantises for quantises, _ in steps):
        yield from one("migration.quantise", InputKind.LABOUR, "the labour of quantising", "USD", migration.quantise)
    if any(moves for _, moves in steps):
        spread = migration.parallel_running_s
        yield from one("migration.move", InputKind.LABOUR, "the labour of moving", "USD", migration.move)
        yield from one("migration.parallel_running", InputKind.PARALLEL, "how long both fleets run", "s", spread)
    if any(column.machines is not None for column in projection.columns):
        for name, subject, unit, spread in (
            ("energy.pue", "PUE of the data centre", "", energy.pue),
            ("energy.price", "the price of electricity", "USD/kWh", energy.price_per_kwh),
            ("own.infrastructure", "infrastructure bought with machines", "", owning.infrastructure_share),
            ("own.support", "support of machines a year", "", owning.support_share),
            ("own.colocation", "colocation of a kW a year", "USD", owning.colocation_per_kw),
            ("own.staff", "staff for one device a year", "USD", owning.staff_per_device),
        ):
            yield from one(name, InputKind.OWNING, subject, unit, spread)


def _is_shared(column: Column) -> bool:
    """Whether replicas of it run beside one another on a CPU."""
    return bool(column.rate.replica.vcpus) and not column.rate.is_bound
