"""Where the rate of a target and precision comes from: measured, published, transferred from another, else a bound."""

from contextlib import suppress
from dataclasses import replace
from functools import cache

from planner.evidence import EvidenceSet
from planner.services.plans.transferred_rates import RateSources
from pricing.errors import EvidenceError
from pricing.files import nearest, one_of, shown
from pricing.projection.model import RateFinder
from pricing.published import as_baseline, nearest_precision, peak_bound, published_bound, published_rate
from pricing.targets import Targets
from pricing.vocabulary import ModelFacts, Precision, ServiceRate, Slo, Target

_BASELINES = (Precision.FP32, Precision.TF32, Precision.BF16, Precision.FP16)


def rate_finder(evidence: EvidenceSet | None, model: ModelFacts, targets: Targets, *, slo: Slo) -> RateFinder:
    """The one way in which a plan finds its rates; each is looked for once.

    A measured rate of that target goes first: of several variants of one precision the one that quality allows and
    that serves most. Then what is published of it, then what another card's rate tells of it. INT8 is never planned
    with a bound where nothing is known of it anywhere: a peak is no evidence that a model gets there.
    """
    sources = RateSources(evidence=evidence, model=model, targets=targets, slo=slo)

    @cache
    def find(target_id: str, precision: str) -> ServiceRate:
        own = sources.measured(target_id, precision)
        if own is not None:
            return own
        word = _precision(precision)
        if word is None:
            _require_variant(evidence, precision)
        target = targets.find(target_id)
        try:
            if word in _BASELINES:
                return as_baseline(_baseline_rate(sources, word, target))
            return _candidate_rate(sources, word, target, wanted=precision)
        except EvidenceError as error:
            raise EvidenceError(f"{_nothing(evidence, model, target_id, precision)} ({error})") from error

    return find


def _candidate_rate(sources: RateSources, precision: Precision | None, target: Target, *, wanted: str) -> ServiceRate:
    """Published, or what is known elsewhere: at another vendor or of another kind of device, its bound there."""
    try:
        if precision is not None:
            return published_rate(sources.model.name, precision, target, sources.slo)
    except EvidenceError as error:
        try:
            return sources.transferred(target, wanted)
        except EvidenceError as lacking:
            raise EvidenceError(f"{error}; {lacking}") from lacking
    return sources.transferred(target, wanted)


def _baseline_rate(sources: RateSources, precision: Precision, target: Target) -> ServiceRate:
    """Published, transferred, or bounded: of the precision that would really run there."""
    model = sources.model
    with suppress(EvidenceError):
        return published_rate(model.name, precision, target, sources.slo)
    runs, why = nearest_precision(precision, target)
    rate = _known_rate(sources, runs, target)
    if rate is None or rate.is_bound:
        rate = (published_bound if model.flop_per_sample is None else peak_bound)(model, runs, target)
    return replace(rate, note=f"{why}; {rate.note}") if why else rate


def _known_rate(sources: RateSources, runs: Precision, target: Target) -> ServiceRate | None:
    with suppress(EvidenceError):
        return published_rate(sources.model.name, runs, target, sources.slo)
    with suppress(EvidenceError):
        return sources.transferred(target, runs)
    return None


def _precision(word: str) -> Precision | None:
    return Precision(word) if word in set(Precision) else None


def _require_variant(evidence: EvidenceSet | None, wanted: str) -> None:
    """A word that is neither a precision nor something that was measured anywhere is misspelt."""
    arms = () if evidence is None else evidence.arms
    known = {word for one in arms for word in (one.variant, one.arm)}
    if wanted not in known:
        names = [*map(str, Precision), *sorted(known)]
        advice = nearest(wanted, names) or f": there are {one_of(names)}"
        raise EvidenceError(f"{shown(wanted)} is no precision, and no variant of the runs{advice}")


def _nothing(evidence: EvidenceSet | None, model: ModelFacts, target_id: str, precision: str) -> str:
    arms = () if evidence is None else evidence.arms
    known = sorted({f"{one.variant} on {one.target_id}" for one in arms if one.rate is not None})
    seen = f"; measured: {', '.join(known)}" if known else ""
    return f"no rate of {model.name} in {precision} is known on {target_id}: import a run that measured it there{seen}"
