"""The devices that are asked for: names, what is here, and the sentence where one is not."""

import pytest
from helpers.builders import make_arm, make_plan
from helpers.nvml import SECOND, T4, stubbed_nvml

from harness.devices import require_devices
from harness.errors import UnavailableError, UsageError
from harness.meters.absence import Unavailable
from harness.supervisor.visibility import uuids_of, variables_for
from harness.vocabulary import DeviceKind, gpu_index_of, kind_of_device

_NONE = Unavailable(reason="NVML: Driver Not Loaded", hint="load the driver")


def test_names_are_of_the_cpu_or_of_a_gpu_by_its_number() -> None:
    assert (gpu_index_of("cpu"), gpu_index_of("gpu:0"), gpu_index_of("gpu:17")) == (None, 0, 17)
    assert (kind_of_device("cpu"), kind_of_device("gpu:0")) == (DeviceKind.CPU, DeviceKind.GPU)


@pytest.mark.parametrize("name", ["", "tpu", "gpu", "gpu:", "gpu:-1", "gpu:01", "gpu:0 ", "GPU:0", "cuda:0", "g" * 999])
def test_other_names_are_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(UsageError, match="write cpu, gpu:0, or both as gpu:0,cpu") as refusal:
        gpu_index_of(name)
    assert len(str(refusal.value)) < 120


def test_the_driver_is_not_asked_for_cpus() -> None:
    assert require_devices(["cpu"], find=lambda: pytest.fail("asked")) == ()


def test_without_a_gpu_the_sentence_says_why_and_what_to_do() -> None:
    with pytest.raises(UnavailableError) as refusal:
        require_devices(["gpu:0", "cpu"], find=lambda: _NONE)
    assert str(refusal.value) == (
        "gpu:0 cannot be measured, as no GPU is here (NVML: Driver Not Loaded): load the driver; without --device the "
        "CPU is measured"
    )


@pytest.mark.parametrize("names", [[], ["cpu", "cpu"], ["gpu:0", "gpu:0"]])
def test_each_device_is_named_once(names: list[str]) -> None:
    with pytest.raises(UsageError, match="name each device once"):
        require_devices(names, find=lambda: _NONE)


def test_a_process_sees_the_one_card_of_its_arm_by_uuid() -> None:
    arms = (make_arm("fp32"), make_arm("fp32", device="gpu:1"), make_arm("fp32", device="gpu:0"))
    with stubbed_nvml("t4,a100"):
        uuids = uuids_of(make_plan(arms=arms))
        with pytest.raises(UnavailableError, match=r"no gpu:7 is here, only gpu:0 \(Tesla T4\), gpu:1 \(NVIDIA A100"):
            require_devices(["gpu:7"])

    assert uuids == {"gpu:1": SECOND, "gpu:0": T4}
    assert variables_for("gpu:1", uuids) == {"CUDA_VISIBLE_DEVICES": SECOND, "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    assert variables_for("cpu", uuids) == {}


def test_arms_on_a_gpu_have_names_and_baselines_of_their_own() -> None:
    fp32, other = make_arm("fp32"), make_arm("fp32", device="gpu:0")
    int8 = make_arm("int8-static:per-channel", device="gpu:0")
    plan = make_plan(arms=(fp32, other, int8))

    assert [arm.name for arm in plan.arms] == ["fake/fp32", "fake@gpu:0/fp32", "fake@gpu:0/int8-static:per-channel"]
    assert plan.baseline_of(int8) == other
    with pytest.raises(UsageError, match="no device 'tpu'"):
        make_arm("fp32", device="tpu")
