"""Builders of physical limits for tests: peaks, a model's work, shares.

As `builders`: defaults for everything, replaceable by keyword.
"""
# ruff: noqa: ANN401 - an override has the type of the field it replaces

from dataclasses import replace
from typing import Any

from helpers.samples import FP32

from harness.vocabulary import (
    BandwidthReading,
    Bound,
    CacheSizes,
    Limit,
    LimitState,
    MachinePeaks,
    ModelWork,
    OperatorWork,
    Precision,
    RateReading,
    StoredWeights,
)

MIB = 2**20


def make_rate(precision: Precision = Precision.FP32, best: float | None = 100e9, **fields: Any) -> RateReading:
    """Of onnxruntime: 100 GFLOP/s in FP32."""
    default: dict[str, Any] = {
        "runtime": "onnxruntime",
        "version": "1.32.0",
        "precision": precision,
        "probe": "3 products 192×384 by 384×384",
        "operations": 169_869_312,
        "calls": 100,
        "best": best,
        "median": None if best is None else 0.9 * best,
    }
    return RateReading(**(default | fields))


def make_bandwidth(best: float = 30e9, **fields: Any) -> BandwidthReading:
    """STREAM's add on one thread: 30 GB/s."""
    default = BandwidthReading(
        kernel="add",
        threads=1,
        counted="2 reads and 1 write of 8 bytes an element (STREAM)",
        pass_bytes=384 * MIB,
        array_bytes=128 * MIB,
        passes=20,
        best=best,
        median=0.9 * best,
    )
    return replace(default, **fields)


def make_caches(total_bytes: int = 33 * MIB, **fields: Any) -> CacheSizes:
    """32 MiB of L3 and 1 MiB of L2."""
    default = CacheSizes(
        last_level_bytes=total_bytes, total_bytes=total_bytes, is_assumed=False, told="L3 32 MiB and L2 1 MiB"
    )
    return replace(default, **fields)


def make_peaks(**fields: Any) -> MachinePeaks:
    """A quiet machine of 100 GFLOP/s in FP32, 200 in BF16 and 400 GOP/s in INT8, on one thread."""
    default = MachinePeaks(
        host_id="0123456789ab",
        cpu="Example CPU 8000",
        threads=1,
        cpus=(3,),
        versions={"numpy": "2.4.6"},
        measured_at="2026-01-02T03:04:05+00:00",
        took_s=20.0,
        caches=make_caches(),
        rates=(make_rate(), make_rate(Precision.BF16, 200e9), make_rate(Precision.INT8, 400e9)),
        bandwidths=(make_bandwidth(),),
        foreign_cpu_share=0.01,
    )
    return replace(default, **fields)


def make_model_work(**fields: Any) -> ModelWork:
    """One convolution of 100 M operations, with a million weights of 32 bits."""
    conv = OperatorWork(kind="Conv", nodes=1, operations=100_000_000, skippable=0, operand_bytes=5_000_000, unknown=0)
    default = ModelWork(
        batch=1,
        operations=100_000_000,
        skippable=0,
        weights=(StoredWeights(bits=32, elements=1_000_000),),
        input_bytes=1000,
        output_bytes=40,
        operators=(conv,),
    )
    return replace(default, **fields)


def make_limit(**fields: Any) -> Limit:
    """Half of what is possible, bound by arithmetic in FP32."""
    default = Limit(
        arm=FP32,
        batch=1,
        threads=2,
        state=LimitState.WITHIN,
        reason=None,
        operations=100_000_000,
        least_operations=100_000_000,
        compulsory_bytes=4_001_040,
        memory_bytes=0,
        precision=Precision.FP32,
        peak=200e9,
        peak_source="onnxruntime 1.32.0: 3 products 192×384 by 384×384",
        bandwidth=30e9,
        peaks_measured_at="2026-01-02T03:04:05+00:00",
        p50_s=0.001,
        limit_s=0.0005,
        share=0.5,
        bound=Bound.COMPUTE,
    )
    return replace(default, **fields)
