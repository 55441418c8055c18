"""Does the winner stay the winner when a rate that is uncertain lies elsewhere in its range?"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pricing.errors import CapacityError
from pricing.optimising.cheapest import cheaper, cheapest
from pricing.optimising.model import Choice, Mix, Task
from pricing.vocabulary import Evidence, Provenance, Range, ServiceRate

_CERTAIN = 1e-6  # relative: a range narrower than that is none


class End(StrEnum):
    """Which part of the range of a rate."""

    LOW = "low"
    HIGH = "high"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCase:
    """The cheapest mix with one rate elsewhere, all others as planned.

    Attributes:
        subject: `int8 on t4`, with level and band where it is projected; or every rate.
        end: Where in its range.
        per_s: The rate there; None for every rate.
        mix: The cheapest mix then.
        is_same: Whether it consists of the same offers.
    """

    subject: str
    end: End
    per_s: float | None
    mix: Mix
    is_same: bool


def rate_cases(choices: Sequence[Choice], task: Task, winner: Mix) -> tuple[RateCase, ...]:
    """Each uncertain rate at its ends, then all of them where they most likely are.

    Fleets are sized with the low end, so that there the answer is the plan's. Where a rate has no upper end, or its
    high end changes nothing that could be sized, it is left out.
    """
    found = []
    for rate in _uncertain(choices):
        subject = f"{rate.variant} on {rate.replica.target_id}{_how_known(rate.evidence)}"
        low, high = rate.per_s.low, rate.per_s.high
        found.append(RateCase(subject=subject, end=End.LOW, per_s=low, mix=winner, is_same=True))
        mix = _with(choices, task, winner, rate)
        if mix is not None:
            is_same = mix.keys == winner.keys
            found.append(RateCase(subject=subject, end=End.HIGH, per_s=high, mix=mix, is_same=is_same))
    if found:
        mix = _cheapest(_with_rates(choices, lambda rate: rate.per_s.point or rate.per_s.low), task)
        if mix is not None:
            is_same = mix.keys == winner.keys
            found.append(RateCase(subject="every rate", end=End.LIKELY, per_s=None, mix=mix, is_same=is_same))
    return tuple(found)


def _how_known(evidence: Evidence) -> str:
    """Of a projected rate its level and band; nothing of what was measured or published."""
    if evidence.kind is not Provenance.PROJECTED:
        return ""
    band = "" if evidence.band is None else f", ×/÷ {evidence.band:.3g}"
    return f", projected, level {evidence.level}{band}"


def _only(varied: ServiceRate) -> Callable[[ServiceRate], float]:
    """That rate at its high end, all others as planned."""
    return lambda rate: rate.per_s.high if rate is varied else rate.sizing_per_s


def _with(choices: Sequence[Choice], task: Task, winner: Mix, varied: ServiceRate) -> Mix | None:
    """The cheapest mix with that rate at its high end. A winner that does not use it stays as good as it was."""
    changed = _with_rates(choices, _only(varied))
    if any(line.choice.rate is varied for line in winner.lines):
        return _cheapest(changed, task)
    using = frozenset(one.key for one in choices if one.rate is varied)
    try:
        return cheaper(changed, task, winner, using=using)
    except CapacityError:
        return None


def _uncertain(choices: Sequence[Choice]) -> list[ServiceRate]:
    by_identity = {id(one.rate): one.rate for one in choices}
    return [
        rate
        for rate in by_identity.values()
        if math.isfinite(rate.per_s.high) and rate.per_s.high > rate.per_s.low * (1 + _CERTAIN)
    ]


def _cheapest(choices: Sequence[Choice], task: Task) -> Mix | None:
    try:
        return cheapest(choices, task)[0]
    except CapacityError:
        return None


def _with_rates(choices: Sequence[Choice], per_s: Callable[[ServiceRate], float]) -> list[Choice]:
    """The choices with other rates of their replicas; offers of one target go on sharing one."""
    changed = {id(one.rate): _at(one.rate, per_s(one.rate)) for one in choices}
    return [
        replace(one, rate=changed[id(one.rate)], per_s=one.per_s * per_s(one.rate) / one.rate.sizing_per_s)
        for one in choices
    ]


def _at(rate: ServiceRate, per_s: float) -> ServiceRate:
    """A replica that serves so much, its batches faster in proportion."""
    factor = per_s / rate.sizing_per_s
    curve = rate.curve
    if factor == 1.0:
        return rate
    if curve is not None:
        curve = replace(curve, fixed_s=curve.fixed_s / factor, per_sample_s=curve.per_sample_s / factor)
    return replace(rate, per_s=Range.exactly(per_s), curve=curve)
