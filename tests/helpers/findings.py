"""Builders of findings for tests: measurements, comparisons, verdicts, quality, proofs.

As `builders`, which passes these on: defaults for everything, replaceable by keyword.
"""
# ruff: noqa: ANN401 - an override has the type of the field it replaces

from dataclasses import replace
from typing import Any

from helpers.samples import FP32, INT8

from harness.vocabulary import (
    Agreement,
    CalibrationFinding,
    ClassComparison,
    Comparison,
    EnergyReading,
    Failure,
    Gate,
    KernelProof,
    LatencyQuantile,
    LayerRun,
    Measurement,
    MemoryReading,
    NoiseClass,
    NoiseReport,
    PipelineTiming,
    Precision,
    ProofState,
    ProofVerdict,
    QualityComparison,
    QualityFigures,
    RatioInterval,
    Severity,
    Speed,
    Stage,
    Verdict,
)


def make_quantile(p: float = 0.5, point_s: float = 0.001, **fields: Any) -> LatencyQuantile:
    """A quantile with bounds one per cent either side."""
    default = LatencyQuantile(
        p=p,
        point_s=point_s,
        lower_s=point_s * 0.99,
        upper_s=point_s * 1.01,
        confidence=0.99,
        samples=1_000,
        effective_samples=800.0,
        reason=None,
    )
    return replace(default, **fields)


def make_measurement(**fields: Any) -> Measurement:
    """A thousand calls of the FP32 arm at 1 ms."""
    default = Measurement(
        arm=FP32,
        batch=1,
        calls=1_000,
        blocks=40,
        quantiles=(make_quantile(0.5, 0.001), make_quantile(0.9, 0.0012), make_quantile(0.99, 0.0015)),
        throughput=1_000.0,
        cpu_s_per_call=0.002,
    )
    return replace(default, **fields)


def make_ratio(point: float = 2.0, **fields: Any) -> RatioInterval:
    """A speed-up with an interval of one per cent either side."""
    default = RatioInterval(
        point=point,
        lower=point * 0.99,
        upper=point * 1.01,
        confidence=0.95,
        pairs=40,
        merged=1,
        estimator="hodges-lehmann",
    )
    return replace(default, **fields)


def make_noise(**fields: Any) -> NoiseReport:
    """A quiet machine."""
    default = NoiseReport(
        noise_class=NoiseClass.QUIET,
        sigma=0.01,
        minimal_effect=0.0044,
        pairs=40,
        reason=None,
    )
    return replace(default, **fields)


def make_comparison(**fields: Any) -> Comparison:
    """INT8 twice as fast as FP32 at batch 1."""
    default = Comparison(
        candidate=INT8,
        baseline=FP32,
        batch=1,
        ratio=make_ratio(),
        against_fastest=make_ratio(),
        fastest_baseline=FP32,
        noise=make_noise(),
        rounds=10,
        contaminated_rounds=0,
        reason=None,
    )
    return replace(default, **fields)


def make_verdict(**fields: Any) -> Verdict:
    """INT8 is faster and accepted."""
    default = Verdict(
        candidate=INT8,
        baseline=FP32,
        batch=1,
        speed=Speed.FASTER,
        gate=Gate.ACCEPTED,
        noise=NoiseClass.QUIET,
        speed_reasons=("the whole interval lies above 1.02",),
        gate_reasons=("no threshold is missed",),
    )
    return replace(default, **fields)


def make_quality(**fields: Any) -> QualityFigures:
    """Three classes, 30 samples, three of them wrong."""
    default = QualityFigures(
        accuracy=0.9,
        samples=30,
        class_names=("bag", "coat", "shirt"),
        support=(10, 10, 10),
        recall=(1.0, 0.9, 0.8),
        confusion=((10, 0, 0), (0, 9, 1), (0, 2, 8)),
    )
    return replace(default, **fields)


def make_class_comparison(name: str = "shirt", **fields: Any) -> ClassComparison:
    """A class that lost one sample and gained none."""
    default = ClassComparison(
        name=name,
        support=10,
        baseline=0.9,
        candidate=0.8,
        lost=1,
        gained=0,
        lower=-0.3,
        upper=0.1,
    )
    return replace(default, **fields)


def make_quality_comparison(**fields: Any) -> QualityComparison:
    """A candidate that loses one sample in 30."""
    default = QualityComparison(
        samples=30,
        baseline_accuracy=28 / 30,
        candidate_accuracy=27 / 30,
        lost=1,
        gained=0,
        lower=-0.12,
        upper=0.05,
        confidence=0.95,
        mcnemar_p=1.0,
        agreement=29 / 30,
        classes=(make_class_comparison(),),
    )
    return replace(default, **fields)


def make_layer(**fields: Any) -> LayerRun:
    """A convolution that ran in INT8."""
    default = LayerRun(
        name="conv_1",
        kind="QLinearConv",
        precision=Precision.INT8,
        is_compute=True,
        time_s=0.0002,
    )
    return replace(default, **fields)


def make_proof(**fields: Any) -> KernelProof:
    """One convolution in INT8 and one layer that computes nothing."""
    idle = make_layer(name="reshape", kind="Reshape", precision=Precision.UNKNOWN, is_compute=False, time_s=0.0)
    return replace(KernelProof(source="fake profile", layers=(make_layer(), idle)), **fields)


def make_proof_verdict(**fields: Any) -> ProofVerdict:
    """All compute layers ran in INT8."""
    default = ProofVerdict(
        state=ProofState.AS_NAMED,
        ran="int8",
        share_by_count=1.0,
        share_by_time=1.0,
        reason="all compute layers ran in int8",
    )
    return replace(default, **fields)


def make_memory(**fields: Any) -> MemoryReading:
    """Memory while inferring, in the first launch."""
    default = MemoryReading(phase="infer", launch=1, peak_bytes=120_000_000, resident_bytes=100_000_000)
    return replace(default, **fields)


def make_energy(**fields: Any) -> EnergyReading:
    """No counter, and why."""
    default = EnergyReading(source=None, gross_j=None, net_j=None, reason="no energy counter on this machine")
    return replace(default, **fields)


def make_agreement(**fields: Any) -> Agreement:
    """A candidate that gives three of four samples the class that its baseline gives."""
    default = Agreement(
        candidate=INT8,
        baseline=FP32,
        samples=4,
        compared_samples=2,
        same_class=0.75,
        snr_db=24.5,
        worst_snr_db=18.25,
        largest_difference=0.125,
    )
    return replace(default, **fields)


def make_pipeline(**fields: Any) -> PipelineTiming:
    """A request of FP32 of which inference is 30 %."""
    default = PipelineTiming(
        arm=FP32,
        batch=1,
        repeats=100,
        preprocess_s=0.0019,
        copy_s=0.0001,
        inference_s=0.0009,
        postprocess_s=0.0001,
    )
    return replace(default, **fields)


def make_calibration_finding(**fields: Any) -> CalibrationFinding:
    """Too few samples, as a warning."""
    default = CalibrationFinding(
        check="size", severity=Severity.WARNING, sentence="24 samples calibrate; 100 to 500 are usual"
    )
    return replace(default, **fields)


def make_failure(**fields: Any) -> Failure:
    """An INT8 worker that was killed while it was timed."""
    default = Failure(
        arm=INT8,
        stage=Stage.TIME,
        message="the worker was killed",
        hint="free some memory and resume the run",
        log_tail="Killed",
    )
    return replace(default, **fields)
