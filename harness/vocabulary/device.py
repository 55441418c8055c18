"""Names of devices: `cpu`, or `gpu:N`, the N-th GPU that this process may see, counted as CUDA counts them."""

import re
from enum import StrEnum

from harness.errors import UsageError

CPU = "cpu"
_GPU = re.compile(r"gpu:(0|[1-9]\d{0,3})")
_LONGEST_SHOWN = 40


class DeviceKind(StrEnum):
    """What a runtime can be made for."""

    CPU = "cpu"
    GPU = "gpu"


def kind_of_device(device: str) -> DeviceKind:
    """Which kind of device that is.

    Raises:
        UsageError: it is no device's name.
    """
    return DeviceKind.CPU if gpu_index_of(device) is None else DeviceKind.GPU


def gpu_index_of(device: str) -> int | None:
    """The N of `gpu:N`; `None` for the CPU.

    Raises:
        UsageError: it is no device's name.
    """
    if device == CPU:
        return None
    match = _GPU.fullmatch(device)
    if match is None:
        raise UsageError(f"no device {device[:_LONGEST_SHOWN]!r}: write cpu, gpu:0, or both as gpu:0,cpu")
    return int(match[1])
