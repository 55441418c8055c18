"""Builds the flagship's FP32 network: a frozen EfficientNet-Lite0 with a closed-form head, as an ONNX file.

Owns everything that needs torch and onnx, which are imported inside the functions so
that the workload can be run without them. Never reads data files and never quantises.
"""

import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.workloads.builtin.exporting import strip_provenance, traced
from harness.workloads.data.image_preprocessing import ImagePreprocessing

CLASS_COUNT = 10
INPUT_NAME = "image"
OUTPUT_NAME = "logits"

# Strength of the ridge penalty. Part of what the workload is: another value is another model.
_RIDGE_LAMBDA = 30.0
_FEATURE_BATCH = 16  # on one thread, batches of 4, 25 and more were slower than about ten


def load_backbone(weights: Path, *, side: int) -> Any:  # noqa: ANN401 - torch is read as untyped
    """EfficientNet-Lite0 in evaluation mode with its ImageNet weights, for square inputs of `side` pixels."""
    import torch  # noqa: PLC0415 - heavy and optional
    from efficientnet_lite_pytorch import EfficientNet  # noqa: PLC0415 - heavy and optional

    torch.set_num_threads(1)  # one thread adds up in one order
    network = EfficientNet.from_name("efficientnet-lite0", image_size=side)
    network.load_state_dict(torch.load(weights, weights_only=True, map_location="cpu"))
    return network.eval().to(memory_format=torch.channels_last)


def features_of(
    network: Any,  # noqa: ANN401 - torch is read as untyped
    images: NDArray[np.uint8],
    preprocessing: ImagePreprocessing,
) -> NDArray[np.float64]:
    """Pooled features [N, 1280] of grey images [N, H, W]."""
    import torch  # noqa: PLC0415 - heavy and optional

    pooled = []
    with torch.inference_mode():
        for start in range(0, len(images), _FEATURE_BATCH):
            batch = torch.from_numpy(preprocessing(images[start : start + _FEATURE_BATCH]))
            pooled.append(network.extract_features(batch).mean(dim=(2, 3)).numpy())
    return np.concatenate(pooled).astype(np.float64)


def fit_ridge_head(
    features: NDArray[np.float64], labels: NDArray[np.uint8]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights [classes, features] and bias [classes] of a ridge regression onto targets of +1 and -1.

    Centring both sides leaves the bias out of the penalty (Hastie, Tibshirani, Friedman,
    The Elements of Statistical Learning, 2nd edition, section 3.4.1).
    """
    targets = np.where(labels[:, np.newaxis] == np.arange(CLASS_COUNT), 1.0, -1.0)
    feature_mean, target_mean = features.mean(axis=0), targets.mean(axis=0)
    centred = features - feature_mean
    gram = centred.T @ centred + _RIDGE_LAMBDA * np.eye(features.shape[1])
    weights = np.linalg.solve(gram, centred.T @ (targets - target_mean)).T
    return weights, target_mean - weights @ feature_mean


def export_onnx(
    network: Any,  # noqa: ANN401 - torch is read as untyped
    head: tuple[NDArray[np.float64], NDArray[np.float64]],
    *,
    side: int,
) -> bytes:
    """The network with its head as a serialised ONNX model, batch dynamic, logits [N, 10].

    The network is changed in place: it is of no further use as a torch module.
    """
    import torch  # noqa: PLC0415 - heavy and optional

    _attach_head(network, head)
    pads = dict(_take_pads(network))
    model = traced(network, {INPUT_NAME: torch.zeros(2, 3, side, side)}, output=OUTPUT_NAME)
    _set_pads(model, pads)
    _inline_clip_bounds(model)
    _name_parameters(model)
    strip_provenance(model, "efficientnet_lite0_fashion_mnist")
    return bytes(model.SerializeToString(deterministic=True))


def _attach_head(network: Any, head: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:  # noqa: ANN401 - untyped
    import torch  # noqa: PLC0415 - heavy and optional

    weights, bias = (torch.from_numpy(part.astype(np.float32)) for part in head)
    network._fc = torch.nn.Linear(weights.shape[1], weights.shape[0])  # noqa: SLF001 - the package's only name for it
    network._fc.load_state_dict({"weight": weights, "bias": bias})  # noqa: SLF001 - likewise

    def forward(self: Any, image: Any) -> Any:  # noqa: ANN401 - torch is read as untyped
        pooled = self._avg_pooling(self.extract_features(image))
        return self._fc(torch.flatten(pooled, 1))

    # The package's own forward reshapes by the traced batch size, which costs six shape nodes.
    network.forward = types.MethodType(forward, network)


def _take_pads(network: Any) -> Iterator[tuple[str, list[int]]]:  # noqa: ANN401 - torch is read as untyped
    """Move every padding module into its convolution; yields node name and ONNX pads (top, left, bottom, right).

    A `Pad` node before a convolution would stand between quantise and dequantise nodes and
    keep runtimes from fusing them. The symmetric padding set here only keeps the traced sizes
    right: for the even inputs of every strided layer it gives the same size as the real one.
    """
    import torch  # noqa: PLC0415 - heavy and optional

    for name, module in network.named_modules():
        padding = getattr(module, "static_padding", None)
        if isinstance(padding, torch.nn.ZeroPad2d):
            left, right, top, bottom = padding.padding
            module.static_padding = torch.nn.Identity()
            module.padding = tuple(size // 2 for size in module.kernel_size)
            yield f"/{name.replace('._', '/_')}/Conv", [top, left, bottom, right]


def _set_pads(model: Any, pads: dict[str, list[int]]) -> None:  # noqa: ANN401 - onnx is read as untyped
    for node in model.graph.node:
        if node.name in pads:
            attribute = next(entry for entry in node.attribute if entry.name == "pads")
            attribute.ints[:] = pads.pop(node.name)
    if pads:
        raise AssertionError(f"padded convolutions that the export named otherwise: {sorted(pads)}")


def _inline_clip_bounds(model: Any) -> None:  # noqa: ANN401 - onnx is read as untyped
    """Give all ReLU6 nodes the same two bounds instead of two constant nodes each."""
    import onnx  # noqa: PLC0415 - heavy and optional

    graph = model.graph
    for node in graph.node:
        if node.op_type == "Clip":
            node.input[1:] = ["relu6.min", "relu6.max"]
    kept = [node for node in graph.node if node.op_type != "Constant"]
    del graph.node[:]
    graph.node.extend(kept)
    bounds = {"relu6.min": np.float32(0), "relu6.max": np.float32(6)}
    graph.initializer.extend(onnx.numpy_helper.from_array(np.asarray(v), name=k) for k, v in bounds.items())


def _name_parameters(model: Any) -> None:  # noqa: ANN401 - onnx is read as untyped
    """Name convolution parameters after their node: the exporter numbers those it folded BatchNorm into."""
    renamed: dict[str, str] = {}
    for node in model.graph.node:
        if node.op_type == "Conv":
            owner = node.name.removeprefix("/").removesuffix("/Conv").replace("/", ".")
            renamed |= {node.input[1]: f"{owner}.weight", node.input[2]: f"{owner}.bias"}
            node.input[1:] = [renamed[name] for name in node.input[1:]]
    for parameter in model.graph.initializer:
        parameter.name = renamed.get(parameter.name, parameter.name)
