"""PyTorch's variants of tiny modules: made by the toolchain, opened by the runtime, proved by the profile."""

import os
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.torch_models import CONVOLUTIONS, LAYERS, MODULE, write_torch_workload
from numpy.typing import NDArray

from harness.devices import read_cpu
from harness.errors import QuantizeError
from harness.events import Quantize, Quantized
from harness.quantize.make import toolchain_of
from harness.runtimes.base import Session
from harness.runtimes.registry import find_runtime
from harness.supervisor.process import WorkerProcess
from harness.variants import parse_variant
from harness.verdict.precision import judge_proof
from harness.vocabulary import Arm, KernelProof, LayerRun, Precision, ProofState, Recipe
from harness.workloads.data.feeding import fit
from harness.workloads.workload import Workload, open_workload

torch = pytest.importorskip("torch", reason="PyTorch is not here: pip install 'planner[torch]'")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's own, of its quantisation
_STATIC = ("int8-static:per-tensor", "int8-static:per-channel")


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A variant: what was noted, the session, its answers to one and to eight samples, and its proof."""

    recipe: Recipe
    notes: dict[str, str]
    session: Session
    one: NDArray[Any]
    eight: NDArray[Any]
    proof: KernelProof

    @property
    def layers(self) -> list[LayerRun]:
        return [layer for layer in self.proof.layers if layer.is_compute]

    @property
    def precisions(self) -> set[Precision]:
        return {layer.precision for layer in self.layers}


class _Workshop:
    """Makes each variant once for all tests of this file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.make = cache(self._make)
        self.workload = cache(self._workload)

    def quantize(self, maker: str, variant: str) -> tuple[Path, dict[str, str]]:
        recipe = parse_variant(variant)
        arm = Arm(label=recipe.label, recipe=recipe, runtime="torch", threads=1)
        workload, toolchain = self.workload(maker), toolchain_of(arm)
        target = self._folder / f"{maker} {len(list(self._folder.iterdir()))}"
        target.mkdir()
        notes = toolchain.quantize(workload, arm, workload.split("calibration"), target)
        return target / toolchain.file, notes

    def _workload(self, maker: str) -> Workload:
        return open_workload(str(write_torch_workload(self._folder / maker, maker)))

    def _make(self, maker: str, variant: str) -> _Made:
        recipe, runtime = parse_variant(variant), find_runtime("torch")
        model, notes = Path(f"{MODULE}:{maker}"), dict[str, str]()
        if runtime.needs_artifact(recipe):
            model, notes = self.quantize(maker, variant)
        session = runtime.open(model, recipe=recipe, threads=1)
        test = self.workload(maker).split("test")
        one, eight = (fit(test.feed(slice(0, size)), session.inputs) for size in (1, 8))
        return _Made(
            recipe=recipe,
            notes=notes,
            session=session,
            one=next(iter(session.predict(one).values())),
            eight=next(iter(session.predict(eight).values())),
            proof=runtime.prove(model, recipe=recipe, threads=1, inputs=eight),
        )


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> _Workshop:
    return _Workshop(tmp_path_factory.mktemp("workshop"))


@pytest.fixture(autouse=True)
def _require_torchao(request: pytest.FixtureRequest) -> None:
    if "torchao" in request.node.name:
        pytest.importorskip("torchao", reason="torchao is not here: pip install 'planner[torch]'")


@pytest.mark.parametrize(
    ("maker", "variant"),
    [
        *(("cnn", variant) for variant in (*_STATIC, "int8-static:symmetric", "int8-mixed:without=block.depthwise")),
        *(("mlp", variant) for variant in (*_STATIC, "int8-dynamic", "int8-dynamic:per-tensor")),
        *(("mlp", variant) for variant in ("int8-dynamic:torchao", "int8-dynamic:per-tensor,torchao")),
        *(("transformer", variant) for variant in ("int8-dynamic", "int8-dynamic:torchao")),
        ("recurrent", "int8-dynamic"),
    ],
)
def test_an_artifact_answers_nearly_as_the_module_it_was_made_from(
    workshop: _Workshop, maker: str, variant: str
) -> None:
    if refusal := find_runtime("torch").refusal(parse_variant(variant)):
        pytest.skip(refusal)
    baseline, made = workshop.make(maker, "fp32"), workshop.make(maker, variant)

    assert made.one.shape == (1, *baseline.eight.shape[1:])
    assert made.eight.dtype == np.dtype(np.float32)
    assert not np.array_equal(made.eight, baseline.eight)
    assert np.abs(made.eight - baseline.eight).max() < 0.1 * np.ptp(baseline.eight)


@pytest.mark.parametrize("maker", ["cnn", "mlp", "transformer"])
def test_the_module_itself_is_proved_to_run_in_fp32(workshop: _Workshop, maker: str) -> None:
    made = workshop.make(maker, "fp32")
    verdict = judge_proof(made.proof, made.recipe)

    assert (verdict.state, verdict.ran) == (ProofState.AS_NAMED, "fp32")
    assert made.session.settings["executor"] == "eager"


@pytest.mark.parametrize(
    ("maker", "variant"),
    [
        *(("cnn", variant) for variant in _STATIC),
        *(("mlp", variant) for variant in (*_STATIC, "int8-dynamic", "int8-dynamic:torchao")),
        ("recurrent", "int8-dynamic"),
    ],
)
def test_every_layer_runs_in_int8_where_none_is_left_out(workshop: _Workshop, maker: str, variant: str) -> None:
    made = workshop.make(maker, variant)
    verdict = judge_proof(made.proof, made.recipe)

    assert (verdict.state, verdict.ran) == (ProofState.AS_NAMED, "int8"), verdict.reason
    assert len(made.layers) == len(workshop.make(maker, "fp32").layers)


