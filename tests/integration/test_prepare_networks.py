"""Networks that are made here: the same at every preparation, and the exported graph answers as the module does."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.workloads.catalogue import prepare
from harness.workloads.workload import Workload, open_workload

MISSING = [name for name in ("torch", "onnx", "onnxruntime") if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"PREPARING IS NOT TESTED, missing: {', '.join(MISSING)}")
# Float32 sums in another order; logits are of the order of 1.
TOLERANCE = 1e-3


def _silent(_line: str) -> None:
    pass


def _answers(model: Path, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    import onnxruntime  # noqa: PLC0415 - skipped where it is missing

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    answers: NDArray[np.float32] = session.run(None, {"image": inputs})[0]
    return answers


@pytest.fixture(scope="module")
def resnet50(tmp_path_factory: pytest.TempPathFactory) -> Workload:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANNER_CACHE", str(tmp_path_factory.mktemp("cache")))
        prepare("resnet50", report=_silent)
        return open_workload("resnet50")


def test_a_second_preparation_gives_the_same_workload(
    resnet50: Workload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path))
    prepare("resnet50", report=_silent)
    again = open_workload("resnet50")
    assert again.model_digest == resnet50.model_digest
    assert again.digest == resnet50.digest


def test_the_graph_answers_as_the_module_does_at_any_batch(resnet50: Workload) -> None:
    import torch  # noqa: PLC0415 - skipped where it is missing

    from harness.workloads.builtin.latency_only.resnet50 import resnet50 as build  # noqa: PLC0415 - it imports torch

    images = np.random.default_rng(0).standard_normal((3, 3, 224, 224)).astype(np.float32)
    with torch.inference_mode():
        expected = build()(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(_answers(resnet50.required_model, images), expected, atol=TOLERANCE)
    np.testing.assert_allclose(_answers(resnet50.required_model, images[:1]), expected[:1], atol=TOLERANCE)


def test_settled_activations_neither_vanish_nor_explode(resnet50: Workload) -> None:
    images = np.random.default_rng(1).standard_normal((4, 3, 224, 224)).astype(np.float32)
    assert 0.05 < float(_answers(resnet50.required_model, images).std()) < 20


def _train_a_little() -> dict[str, Any]:
    from harness.workloads.builtin.control import networks, training  # noqa: PLC0415 - they import torch

    randomness = np.random.default_rng(0)
    labels = (np.arange(512) % 10).astype(np.uint8)
    images = (randomness.normal(size=(512, 1, 28, 28)) + labels[:, None, None, None] / 4).astype(np.float32)
    network = training.train(networks.new_ds_cnn, images, labels, epochs=2, report=_silent)
    return dict(network.state_dict())


def test_training_twice_gives_the_same_weights_whatever_ran_before() -> None:
    import torch  # noqa: PLC0415 - skipped where it is missing

    first = _train_a_little()
    torch.manual_seed(99)
    second = _train_a_little()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_control_that_was_not_prepared_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.errors import WorkloadError  # noqa: PLC0415 - beside what raises it
    from harness.workloads.builtin.control.networks import resnet  # noqa: PLC0415 - it imports torch

    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path))
    with pytest.raises(WorkloadError, match="planner workloads prepare control-resnet"):
        resnet()
