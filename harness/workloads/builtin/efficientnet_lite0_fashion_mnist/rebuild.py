"""Rebuilds every file of the flagship workload from pinned weights and pinned data.

    python -m harness.workloads.builtin.efficientnet_lite0_fashion_mnist.rebuild --out DIR

Owns the order of the steps, the choice of images and the text of `workload.toml`. Needs
torch, efficientnet-lite-pytorch, onnx and, for the sensitivities, onnxruntime; running
the workload needs none of this module.
"""

import argparse
import hashlib
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.errors import HarnessError, WorkloadError
from harness.workloads.builtin import fashion_mnist, pinned
from harness.workloads.builtin.efficientnet_lite0_fashion_mnist import network, sensitivity, sources
from harness.workloads.builtin.files import npz_bytes
from harness.workloads.data.image_preprocessing import ImagePreprocessing

HEAD_IMAGES = 4_000
CALIBRATION_IMAGES = 512
SEARCH_IMAGES = 1_000
SIDE = 96

_SEED = 20
# The weights were trained on inputs normalised like this; ImageNet's mean and deviation cost accuracy here.
_MEAN, _STD = 127.0, 128.0
_DEFAULT_CACHE = Path.home() / ".cache" / "planner" / "fashion-mnist"

_TOML = """\
# The flagship workload, written by rebuild.py. Do not edit: rebuild.
schema = 2
name = "efficientnet-lite0-fashion-mnist"
title = "EfficientNet-Lite0 on Fashion-MNIST, 10 classes of clothing"
task = "classification"
licence = "Model: Apache-2.0 (ML Illustrated). Data: MIT (Zalando SE)."
source = "{source}"

[model]
# ImageNet backbone, frozen; closed-form ridge head on the first {head_images} training images.
file = "model.onnx"
sha256 = "{model_sha256}"

[preprocessing]
# 28 x 28 grey pixels, resized bilinearly, repeated over the channels, then (x - mean) / std.
kind = "image"
input = "image"
height = {side}
width = {side}
mean = [{mean}]
std = [{std}]

[data]
# test: all test images. calibration, search: training images that share none with the head, the test or each other.
test = {{ file = "test.npz", sha256 = "{test_sha256}" }}
calibration = {{ file = "calibration.npz", sha256 = "{calibration_sha256}" }}
search = {{ file = "search.npz", sha256 = "{search_sha256}" }}
classes = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
]

[variants]
default = ["fp32", "int8-static:per-tensor", "int8-static:per-channel", "int8-mixed:per-channel"]

[sensitivity]
# Measured on the search split by rebuild.py: the signal-to-noise ratio of the logits with only this convolution in
# INT8 (per channel), most sensitive first. int8-mixed leaves the first keep_fp32 of them in FP32.
keep_fp32 = {keep_fp32}
nodes = [
{nodes}
]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Labelled grey images: uint8 [N, 28, 28] and uint8 [N]."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    @property
    def arrays(self) -> dict[str, NDArray[np.uint8]]:
        """As they are stored."""
        return {"inputs": self.images, "labels": self.labels}

    def take(self, positions: slice | NDArray[np.intp]) -> "Split":
        """The images at these positions, in their order."""
        return Split(images=self.images[positions], labels=self.labels[positions])

    def digests(self) -> frozenset[str]:
        """One SHA-256 per distinct image."""
        return frozenset(hashlib.sha256(image.tobytes()).hexdigest() for image in self.images)


# Gives the sensitivities of the model at a path, with the splits at hand and a voice to report with.
Rank = Callable[[Path, Mapping[str, Split], Callable[[str], None]], sensitivity.Sensitivity]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 when everything was written, 1 when a source cannot be used."""
    parser = argparse.ArgumentParser(prog="rebuild", description="Rebuild the flagship workload's files.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--data", type=Path, help="folder with the four IDX files; default: the Debian package")
    parser.add_argument("--skip-sensitivity", action="store_true", help="keep the sensitivities that are shipped")
    given = parser.parse_args(arguments)
    try:
        data = given.data or fashion_mnist.data_folder(_DEFAULT_CACHE)
        rank = _shipped_sensitivity if given.skip_sensitivity else _measured_sensitivity
        rebuild(given.out, data=data, rank=rank, report=_narrate)
    except HarnessError as error:
        _narrate(f"rebuild failed: {error}")
        return 1
    return 0


