"""Models are looked at before the host is waited for: what cannot be built or read is told in one sentence."""

import json
import os
from pathlib import Path

import pytest
from helpers.brought_models import write_colour_model, write_colours, write_scaled_classifier, write_table
from helpers.command_line import CommandLine, refuses

from harness.errors import WorkloadError
from harness.supervisor.host_lock import host_lock
from harness.supervisor.inspection import read_model
from harness.supervisor.patience import Patience
from harness.workloads.workload import open_workload
from planner.services.looking import look_at_models

_NETS = """
import os, torch

def build():
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(768, 3))

def failing():
    raise KeyError("no such config")

def waiting():
    open("gate").read()
    return build()

def crashing():
    os.abort()
"""


@pytest.fixture
def planner(tmp_path: Path) -> CommandLine:
    """In a folder with a Python module, data, and a host that somebody else holds."""
    (tmp_path / "nets.py").write_text(_NETS)
    write_colours(tmp_path / "test.npz")
    return CommandLine(folder=tmp_path)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        ("failing", "nets.py, line 8): call it in a Python shell to see why"),
        ("crashing", "died of signal SIGABRT"),
    ],
)
def test_a_function_that_makes_no_module_is_refused_before_the_host_is_waited_for_and_not_kept(
    planner: CommandLine, function: str, says: str
) -> None:
    pytest.importorskip("torch")
    with host_lock(planner.lock):
        refusal = refuses(planner("bench", "--model", f"nets:{function}", "--data", "test.npz", "--quiet"))

    assert says in refusal
    assert not list(planner.folder.glob("cache/workloads/*"))


@pytest.mark.parametrize("command", [("bench",), ("quantize", "--out", "int8", "--runtime", "torch")])
def test_the_function_that_a_workload_file_names_is_tried_before_the_host_is_waited_for_too(
    planner: CommandLine, command: tuple[str, ...]
) -> None:
    pytest.importorskip("torch")
    (planner.folder / "mine.toml").write_text(
        'schema = 2\nname = "mine"\nmodel = { torch = "nets:failing" }\npreprocessing = { kind = "none" }\n'
        'data = { test = "test.npz", calibration = "test.npz" }\n'
    )
    with host_lock(planner.lock):
        refusal = refuses(planner(*command, "--workload", "mine.toml", "--quiet"))

    assert "nets:failing failed: KeyError: 'no such config'" in refusal


def test_a_module_that_takes_its_time_is_waited_for_and_the_time_told(
    planner: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    monkeypatch.chdir(planner.folder)
    os.mkfifo("gate")
    told = []

    def open_the_gate(seconds: float) -> None:
        told.append(seconds)
        try:
            os.close(os.open("gate", os.O_WRONLY | os.O_NONBLOCK))
        except OSError:  # the module does not wait there yet
            return

    inputs = read_model("torch", "nets:waiting", logs=Path("logs"), waited=open_the_gate, told_every_s=0.1)

    assert [spec.name for spec in inputs] == ["input"]
    assert told == sorted(told) != []


def test_a_module_that_takes_for_ever_is_given_up_with_a_way_to_give_it_more_time(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match=r"was silent for .*PLANNER_PATIENCE above 1 for more time"):
        read_model("torch", "nets:build", logs=tmp_path, patience=Patience(factor=1e-9))


def test_a_runtime_that_lacks_operators_is_left_out_with_their_names_and_int8_of_nothing_fails(
    planner: CommandLine,
) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("openvino")
    write_scaled_classifier(planner.folder / "table.onnx")
    write_table(planner.folder / "table.npz")

    answer = planner(
        *("bench", "--model", "table.onnx", "--data", "table.npz", "--batch", "1", "--budget", "1s", "--json")
    )

    document = json.loads(answer.stdout)
    lacking = "it has no LinearClassifier, Scaler (ai.onnx.ml)"
    assert f"not measured: openvino: {lacking}\n" in answer.stderr
    assert ["openvino", lacking] in document["unavailable"]
    assert {arm["runtime"] for arm in document["arms"]} == {"onnxruntime"}
    assert {one["message"].partition(": ")[2] for one in document["failures"]} == {
        "nothing in this model can be quantised (it has: LinearClassifier, Scaler)"
    }
    assert {one["log_tail"] for one in document["failures"]} == {""}
    assert answer.returncode == 5


def test_a_model_that_the_only_runtime_asked_for_cannot_read_is_refused(planner: CommandLine) -> None:
    pytest.importorskip("onnx")
    pytest.importorskip("openvino")
    write_scaled_classifier(planner.folder / "table.onnx")
    write_table(planner.folder / "table.npz")
    with host_lock(planner.lock):
        refusal = refuses(
            planner("bench", "--model", "table.onnx", "--data", "table.npz", "--runtimes", "openvino", "--quiet")
        )

    assert "no runtime can open the model (openvino: it has no LinearClassifier, Scaler (ai.onnx.ml))" in refusal


def test_a_candidate_that_a_runtime_cannot_read_is_left_out_there_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnx")
    pytest.importorskip("openvino")
    monkeypatch.setenv("PLANNER_STATE", str(tmp_path / "state"))
    write_colours(tmp_path / "test.npz")
    write_colour_model(tmp_path / "mine.onnx")
    write_colour_model(tmp_path / "other.onnx", scaled=True)
    (tmp_path / "workload.toml").write_text(
        'schema = 2\nname = "mine"\nmodel = { file = "mine.onnx" }\npreprocessing = { kind = "none" }\n'
        'data = { test = "test.npz" }\ncandidates = [{ file = "other.onnx" }]\n'
    )

    seen = look_at_models(open_workload(str(tmp_path)), ("openvino", "onnxruntime"), tell=print)

    assert seen.unreadable == {"openvino/int8-static:file=other.onnx": "it has no Scaler (ai.onnx.ml)"}


def test_test_data_that_cannot_be_read_are_refused_before_the_host_is_waited_for(planner: CommandLine) -> None:
    pytest.importorskip("onnxruntime")
    write_colour_model(planner.folder / "mine.onnx")
    (planner.folder / "workload.toml").write_text(
        'schema = 2\nname = "mine"\nmodel = { file = "mine.onnx" }\npreprocessing = { kind = "none" }\n'
        f'data = {{ test = {{ file = "test.npz", sha256 = "{"0" * 64}" }} }}\n'
    )
    with host_lock(planner.lock):
        refusal = refuses(planner("bench", "--workload", ".", "--variants", "fp32", "--quiet"))

    assert "test.npz is not the file its description names" in refusal
