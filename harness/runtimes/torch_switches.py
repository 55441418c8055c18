"""PyTorch's switches of precision on GPUs, and whether it was built for them.

cuDNN computes convolutions in TF32 unless it is told not to (PyTorch's default): both switches are always set, in the
legacy API first, because the new one leaves its readers in error when it is used alone.
"""

from importlib.util import find_spec
from pathlib import Path

from harness.errors import UnavailableError
from harness.runtimes.base import Availability
from harness.vocabulary import Method, Recipe

_VERSION_FILE = "version.py"
_NO_CUDA = "cuda: Optional[str] = None"
_GET_CUDA = "install a build for CUDA: pip install torch --index-url https://download.pytorch.org/whl/cu130"


def probe_cuda_build() -> Availability:
    """Whether the installed PyTorch was built for CUDA: told by a line of its version file, without importing it."""
    spec = find_spec("torch")
    file = Path(spec.origin).with_name(_VERSION_FILE) if spec and spec.origin else None
    try:
        told = file.read_text(encoding="utf-8") if file else ""
    except OSError:
        told = ""
    lines = {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in told.splitlines())}
    version = lines.get("__version__", "").strip("'\"") or None
    if _NO_CUDA in told or lines.get("cuda") == "None":
        reason = f"the installed torch {version or ''} was built for CPUs alone".replace("  ", " ")
        return Availability(is_available=False, version=version, reason=reason, hint=_GET_CUDA)
    return Availability(is_available=True, version=version)


def configure_gpu(recipe: Recipe) -> dict[str, str]:
    """Set what could change the precision, and say what is set.

    Raises:
        UnavailableError: PyTorch sees no GPU.
    """
    import torch  # noqa: PLC0415 - heavy, and absence is a normal answer

    if not torch.cuda.is_available():
        raise UnavailableError(f"PyTorch {torch.__version__} sees no GPU: run `planner doctor`, or {_GET_CUDA}")
    settings = set_tf32(allowed=recipe.method is Method.TF32)
    torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = False
    torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False
    torch.backends.cudnn.benchmark = True  # searched in the first calls of a shape, before anything is timed
    major, minor = torch.cuda.get_device_capability(0)
    return settings | {
        "gpu": torch.cuda.get_device_name(0),
        "compute_capability": f"{major}.{minor}",
        "cuda": str(torch.version.cuda),
        "cudnn": str(torch.backends.cudnn.version()),
        "cudnn_benchmark": "on",
        "reduced_precision_reduction": "off",
        "inputs": "on the GPU",
    }


def set_tf32(*, allowed: bool) -> dict[str, str]:
    """Set both switches, of cuBLAS and of cuDNN, in both APIs; what they are then."""
    import torch  # noqa: PLC0415 - see above

    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed
    newer = {
        "matmul_fp32_precision": torch.backends.cuda.matmul,
        "cudnn_fp32_precision": getattr(torch.backends.cudnn, "conv", None),
        "cudnn_rnn_fp32_precision": getattr(torch.backends.cudnn, "rnn", None),
    }
    told = {}
    for name, switch in newer.items():
        if hasattr(switch, "fp32_precision"):  # since PyTorch 2.9
            switch.fp32_precision = "tf32" if allowed else "ieee"
            told[name] = str(switch.fp32_precision)
    return told | {
        "matmul_allow_tf32": str(torch.backends.cuda.matmul.allow_tf32),
        "cudnn_allow_tf32": str(torch.backends.cudnn.allow_tf32),
    }
