"""The harness's words as types: frozen values that cannot be built wrong.

One word, one meaning. Everything here is data: no clock, no file, no process.
Seconds, bytes, watts and joules inside; scaled units only where they are shown.
"""

from harness.vocabulary.calibration import CalibrationAudit, CalibrationDraw, ClassCounts, TensorSaturation
from harness.vocabulary.findings import (
    CalibrationFinding,
    Comparison,
    EnergyReading,
    Failure,
    KernelProof,
    LatencyQuantile,
    LayerRun,
    Measurement,
    MemoryReading,
    NoiseReport,
    PipelineTiming,
    ProofVerdict,
    RatioInterval,
    Verdict,
)
from harness.vocabulary.model import ModelCard, TensorSpec
from harness.vocabulary.plan import (
    Arm,
    ArtifactRef,
    CalibrationMethod,
    Granularity,
    Method,
    Plan,
    Recipe,
    Toolkit,
)
from harness.vocabulary.quality import Agreement, ClassComparison, Prediction, QualityComparison, QualityFigures
from harness.vocabulary.rules import GateRules, Load, TimingRules
from harness.vocabulary.samples import HostReading, Round, Turn, WarmUpSamples
from harness.vocabulary.server import ServerRules, Slo
from harness.vocabulary.words import Gate, NoiseClass, Precision, ProofState, RunState, Scenario, Severity, Speed, Stage

__all__ = [
    "Agreement",
    "Arm",
    "ArtifactRef",
    "CalibrationAudit",
    "CalibrationDraw",
    "CalibrationFinding",
    "CalibrationMethod",
    "ClassComparison",
    "ClassCounts",
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
    "Load",
    "Measurement",
    "MemoryReading",
    "Method",
    "ModelCard",
    "NoiseClass",
    "NoiseReport",
    "PipelineTiming",
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
    "Scenario",
    "ServerRules",
    "Severity",
    "Slo",
    "Speed",
    "Stage",
    "TensorSaturation",
    "TensorSpec",
    "TimingRules",
    "Toolkit",
    "Turn",
    "Verdict",
    "WarmUpSamples",
]
