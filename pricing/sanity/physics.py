"""What silicon allows: operations and bytes per second, power, quantiles, speed-ups (R1 R2 R3 R4 R6 R16 R17).

Plain quantities and data sheets in, a finding out; None where the data sheet does not say.
"""

from pricing.sanity.finding import Finding, Rule, Verdict
from pricing.sanity.wording import milliseconds, per_s, ratio, scaled
from pricing.vocabulary import Precision, Target

ROUNDING = 0.005
"""A rate told with three digits may lie so far above what it was."""
FASTER_THAN_PUBLISHED = 1.1
SLOW_SHARE = 0.02
POWER_TOLERANCE = 1.05
LITTLE_TOLERANCE = 0.10


def peak_rate(
    target: Target, precision: Precision, *, flop_per_sample: float, samples: float, seconds: float
) -> Finding | None:
    """R1: operations per second against the peak of that precision.

    Strict FP32 above the FP32 peak but within TF32's is not impossible: it was then not strict FP32.
    """
    peak = target.peaks_per_s.get(precision)
    if peak is None:
        return None
    reached = flop_per_sample * samples / seconds
    times, floor_s = reached / peak, flop_per_sample * samples / peak
    arithmetic = (
        f"{samples:g} × {scaled(flop_per_sample)}FLOP / {milliseconds(seconds)} = {scaled(reached)}FLOP/s",
        f"peak of {target.target_id} in {precision}: {scaled(peak)}FLOP/s, so {ratio(times)} the peak",
        f"no faster than {milliseconds(floor_s)}",
    )
    figures = {"reached_flop_per_s": reached, "times_peak": times, "floor_s": floor_s}
    tf32 = target.peaks_per_s.get(Precision.TF32, 0.0)
    if times <= 1 + ROUNDING:
        verdict, says = Verdict.HOLDS, f"within the peak of {target.name} in {precision} ({ratio(times)})"
    elif precision is Precision.FP32 and reached <= tf32 * (1 + ROUNDING):
        verdict = Verdict.PREMISE_FAILS
        says = f"{ratio(times)} the FP32 peak of {target.name}: within that of TF32, so it did not run in strict FP32"
    else:
        verdict = Verdict.IMPOSSIBLE
        says = f"{ratio(times)} the {precision} peak of {target.name}; the floor is {milliseconds(floor_s)}"
    return Finding(rule=Rule.PEAK_RATE, verdict=verdict, sentence=says, arithmetic=arithmetic, figures=figures)


def bandwidth(target: Target, *, bytes_moved: float, seconds: float) -> Finding | None:
    """R2: bytes that must cross the memory bus against its bandwidth."""
    limit = target.bandwidth_bytes_per_s
    if limit is None:
        return None
    times = bytes_moved / seconds / limit
    floor_s = bytes_moved / limit
    is_fine = times <= 1 + ROUNDING
    says = f"within the bandwidth of {target.name}" if is_fine else f"{ratio(times)} the bandwidth of {target.name}"
    return Finding(
        rule=Rule.BANDWIDTH,
        verdict=Verdict.HOLDS if is_fine else Verdict.IMPOSSIBLE,
        sentence=f"{says}; the floor is {milliseconds(floor_s)}",
        arithmetic=(
            f"{scaled(bytes_moved)}B / {milliseconds(seconds)} = {scaled(bytes_moved / seconds)}B/s",
            f"{target.target_id} moves {scaled(limit)}B/s, so {ratio(times)}",
        ),
        figures={"times_bandwidth": times, "floor_s": floor_s},
    )


def published_best(rate_per_s: float, best_per_s: float, *, source: str) -> Finding:
    """R3: a rate against the best that anybody published for the same model, device and precision."""
    times = rate_per_s / best_per_s
    is_fine = times <= FASTER_THAN_PUBLISHED
    says = "not above what is published" if is_fine else f"{ratio(times)} the best published figure"
    return Finding(
        rule=Rule.PUBLISHED_BEST,
        verdict=Verdict.HOLDS if is_fine else Verdict.IMPLAUSIBLE,
        sentence=f"{says} ({per_s(best_per_s)}, {source})",
        arithmetic=(
            f"{rate_per_s:,.1f}/s / {best_per_s:,.1f}/s = {times:.3f}; at most {FASTER_THAN_PUBLISHED} is believed",
        ),
        figures={"rate_per_s": rate_per_s, "best_per_s": best_per_s, "times_published": times},
    )


