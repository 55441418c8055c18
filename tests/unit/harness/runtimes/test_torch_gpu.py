"""PyTorch for GPUs, as far as a CPU tells: switches, refusals, memory that is full, and silent fallbacks."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from helpers.nvml import stubbed_nvml

from harness.devices import find_gpu
from harness.errors import GpuMemoryError
from harness.kernels_torch import layers_of_torch
from harness.runtimes.gpu_memory import require_memory
from harness.runtimes.pytorch import PyTorch
from harness.runtimes.torch_profile import kernels_of, profile_calls
from harness.runtimes.torch_switches import probe_cuda_build, set_tf32
from harness.variants import parse_variant
from harness.verdict.precision import judge_proof
from harness.vocabulary import KernelProof, ProofState

torch = pytest.importorskip("torch", reason="torch is not here: pip install 'planner[torch]'")


@pytest.fixture
def _strict_afterwards() -> Iterator[None]:
    yield
    set_tf32(allowed=False)


@pytest.mark.usefixtures("_strict_afterwards")
@pytest.mark.parametrize(("allowed", "told"), [(True, "tf32"), (False, "ieee")])
def test_both_switches_of_tf32_agree_in_both_apis(*, allowed: bool, told: str) -> None:
    settings = set_tf32(allowed=allowed)

    assert settings == {
        "matmul_fp32_precision": told,
        "cudnn_fp32_precision": told,
        "cudnn_rnn_fp32_precision": told,
        "matmul_allow_tf32": str(allowed),
        "cudnn_allow_tf32": str(allowed),
    }
    assert torch.get_float32_matmul_precision() == ("high" if allowed else "highest")  # raises where they differ


@pytest.mark.skipif("+cpu" not in torch.__version__, reason="this PyTorch was built for CUDA")
def test_a_build_for_cpus_is_told_without_importing_it_with_what_to_do() -> None:
    found = probe_cuda_build()

    assert not found.is_available
    assert "built for CPUs alone" in str(found.reason)
    assert "pip install torch" in str(found.hint)


@pytest.mark.parametrize(
    ("cards", "variant", "words"),
    [
        ("a100", "fp32", None),
        ("a100", "tf32", None),
        ("t4", "fp16", None),
        ("t4", "tf32", "Tesla T4 (compute capability 7.5) has no tensor cores for tf32, which begin with 8.0"),
        ("t4", "bf16", "has no tensor cores for bf16"),
        ("a100", "int8-static", "no INT8 convolution in torchao: write int8-dynamic:torchao,compile"),
        ("a100", "int8-dynamic", "no INT8 convolution in torchao"),
        ("a100", "int8-dynamic:torchao", None),
    ],
)
def test_variants_are_refused_by_what_a_card_has(cards: str, variant: str, words: str | None) -> None:
    with stubbed_nvml(cards):
        reason = PyTorch().refusal(parse_variant(variant), device="gpu:0")

    assert (reason is None) if words is None else (words in str(reason))


def test_tf32_on_a_cpu_names_the_option_that_measures_it() -> None:
    assert "--device gpu:0" in str(PyTorch().refusal(parse_variant("tf32")))
    assert find_gpu("cpu") is None


def test_a_full_gpu_is_an_error_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hungry_nets.py").write_text(
        "import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n"
        "        raise torch.OutOfMemoryError('CUDA out of memory. Tried to allocate 20.00 GiB.')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    session = PyTorch().open(Path("hungry_nets:Net"), recipe=parse_variant("fp32"), threads=1)

    with pytest.raises(GpuMemoryError, match="out of memory on the GPU: CUDA out of memory"):
        session.predict({"x": np.zeros((1, 2), np.float32)})
    require_memory(ValueError("another matter"))


def test_torchao_that_computes_in_fp32_is_caught() -> None:
    """Weight-only INT8, and the path that torchao takes by itself where cuBLAS refuses a shape, say nothing of it."""
    ao = pytest.importorskip("torchao.quantization", reason="torchao is not here")
    net = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 8)).eval()
    ao.quantize_(net, ao.Int8WeightOnlyConfig())
    sample = torch.ones(32, 64)

    def call() -> object:
        with torch.inference_mode():
            return net(sample)

    layers = layers_of_torch(profile_calls(call, module=None, calls=2))
    verdict = judge_proof(KernelProof(source="a profile", layers=layers), parse_variant("int8-dynamic:torchao"))

    assert verdict.state is ProofState.NOT_AS_NAMED
    assert "fp32" in verdict.ran


def test_kernels_are_taken_from_a_profile_with_what_asked_for_them_and_without_copies() -> None:
    asked = _event("aten::addmm", 7, "CPU", input_dtypes=("float", "float"), cpu_parent=_event("module: fc", 1, "CPU"))
    launch = _event("cudaLaunchKernel", 7, "CPU", linked_correlation_id=7)  # its number is CUDA's, not PyTorch's
    events = [
        asked,
        launch,
        _event("triton_poi_fused_relu_0", 9, "CUDA", start=30.0),
        _event("ampere_sgemm_128x64_tn", 8, "CUDA", linked_correlation_id=7, start=10.0),
        _event("Memcpy HtoD (Pageable -> Device)", 3, "CUDA"),
        _event("module: fc", 4, "CUDA", is_user_annotation=True),
    ]

    first, second = kernels_of(events)

    assert (first.name, first.operation, first.scope, first.time_us) == (
        "ampere_sgemm_128x64_tn",
        "aten::addmm",
        "fc",
        5.0,
    )
    assert (second.name, second.operation, second.scope) == ("triton_poi_fused_relu_0", "", "")


def _event(name: str, number: int, device: str, *, start: float = 0.0, **fields: Any) -> SimpleNamespace:  # noqa: ANN401 - as PyTorch gives them
    fields = {"cpu_parent": None, "input_dtypes": None, "linked_correlation_id": 0} | fields
    time_range = SimpleNamespace(start=start, elapsed_us=lambda: 5.0)
    return SimpleNamespace(name=name, id=number, device_type=f"DeviceType.{device}", time_range=time_range, **fields)
