"""Makes variants of tiny models with the real quantizers, each once, and runs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from helpers.tiny_workload import write_tiny_workload
from numpy.typing import NDArray

from harness.quantize.make import toolchain_of
from harness.runtimes.registry import find_runtime
from harness.variants import parse_variant
from harness.verdict.precision import judge_proof
from harness.vocabulary import Arm, LayerRun, Precision, ProofVerdict
from harness.workloads.data.feeding import fit
from harness.workloads.workload import Workload, open_workload

_SAMPLES = 40
MISSING = "the real quantizers are not here: pip install 'planner[cpu]'"


@dataclass(frozen=True, kw_only=True)
class Made:
    """An artifact and what its runtime makes of it."""

    path: Path
    notes: dict[str, str]
    scores: NDArray[np.float32]
    layers: tuple[LayerRun, ...]
    verdict: ProofVerdict

    @property
    def not_int8(self) -> list[LayerRun]:
        """The compute layers that ran in another precision."""
        return [layer for layer in self.layers if layer.precision is not Precision.INT8]


class Workshop:
    """Makes each variant of one workload once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.workload = open_workload(str(write_tiny_workload(folder / "workload")))
        self.make = cache(self._make)

    def quantize(self, arm: Arm, workload: Workload) -> tuple[Path, dict[str, str]]:
        """The artifact's file and its notes."""
        toolchain = toolchain_of(arm)
        target = self._folder / str(len(list(self._folder.iterdir())))
        target.mkdir()
        notes = toolchain.quantize(workload, arm, workload.split("calibration"), target)
        return target / toolchain.file, notes

    def _make(self, runtime: str, variant: str) -> Made:
        arm = arm_of(runtime, variant)
        found, path = find_runtime(runtime), self.workload.required_model
        notes: dict[str, str] = {}
        if found.needs_artifact(arm.recipe):
            path, notes = self.quantize(arm, self.workload)
        return run(runtime, variant, path, self.workload, notes=notes)


def run(runtime: str, variant: str, path: Path, workload: Workload, *, notes: Mapping[str, str] | None = None) -> Made:
    """Open a model file, answer the test data and prove what ran."""
    recipe = parse_variant(variant)
    found = find_runtime(runtime)
    session = found.open(path, recipe=recipe, threads=1)
    inputs = fit(workload.split("test").feed(slice(None)), session.inputs)
    one: dict[str, NDArray[Any]] = {name: array[:1] for name, array in inputs.items()}
    proof = found.prove(path, recipe=recipe, threads=1, inputs=one)
    return Made(
        path=path,
        notes=dict(notes or {}),
        scores=np.asarray(next(iter(session.predict(inputs).values())), dtype=np.float32),
        layers=tuple(layer for layer in proof.layers if layer.is_compute),
        verdict=judge_proof(proof, recipe),
    )


def arm_of(runtime: str, variant: str) -> Arm:
    """An arm on one thread."""
    recipe = parse_variant(variant)
    return Arm(label=recipe.label, recipe=recipe, runtime=runtime, threads=1)


def tiny_images() -> dict[str, NDArray[Any]]:
    """Seeded inputs of the tiny model."""
    return {"image": np.random.default_rng(5).normal(size=(_SAMPLES, 3, 8, 8)).astype(np.float32)}


def brought_workload(folder: Path, model: Any, arrays: dict[str, NDArray[Any]] | None = None) -> Workload:  # noqa: ANN401 - an `onnx.ModelProto`
    """A workload of a model and arrays under its own input names, which serve for test and calibration."""
    import onnx  # noqa: PLC0415 - an extra: a test that needs it says so

    folder.mkdir()
    onnx.save(model, str(folder / "model.onnx"))
    np.savez(folder / "data.npz", **(arrays or tiny_images()))  # type: ignore[arg-type] # numpy's stub takes a flag there
    (folder / "workload.toml").write_text(_BROUGHT, encoding="utf-8")
    return open_workload(str(folder))


_BROUGHT = """schema = 2
name = "brought"
task = "none"
model = { file = "model.onnx" }
preprocessing = { kind = "none" }
data = { test = "data.npz", calibration = "data.npz" }
"""