def slow(target: Target, precision: Precision, *, flop_per_sample: float, rate_per_s: float) -> Finding | None:
    """R4: less than a fiftieth of the peak asks for a reason: another device, one sample at a time, a slow host."""
    peak = target.peaks_per_s.get(precision)
    if peak is None:
        return None
    part = flop_per_sample * rate_per_s / peak
    is_fine = part >= SLOW_SHARE
    says = f"{100 * part:.2g} % of the {precision} peak of {target.name}"
    return Finding(
        rule=Rule.SLOW,
        verdict=Verdict.HOLDS if is_fine else Verdict.IMPLAUSIBLE,
        sentence=says if is_fine else f"suspiciously slow: {says}",
        arithmetic=(f"{per_s(rate_per_s)} × {scaled(flop_per_sample)}FLOP / {scaled(peak)}FLOP/s = {part:.4f}",),
        figures={"share_of_peak": part},
    )


def power(target: Target, power_w: float, *, idle_w: float | None = None) -> Finding | None:
    """R6: a power against the board's limit, and against its idle power where that is known."""
    limit = target.board_power_w
    if limit is None:
        return None
    times = power_w / limit
    arithmetic = (f"{power_w:g} W / {limit:g} W = {times:.3g}, where at most {POWER_TOLERANCE} is measured",)
    figures = {"power_w": power_w, "board_power_w": limit, "times_limit": times}
    if times > POWER_TOLERANCE:
        verdict, says = Verdict.IMPOSSIBLE, f"{power_w:g} W on a board limited to {limit:g} W ({target.name})"
    elif idle_w is not None and power_w < idle_w:
        verdict, says = Verdict.IMPOSSIBLE, f"{power_w:g} W is less than {target.name} draws idle ({idle_w:g} W)"
    else:
        verdict, says = Verdict.HOLDS, f"{power_w:g} W is within the {limit:g} W of {target.name}"
    return Finding(rule=Rule.POWER, verdict=verdict, sentence=says, arithmetic=arithmetic, figures=figures)


def quantile_order(p50_s: float, p99_s: float) -> Finding:
    """R16, first half: p99 cannot lie below p50."""
    is_fine = p99_s >= p50_s
    order = f"p99 {milliseconds(p99_s)}, p50 {milliseconds(p50_s)}"
    return Finding(
        rule=Rule.LATENCY,
        verdict=Verdict.HOLDS if is_fine else Verdict.IMPOSSIBLE,
        sentence=f"quantiles are in order: {order}" if is_fine else f"p99 below p50: {order}",
        arithmetic=(order,),
        figures={"p50_s": p50_s, "p99_s": p99_s},
    )


def little(concurrency: float, rate_per_s: float, *, mean_latency_s: float) -> Finding:
    """R16, second half: requests in flight are their rate times their mean latency, in the same moment and place."""
    in_flight = rate_per_s * mean_latency_s
    off = in_flight / concurrency - 1
    is_fine = abs(off) <= LITTLE_TOLERANCE
    says = "Little's law holds" if is_fine else "Little's law is broken"
    return Finding(
        rule=Rule.LATENCY,
        verdict=Verdict.HOLDS if is_fine else Verdict.WRONG,
        sentence=f"{says}: {concurrency:g} in flight are told, {in_flight:.4g} follow from rate and latency",
        arithmetic=(
            f"{per_s(rate_per_s)} × {milliseconds(mean_latency_s)} = {in_flight:.4g}",
            f"against {concurrency:g} that is {100 * off:+.3g} %".replace("-", "−"),
        ),
        figures={"in_flight": in_flight, "relative_error": off},
    )


def speed_up(target: Target, gain: float, *, before: Precision, after: Precision) -> Finding | None:
    """R17: a speed-up on one device against the ratio of its peaks; more is possible only from a baseline run badly."""
    peaks = target.peaks_per_s
    if before not in peaks or after not in peaks:
        return None
    bound = peaks[after] / peaks[before]
    is_fine = gain <= bound * (1 + ROUNDING)
    says = "is within" if is_fine else "is above"
    why = "" if is_fine else ": a baseline that uses its peak as well as the candidate cannot gain so much"
    return Finding(
        rule=Rule.SPEED_UP,
        verdict=Verdict.HOLDS if is_fine else Verdict.IMPLAUSIBLE,
        sentence=f"{ratio(gain)} {says} the ratio of the peaks of {target.name}, {ratio(bound)}{why}",
        arithmetic=(f"{scaled(peaks[after])}OP/s {after} / {scaled(peaks[before])}OP/s {before} = {bound:.4g}",),
        figures={"speed_up": gain, "bound": bound},
    )
