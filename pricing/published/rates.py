"""Service rates from what others published: a server rate, batch latencies, or an offline rate less what an SLO takes.

An offline rate is never taken alone: it has no latency at all.
"""

import math
from dataclasses import replace

from pricing.capacity.envelopes import BatchTime, curve_rate
from pricing.errors import EvidenceError
from pricing.files import one_of
from pricing.published.bounds import gate_of
from pricing.published.models import KnownModel, find_model, variant_of
from pricing.published.rows import PublishedRow, PublishedScenario, published_rows
from pricing.published.shares import RULES, ServerShare, promise_of, rows_of, server_share
from pricing.vocabulary import (
    BatchCurve,
    Evidence,
    Gate,
    Precision,
    Provenance,
    Range,
    RateMethod,
    Replica,
    ServiceRate,
    Slo,
    Target,
)

AS_IT_IS, OTHER_BATCH, SHARED_MODELS = 0, 1, 2
"""How far a rate is from a measurement on that card: its own server rate, from its batches, from what others show."""
SHARED_BAND = 1.25
"""×/÷, the stated 90 % band of a ratio from shared models. The server share of one card told by another's, over the six
benchmarks of the shipped table in both directions, is off by at most 1.22, so that the band is not too narrow."""
QUALITY = "published, quality not measured"
_SAME = 1e-9


def published_rate(model: str, precision: Precision, target: Target, slo: Slo | None = None) -> ServiceRate:
    """What one card serves inside a promise, by the best publication: server rate, then latencies, then offline.

    Args:
        model: A name or alias of a known model.
        precision: What its arithmetic runs in.
        target: The card.
        slo: The promise to keep; None: the one of the publication.

    Raises:
        EvidenceError: if nothing is published, or only for a looser promise.
    """
    known = find_model(model)
    server = rows_of(known, precision, PublishedScenario.SERVER, target_id=target.target_id)
    latencies = rows_of(known, precision, PublishedScenario.LATENCY, target_id=target.target_id)
    offline = rows_of(known, precision, PublishedScenario.OFFLINE, target_id=target.target_id)
    if server:
        return _server_rate(known, server, slo=slo)
    if latencies:
        return _latency_rate(known, latencies, slo)
    if offline:
        return _offline_rate(known, offline, slo)
    raise EvidenceError(_nothing(known, precision, target))


def as_baseline(rate: ServiceRate) -> ServiceRate:
    """The rate of what serves today: its quality is what others are judged by."""
    return replace(rate, gate=Gate.ACCEPTED)


def two_point_curve(model: KnownModel, precision: Precision, target_id: str) -> BatchCurve | None:
    """A batch curve from two figures: the p90 of single requests, and the offline rate as the slope of large batches.

    The largest batch is the largest that ends within the promise of the server scenario. None where one is missing.
    """
    alone = rows_of(model, precision, PublishedScenario.SINGLE_STREAM, target_id=target_id)
    offline = rows_of(model, precision, PublishedScenario.OFFLINE, target_id=target_id)
    promise = promise_of(model)
    if not alone or not offline or promise is None:
        return None
    single_s, each_s = alone[0].value, 1.0 / max(row.value for row in offline)
    fixed_s = max(0.0, single_s - each_s)
    largest = math.floor((promise.limit_s - fixed_s) / each_s)
    return BatchCurve(fixed_s=fixed_s, per_sample_s=each_s, max_batch=largest) if largest >= 1 else None


def _server_rate(model: KnownModel, rows: tuple[PublishedRow, ...], *, slo: Slo | None) -> ServiceRate:
    promise = _published_promise(model, slo)
    values = [row.value for row in rows]
    systems = ", ".join(f"{row.accelerators} cards {row.value:g}/s" for row in rows)
    per_s = Range(low=min(values), point=math.fsum(values) / len(values), high=max(values))
    notes = [f"per card, by systems of several: {systems}"]
    return _rate(model, rows, per_s, promise, RateMethod.PUBLISHED_SERVER, notes=notes)


def _offline_rate(model: KnownModel, rows: tuple[PublishedRow, ...], slo: Slo | None) -> ServiceRate:
    first = rows[0]
    share = server_share(model, first.precision, without=first.target_id)
    if share is None or promise_of(model) is None:
        raise EvidenceError(
            f"of {model.facts.name} only an offline rate is published for {first.target_id} ({first.value:g}/s), and "
            "that keeps no promise: no card has a server rate to tell what one takes; measure it"
        )
    promise = _published_promise(model, slo)
    values = [row.value for row in rows]
    per_s = _behind_share(values, share)
    told = (
        f"projected: the offline rate of {min(values):g}/s times the share that the server scenario left of it "
        f"elsewhere, {share.words}; fewer than ten such shares, so the stated band ×/÷ {SHARED_BAND} is kept"
    )
    rate = _rate(model, rows, per_s, promise, RateMethod.PUBLISHED_SERVER, notes=[told])
    evidence = replace(
        rate.evidence,
        kind=Provenance.PROJECTED,
        level=SHARED_MODELS,
        band=SHARED_BAND,
        rows=(*_words(rows), *share.rows),
    )
    return replace(rate, evidence=evidence, method=RateMethod.TRANSFER)


