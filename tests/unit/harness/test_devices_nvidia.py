"""NVIDIA GPUs through NVIDIA's own binding and a library that stands in for the driver; and on this very machine."""

from dataclasses import fields
from types import ModuleType

import pytest
from helpers.nvml import SECOND, T4, stubbed_nvml

from harness.devices import MigInstance, NvidiaDevice, all_nvidia_devices, nvidia_devices
from harness.meters.absence import Unavailable


def the_devices(**settings: str) -> tuple[NvidiaDevice, ...]:
    devices = nvidia_devices(variables=settings)
    assert isinstance(devices, tuple), devices
    return devices


def test_a_card_is_described_completely() -> None:
    with stubbed_nvml("t4"):
        (card,) = the_devices()

    assert card == NvidiaDevice(
        index=0,
        nvml_index=0,
        name="Tesla T4",
        uuid=T4,
        compute_capability=(7, 5),
        memory_bytes=15360 * 2**20,
        driver="580.95.05",
        architecture="Turing",
        bus_id="00000000:10:00.0",
        cuda=(13, 0),
        nvml="13.580.95.05",
        power_limit_w=70.0,
        default_power_limit_w=70.0,
        least_power_limit_w=60.0,
        most_power_limit_w=70.0,
        max_sm_clock_hz=1.59e9,
        max_memory_clock_hz=5.001e9,
        is_persistent=True,
        is_ecc_on=True,
        missing=(("is_mig_on", "NVML: Not Supported"),),
    )


@pytest.mark.parametrize(
    ("preset", "architecture", "has_int8", "is_mig_on"),
    [
        ("t4", "Turing", True, None),
        ("v100", "Volta", False, None),
        ("a100", "Ampere", True, False),
        ("h200", "Hopper", True, False),
    ],
)
def test_every_architecture_says_whether_int8_has_tensor_cores(
    preset: str,
    architecture: str,
    has_int8: bool,  # noqa: FBT001 - a row of the table
    is_mig_on: bool | None,  # noqa: FBT001 - likewise
) -> None:
    with stubbed_nvml(preset):
        (card,) = the_devices()

    assert (card.architecture, card.has_int8_tensor_cores, card.is_mig_on) == (architecture, has_int8, is_mig_on)


def test_what_a_card_does_not_tell_is_none_with_a_reason_and_never_zero() -> None:
    required = {"nvmlInitWithFlags", "nvmlDeviceGetCount_v2", "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetName"}
    required |= {"nvmlDeviceGetUUID", "nvmlDeviceGetCudaComputeCapability", "nvmlSystemGetDriverVersion"}
    optional = {"MemoryInfo", "PciInfo_v3", "PowerManagementLimitConstraints", "EccMode", "MigMode", "Architecture"}
    optional |= {"PersistenceMode", "EnforcedPowerLimit", "PowerManagementDefaultLimit", "MaxClockInfo"}
    with stubbed_nvml("a100", faults=";".join(f"nvmlDeviceGet{name}=3" for name in sorted(optional))):
        (card,) = the_devices()

    told = {one.name for one in fields(card) if getattr(card, one.name) not in (None, ())}
    identity = {"index", "nvml_index", "name", "uuid", "compute_capability", "driver", "cuda", "nvml", "missing"}
    assert told == identity
    assert set(dict(card.missing).values()) == {"NVML: Not Supported"}
    assert {"memory_bytes", "power_limit_w", "max_sm_clock_hz", "is_ecc_on"} <= set(dict(card.missing))


def test_an_instance_of_a_divided_card_is_a_device_of_its_own() -> None:
    with stubbed_nvml("a100", mig=2):
        (first,) = the_devices()
        (second,) = the_devices(CUDA_VISIBLE_DEVICES="MIG-51ab0000-0000-4000-8000-000000000002")
        cards = all_nvidia_devices()

    assert (first.is_instance, first.name, first.memory_bytes) == (True, "NVIDIA A100-SXM4-40GB MIG 1g.5gb", 5 * 2**30)
    assert second.uuid.endswith("2")
    assert second.parent_uuid == T4
    assert isinstance(cards, tuple)
    assert cards[0].mig_instances[1] == MigInstance(
        uuid=second.uuid, name=second.name, memory_bytes=5 * 2**30, gpu_instance=8, compute_instance=0
    )


def test_the_number_of_a_gpu_counts_what_is_visible() -> None:
    with stubbed_nvml("t4,a100"):
        (only,) = the_devices(CUDA_VISIBLE_DEVICES=SECOND[:12])

    assert (only.index, only.nvml_index, only.uuid) == (0, 1, SECOND)


def test_numbers_that_cuda_may_count_otherwise_are_said_to_be_uncertain() -> None:
    with stubbed_nvml("t4,a100"):
        (card,) = the_devices(CUDA_VISIBLE_DEVICES="1")
        (sure,) = the_devices(CUDA_VISIBLE_DEVICES="1", CUDA_DEVICE_ORDER="PCI_BUS_ID")

    assert "CUDA may count the fastest first" in dict(card.missing)["index"]
    assert "index" not in dict(sure.missing)


def test_cards_that_are_hidden_are_a_reason_with_a_remedy() -> None:
    with stubbed_nvml("t4,a100"):
        answer = nvidia_devices(variables={"CUDA_VISIBLE_DEVICES": ""})

    assert isinstance(answer, Unavailable)
    assert answer.reason.startswith("2 GPUs here, none visible: CUDA_VISIBLE_DEVICES is set and empty")
    assert answer.hint is not None


@pytest.mark.parametrize(
    ("faults", "reason", "hint"),
    [
        ("nvmlInitWithFlags=9", "NVML: Driver Not Loaded", "modprobe nvidia"),
        ("nvmlInitWithFlags=18", "NVML: RM has detected an NVML/RM version mismatch.", "restart the machine"),
        ("nvmlInitWithFlags=12", "NVML: Shared Library Not Found", "docker run --gpus all"),
        ("nvmlDeviceGetName=15", "the driver answers, but not for every GPU: NVML: GPU is lost", "nvidia-smi"),
        ("nvmlDeviceGetUUID=27", "the driver answers, but not for every GPU: NVML: System Not Ready", "nvidia-smi"),
    ],
)
def test_a_driver_that_does_not_answer_is_a_reason_with_a_remedy(faults: str, reason: str, hint: str) -> None:
    with stubbed_nvml("t4", faults=faults):
        answer = nvidia_devices(variables={})

    assert isinstance(answer, Unavailable)
    assert answer.reason.startswith(reason)
    assert hint in (answer.hint or "")


def test_a_driver_without_cards_is_a_reason() -> None:
    with stubbed_nvml("none"):
        answer = nvidia_devices(variables={})

    assert isinstance(answer, Unavailable)
    assert answer.reason == "NVML: the driver is loaded, but shows no GPU"


def test_a_missing_binding_is_a_reason() -> None:
    def load() -> ModuleType:
        raise ImportError

    answer = nvidia_devices(load=load)

    assert isinstance(answer, Unavailable)
    assert answer.hint == "pip install nvidia-ml-py"


def test_the_real_binding_answers_on_this_machine_whatever_it_has() -> None:
    answer = nvidia_devices()

    if isinstance(answer, Unavailable):
        assert answer.reason
    else:
        assert all(device.name and device.uuid for device in answer)
