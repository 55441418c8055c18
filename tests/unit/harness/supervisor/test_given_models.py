"""Models that nobody has to make: how large they are, with the weights that lie beside them."""

from pathlib import Path

import numpy as np
import pytest
from helpers.builders import make_plan
from helpers.tiny_workload import write_tiny_model

from harness.errors import WorkerError
from harness.quantize.artifacts import ArtifactCache
from harness.run_events import ArtifactReady
from harness.supervisor.preparation import prepare_artifacts
from harness.supervisor.process import WorkerProcess
from harness.variants import parse_variant
from harness.vocabulary import Arm
from harness.workloads.workload import open_workload

onnx = pytest.importorskip("onnx")
_CANDIDATE = "int8-qat:file=other.onnx"


def _no_worker(name: str) -> WorkerProcess:
    raise WorkerError(f"{name} needs no process")


def test_a_model_and_a_candidate_are_as_large_as_all_of_their_files(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "whole.onnx")
    for name in ("model", "other"):
        tiny = onnx.load(str(tmp_path / "whole.onnx"))
        weights = {"save_as_external_data": True, "size_threshold": 0, "location": f"{name}.bin"}
        onnx.save_model(tiny, str(tmp_path / f"{name}.onnx"), **weights)
    np.savez(tmp_path / "test.npz", inputs=np.zeros((4, 3, 8, 8), dtype=np.float32))
    (tmp_path / "workload.toml").write_text(
        'schema = 2\nname = "apart"\ntask = "none"\nmodel = { file = "model.onnx" }\n'
        'preprocessing = { kind = "none" }\ndata = { test = "test.npz" }\n'
        'candidates = [{ file = "other.onnx", variant = "int8-qat" }]\n'
    )
    recipes = [parse_variant(text) for text in ("fp32", _CANDIDATE)]
    arms = tuple(Arm(label=one.label, recipe=one, runtime="onnxruntime", threads=1) for one in recipes)

    events = prepare_artifacts(
        make_plan(arms=arms),
        open_workload(str(tmp_path)),
        cache=ArtifactCache(tmp_path / "cache"),
        start=_no_worker,
        at_once=1,
        silence_s=1.0,
    )

    sizes = {one.arm: one.artifact.size_bytes for one in events if isinstance(one, ArtifactReady)}
    assert sizes == {
        f"onnxruntime/{label}": sum((tmp_path / f"{name}.{kind}").stat().st_size for kind in ("onnx", "bin"))
        for label, name in (("fp32", "model"), (_CANDIDATE, "other"))
    }
