"""What could be measured on: this machine's CPU and its NVIDIA GPUs.

Facts as the kernel and the driver state them, read once per run. Nothing is started and nothing
heavy is imported; no GPU is a normal answer, with a reason.
"""

from harness.devices.chosen import Gpus, find_gpu, no_gpu, require_devices
from harness.devices.cpu import (
    ARM_FEATURES,
    ARM_PARTS,
    ARM_VENDORS,
    INT8_DOT_FEATURES,
    X86_FEATURES,
    CpuDevice,
    cpu_from,
    read_cpu,
    usable_cpus,
)
from harness.devices.nvidia import NvidiaDevice, all_nvidia_devices, nvidia_devices
from harness.devices.visible import MigInstance, VisibleGpu, VisibleGpus, visible_gpus

__all__ = [
    "ARM_FEATURES",
    "ARM_PARTS",
    "ARM_VENDORS",
    "INT8_DOT_FEATURES",
    "X86_FEATURES",
    "CpuDevice",
    "Gpus",
    "MigInstance",
    "NvidiaDevice",
    "VisibleGpu",
    "VisibleGpus",
    "all_nvidia_devices",
    "cpu_from",
    "find_gpu",
    "no_gpu",
    "nvidia_devices",
    "read_cpu",
    "require_devices",
    "usable_cpus",
    "visible_gpus",
]
