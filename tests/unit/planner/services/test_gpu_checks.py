"""What `planner doctor` says of GPUs: facts, how energy is read, and what to type."""

import pytest
from helpers.nvml import stubbed_nvml

from harness.devices import nvidia_devices
from harness.meters.absence import Unavailable
from planner.cli.gpu_view import gpu_lines
from planner.services.gpu_checks import check_gpus


def the_screen(
    preset: str = "t4", *, script: str = "", faults: str = "", processes: str = "", mig: int | None = None
) -> str:
    with stubbed_nvml(preset, script=script, faults=faults, processes=processes, mig=mig):
        found = nvidia_devices(variables={})
        if isinstance(found, Unavailable):
            lines = gpu_lines((), (), reason=found.reason, hint=found.hint)
        else:
            lines = gpu_lines(found, check_gpus(found), reason=None, hint=None)
        return "\n".join(line.plain for line in lines)


def test_a_card_is_shown_with_everything_that_bears_on_a_measurement() -> None:
    screen = the_screen("a100", script="0:54000:0:300:1:33")

    for line in (
        "✓ gpu:0 NVIDIA A100-SXM4-40GB (Ampere, 8.0), 40.0 GiB, INT8 tensor cores",
        "GPU-ab00cd00-1111-4222-8333-000000000000, 0 in nvidia-smi",
        "driver 580.95.05, runs CUDA up to 13.0, NVML 13.580.95.05",
        "power limit 400 W (usual 400 W, 100 W to 400 W)",
        "ECC on, persistence on, MIG off",
        "now 54 W, 1410 MHz, 33 °C (idle)",
        "✓ energy by NVML: energy counter",
    ):
        assert line in screen
    assert "!" not in screen


@pytest.mark.parametrize(
    ("preset", "settings", "told"),
    [
        ("v100", {}, "no INT8 tensor cores (they begin with compute capability 7.2)"),
        ("t4", {"processes": "12:300"}, "1 other process on it now"),
        ("t4", {"script": "0:70000:99:300:44:90"}, "clocks are held down now: software power cap, hardware thermal"),
        ("t4", {"script": "0:70000:99:300:2:90"}, "`sudo nvidia-smi -i 0 -rgc` sets them free"),
        ("t4", {"faults": "nvmlDeviceGetEccMode=3"}, "~ ECC: NVML: Not Supported"),
        ("t4", {"faults": "nvmlDeviceGetUtilizationRates=15"}, "~ energy unavailable: gpu:0 (Tesla T4"),
        ("t4", {"faults": "nvmlInitWithFlags=12"}, "to use one: install NVIDIA's driver"),
    ],
)
def test_what_is_amiss_is_said_with_what_to_type(preset: str, settings: dict[str, str], told: str) -> None:
    assert told in the_screen(preset, **settings)  # type: ignore[arg-type] # settings are texts


def test_an_instance_of_a_divided_card_has_no_energy_and_says_why() -> None:
    screen = the_screen("h200", mig=2)

    assert "a part of GPU-" in screen
    assert "energy unavailable: NVML: the power of a MIG instance is not known" in screen
