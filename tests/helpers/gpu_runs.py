"""Runs on a GPU that nobody has here: what a store would hold of them, with figures that a T4 could have."""
# ruff: noqa: ANN401 - an override has the type of the field it replaces

from dataclasses import asdict, replace
from typing import Any

from helpers.builders import (
    make_arm,
    make_comparison,
    make_environment,
    make_measurement,
    make_proof_verdict,
    make_quantile,
    make_ratio,
)
from helpers.limits import make_limit

from harness.devices import NvidiaDevice
from harness.gpu_check.findings import Report, Row, RowState
from harness.gpu_check.names import RESNET_50
from harness.vocabulary import Arm, KernelProof, LayerRun, Limit, Method, Precision, Recipe

RESNET_FLOP = 8_178_368_512
STEP = f"{RESNET_50}, batch 32"


def make_card(name: str = "Tesla T4", **fields: Any) -> NvidiaDevice:
    """The first card that a process sees."""
    default = NvidiaDevice(
        index=0, name=name, uuid="GPU-0", compute_capability=(7, 5), memory_bytes=16 * 10**9, driver="580"
    )
    return replace(default, **fields)


def gpu_arm(method: Method = Method.FP32) -> Arm:
    """Of PyTorch on that card."""
    return replace(
        make_arm(runtime="torch", device="gpu:0", threads=1), label=str(method), recipe=Recipe(method=method)
    )


def check_limit(arm: Arm, *, p50_s: float, peak: float, precision: Precision) -> Limit:
    """Of ResNet-50 at batch 32, bound by a peak that was measured."""
    operations = 32 * RESNET_FLOP
    return make_limit(
        arm=arm.name,
        batch=32,
        threads=1,
        operations=operations,
        least_operations=operations,
        compulsory_bytes=102_228_128,
        memory_bytes=98_000_000,
        precision=precision,
        peak=peak,
        peak_source="torch 2.13.0: a product 8192×8192 by 8192×8192 in the check",
        bandwidth=240e9,
        p50_s=p50_s,
        limit_s=operations / peak,
        share=operations / peak / p50_s,
    )


def make_check(*, fp32_s: float = 0.100, fp16_s: float = 0.020, step: str = STEP, card: str = "Tesla T4") -> Report:
    """A check of one model at batch 32, in strict FP32 and FP16."""
    report = Report(
        device="gpu:0",
        is_rehearsal=False,
        started_at="2026-01-01T00:00:00+00:00",
        machine={"name": card, "environment": asdict(make_environment(gpus=(make_card(card),)))},
    )
    rows = ((Method.FP32, fp32_s, 4e12, Precision.FP32), (Method.FP16, fp16_s, 25e12, Precision.FP16))
    for method, p50_s, peak, precision in rows:
        report = report.with_row(_row(step, gpu_arm(method), p50_s, peak, precision, fp32_s / p50_s), took_s=1.0)
    return report


def _row(step: str, arm: Arm, p50_s: float, peak: float, precision: Precision, gain: float) -> Row:  # noqa: PLR0917 - of a table
    quantiles = tuple(make_quantile(p, p50_s * times) for p, times in ((0.5, 1.0), (0.9, 1.1), (0.99, 1.3)))
    measurement = make_measurement(arm=arm.name, batch=32, quantiles=quantiles, throughput=32 / p50_s)
    layer = LayerRun(name="sgemm", kind="sgemm", precision=precision, is_compute=True, time_s=p50_s)
    proof = KernelProof(source="PyTorch profile of the GPU's kernels", layers=(layer,))
    baseline = gpu_arm()
    compared = make_comparison(candidate=arm.name, baseline=baseline.name, batch=32, ratio=make_ratio(gain))
    detail = {
        "arm": asdict(arm),
        "measurement": asdict(measurement),
        "proof": asdict(proof),
        "proof_verdict": asdict(make_proof_verdict(ran=str(precision))),
        "comparison": None if arm == baseline else asdict(compared),
        "limit": asdict(check_limit(arm, p50_s=p50_s, peak=peak, precision=precision)),
    }
    figures: dict[str, float | None] = {"p50_ms": p50_s * 1e3, "power_w": 70.0 if arm == baseline else 63.0}
    return Row(step=step, subject=arm.label, state=RowState.MEASURED, figures=figures, detail=detail)