def test_what_torchscript_ran_bears_the_names_of_the_modules(workshop: _Workshop) -> None:
    names = [layer.name for layer in workshop.make("cnn", "int8-static").layers]

    assert names == list(LAYERS)
    assert names == [layer.name for layer in workshop.make("cnn", "fp32").layers]


def test_exactly_the_part_that_is_left_out_runs_in_fp32(workshop: _Workshop) -> None:
    for variant, left_out in (
        ("int8-mixed:without=block.depthwise", {"block.depthwise"}),
        ("int8-mixed:without=block", {"block.depthwise", "block.pointwise"}),
        ("int8-static:without-type=Conv2d", set(CONVOLUTIONS)),
    ):
        made = workshop.make("cnn", variant)
        in_fp32 = {layer.name.removesuffix(".0") for layer in made.layers if layer.precision is Precision.FP32}
        assert in_fp32 == left_out


def test_a_dynamic_variant_leaves_out_what_it_is_told_and_cannot_reach_attention(workshop: _Workshop) -> None:
    layers = {one.name: one.precision for one in workshop.make("transformer", "int8-dynamic:without=head").layers}

    (attention,) = [name for name in layers if "attention" in name]
    assert layers == {
        "query": Precision.INT8,
        "out": Precision.INT8,
        "head": Precision.FP32,
        attention: Precision.FP32,
    }


def test_a_dynamic_variant_of_a_network_of_convolutions_is_caught_as_not_int8(workshop: _Workshop) -> None:
    made = workshop.make("cnn", "int8-dynamic")

    assert judge_proof(made.proof, made.recipe).state is ProofState.NOT_AS_NAMED
    assert [layer.name for layer in made.layers if layer.precision is Precision.FP32] == list(CONVOLUTIONS)


def test_int8_weights_that_are_unpacked_to_floats_are_caught_as_not_int8(workshop: _Workshop) -> None:
    made = workshop.make("weights_only", "fp32")

    assert judge_proof(made.proof, parse_variant("int8-dynamic")).state is ProofState.NOT_AS_NAMED
    assert made.precisions == {Precision.FP32}


@pytest.mark.parametrize(
    ("maker", "variant", "reason"),
    [
        ("cnn", "int8-static:without=absent", "leaves out 'absent', which is no part of the module"),
        ("cnn", "int8-static:without-type=Conv1d", "leaves out 'Conv1d'; the module has: Block, Cnn, Conv2d"),
        ("branching", "int8-static", "quantize_fx cannot trace the module"),
        ("fixed_batch", "int8-dynamic", "does not hold at batch size"),
        ("branching", "int8-dynamic", "does not hold at batch size"),
        ("cnn", "int8-dynamic:without=head", "no Linear or recurrent layer left to quantise"),
    ],
)
def test_what_cannot_be_quantised_is_refused_in_one_sentence(
    workshop: _Workshop, maker: str, variant: str, reason: str
) -> None:
    with pytest.raises(QuantizeError, match=reason):
        workshop.quantize(maker, variant)


def test_workers_make_the_same_bytes_of_the_same_recipe(
    workshop: _Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    recipe = parse_variant("int8-static")
    arm = Arm(label=recipe.label, recipe=recipe, runtime="torch", threads=1)
    files = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        worker = WorkerProcess(arm.name, log=tmp_path / "log")
        reference, destination = workshop.workload("cnn").reference, str(tmp_path / name)
        ask = Quantize(arm=arm, workload=reference, destination=destination, calibration_samples=8, seed=1)
        files.append(tmp_path / name / worker.ask(ask, Quantized, timeout_s=120.0).file)
        worker.close()

    assert files[0].read_bytes() == files[1].read_bytes()


def test_notes_say_what_was_done_and_from_which_weights(workshop: _Workshop) -> None:
    made = workshop.make("cnn", "int8-static:per-tensor")
    digest = workshop.make("cnn", "fp32").session.settings["parameters_sha256"]

    assert made.notes["weights"] == "int8 per tensor, symmetric"
    assert made.notes["quantizer"] == "torch.ao.quantization.quantize_fx"
    assert made.notes["parameters_sha256"] == made.session.settings["parameters_sha256"] == digest


def test_bf16_runs_in_bf16_and_answers_in_float32(workshop: _Workshop) -> None:
    if not {"avx512_bf16", "amx_bf16", "bf16"} & set(read_cpu().features):
        pytest.skip("this CPU has no BF16")
    made = workshop.make("mlp", "bf16")

    assert made.precisions == {Precision.BF16}
    assert made.eight.dtype == np.dtype(np.float32)
    np.testing.assert_allclose(made.eight, workshop.make("mlp", "fp32").eight, atol=0.02)


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs g++")
def test_a_compiled_module_says_what_compiling_took_and_compiles_once_a_batch_size(
    workshop: _Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    recipe, runtime = parse_variant("fp32:compile"), find_runtime("torch")
    session = runtime.open(Path(f"{MODULE}:fixed_batch"), recipe=recipe, threads=1)
    eight = fit(workshop.workload("fixed_batch").split("test").feed(slice(0, 8)), session.inputs)

    whole = session.predict(eight)["output"]
    part = session.predict({name: array[:3] for name, array in eight.items()})["output"]

    np.testing.assert_allclose(whole, workshop.make("fixed_batch", "fp32").eight, atol=1e-5)
    np.testing.assert_array_equal(part, whole[:3])
    assert session.settings["executor"] == "torch.compile"
    assert "at batch 8" in session.settings["compile"]
    assert "at batch 3" not in session.settings["compile"]
