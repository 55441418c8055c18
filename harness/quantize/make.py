"""From an arm to its artifact: chooses the toolchain, writes files and the provenance beside them.

Runs in a worker process: quantizers are heavy, chatty, and may crash.
"""

import functools
import hashlib
import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

import harness.workloads.data
from harness.errors import UnavailableError
from harness.quantize import nncf_openvino, onnx_qdq, onnx_tensorrt, torch_int8
from harness.quantize.qdq_scheme import cpu_traits
from harness.runtimes.fake import read_fake_model
from harness.runtimes.registry import find_runtime
from harness.vocabulary import Arm, Method
from harness.workloads.data.split import Split
from harness.workloads.workload import Workload

_OWN_CODE = "planner's own code"
Quantizer = Callable[[Workload, Arm, Split, Path], dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """Who makes artifacts of a format: the file a runtime opens, and the packages whose versions matter.

    Where the model is code, no hash tells whether it is still the same: what was made of it is made anew each time.
    What depends on the CPU is made anew on a CPU of another kind.
    """

    file: str
    packages: tuple[str, ...]
    quantize: Quantizer
    reads_code: bool = False
    depends_on_cpu: bool = False

    @property
    def processor(self) -> str:
        """What of this machine's CPU decides what is made; empty where nothing does."""
        return cpu_traits().text if self.depends_on_cpu else ""

    def versions(self) -> dict[str, str]:
        """Installed versions of the packages, by name; an absent one is left out. Our own code is one of them."""
        found = {_OWN_CODE: own_code_digest()}
        for package in self.packages:
            try:
                found[package] = importlib.metadata.version(package)
            except importlib.metadata.PackageNotFoundError:
                continue
        return found


@functools.cache
def own_code_digest() -> str:
    """SHA-256 of the modules that quantise and that make data ready: what they make changes when they do."""
    folders = (Path(__file__).parent, Path(harness.workloads.data.__file__).parent)
    files = sorted(file for folder in folders for file in folder.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


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
    """Whether a quantizer makes what the arm runs: it is not the workload's own model, nor one made elsewhere."""
    return arm.recipe.file is None and find_runtime(arm.runtime).needs_artifact(arm.recipe)


def _quantize_fake(workload: Workload, arm: Arm, calibration: Split, folder: Path) -> dict[str, str]:
    scripted = msgspec.structs.replace(read_fake_model(workload.required_model), variant=arm.label)
    (folder / _FAKE_FILE).write_bytes(msgspec.json.encode(scripted))
    return {"format": "fake", "calibration_samples": str(calibration.samples)}


def _quantize_onnx(workload: Workload, arm: Arm, calibration: Split, folder: Path) -> dict[str, str]:
    """16-bit types are written as they are for TensorRT, and mean the same to ONNX Runtime on a GPU."""
    is_typed = arm.recipe.method in {Method.FP16, Method.BF16}
    make = onnx_tensorrt.quantize_tensorrt if is_typed else onnx_qdq.quantize_onnx
    return make(workload, arm, calibration, folder)


_FAKE_FILE = "model.fake.json"
_TOOLCHAINS = {
    "onnx": Toolchain(
        file=onnx_qdq.ARTIFACT_FILE,
        packages=onnx_qdq.PACKAGES,
        quantize=_quantize_onnx,
        depends_on_cpu=True,
    ),
    "tensorrt": Toolchain(
        file=onnx_tensorrt.ARTIFACT_FILE,
        packages=onnx_tensorrt.PACKAGES,
        quantize=onnx_tensorrt.quantize_tensorrt,
    ),
    "openvino": Toolchain(
        file=nncf_openvino.ARTIFACT_FILE,
        packages=nncf_openvino.PACKAGES,
        quantize=nncf_openvino.quantize_openvino,
        depends_on_cpu=True,
    ),
    "torch": Toolchain(
        file=torch_int8.ARTIFACT_FILE,
        packages=torch_int8.PACKAGES,
        quantize=torch_int8.quantize_torch,
        reads_code=True,
    ),
    "fake": Toolchain(file=_FAKE_FILE, packages=(), quantize=_quantize_fake),
}
