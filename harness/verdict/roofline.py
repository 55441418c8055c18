"""How near an arm came to what its machine can do, and whether it claims more than that.

The least time of a call is a true bound. Operations that a runtime may leave out do not count; arithmetic is
bounded by the peak of the fastest precision that the proof shows, as if every layer had run in it; and of the
bytes that a call cannot avoid, only those beyond what the caches hold from one call to the next have to come
from memory. So a share is what was reached of a speed that may itself be out of reach.

The share is of the median. An arm beats the limit where even the upper bound of its median (where samples are
too few for one, its slowest quantile) is shorter than the limit by more than `TOLERANCE`: a single quick sample
proves nothing, and peaks have a spread of their own.
"""

from harness.verdict.wording import effect, percent
from harness.vocabulary import (
    Arm,
    Bound,
    KernelProof,
    Limit,
    LimitState,
    MachinePeaks,
    Measurement,
    ModelWork,
    Precision,
    RateReading,
)

TOLERANCE = 0.1
"""Relaunching the same pair moved absolute times by 9 % on the machine that this was tried on."""
DISTURBED_FROM = 0.06
"""Share of foreign load from which rounds of a run are set aside, too: peaks read beside it are too low."""
NOT_MEASURED = "not measured: planner roofline"
SIMULATED = "simulated: a script has no limit"
_BITS = {
    Precision.FP32: 32,
    Precision.TF32: 32,
    Precision.BF16: 16,
    Precision.FP16: 16,
    Precision.INT8: 8,
    Precision.INT4: 4,
}
# Fewer bits are never slower in hardware: what has no peak of its own is bounded by one of as few bits or fewer. CPUs
# unpack 4-bit weights and multiply in 8 bits at best.
_NARROWEST = 8


def limit_of(
    arm: Arm,
    measurement: Measurement,
    *,
    work: ModelWork,
    peaks: MachinePeaks,
    proof: KernelProof | None,
) -> Limit:
    """What was reached of the least time of a call, and what that rests on.

    Args:
        arm: what ran.
        measurement: its times at one batch size.
        work: what a call at that batch size has to do.
        peaks: of the machine it ran on, with as many threads.
        proof: which precisions ran; without it the fastest that the machine has bounds.
    """
    ran = precisions_of(proof)
    precision, rate, doubt = _peak(ran, peaks)
    bandwidth = peaks.bandwidth(arm.threads)
    if rate is None or rate.best is None or bandwidth is None:
        return unknown_limit(arm.name, measurement.batch, arm.threads, reason=doubt or "no memory bandwidth is known")
    most_bits = min((_BITS[one] for one in ran), default=_NARROWEST)
    compulsory = work.compulsory_bytes(most_bits=most_bits)
    beyond_caches = max(0, compulsory - peaks.caches.total_bytes)
    compute_s, memory_s = work.least_operations / rate.best, beyond_caches / bandwidth.best
    limit_s = max(compute_s, memory_s)
    if limit_s <= 0.0:
        reason = f"nothing to bound: {_uncounted(work) or 'the model multiplies nothing, and the caches hold it'}"
        return unknown_limit(arm.name, measurement.batch, arm.threads, reason=reason)
    bound = Bound.COMPUTE if compute_s >= memory_s else Bound.MEMORY
    p50_s = measurement.quantiles[0].point_s
    beats = limit_s > _slowest_median(measurement) * (1.0 + TOLERANCE)
    first = _error(limit_s / p50_s, bound, peaks) if beats else _flattery(peaks)
    notes = [one for one in (first, doubt, _uncounted(work)) if one]
    return Limit(
        arm=arm.name,
        batch=measurement.batch,
        threads=arm.threads,
        state=LimitState.BEATS if beats else LimitState.WITHIN,
        reason="; ".join(notes) or None,
        operations=work.operations,
        least_operations=work.least_operations,
        compulsory_bytes=compulsory,
        memory_bytes=beyond_caches,
        is_at_least=bool(work.uncounted),
        precision=precision,
        peak=rate.best,
        peak_source=f"{rate.runtime} {rate.version}: {rate.probe}",
        bandwidth=bandwidth.best,
        peaks_measured_at=peaks.measured_at,
        p50_s=p50_s,
        limit_s=limit_s,
        share=limit_s / p50_s,
        bound=bound,
    )


