"""From the rate of one card to the expected rate of another, with the level, the band and the figures behind it.

The lower of two things counts: the rate times the ratio of throughputs, and what the transferred batch curve serves
inside the promise. Nothing exceeds the peak of the destination. A projected rate is never transferred again.
"""

import math
from dataclasses import replace

from pricing.errors import EvidenceError
from pricing.published import nearest_precision, peak_bound
from pricing.published.rates import SHARED_BAND
from pricing.transfer.floors import floor
from pricing.transfer.ground import Ground, shipped_ground
from pricing.transfer.serving import serve_there
from pricing.transfer.steps import Step, step_to
from pricing.vocabulary import (
    Basis,
    Evidence,
    Gate,
    ModelFacts,
    Precision,
    Provenance,
    RateMethod,
    Replica,
    ServiceRate,
    Target,
    TargetKind,
)

BOUNDS_ONLY = 4
_WHOLE = 1000.0
_SERVERS = (RateMethod.SERVER, RateMethod.PUBLISHED_SERVER)
"""Rates that hold whatever a promise left of that card's throughput: by another card's it may be more or less."""
_ELSEWHERE = "quality was measured on another device"


def transfer(rate: ServiceRate, model: ModelFacts, destination: Target, *, ground: Ground | None = None) -> ServiceRate:
    """What another card is expected to serve inside the same promise; across vendors or kinds a bound alone.

    Args:
        rate: Of one replica, measured or published.
        model: What serves: its operations set the bound of the peak.
        destination: The other card.
        ground: What ratios are reckoned from; by default what is shipped.

    Raises:
        EvidenceError: if the destination lacks the precision, its data sheet the figures, or the promise cannot be
            shown to be kept.
    """
    known = shipped_ground() if ground is None else ground
    source = known.targets.find(rate.replica.target_id)
    if rate.is_bound or rate.evidence.kind not in {Provenance.MEASURED, Provenance.PUBLISHED}:
        raise EvidenceError(f"the rate of {rate.model} on {source.target_id} is itself no measured or published one")
    _require_precision(rate.precision, destination)
    lacking = why_bounds_only(rate.precision, source, destination)
    if lacking is not None:
        return _bound(rate, model, destination, lacking=lacking)
    share = SHARED_BAND if rate.method in _SERVERS else 1.0
    step = step_to(known, rate.precision, source.target_id, destination.target_id, share=share)
    served = serve_there(rate, step, floor(known, rate.precision), most_per_s=_most(model, rate.precision, destination))
    return replace(
        rate,
        replica=Replica(target_id=destination.target_id, devices=rate.replica.devices),
        per_s=served.per_s,
        method=RateMethod.TRANSFER,
        evidence=_evidence(rate, step),
        curve=served.curve,
        gate=gate_there(rate),
        basis=Basis(rate=rate, ratio=step.range),
        note=_joined(*served.notes, *_notes_of(rate)),
    )


def why_bounds_only(precision: Precision, source: Target, destination: Target) -> str | None:
    """Why no figure of one becomes one of the other; None where it may."""
    if source.kind is not destination.kind:
        return f"from a {source.kind.upper()} to a {destination.kind.upper()} no rate is transferred"
    if source.kind is TargetKind.CPU:
        return f"no data sheet states the peaks of {source.name} and {destination.name}"
    if source.vendor != destination.vendor:
        return f"from {source.vendor} to {destination.vendor} no rate is transferred"
    for one in (source, destination):
        if precision not in one.peaks_per_s or one.bandwidth_bytes_per_s is None:
            return f"the data sheet of {one.name} states no {precision.upper()} peak or no bandwidth"
    return None


def gate_there(rate: ServiceRate) -> Gate:
    """Never better than at the source: what was accepted there is unproven here, but for what others are judged by."""
    is_changed = rate.gate is Gate.ACCEPTED and rate.precision is not Precision.FP32
    return Gate.UNPROVEN if is_changed else rate.gate


def _require_precision(precision: Precision, destination: Target) -> None:
    if destination.kind is TargetKind.CPU:
        return
    runs, why = nearest_precision(precision, destination)
    if runs is not precision:
        raise EvidenceError(f"{why}: a rate in {precision.upper()} becomes none in {runs.upper()}")


def _bound(rate: ServiceRate, model: ModelFacts, destination: Target, *, lacking: str) -> ServiceRate:
    """Level 4: the peak of the destination, and no likely value at all."""
    try:
        bound = peak_bound(model, rate.precision, destination)
    except EvidenceError as error:
        raise EvidenceError(f"{lacking}, and nothing bounds it: {error}") from error
    told = f"bounds only, as {lacking}: {bound.evidence.source}"
    return replace(
        bound,
        variant=rate.variant,
        evidence=Evidence(
            kind=Provenance.PROJECTED,
            source=told,
            as_of=rate.evidence.as_of,
            level=BOUNDS_ONLY,
            rows=(*rows_of(rate), *bound.evidence.rows),
        ),
        gate=gate_there(rate),
        note=_joined(bound.note, *_notes_of(rate)),
    )


def rows_of(rate: ServiceRate) -> tuple[str, ...]:
    """The figures behind a rate: its own rows, or its source where it names none."""
    return rate.evidence.rows or (rate.evidence.source,)


def _evidence(rate: ServiceRate, step: Step) -> Evidence:
    point = rate.per_s.low if rate.per_s.point is None else rate.per_s.point
    return Evidence(
        kind=Provenance.PROJECTED,
        source=f"{_many(point)}/s on {rate.replica.target_id} ({rate.method}) × {step.ratio:.4g}: {step.words}",
        as_of=rate.evidence.as_of,
        level=step.level,
        band=step.factor,
        rows=(*rows_of(rate), *step.rows),
    )


def _most(model: ModelFacts, precision: Precision, destination: Target) -> float:
    """What the peak allows (R1); infinite where the model's operations were not counted."""
    peak = destination.peaks_per_s.get(precision)
    return math.inf if peak is None or model.flop_per_sample is None else peak / model.flop_per_sample


def _notes_of(rate: ServiceRate) -> tuple[str, ...]:
    """What a reader must know of the source; of a publication its rows say it."""
    elsewhere = (_ELSEWHERE,) if gate_there(rate) is not rate.gate else ()
    is_measured = rate.evidence.kind is Provenance.MEASURED
    return (*elsewhere, f"of {rate.replica.target_id}: {rate.note}") if rate.note and is_measured else elsewhere


def _many(per_s: float) -> str:
    return f"{per_s:,.0f}" if per_s >= _WHOLE else f"{per_s:.4g}"


def _joined(*notes: str) -> str:
    return "; ".join(filter(None, notes))
