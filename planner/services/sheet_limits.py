"""Limits of cards by their data sheets: peaks as the maker states them, for arms that ran on a GPU.

A check measures peaks on the card itself; a run of `bench` has none, and no probe of ours runs on one. Dense rates;
no software reaches them, so that a share of them is below what is possible, and more than all of it is an error.
"""

from dataclasses import replace

from harness.verdict.roofline import TOLERANCE, unknown_limit
from harness.vocabulary import (
    Arm,
    BandwidthReading,
    Bound,
    CacheSizes,
    Limit,
    LimitState,
    MachinePeaks,
    Precision,
    RateReading,
)
from planner.evidence.replicas import target_of
from planner.store.records import StoredRun
from pricing.errors import EvidenceError
from pricing.targets import Targets, shipped_targets
from pricing.vocabulary import Target, TargetKind

SHEET = "data sheet"
_NAMES = {one.value for one in Precision}
_MORE_THAN_ANY_MODEL = 2**50
"""Of caches that a data sheet does not tell: then only arithmetic bounds."""


def sheet_of(run: StoredRun, arm: Arm, targets: Targets) -> Target:
    """The card's data sheet.

    Raises:
        EvidenceError: there is none of what the arm ran on, or an instance of a divided card has not the whole of it.
    """
    card = next((one for one in run.environment.gpus if arm.device == f"gpu:{one.index}"), None)
    if card is not None and card.is_instance:
        raise EvidenceError("an instance of a divided card has a part of its peaks, and no data sheet says which")
    target = target_of(run, arm, targets)
    if target.kind is not TargetKind.GPU or not target.peaks_per_s or target.bandwidth_bytes_per_s is None:
        raise EvidenceError(f"no data sheet here states the peaks of {target.name}")
    return target


def sheet_peaks(run: StoredRun, arm: Arm, *, targets: Targets | None = None) -> MachinePeaks:
    """The peaks of the card that an arm ran on, by its data sheet.

    Raises:
        EvidenceError: there is none.
    """
    target = sheet_of(run, arm, targets or shipped_targets())
    bandwidth = target.bandwidth_bytes_per_s or 0.0
    return MachinePeaks(
        host_id=run.environment.host_id,
        cpu=target.name,
        threads=arm.threads,
        cpus=(),
        versions={},
        measured_at="",
        took_s=0.0,
        caches=_caches(target),
        rates=tuple(_rate(target, name, peak) for name, peak in target.peaks_per_s.items() if name.value in _NAMES),
        bandwidths=(
            BandwidthReading(
                kernel=SHEET,
                threads=arm.threads,
                counted="as stated",
                pass_bytes=1,
                array_bytes=1,
                passes=1,
                best=bandwidth,
                median=bandwidth,
            ),
        ),
        foreign_cpu_share=None,
    )


def is_by_sheet(limit: Limit) -> bool:
    """Whether the limit's peaks are a data sheet's."""
    return (limit.peak_source or "").startswith(SHEET)


def beside_the_sheets(run: StoredRun, limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
    """The limits of arms on GPUs whose peaks were measured, by the data sheets; with a reason where there is none.

    The operations and bytes are those that were counted, and so is the precision that ran.
    """
    arms = {arm.name: arm for arm in run.plan.arms if arm.is_on_gpu}
    return tuple(
        _by_the_sheet(run, arms[one.arm], one)
        for one in limits
        if one.arm in arms and one.state is not LimitState.UNKNOWN and not is_by_sheet(one)
    )


def _by_the_sheet(run: StoredRun, arm: Arm, limit: Limit) -> Limit:
    try:
        peaks = sheet_peaks(run, arm)
    except EvidenceError as error:
        return unknown_limit(arm.name, limit.batch, arm.threads, reason=str(error))
    bandwidth = peaks.bandwidths[0].best
    rate = None if limit.precision is None else peaks.rate(limit.precision)
    if rate is None or rate.best is None or limit.p50_s is None or not limit.p50_s > 0.0:
        reason = f"the data sheet of {peaks.cpu} states no peak in {limit.precision}"
        return unknown_limit(arm.name, limit.batch, arm.threads, reason=reason)
    compute_s = (limit.least_operations or 0) / rate.best
    memory_s = (limit.memory_bytes or 0) / bandwidth
    least_s = max(compute_s, memory_s)
    beats = least_s > limit.p50_s * (1.0 + TOLERANCE)
    return replace(
        limit,
        state=LimitState.BEATS if beats else LimitState.WITHIN,
        reason=_ERROR if beats else None,
        peak=rate.best,
        peak_source=f"{rate.runtime} {rate.version}: {rate.probe}",
        bandwidth=bandwidth,
        peaks_measured_at="",
        limit_s=least_s,
        share=least_s / limit.p50_s,
        bound=Bound.COMPUTE if compute_s >= memory_s else Bound.MEMORY,
    )


_ERROR = (
    "more than the card's data sheet allows cannot be: a measuring error; look for a call that was not waited for, "
    "fewer operations than were counted, or another card than the one that is named"
)


def _rate(target: Target, name: str, peak: float) -> RateReading:
    return RateReading(
        runtime=SHEET,
        version=target.target_id,
        precision=Precision(name),
        probe=target.source,
        operations=0,
        calls=0,
        best=peak,
        median=peak,
    )


def _caches(target: Target) -> CacheSizes:
    size = target.cache_bytes
    if size is None:
        told = f"the data sheet of {target.name} tells no cache: only arithmetic bounds"
        return CacheSizes(
            last_level_bytes=_MORE_THAN_ANY_MODEL, total_bytes=_MORE_THAN_ANY_MODEL, is_assumed=True, told=told
        )
    return CacheSizes(last_level_bytes=size, total_bytes=size, is_assumed=False, told=f"L2 {size / 2**20:g} MiB")
