"""The share of the limit, and what beats it: a bound that nothing honest can break."""

import pytest
from helpers.builders import make_arm, make_layer, make_measurement, make_proof, make_quantile
from helpers.limits import MIB, make_bandwidth, make_caches, make_model_work, make_peaks, make_rate
from hypothesis import given
from hypothesis import strategies as st

from harness.verdict.roofline import TOLERANCE, limit_of
from harness.vocabulary import (
    Bound,
    KernelProof,
    Limit,
    LimitState,
    MachinePeaks,
    Measurement,
    ModelWork,
    Precision,
    StoredWeights,
)

ARM = make_arm(threads=1)


def proof_of(*precisions: Precision) -> KernelProof:
    """A compute layer in each, and one that computes nothing in FP32."""
    idle = make_layer(name="pool", precision=Precision.FP32, is_compute=False)
    return make_proof(layers=(*(make_layer(name=str(one), precision=one) for one in precisions), idle))


def measured(p50_s: float, *, upper_s: float | None = None, slowest_s: float | None = None) -> Measurement:
    """Quantiles of which only the median and the slowest matter."""
    median = make_quantile(0.5, p50_s, upper_s=upper_s)
    return make_measurement(quantiles=(median, make_quantile(0.999, slowest_s or p50_s * 2)))


def found(
    measurement: Measurement,
    *,
    work: ModelWork | None = None,
    peaks: MachinePeaks | None = None,
    proof: KernelProof | None = None,
) -> Limit:
    """The limit of an FP32 arm unless told otherwise."""
    return limit_of(
        ARM,
        measurement,
        work=work or make_model_work(),
        peaks=peaks or make_peaks(),
        proof=proof or proof_of(Precision.FP32),
    )


def test_arithmetic_binds_where_the_caches_hold_the_model() -> None:
    one = found(measured(0.002))

    assert one.limit_s == pytest.approx(100e6 / 100e9)
    assert one.share == pytest.approx(0.5)
    assert (one.bound, one.precision, one.memory_bytes) == (Bound.COMPUTE, Precision.FP32, 0)
    assert (one.state, one.reason) == (LimitState.WITHIN, None)


def test_memory_binds_with_what_the_caches_cannot_hold_from_call_to_call() -> None:
    work = make_model_work(weights=(StoredWeights(bits=32, elements=100 * MIB),), input_bytes=0, output_bytes=0)

    one = found(measured(0.05), work=work)

    assert one.memory_bytes == (400 - 33) * MIB
    assert one.limit_s == pytest.approx((400 - 33) * MIB / 30e9)
    assert one.bound is Bound.MEMORY


def test_weights_count_in_the_narrowest_precision_that_ran() -> None:
    work = make_model_work(weights=(StoredWeights(bits=32, elements=100 * MIB),), input_bytes=0, output_bytes=0)

    one = found(measured(0.05), work=work, proof=proof_of(Precision.INT8, Precision.FP32))

    assert one.compulsory_bytes == 100 * MIB


def test_a_mixed_model_is_bounded_by_the_fastest_precision_that_ran() -> None:
    one = found(measured(0.002), proof=proof_of(Precision.FP32, Precision.INT8))

    assert (one.precision, one.peak) == (Precision.INT8, 400e9)


def test_operations_that_a_runtime_may_leave_out_do_not_count_for_the_bound() -> None:
    one = found(measured(0.002), work=make_model_work(skippable=40_000_000))

    assert one.limit_s == pytest.approx(60e6 / 100e9)
    assert one.operations == 100_000_000


def test_without_a_proof_the_fastest_precision_here_bounds_and_that_is_said() -> None:
    one = found(measured(0.002), proof=proof_of(Precision.FP32, Precision.UNKNOWN))

    assert one.precision is Precision.INT8
    assert "not proved" in (one.reason or "")


def test_a_precision_without_a_peak_is_bounded_by_one_that_is_no_wider() -> None:
    one = found(measured(0.002), proof=proof_of(Precision.FP16))

    assert one.precision is Precision.INT8
    assert one.reason == "fp16 has no peak here: that of int8 bounds"


def test_int8_is_not_bounded_by_the_peak_of_fp32() -> None:
    peaks = make_peaks(rates=(make_rate(), make_rate(Precision.INT8, None, reason="not here")))

    one = found(measured(0.002), peaks=peaks, proof=proof_of(Precision.INT8))

    assert (one.state, one.share, one.reason) == (LimitState.UNKNOWN, None, "no peak rate of int8 is known here")


