"""NVIDIA GPUs through a stand-in for NVIDIA's binding; here, and where there is none."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace

from harness.devices import NvidiaDevice, nvidia_devices
from harness.meters.absence import Unavailable


class DriverError(Exception):
    """The stand-in's NVMLError."""


def a_driver(cards: list[dict[str, object]]) -> ModuleType:
    """A binding with these cards; a card's field that is missing fails as the driver fails."""

    def field(name: str) -> Callable[[dict[str, object]], object]:
        def read(card: dict[str, object]) -> object:
            if name not in card:
                raise DriverError("Not Supported")
            return card[name]

        return read

    nvml = ModuleType("pynvml")
    nvml.__dict__.update(
        NVMLError=DriverError,
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetCount=lambda: len(cards),
        nvmlDeviceGetHandleByIndex=lambda index: cards[index],
        nvmlDeviceGetName=field("name"),
        nvmlDeviceGetUUID=field("uuid"),
        nvmlDeviceGetCudaComputeCapability=field("capability"),
        nvmlDeviceGetMemoryInfo=field("memory"),
        nvmlSystemGetDriverVersion=lambda: "580.95.05",
    )
    return nvml


def a_card(**changes: object) -> dict[str, object]:
    facts = {
        "name": "Tesla T4",
        "uuid": "GPU-0",
        "capability": (7, 5),
        "memory": SimpleNamespace(total=16_106_127_360),
    }
    return facts | changes


def test_every_card_is_described() -> None:
    nvml = a_driver([a_card(), a_card(name="Tesla V100-SXM2-16GB", uuid="GPU-1", capability=(7, 0))])

    devices = nvidia_devices(load=lambda: nvml)

    assert isinstance(devices, tuple)
    assert devices[0] == NvidiaDevice(
        index=0,
        name="Tesla T4",
        uuid="GPU-0",
        compute_capability=(7, 5),
        memory_bytes=16_106_127_360,
        driver="580.95.05",
    )
    assert [device.has_int8_tensor_cores for device in devices] == [True, False]


def test_memory_that_the_driver_does_not_count_is_none() -> None:
    card = a_card()
    del card["memory"]

    devices = nvidia_devices(load=lambda: a_driver([card]))

    assert isinstance(devices, tuple)
    assert devices[0].memory_bytes is None


def test_a_card_that_the_driver_lost_is_a_reason_and_not_an_exception() -> None:
    answer = nvidia_devices(load=lambda: a_driver([a_card(), {}]))

    assert answer == Unavailable(reason="NVML: the driver answers, but not for every GPU (Not Supported)")


def test_a_driver_without_cards_is_a_reason() -> None:
    assert nvidia_devices(load=lambda: a_driver([])) == Unavailable(
        reason="NVML: the driver is loaded, but shows no GPU"
    )


def test_a_driver_that_does_not_start_is_a_reason() -> None:
    nvml = a_driver([])

    def fail() -> None:
        raise DriverError("Driver Not Loaded")

    nvml.__dict__["nvmlInit"] = fail

    assert nvidia_devices(load=lambda: nvml) == Unavailable(reason="NVML: Driver Not Loaded")


def test_a_missing_binding_is_a_reason() -> None:
    def load() -> ModuleType:
        raise ImportError

    assert nvidia_devices(load=load) == Unavailable(reason="NVML: the Python package nvidia-ml-py is not installed")


def test_the_real_binding_answers_on_this_machine_whatever_it_has() -> None:
    answer = nvidia_devices()

    if isinstance(answer, Unavailable):
        assert answer.reason.startswith("NVML: ")
    else:
        assert all(device.name and device.uuid for device in answer)
