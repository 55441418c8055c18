"""The harness's words as types: frozen values that cannot be built wrong.

One word, one meaning. Everything here is data: no clock, no file, no process.
Seconds, bytes, watts and joules inside; scaled units only where they are shown.
"""

from harness.vocabulary.findings import (
    ClassComparison,
    Comparison,
    EnergyReading,
    Failure,
    KernelProof,
    LatencyQuantile,
    LayerRun,
    Measurement,
    MemoryReading,
    NoiseReport,
    Prediction,
    ProofVerdict,
    QualityComparison,
    QualityFigures,
    RatioInterval,
    Verdict,
)
from harness.vocabulary.plan import (
    Arm,
    ArtifactRef,
    GateRules,
    Granularity,
    Method,
    Plan,
    Recipe,
    TimingRules,
)
from harness.vocabulary.samples import HostReading, Round, Turn, WarmUpSamples
from harness.vocabulary.words import Gate, NoiseClass, Precision, ProofState, RunState, Speed, Stage

__all__ = [
    "Arm",
    "ArtifactRef",
    "ClassComparison",
    "Comparison",
    "EnergyReading",
    "Failure",
    "Gate",
    "GateRules",
    "Granularity",
    "HostReading",
    "KernelProof",
    "LatencyQuantile",
    "LayerRun",
    "Measurement",
    "MemoryReading",
    "Method",
    "NoiseClass",
    "NoiseReport",
    "Plan",
    "Precision",
    "Prediction",
    "ProofState",
    "ProofVerdict",
    "QualityComparison",
    "QualityFigures",
    "RatioInterval",
    "Recipe",
    "Round",
    "RunState",
    "Speed",
    "Stage",
    "TimingRules",
    "Turn",
    "Verdict",
    "WarmUpSamples",
]
