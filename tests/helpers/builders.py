"""Builders of domain values for tests: sensible defaults, every field replaceable by keyword.

A test names what it is about and leaves the rest to the builder. Nothing here is random unless a
seed is given.
"""
# ruff: noqa: ANN401 - an override has the type of the field it replaces

from dataclasses import replace
from typing import Any

from helpers.findings import (
    make_agreement,
    make_calibration_finding,
    make_class_comparison,
    make_comparison,
    make_energy,
    make_failure,
    make_layer,
    make_measurement,
    make_memory,
    make_noise,
    make_pipeline,
    make_proof,
    make_proof_verdict,
    make_quality,
    make_quality_comparison,
    make_quantile,
    make_ratio,
    make_verdict,
)
from helpers.samples import (
    DIGEST,
    FP32,
    INT8,
    class_indices,
    latencies,
    make_host_reading,
    make_prediction,
    make_realistic_round,
    make_round,
    make_turn,
    make_warm_up,
    noisy_latencies,
    raw_outputs,
)

from harness.devices import CpuDevice
from harness.environment import Environment, Observer, PackageVersion
from harness.vocabulary import Arm, GateRules, Granularity, Method, Plan, Recipe, TimingRules

__all__ = [
    "DIGEST",
    "FP32",
    "INT8",
    "class_indices",
    "latencies",
    "make_agreement",
    "make_arm",
    "make_calibration_finding",
    "make_class_comparison",
    "make_comparison",
    "make_cpu",
    "make_energy",
    "make_environment",
    "make_failure",
    "make_host_reading",
    "make_layer",
    "make_measurement",
    "make_memory",
    "make_noise",
    "make_pipeline",
    "make_plan",
    "make_prediction",
    "make_proof",
    "make_proof_verdict",
    "make_quality",
    "make_quality_comparison",
    "make_quantile",
    "make_ratio",
    "make_realistic_round",
    "make_recipe",
    "make_round",
    "make_turn",
    "make_verdict",
    "make_warm_up",
    "noisy_latencies",
    "raw_outputs",
]


def make_arm(label: str = "fp32", **fields: Any) -> Arm:
    """An arm on the fake runtime; `label` decides the recipe, as far as a test needs one."""
    return replace(Arm(label=label, recipe=make_recipe(label), runtime="fake", threads=2), **fields)


def make_recipe(label: str = "fp32") -> Recipe:
    """The recipe of a label; an INT8 method without a granularity in it gets one scale per channel."""
    method, _, options = label.partition(":")
    if Method(method) is Method.FP32:
        return Recipe(method=Method.FP32)
    per_tensor = str(Granularity.PER_TENSOR) in options
    return Recipe(method=Method(method), granularity=Granularity.PER_TENSOR if per_tensor else Granularity.PER_CHANNEL)


def make_plan(**fields: Any) -> Plan:
    """FP32 against static INT8 on the fake runtime, at batch 1."""
    default = Plan(
        workload="toy",
        workload_digest=DIGEST,
        arms=(make_arm("fp32"), make_arm("int8-static:per-channel")),
        batches=(1,),
        baseline="fp32",
        seed=7,
        timing=TimingRules(),
        gate=GateRules(),
    )
    return replace(default, **fields)


def make_cpu(**fields: Any) -> CpuDevice:
    """A small virtual x86 CPU with VNNI."""
    default = CpuDevice(
        model="Example CPU 8000",
        vendor="ExampleVendor",
        family=6,
        model_number=143,
        physical_cores=2,
        logical_cores=4,
        features=("avx2", "avx512f", "avx512_vnni"),
        allowed_cpus=(0, 1, 2, 3),
        quota_cores=None,
        is_virtual=True,
    )
    return replace(default, **fields)


def make_environment(**fields: Any) -> Environment:
    """The conditions of a run on that CPU, with nobody watching."""
    default = Environment(
        observer=Observer.HEADLESS,
        host_id="0123456789ab",
        host_id_source="machine-id",
        system="Linux",
        kernel="6.12.0",
        architecture="x86_64",
        python="3.11.9",
        cpu=make_cpu(),
        gpus=(),
        memory_bytes=8 * 2**30,
        governor=None,
        is_boost_allowed=None,
        container=None,
        load_average=(0.1, 0.2, 0.3),
        cpu_pressure_share=0.0,
        variables=(),
        packages=(PackageVersion(name="numpy", version="2.4.6"),),
    )
    return replace(default, **fields)