def test_without_bandwidth_for_as_many_threads_there_is_no_limit() -> None:
    one = found(measured(0.002), peaks=make_peaks(bandwidths=(make_bandwidth(threads=2),)))

    assert (one.state, one.reason) == (LimitState.UNKNOWN, "no memory bandwidth is known")


def test_a_model_that_multiplies_nothing_has_no_limit() -> None:
    one = found(measured(0.002), work=make_model_work(operations=0))

    assert one.state is LimitState.UNKNOWN
    assert "multiplies nothing" in (one.reason or "")


def test_a_median_beyond_the_limit_is_a_measuring_error_with_what_to_look_at() -> None:
    one = found(measured(0.0005, upper_s=0.0006))

    assert one.state is LimitState.BEATS
    assert one.share == pytest.approx(2.0)
    assert (one.reason or "").startswith("200 % of what is possible cannot be: a measuring error (10 % is tolerated)")
    assert "Winograd" in (one.reason or "")


def test_a_limit_within_the_bounds_of_the_median_or_the_tolerance_is_no_error() -> None:
    limit_s = 0.001

    assert found(measured(0.0005, upper_s=limit_s)).state is LimitState.WITHIN
    assert (
        found(measured(limit_s / (1 + 0.9 * TOLERANCE), upper_s=None, slowest_s=limit_s / 1.09)).state
        is LimitState.WITHIN
    )


def test_without_a_bound_of_the_median_the_slowest_quantile_decides() -> None:
    assert found(measured(0.0005, slowest_s=0.0008)).state is LimitState.BEATS
    assert found(measured(0.0005, slowest_s=0.0012)).state is LimitState.WITHIN


def test_peaks_that_were_disturbed_are_the_first_thing_to_doubt() -> None:
    one = found(measured(0.0005, upper_s=0.0006), peaks=make_peaks(foreign_cpu_share=0.4))

    assert "other programs used 40 % of the processors while the peaks were measured" in (one.reason or "")


def test_a_share_of_disturbed_peaks_is_said_to_be_perhaps_lower() -> None:
    quiet, disturbed = (found(measured(0.01), peaks=make_peaks(foreign_cpu_share=share)) for share in (0.01, 0.4))

    assert (quiet.state, quiet.reason) == (LimitState.WITHIN, None)
    assert disturbed.state is LimitState.WITHIN
    assert "40 % of the processors" in str(disturbed.reason)
    assert "the true share may be lower" in str(disturbed.reason)


def test_what_was_not_counted_makes_the_share_a_least_one_and_an_error_stays_one() -> None:
    work = make_model_work(uncounted=("1 If",))

    within, beyond = found(measured(0.002), work=work), found(measured(0.0005, upper_s=0.0006), work=work)

    assert within.is_at_least
    assert within.reason == "not counted: 1 If; the true share is at least this"
    assert beyond.state is LimitState.BEATS


@given(
    peak=st.floats(1e9, 1e12),
    slowdown=st.floats(1.0, 10.0),
    bandwidth=st.floats(1e9, 1e12),
    operations=st.integers(1, 10**12),
    share_skipped=st.floats(0.0, 1.0),
    elements=st.integers(0, 10**9),
    caches=st.integers(1, 10**9),
)
def test_a_machine_that_does_no_more_than_its_peaks_never_beats_the_limit(
    *,
    peak: float,
    slowdown: float,
    bandwidth: float,
    operations: int,
    share_skipped: float,
    elements: int,
    caches: int,
) -> None:
    skipped = int(operations * share_skipped)
    work = make_model_work(
        operations=operations, skippable=skipped, weights=(StoredWeights(bits=32, elements=elements),)
    )
    peaks = make_peaks(
        rates=(make_rate(best=peak),),
        bandwidths=(make_bandwidth(bandwidth),),
        caches=make_caches(caches),
    )
    # It leaves out what it may, keeps in its caches what fits, and overlaps arithmetic with memory.
    missed = max(0, work.compulsory_bytes() - caches)
    took_s = max((operations - skipped) / peak, missed / bandwidth, 1e-12) * slowdown

    one = found(measured(took_s, upper_s=took_s), work=work, peaks=peaks)

    assert one.state is not LimitState.BEATS
    assert one.share is None or 0.0 < one.share <= 1.0 + 1e-9
