"""The shipped flagship files are what `rebuild.py` makes of the pinned sources, and share no image with one another."""

import hashlib
import importlib.util
import os
import shutil
import tomllib
from importlib import metadata
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import harness.workloads.builtin.efficientnet_lite0_fashion_mnist as flagship
from harness.workloads.builtin import fashion_mnist
from harness.workloads.builtin.efficientnet_lite0_fashion_mnist import rebuild, sensitivity, sources
from harness.workloads.builtin.pinned import sha256_of
from harness.workloads.data.image_preprocessing import ImagePreprocessing

SHIPPED = Path(str(flagship.__file__)).parent
# A folder with the four IDX files, for systems without apt-get.
DATA_VARIABLE = "FASHION_MNIST_DIR"
# Logits reach 2.3. Rebuilt with another instruction set (AVX2 for AVX-512) they moved by 3.4e-6, because float32
# sums are added in another order; quantising nothing but the head moves them by 4e-2.
LOGIT_TOLERANCE = 1e-4


def missing_for_rebuild() -> list[str]:
    modules = ("torch", "onnx", "onnxruntime", "efficientnet_lite_pytorch")
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    try:
        metadata.distribution(sources.WEIGHTS.name)
    except metadata.PackageNotFoundError:
        missing.append(sources.WEIGHTS.name)
    if DATA_VARIABLE not in os.environ and shutil.which("apt-get") is None:
        missing.append(f"apt-get, or the IDX files in ${DATA_VARIABLE}")
    return missing


MISSING = missing_for_rebuild()
needs_sources = pytest.mark.skipif(bool(MISSING), reason=f"THE REBUILD IS NOT TESTED, missing: {', '.join(MISSING)}")


def manifest() -> dict[str, Any]:
    return tomllib.loads((SHIPPED / "workload.toml").read_text(encoding="utf-8"))


def image_digests(images: NDArray[np.uint8]) -> list[str]:
    return [hashlib.sha256(image.tobytes()).hexdigest() for image in images]


def shipped_arrays(name: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    with np.load(SHIPPED / f"{name}.npz", allow_pickle=False) as arrays:
        return arrays["inputs"], arrays["labels"]


def logits_of(model: Path) -> NDArray[np.float32]:
    onnxruntime = pytest.importorskip("onnxruntime")
    size = {key: value for key, value in manifest()["preprocessing"].items() if key not in {"kind", "input"}}
    inputs = ImagePreprocessing(**size)(shipped_arrays("test")[0][:64])
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    logits: NDArray[np.float32] = session.run(["logits"], {"image": inputs})[0]
    return logits


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = os.environ.get(DATA_VARIABLE)
    return Path(given) if given else fashion_mnist.data_folder(tmp_path_factory.mktemp("fashion-mnist"))


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    out = tmp_path_factory.mktemp("rebuilt")
    assert rebuild.main(["--out", str(out), "--data", str(data), "--skip-sensitivity"]) == 0
    return out


def test_every_sha256_in_the_manifest_is_that_of_its_file() -> None:
    entries = [manifest()["model"], *(manifest()["data"][name] for name in ("test", "calibration", "search"))]
    for entry in entries:
        assert sha256_of(SHIPPED / entry["file"]) == entry["sha256"], entry["file"]


def test_the_shipped_splits_have_the_announced_sizes_and_all_classes() -> None:
    for name, size in (("test", 10_000), ("calibration", 512), ("search", 1_000)):
        images, labels = shipped_arrays(name)
        assert images.shape == (size, 28, 28)
        assert labels.shape == (size,)
        assert {str(images.dtype), str(labels.dtype)} == {"uint8"}
        assert set(labels.tolist()) == set(range(len(manifest()["data"]["classes"])))


def test_no_image_is_in_two_shipped_splits_or_twice_in_one() -> None:
    digests = [image for name in ("test", "calibration", "search") for image in image_digests(shipped_arrays(name)[0])]
    assert len(set(digests)) == len(digests)


def test_the_sensitivities_name_every_convolution_of_the_model_once_in_ascending_order() -> None:
    onnx = pytest.importorskip("onnx")
    nodes = manifest()["sensitivity"]["nodes"]
    convolutions = [node.name for node in onnx.load(SHIPPED / "model.onnx").graph.node if node.op_type == "Conv"]
    assert sorted(node["name"] for node in nodes) == sorted(convolutions)
    assert [node["snr_db"] for node in nodes] == sorted(node["snr_db"] for node in nodes)
    assert 0 <= manifest()["sensitivity"]["keep_fp32"] <= len(nodes)


def test_no_more_layers_are_kept_when_more_gain_nothing() -> None:
    few, many = np.zeros(1000, dtype=np.bool_), np.ones(1000, dtype=np.bool_)
    nearly = many.copy()
    nearly[:4] = False  # four images more are two standard errors, which is noise
    assert sensitivity.choose_kept(np.stack([few, nearly, many, nearly])) == 1


@needs_sources
def test_the_rebuilt_model_gives_the_shipped_models_logits(rebuilt: Path) -> None:
    np.testing.assert_allclose(
        logits_of(rebuilt / "model.onnx"), logits_of(SHIPPED / "model.onnx"), rtol=0, atol=LOGIT_TOLERANCE
    )


@needs_sources
@pytest.mark.parametrize("name", ["test", "calibration", "search"])
def test_the_rebuilt_arrays_are_the_shipped_ones(rebuilt: Path, name: str) -> None:
    images, labels = shipped_arrays(name)
    with np.load(rebuilt / f"{name}.npz", allow_pickle=False) as arrays:
        assert set(arrays.files) == {"inputs", "labels"}
        np.testing.assert_array_equal(arrays["inputs"], images)
        np.testing.assert_array_equal(arrays["labels"], labels)


@needs_sources
def test_the_rebuilt_manifest_says_what_the_shipped_one_says_but_for_the_models_hash(rebuilt: Path) -> None:
    fresh, shipped = tomllib.loads((rebuilt / "workload.toml").read_text(encoding="utf-8")), manifest()
    # The zip bytes depend on the zlib that wrote them and the model's last bits on the instruction set.
    for table in (fresh, shipped):
        for entry in (table["model"], *(table["data"][name] for name in ("test", "calibration", "search"))):
            del entry["sha256"]
    assert fresh == shipped


@needs_sources
def test_head_calibration_search_and_test_share_no_image(data: Path) -> None:
    splits = {name: split.digests() for name, split in rebuild.choose_splits(data).items()}
    assert set(splits) == {"head", "calibration", "search", "test"}
    for (one, ones), (other, others) in combinations(splits.items(), 2):
        assert not ones & others, f"{one} and {other}"
