"""What a process is told so that it sees the one GPU that it is to use, and no other.

By UUID: NVML counts cards by bus, CUDA by speed or by a list of the user's, and both numbers change when a card is
added. CUDA reads these settings once, before its first call.
"""

from collections.abc import Mapping

from harness.devices import require_devices
from harness.vocabulary import CPU, Plan


def uuids_of(plan: Plan) -> dict[str, str]:
    """The UUIDs of the GPUs that a plan's arms run on, by the name of the device.

    Raises:
        UnavailableError: one of them is not here.
    """
    devices = [device for device in dict.fromkeys(arm.device for arm in plan.arms) if device != CPU]
    gpus = require_devices(devices) if devices else ()
    return {device: gpu.uuid for device, gpu in zip(devices, gpus, strict=True)}


def variables_for(device: str, uuids: Mapping[str, str]) -> dict[str, str]:
    """For a process on that device; nothing for the CPU, whose processes run in the environment as it was found."""
    if device not in uuids:
        return {}
    return {"CUDA_VISIBLE_DEVICES": uuids[device], "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
