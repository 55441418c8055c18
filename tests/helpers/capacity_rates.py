"""Service rates as plans hand them to the capacity model."""

from pricing.vocabulary import (
    BatchCurve,
    Evidence,
    Precision,
    Provenance,
    Range,
    RateMethod,
    Replica,
    ServiceRate,
    Slo,
)


def service_rate(
    per_s: Range,
    *,
    method: RateMethod = RateMethod.STATED,
    curve: BatchCurve | None = None,
    slo: Slo | None = None,
) -> ServiceRate:
    """INT8 ResNet-50 on a T4, at that rate."""
    return ServiceRate(
        replica=Replica(target_id="t4"),
        model="resnet50",
        variant="int8",
        precision=Precision.INT8,
        per_s=per_s,
        slo=slo,
        method=method,
        evidence=Evidence(kind=Provenance.ASSUMED, source="a test"),
        curve=curve,
    )


def unbatched_rate(service_s: float) -> ServiceRate:
    """A replica that serves one request at a time, known by its time."""
    curve = BatchCurve(fixed_s=0.0, per_sample_s=service_s, max_batch=1)
    return service_rate(Range.exactly(1.0 / service_s), method=RateMethod.CURVE, curve=curve)
