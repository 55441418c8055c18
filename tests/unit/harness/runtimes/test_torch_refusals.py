"""What the runtime `torch` refuses before anything is imported or made."""

import importlib.util

import pytest

from harness.devices import read_cpu
from harness.runtimes.registry import find_runtime
from harness.variants import parse_variant


def refusal(variant: str) -> str | None:
    return find_runtime("torch").refusal(parse_variant(variant))


@pytest.mark.parametrize("variant", ["fp32", "int8-static", "int8-static:per-tensor", "int8-dynamic", "int8-mixed"])
def test_what_pytorch_has_is_not_refused(variant: str) -> None:
    assert refusal(variant) is None


@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        ("int8-static:entropy", "no entropy calibration"),
        ("int8-static:percentile", "no percentile calibration"),
        ("int8-dynamic:symmetric", "with a zero point only"),
        ("int8-static:symmetric,tensorrt", "ONNX Runtime makes it"),
        ("int8-static:compile", "write int8-dynamic:torchao,compile"),
        ("int8-dynamic:compile", "write int8-dynamic:torchao,compile"),
        ("int8-static:file=mine.onnx", "opens TorchScript"),
    ],
)
def test_what_pytorch_has_not_is_refused_with_the_reason(variant: str, reason: str) -> None:
    assert reason in (refusal(variant) or "")


@pytest.mark.parametrize(
    ("variant", "features"),
    [("bf16", {"avx512_bf16", "amx_bf16", "bf16"}), ("fp16", {"avx512_fp16", "amx_fp16"})],
)
def test_sixteen_bits_are_refused_where_the_cpu_would_emulate_them(variant: str, features: set[str]) -> None:
    is_here = bool(features & set(read_cpu().features))

    assert (refusal(variant) is None) == is_here
    assert is_here or "would be emulated" in (refusal(variant) or "")


def test_compiling_is_refused_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")

    assert "no-such-compiler is not on the PATH" in (refusal("fp32:compile") or "")


def test_torchao_is_refused_where_it_is_not_installed() -> None:
    reason = refusal("int8-dynamic:torchao")

    assert (reason is None) == (importlib.util.find_spec("torchao") is not None)
    assert reason is None or "pip install 'planner[torch]'" in reason


def test_a_torchscript_file_made_elsewhere_is_opened() -> None:
    assert refusal("int8-qat:file=trained.pt") is None
