"""`planner bench` on a PyTorch module of the user's, from the folder that it lies in."""

from pathlib import Path
from typing import Any

import pytest
from helpers.command_line import CommandLine
from helpers.fake_bench import read_json
from helpers.torch_models import write_torch_workload

import harness

pytest.importorskip("torch", reason="PyTorch is not here: pip install 'planner[torch]'")
_NETS = """
from torch import nn


def build():
    return nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 4))
"""


def bench(folder: Path, *options: str) -> dict[str, Any]:
    """What a run of the module in the current folder says."""
    workload = write_torch_workload(folder / "workload", "mlp")
    description = workload / "workload.toml"
    text = description.read_text(encoding="utf-8").replace("helpers.torch_models:mlp", "my_nets:build")
    description.write_text(text, encoding="utf-8")
    (folder / "my_nets.py").write_text(_NETS, encoding="utf-8")
    answer = CommandLine(folder=folder)(
        "--db",
        str(folder / "results.db"),
        *("bench", "--workload", str(workload), "--runtimes", "torch", "--batch", "1", "--budget", "1s"),
        *("--json", "--quiet", *options),
        PYTHONPATH=str(Path(harness.__file__).parents[1]),
    )
    assert "Traceback" not in answer.stderr
    return read_json(answer)


def test_a_module_is_measured_proved_and_compared_and_its_files_are_loaded_afresh(tmp_path: Path) -> None:
    document = bench(tmp_path, "--variants", "fp32,int8-dynamic,int8-static:entropy")

    arms = {one["label"]: one for one in document["arms"]}
    quantised, given = arms["int8-dynamic:per-channel"], arms["fp32"]
    memory = {one["phase"]: one["peak_bytes"] for one in given["memory"]}
    launches = {one["phase"]: one["launches"] for one in given["memory"]}
    assert document["failures"] == []
    assert {one["arm"] for one in document["measurements"]} == {"torch/fp32", "torch/int8-dynamic:per-channel"}
    assert given["artifact_bytes"] == 4 * (64 * 256 + 256 + 256 * 4 + 4)
    assert 0 < quantised["artifact_bytes"] < given["artifact_bytes"]
    assert given["proof"]["ran"] == "fp32"
    assert quantised["proof"]["ran"] == "int8"
    assert quantised["settings"]["executor"] == "torchscript"
    assert quantised["settings"]["parameters_sha256"] == given["settings"]["parameters_sha256"]
    assert quantised["provenance"]["notes"]["quantizer"] == "torch.ao.quantization.quantize_dynamic"
    assert "no entropy calibration" in str(document["unavailable"])
    assert memory["start"] < 80 * 2**20 < memory["load"]  # PyTorch comes with the load, not before
    assert launches["load"] == 3  # two of them for the memory alone