def rebuild(
    out: Path,
    *,
    data: Path,
    rank: Rank,
    report: Callable[[str], None],
) -> None:
    """Write model, data and `workload.toml` into `out`.

    Args:
        out: the folder, made when it is missing.
        data: the folder with Fashion-MNIST's four IDX files.
        rank: gives the sensitivities: measured, or those that are shipped.
        report: is told what goes on.

    Raises:
        WorkloadError: a source is missing or is not the pinned one.
    """
    out.mkdir(parents=True, exist_ok=True)
    report(f"reading Fashion-MNIST from {data}")
    splits = choose_splits(data)
    for name in ("test", "calibration", "search"):
        (out / f"{name}.npz").write_bytes(npz_bytes(splits[name].arrays))
    model = out / "model.onnx"
    model.write_bytes(_build_model(splits["head"], report))
    report("ranking sensitive layers")
    ranked = rank(model, splits, report)
    (out / "workload.toml").write_text(_workload_toml(out, ranked), encoding="utf-8")
    report(f"written to {out}")


def choose_splits(data: Path) -> dict[str, Split]:
    """The images for head, calibration and search (training images) and for the test, by those names.

    The images after the head's are shuffled with a fixed seed, so that the first n of the
    calibration images are themselves a random choice.

    Raises:
        WorkloadError: a file is not the pinned one, or two splits share an image.
    """
    training = Split(**dict(zip(("images", "labels"), fashion_mnist.read_split(data, "train"), strict=True)))
    test = Split(**dict(zip(("images", "labels"), fashion_mnist.read_split(data, "t10k"), strict=True)))
    others = np.random.default_rng(_SEED).permutation(np.arange(HEAD_IMAGES, len(training.labels)))
    calibration, search = np.split(others[: CALIBRATION_IMAGES + SEARCH_IMAGES], [CALIBRATION_IMAGES])
    splits = {
        "head": training.take(slice(HEAD_IMAGES)),
        "calibration": training.take(calibration),
        "search": training.take(search),
        "test": test,
    }
    _refuse_shared_images(splits)
    return splits


def _refuse_shared_images(splits: Mapping[str, Split]) -> None:
    """The pinned files hold no two identical images; this keeps it checked rather than believed."""
    owners: dict[str, str] = {}
    for name, split in splits.items():
        digests = split.digests()
        if len(digests) != len(split.labels):
            raise WorkloadError(f"the {name} split holds the same image more than once")
        for digest in digests:
            if digest in owners:
                raise WorkloadError(f"the {name} and {owners[digest]} splits share the image {digest}")
            owners[digest] = name


def _build_model(head: Split, report: Callable[[str], None]) -> bytes:
    preprocessing = _preprocessing()
    backbone = network.load_backbone(sources.weights_file(), side=SIDE)
    report(f"computing features of {len(head.labels)} images")
    features = network.features_of(backbone, head.images, preprocessing)
    report("fitting the head and exporting")
    return network.export_onnx(backbone, network.fit_ridge_head(features, head.labels), side=SIDE)


def _preprocessing() -> ImagePreprocessing:
    return ImagePreprocessing(height=SIDE, width=SIDE, mean=(_MEAN,), std=(_STD,))


def _measured_sensitivity(
    model: Path, splits: Mapping[str, Split], report: Callable[[str], None]
) -> sensitivity.Sensitivity:
    return sensitivity.measure(
        model,
        calibration=splits["calibration"].images,
        search=splits["search"].images,
        preprocessing=_preprocessing(),
        report=report,
    )


def _shipped_sensitivity(
    _model: Path, _splits: Mapping[str, Split], report: Callable[[str], None]
) -> sensitivity.Sensitivity:
    shipped = Path(__file__).with_name("workload.toml")
    report(f"keeping the sensitivities of {shipped}")
    table = tomllib.loads(shipped.read_text(encoding="utf-8"))["sensitivity"]
    layers = tuple(sensitivity.LayerSensitivity(**node) for node in table["nodes"])
    return sensitivity.Sensitivity(keep_fp32=table["keep_fp32"], layers=layers)


def _workload_toml(out: Path, ranked: sensitivity.Sensitivity) -> str:
    nodes = (f'    {{ name = "{layer.name}", snr_db = {layer.snr_db} }},' for layer in ranked.layers)
    return _TOML.format(
        source=f"Weights: {sources.WEIGHTS.text}. Images: {fashion_mnist.PACKAGE.text}.",
        head_images=f"{HEAD_IMAGES:,}",
        side=SIDE,
        mean=_MEAN,
        std=_STD,
        keep_fp32=ranked.keep_fp32,
        nodes="\n".join(nodes),
        **{f"{path.stem}_sha256": pinned.sha256_of(path) for path in (*out.glob("*.npz"), out / "model.onnx")},
    )


def _narrate(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
