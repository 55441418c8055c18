"""Runtimes on devices: which of them a plan can have, and what is said of the others."""

from pathlib import Path
from typing import Any

import pytest
from helpers.fake_workload import FP32, PER_CHANNEL, write_fake_workload
from helpers.nvml import stubbed_nvml

from harness.errors import UnavailableError
from harness.runtimes import registry
from harness.vocabulary import DeviceKind, Plan
from harness.workloads.workload import BUILTIN_DEFAULT, Workload, open_workload
from planner.services.planning import BenchRequest, make_plan


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workload:
    """A workload for the fake runtime, which serves both kinds of devices."""
    monkeypatch.setenv(registry.FAKE_SWITCH, "1")
    return open_workload(str(write_fake_workload(tmp_path / "workload", samples=30, calibration_samples=10)))


def _plan(workload: Workload, **fields: Any) -> Plan:  # noqa: ANN401 - an override has its field's type
    return make_plan(BenchRequest(workload=workload.reference, **fields), workload)


def test_every_variant_is_planned_on_every_device_in_their_order(fake: Workload) -> None:
    plan = _plan(fake, devices=("gpu:0", "cpu"), variants=f"{FP32},{PER_CHANNEL}")

    assert [arm.name for arm in plan.arms] == [
        f"fake@gpu:0/{FP32}",
        f"fake@gpu:0/{PER_CHANNEL}",
        f"fake/{FP32}",
        f"fake/{PER_CHANNEL}",
    ]


def test_a_runtime_for_cpus_alone_is_refused_on_a_gpu_by_name() -> None:
    workload = open_workload(BUILTIN_DEFAULT)
    if not registry.probe("openvino").is_available:
        pytest.skip("openvino is not here")

    with pytest.raises(UnavailableError, match="runtime openvino is not here: openvino computes on CPUs only"):
        _plan(workload, devices=("gpu:0",), runtimes=("openvino",))


@pytest.mark.skipif(registry.probe("onnxruntime").version is None, reason="onnxruntime is not here")
@pytest.mark.skipif(registry.probe_on("onnxruntime", DeviceKind.GPU).is_available, reason="it has CUDA")
def test_what_is_missing_for_a_gpu_is_said_with_what_to_install() -> None:
    workload = open_workload(BUILTIN_DEFAULT)

    with stubbed_nvml("t4"), pytest.raises(UnavailableError) as refusal:
        _plan(workload, devices=("gpu:0",))

    said = str(refusal.value)
    assert said.startswith("no runtime is here to measure with on gpu:0 (")
    assert "onnxruntime@gpu:0: the installed onnxruntime has no CUDAExecutionProvider" in said
    assert "openvino" not in said