def _behind_share(values: list[float], share: ServerShare) -> Range:
    """The offline rate times a share: around its mean by the band, and at least as wide as the shares seen."""
    point = math.fsum(values) / len(values) * share.mean
    low = min(point / SHARED_BAND, min(values) * share.low)
    high = max(point * SHARED_BAND, max(values) * share.high)
    return Range(low=low, point=point, high=max(point, min(high, max(values))))


def _latency_rate(model: KnownModel, rows: tuple[PublishedRow, ...], slo: Slo | None) -> ServiceRate:
    first = rows[0]
    if slo is None:
        raise EvidenceError(
            f"batch latencies of {model.facts.name} on {first.target_id} were published under no promise: state one, "
            'such as slo.limit = "50 ms"'
        )
    times = [BatchTime.of(row.batch, row.value) for row in rows if row.batch is not None]
    try:
        found = curve_rate(times, slo)
    except EvidenceError as error:
        raise EvidenceError(f"{model.facts.name} on {first.target_id} by {first.source}: {error}") from error
    told = (
        f"not a server measurement: reckoned from published latencies of batches of {_sizes(found.batches)}, one after "
        f"the other, for a server that takes up to {found.curve.max_batch} at once"
    )
    rate = _rate(model, rows, found.per_s, slo, RateMethod.PUBLISHED_CURVE, notes=[told])
    return replace(rate, curve=found.curve)


def _rate(
    model: KnownModel,
    rows: tuple[PublishedRow, ...],
    per_s: Range,
    slo: Slo,
    method: RateMethod,
    *,
    notes: list[str],
) -> ServiceRate:
    row = rows[0]
    is_server = method is RateMethod.PUBLISHED_SERVER
    curve = two_point_curve(model, row.precision, row.target_id) if is_server else None
    if is_server:
        notes.append(f"a sample is {model.sample}; {RULES}")
    if curve is not None:
        notes.append(
            "the batch curve beside it is a line through two figures, the p90 of single requests and the offline rate: "
            "for simulation, not for the rate"
        )
    notes += [*([row.note] if row.note else []), QUALITY]
    source = f"{row.source}, {row.release}" if row.release not in row.source else row.source
    return ServiceRate(
        replica=Replica(target_id=row.target_id),
        model=model.facts.name,
        variant=variant_of(row.precision),
        precision=row.precision,
        per_s=per_s,
        slo=slo,
        method=method,
        evidence=Evidence(
            kind=Provenance.PUBLISHED,
            source=f"{source}, {row.benchmark}",
            as_of=row.as_of,
            level=AS_IT_IS if is_server else OTHER_BATCH,
            rows=_words(rows),
        ),
        curve=curve,
        gate=gate_of(row.precision),
        note="; ".join(notes),
    )


def _published_promise(model: KnownModel, slo: Slo | None) -> Slo:
    promise = promise_of(model)
    if promise is None:
        raise EvidenceError(f"{model.facts.name} has no server scenario in MLPerf: measure it")
    if slo is None:
        return promise
    if slo.limit_s < promise.limit_s * (1.0 - _SAME) or slo.quantile > promise.quantile + _SAME:
        raise EvidenceError(
            f"the rates of {model.facts.name} were published under {promise.label}, and {slo.label} is stricter: "
            "nothing published says what is left of them; measure it, or promise no more than was published"
        )
    return promise


def _nothing(model: KnownModel, precision: Precision, target: Target) -> str:
    there = sorted(
        {
            f"{row.precision} on {row.target_id}"
            for row in published_rows()
            if row.benchmark in model.benchmarks
            and row.sequence == model.sequence
            and (row.target_id == target.target_id or row.precision is precision)
            and row.scenario is not PublishedScenario.SINGLE_STREAM
        }
    )
    advice = f"there is {one_of(there)}" if there else "measure it, or bound it by the card's peak"
    return f"nothing is published of {model.facts.name} in {precision.upper()} on {target.target_id}: {advice}"


def _words(rows: tuple[PublishedRow, ...]) -> tuple[str, ...]:
    return tuple(row.words for row in rows)


def _sizes(batches: tuple[int, ...]) -> str:
    return ", ".join(map(str, batches))