def unknown_limit(arm: str, batch: int, threads: int, *, reason: str) -> Limit:
    """Where there is no limit to compare with."""
    return Limit(arm=arm, batch=batch, threads=threads, state=LimitState.UNKNOWN, reason=reason)


def precisions_of(proof: KernelProof | None) -> frozenset[Precision]:
    """Those that layers of arithmetic ran in; empty where not all of them are told."""
    found = frozenset(layer.precision for layer in proof.layers if layer.is_compute) if proof else frozenset()
    return frozenset() if Precision.UNKNOWN in found else found


def _peak(ran: frozenset[Precision], peaks: MachinePeaks) -> tuple[Precision | None, RateReading | None, str | None]:
    """The highest peak of what ran, and a doubt about it; without a peak the doubt says why."""
    known = {one: rate for one in Precision if (rate := peaks.rate(one)) is not None}
    if not known:
        return None, None, "no peak rate of this machine is known"
    if not ran:
        fastest = max(known, key=lambda one: known[one].best or 0.0)
        return fastest, known[fastest], f"which precision ran is not proved: the fastest here, {fastest}, bounds"
    chosen: dict[Precision, RateReading] = {}
    doubts = []
    for one in sorted(ran):
        substitutes = [other for other in known if _BITS[other] <= max(_NARROWEST, _BITS[one])]
        if one in known:
            chosen[one] = known[one]
        elif substitutes:
            other = max(substitutes, key=lambda name: known[name].best or 0.0)
            chosen[other] = known[other]
            doubts.append(f"{one} has no peak here: that of {other} bounds")
        else:
            return None, None, f"no peak rate of {one} is known here"
    fastest = max(chosen, key=lambda one: chosen[one].best or 0.0)
    return fastest, chosen[fastest], "; ".join(doubts) or None


def _slowest_median(measurement: Measurement) -> float:
    median = measurement.quantiles[0]
    if median.upper_s is not None:
        return max(median.point_s, median.upper_s)
    return max(one.point_s for one in measurement.quantiles)


def _error(share: float, bound: Bound, peaks: MachinePeaks) -> str:
    """That a figure cannot be, and what to look at."""
    causes = [disturbed] if (disturbed := disturbance(peaks)) else []
    if bound is Bound.COMPUTE:
        causes.append("fewer operations ran than the model has (another model, Winograd's convolutions)")
    else:
        causes.append(f"the caches are larger than told ({peaks.caches.told})")
    causes.append("more threads or a higher clock than when the peaks were measured, or a clock that is wrong")
    return (
        f"{percent(share)} of what is possible cannot be: a measuring error ({effect(TOLERANCE)} is tolerated); "
        f"look for one of these: {'; '.join(causes)}"
    )


def _flattery(peaks: MachinePeaks) -> str | None:
    """Peaks read amid load are too low, and what is compared with them looks better than it is."""
    disturbed = disturbance(peaks)
    return f"{disturbed}: the true share may be lower" if disturbed else None


def disturbance(peaks: MachinePeaks) -> str | None:
    """That others were at work while the peaks were measured, and what to do; `None` where they were not."""
    foreign = peaks.foreign_cpu_share
    if foreign is None or foreign <= DISTURBED_FROM:
        return None
    return (
        f"other programs used {percent(foreign)} of the processors while the peaks were measured (`planner "
        "roofline --refresh` on a quiet machine)"
    )


def _uncounted(work: ModelWork) -> str | None:
    if not work.uncounted:
        return None
    return f"not counted: {', '.join(work.uncounted)}; the true share is at least this"
