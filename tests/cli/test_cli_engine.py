"""`planner engine build`: an engine with its provenance, called what it is, and refusals in TensorRT's words."""

import json
from pathlib import Path

import pytest
from helpers.command_line import Ask, refuses
from helpers.engines import MISSING, write_qdq_model, write_residual_model


@pytest.fixture
def ask_here(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """`ask` where nothing of the user's is touched."""
    for name, place in (("PLANNER_CACHE", "cache"), ("PLANNER_STATE", "state"), ("PLANNER_HOST_LOCK", "host.lock")):
        monkeypatch.setenv(name, str(tmp_path / place))
    return ask


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--target", "t4"), "--target 't4' is no compute capability"),
        (("--workspace", "4"), "--workspace '4' is no size"),
        (("--batch", "0"), "--batch '0'"),
        (("--batch", "8,8"), "different positive numbers"),
        (("--shape", "ids"), "for example ids=128"),
        (("--rest", "fp16"), "it goes with --precision int8"),
        (("--calibration", "a", "--candidate", "b"), "give one"),
        (("--precision", "fp16", "--candidate", "b"), "takes no INT8 data"),
        (("--out", "nowhere/e.engine"), "there is no folder nowhere"),
        (("--wait", "long"), "--wait 'long' is no time"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_starts(
    ask_here: Ask, arguments: tuple[str, ...], says: str
) -> None:
    assert says in refuses(ask_here("engine", "build", "model.onnx", "--quiet", *arguments))


def test_a_network_that_is_not_int8_is_called_so_and_ends_with_4(ask_here: Ask, tmp_path: Path) -> None:
    pytest.importorskip("tensorrt_rtx", reason=MISSING)
    pytest.importorskip("onnxruntime", reason=MISSING)
    write_qdq_model(tmp_path / "int8.onnx", write_residual_model(tmp_path / "model.onnx"))
    words = ("engine", "build", "model.onnx", "--candidate", "int8.onnx", "--rest", "fp16", "--quiet", "--target")

    turing, ampere = ask_here(*words, "sm_75"), ask_here(*words, "sm_80", "--json", "--out", "a.engine")

    assert (turing.returncode, ampere.returncode) == (4, 0)
    assert "! not int8: 1 of 3 compute layers are planned in int8" in turing.stdout
    assert "nothing has run" in turing.stdout
    report = json.loads(ampere.stdout)
    assert (report["schema"], report["label"], report["has_run"]) == ("planner.engine/1", "int8", False)
    assert json.loads((tmp_path / "a.engine.json").read_text(encoding="utf-8")) == report["record"]
    assert (tmp_path / "a.engine").stat().st_size == report["record"]["size_bytes"]


def test_tensorrts_refusal_ends_with_2_in_its_words(ask_here: Ask, tmp_path: Path) -> None:
    pytest.importorskip("tensorrt_rtx", reason=MISSING)
    write_residual_model(tmp_path / "model.onnx")

    refusal = refuses(ask_here("engine", "build", "model.onnx", "--target", "sm_75", "--quiet"))

    assert "FP32 GEMM is not supported" in refusal
    assert not (tmp_path / "model.fp32.sm_75.engine").exists()
