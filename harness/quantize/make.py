"""From an arm to its artifact: chooses the toolchain, writes files and the provenance beside them.

Runs in a worker process: quantizers are heavy, chatty, and may crash.
"""

import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harness.errors import UnavailableError
from harness.quantize import nncf_openvino, onnx_qdq
from harness.runtimes.fake import read_fake_model
from harness.runtimes.registry import find_runtime
from harness.vocabulary import Arm, Method
from harness.workloads.folder import Workload
from harness.workloads.splits import Split

Quantizer = Callable[[Workload, Arm, Split, Path], dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """Who makes artifacts of a format: the file a runtime opens, and the packages whose versions matter."""

    file: str
    packages: tuple[str, ...]
    quantize: Quantizer

    def versions(self) -> dict[str, str]:
        """Installed versions of the packages, by name; an absent one is left out."""
        found = {}
        for package in self.packages:
            try:
                found[package] = importlib.metadata.version(package)
            except importlib.metadata.PackageNotFoundError:
                continue
        return found


def toolchain_of(arm: Arm) -> Toolchain:
    """The toolchain that makes what the arm's runtime opens.

    Raises:
        UnavailableError: no toolchain makes that format, or a package of it is missing.
    """
    wanted = find_runtime(arm.runtime).artifact_format
    if wanted not in _TOOLCHAINS:
        raise UnavailableError(f"{arm.name}: nothing here makes artifacts of format {wanted!r}")
    return _TOOLCHAINS[wanted]


def needs_artifact(arm: Arm) -> bool:
    """Whether the arm runs something other than the workload's own model file."""
    return arm.recipe.method is not Method.FP32


def _quantize_fake(workload: Workload, arm: Arm, calibration: Split, folder: Path) -> dict[str, str]:
    scripted = msgspec.structs.replace(read_fake_model(workload.model), variant=arm.label)
    (folder / _FAKE_FILE).write_bytes(msgspec.json.encode(scripted))
    return {"format": "fake", "calibration_samples": str(calibration.samples)}


_FAKE_FILE = "model.fake.json"
_TOOLCHAINS = {
    "onnx": Toolchain(file=onnx_qdq.ARTIFACT_FILE, packages=onnx_qdq.PACKAGES, quantize=onnx_qdq.quantize_onnx),
    "openvino": Toolchain(
        file=nncf_openvino.ARTIFACT_FILE, packages=nncf_openvino.PACKAGES, quantize=nncf_openvino.quantize_openvino
    ),
    "fake": Toolchain(file=_FAKE_FILE, packages=(), quantize=_quantize_fake),
}
