"""Claims about how fast a model runs on a device, alone or before and after it was quantised."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pricing.sanity import physics, sizes
from pricing.sanity.claims import Claim
from pricing.sanity.finding import Finding
from pricing.sanity.meant import Meant, meant_by, models_of, sized, unnamed_model
from pricing.sanity.models import CheckedModel
from pricing.sanity.published_best import best_rate
from pricing.sanity.reference import Reference, on_each
from pricing.sanity.savings import adds_up
from pricing.sanity.wording import milliseconds
from pricing.vocabulary import Precision, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One configuration at work: so many samples in so many seconds."""

    precision: Precision
    samples: float
    seconds: float
    sequence: int | None

    @property
    def rate_per_s(self) -> float:
        return self.samples / self.seconds


def throughput(claim: Claim, known: Reference) -> Iterator[Finding]:
    """One configuration against peak, bandwidth, published figures and its own size."""
    meant, models = meant_by(claim, "device", known), models_of(claim)
    yield from meant.gaps
    yield from unnamed_model(claim, models)
    precision, seconds = claim.precision("precision"), claim.number("latency")
    if precision is None:
        yield sizes.missing("the precision is not told", why="neither a peak nor a size follows")
    else:
        yield from sized(claim, "size", precision, models)
        if seconds is not None or claim.number("rate") is not None:
            yield from _speed(claim, precision, seconds, models=models, meant=meant, known=known)
    if seconds is not None and (moved := claim.number("moved")) is not None:
        yield from on_each(meant.devices, lambda one: physics.bandwidth(one, bytes_moved=moved, seconds=seconds))
    yield from _gain(claim, seconds, precision, meant)


def quantisation(claim: Claim, known: Reference) -> Iterator[Finding]:
    """One model before and after: each as a configuration, and the speed-up between them."""
    meant, models = meant_by(claim, "device", known), models_of(claim)
    yield from meant.gaps
    yield from unnamed_model(claim, models)
    for when in ("before", "after"):
        precision, seconds = claim.precision(f"precision_{when}"), claim.number(f"latency_{when}")
        if precision is None:
            yield sizes.missing(f"the precision {when} is not told", why="neither a peak nor a size follows")
            continue
        yield from sized(claim, f"size_{when}", precision, models)
        if seconds is not None:
            yield from _speed(claim, precision, seconds, models=models, meant=meant, known=known)
    yield from _gain(claim, claim.number("latency_after"), claim.precision("precision_after"), meant)


def _speed(
    claim: Claim,
    precision: Precision,
    seconds: float | None,
    *,
    models: Sequence[CheckedModel],
    meant: Meant,
    known: Reference,
) -> Iterator[Finding]:
    """R15 where the work of a call does not follow from what is told; else R1, R3 and R4."""
    if not meant.devices or not models:
        return
    batch, sequence = claim.number("batch"), claim.whole("sequence")
    samples = batch if seconds is not None else claim.number("rate")
    if sequence is None and any(one.needs_sequence for one in models):
        why = "a text's work grows with its length, so neither peak nor published figures can be held against it"
        yield sizes.missing("the sequence length is not told", why=why)
    elif samples is None:
        yield sizes.missing("the batch is not told", why="a latency without it says nothing about a rate")
    elif len(models) == 1:
        call = _Call(precision=precision, samples=samples, seconds=seconds or 1.0, sequence=sequence)
        yield from _held_against(models[0], call, meant.devices, known)


def _held_against(model: CheckedModel, call: _Call, devices: Sequence[Target], known: Reference) -> Iterator[Finding]:
    flop, rate = model.flop(call.sequence), call.rate_per_s

    def against_peak(device: Target) -> Finding | None:
        if flop is None:
            return None
        return physics.peak_rate(
            device, call.precision, flop_per_sample=flop, samples=call.samples, seconds=call.seconds
        )

    def slow(device: Target) -> Finding | None:
        return None if flop is None else physics.slow(device, call.precision, flop_per_sample=flop, rate_per_s=rate)

    def against_published(device: Target) -> Finding | None:
        best = best_rate(
            known.rates, model, target_id=device.target_id, precision=call.precision, sequence=call.sequence
        )
        return physics.published_best(rate, best.per_s, source=best.source) if best else None

    yield from on_each(devices, against_peak)
    yield from (one for one in on_each(devices, slow) if one.verdict.is_fault)
    yield from on_each(devices, against_published)


def _gain(claim: Claim, after_s: float | None, after: Precision | None, meant: Meant) -> Iterator[Finding]:
    """The speed-up that is told against its own latencies (R8), and against the ratio of the peaks (R17)."""
    told, before_s, before = (
        claim.number("speed_up"),
        claim.number("latency_before"),
        claim.precision("precision_before"),
    )
    gain = told
    if before_s is not None and after_s is not None:
        computed = before_s / after_s
        if told is not None:
            working = f"{milliseconds(before_s)} / {milliseconds(after_s)}"
            yield adds_up(told, computed, working=working, money=False)
        gain = told or computed
    if gain is not None and before is not None and after is not None:
        bound_for = (before, after)
        yield from on_each(
            meant.devices, lambda one: physics.speed_up(one, gain, before=bound_for[0], after=bound_for[1])
        )
