"""Where the rate of a target and precision comes from: measured, else published, else a bound of the baseline."""

from contextlib import suppress
from dataclasses import replace

from planner.evidence import EvidenceSet
from pricing.errors import EvidenceError
from pricing.projection.model import RateFinder
from pricing.published import as_baseline, nearest_precision, peak_bound, published_bound, published_rate
from pricing.targets import Targets
from pricing.vocabulary import Gate, ModelFacts, Precision, ServiceRate, Slo, Target

_BASELINES = (Precision.FP32, Precision.TF32, Precision.BF16, Precision.FP16)
_BY_GATE = (Gate.ACCEPTED, Gate.UNPROVEN, Gate.NOT_MEASURED, Gate.REJECTED)


def rate_finder(evidence: EvidenceSet | None, model: ModelFacts, targets: Targets, *, slo: Slo) -> RateFinder:
    """The one way in which a plan finds its rates.

    A measured rate of that target goes first: of several variants of one precision the one that quality allows and
    that serves most. Nothing that was measured on one kind of device becomes a figure of another. INT8 is never
    planned with a bound: a peak is no evidence that a model gets there.
    """

    def find(target_id: str, precision: str) -> ServiceRate:
        own = None if evidence is None else _measured(evidence, target_id, precision)
        if own is not None:
            return own
        word = _precision(precision)
        if word is None:
            raise EvidenceError(_nothing(evidence, model, target_id, precision))
        target = targets.find(target_id)
        try:
            if word in _BASELINES:
                return as_baseline(_baseline_rate(model, word, target, slo=slo))
            return published_rate(model.name, word, target, slo)
        except EvidenceError as error:
            raise EvidenceError(f"{_nothing(evidence, model, target_id, precision)} ({error})") from error

    return find


def _baseline_rate(model: ModelFacts, precision: Precision, target: Target, *, slo: Slo) -> ServiceRate:
    """Published, or the bound of the precision that would really run there."""
    with suppress(EvidenceError):
        return published_rate(model.name, precision, target, slo)
    runs, why = nearest_precision(precision, target)
    bound = (published_bound if model.flop_per_sample is None else peak_bound)(model, runs, target)
    return replace(bound, note=f"{why}; {bound.note}") if why else bound


def _measured(evidence: EvidenceSet, target_id: str, precision: str) -> ServiceRate | None:
    choices = evidence.choices(target_id, precision)
    found = [one.rate for one in choices if one.rate is not None]
    if choices and not found:
        evidence.find(target_id, precision)  # says why none of them has a rate
    return min(found, key=lambda rate: (_BY_GATE.index(rate.gate), -rate.sizing_per_s), default=None)


def _precision(word: str) -> Precision | None:
    return Precision(word) if word in set(Precision) else None


def _nothing(evidence: EvidenceSet | None, model: ModelFacts, target_id: str, precision: str) -> str:
    arms = () if evidence is None else evidence.arms
    known = sorted({f"{one.variant} on {one.target_id}" for one in arms if one.rate is not None})
    seen = f"; measured: {', '.join(known)}" if known else ""
    return f"no rate of {model.name} in {precision} is known on {target_id}: import a run that measured it there{seen}"
