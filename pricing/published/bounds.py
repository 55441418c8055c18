"""The rate that no card exceeds: its peak over the operations of a sample. And which precision a card runs in."""

from pricing.errors import EvidenceError
from pricing.files import one_of
from pricing.published.models import find_model, variant_of
from pricing.published.rows import PublishedScenario
from pricing.published.shares import rows_of
from pricing.vocabulary import (
    Evidence,
    Gate,
    ModelFacts,
    Precision,
    Provenance,
    Range,
    RateMethod,
    Replica,
    ServiceRate,
    Target,
    TargetKind,
)

_BOUNDS_ONLY = 4
_SUBSTITUTES = {
    Precision.TF32: (Precision.FP32, "TF32 came with Ampere: libraries run strict FP32 where it is not there"),
    Precision.BF16: (Precision.FP32, "BF16 came with Ampere: libraries compute it in FP32 where it is not there"),
    Precision.FP8: (Precision.FP16, "FP8 came with Ada and Hopper: weights in it are unpacked and multiplied in FP16"),
    Precision.INT4: (Precision.FP16, "weights in INT4 are unpacked and multiplied in FP16"),
}


def gate_of(precision: Precision) -> Gate:
    """What a figure without a quality check is worth: nothing published says what a change does to one's own model."""
    return Gate.ACCEPTED if precision is Precision.FP32 else Gate.NOT_MEASURED


def nearest_precision(precision: Precision, target: Target) -> tuple[Precision, str]:
    """What would really run where this precision is asked of this target, and why; `("fp32", "")`-like where it is it.

    Raises:
        EvidenceError: if the data sheet states neither its peak nor that of what would run instead.
    """
    if precision in target.peaks_per_s:
        return precision, ""
    instead, reason = _SUBSTITUTES.get(precision, (None, ""))
    if instead is None or instead not in target.peaks_per_s:
        raise EvidenceError(_lacks(precision, target))
    return instead, f"{target.name} has no {precision.upper()}: {reason}"


def peak_bound(model: ModelFacts, precision: Precision, target: Target) -> ServiceRate:
    """At most the dense peak of the data sheet over the operations of a sample; no software reaches it.

    Raises:
        EvidenceError: if the card lacks the precision, or the model's operations were not counted.
    """
    if model.flop_per_sample is None:
        raise EvidenceError(f"no peak bounds the rate of {model.name}, whose operations are not known: {model.source}")
    peak = target.peaks_per_s.get(precision)
    if peak is None or target.kind is TargetKind.CPU:
        raise EvidenceError(_lacks(precision, target))
    source = (
        f"{target.name}: {peak / 1e12:g}e12 {precision.upper()} operations/s ({target.source}) over "
        f"{model.flop_per_sample / 1e9:.6g}e9 a sample of {model.name} ({model.source})"
    )
    return ServiceRate(
        replica=Replica(target_id=target.target_id),
        model=model.name,
        variant=variant_of(precision),
        precision=precision,
        per_s=Range(low=0.0, point=None, high=peak / model.flop_per_sample),
        slo=None,
        method=RateMethod.PEAK_BOUND,
        evidence=Evidence(kind=Provenance.PROJECTED, source=source, level=_BOUNDS_ONLY, rows=(source,)),
        gate=gate_of(precision),
        note="an upper bound, not a rate: a fleet sized with it is the smallest that could do",
    )


def published_bound(model: ModelFacts, precision: Precision, target: Target) -> ServiceRate:
    """At most the best rate published in FP16 of that card: wider arithmetic moves more bytes at no higher a peak.

    For models whose samples have no fixed number of operations, such as texts of any length.

    Raises:
        EvidenceError: if FP16 is no faster on this card than what is asked, or nothing was published of it.
    """
    peak, half = target.peaks_per_s.get(precision), target.peaks_per_s.get(Precision.FP16)
    if peak is None or half is None or peak > half or precision is Precision.FP16:
        raise EvidenceError(f"no FP16 rate bounds {model.name} in {precision.upper()} on {target.name}: measure it")
    rows = rows_of(find_model(model.name), Precision.FP16, PublishedScenario.OFFLINE, target_id=target.target_id)
    if not rows:
        raise EvidenceError(f"no FP16 rate of {model.name} is published for {target.name}: measure it")
    best = max(rows, key=lambda row: row.value)
    return ServiceRate(
        replica=Replica(target_id=target.target_id),
        model=model.name,
        variant=variant_of(precision),
        precision=precision,
        per_s=Range(low=0.0, point=None, high=best.value),
        slo=None,
        method=RateMethod.PUBLISHED_BOUND,
        evidence=Evidence(
            kind=Provenance.PROJECTED,
            source=f"{best.value:g}/s offline in FP16 ({best.source}, {best.release}): "
            f"{precision.upper()} is no faster there",
            as_of=best.as_of,
            level=_BOUNDS_ONLY,
            rows=(best.words,),
        ),
        gate=gate_of(precision),
        note="an upper bound, not a rate: a fleet sized with it is the smallest that could do",
    )


def _lacks(precision: Precision, target: Target) -> str:
    if target.kind is TargetKind.CPU:
        return f"no data sheet states the peaks of {target.name}, which follow from cores and clocks: measure it"
    known = [one.upper() for one in target.peaks_per_s]
    has = f"it has {one_of(known)}" if known else "its data sheet states no peak"
    aside = ""
    if precision is Precision.INT8:
        aside = "; INT8 there has no units of its own, and the rate of what runs instead is not on the data sheet"
    elif precision in _SUBSTITUTES and _SUBSTITUTES[precision][0] in target.peaks_per_s:
        aside = f"; {_SUBSTITUTES[precision][1]}"
    return f"{target.name} has no {precision.upper()}: {has}{aside}"
