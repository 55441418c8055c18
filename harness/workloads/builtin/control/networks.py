"""The two control networks, in plain torch. Imported only where torch is there."""

import torch
from torch import nn

from harness.errors import WorkloadError
from harness.workloads.builtin.layers import ImageClassifier, Residual, classifier, convolution, shortcut
from harness.workloads.places import workload_cache

WEIGHTS = "weights.pt"
_CLASSES = 10


def new_resnet() -> nn.Module:
    """A ResNet of four residual blocks for grey images of 28 x 28, untrained: logits [N, 10]."""
    return ImageClassifier(
        convolution(1, 24, 3, stride=2),
        nn.ReLU(),
        _block(24, 24, stride=1),
        _block(24, 48, stride=2),
        _block(48, 48, stride=1),
        _block(48, 96, stride=2),
        *classifier(96, _CLASSES),
    )


def new_ds_cnn() -> nn.Module:
    """A CNN of depthwise-separable convolutions for grey images of 28 x 28, untrained: logits [N, 10].

    The shape is that of the keyword spotters of Zhang et al., Hello Edge, 2017.
    """
    return ImageClassifier(
        convolution(1, 64, 3, stride=2),
        nn.ReLU(),
        *(part for _ in range(4) for part in _separable(64)),
        *classifier(64, _CLASSES),
    )


def resnet() -> nn.Module:
    """The trained ResNet of the workload `control-resnet`.

    Raises:
        WorkloadError: the workload was not prepared.
    """
    return _trained(new_resnet(), "control-resnet")


def ds_cnn() -> nn.Module:
    """The trained CNN of the workload `control-ds-cnn`.

    Raises:
        WorkloadError: the workload was not prepared.
    """
    return _trained(new_ds_cnn(), "control-ds-cnn")


def _trained(network: nn.Module, workload: str) -> nn.Module:
    weights = workload_cache() / workload / WEIGHTS
    if not weights.is_file():
        raise WorkloadError(f"{weights} is missing: planner workloads prepare {workload}")
    network.load_state_dict(torch.load(weights, weights_only=True, map_location="cpu"))
    return network.eval()


def _block(inputs: int, outputs: int, *, stride: int) -> Residual:
    branch = nn.Sequential(convolution(inputs, outputs, 3, stride=stride), nn.ReLU(), convolution(outputs, outputs, 3))
    return Residual(branch, shortcut(inputs, outputs, stride=stride))


def _separable(channels: int) -> list[nn.Module]:
    depthwise = convolution(channels, channels, 3, groups=channels)
    return [depthwise, nn.ReLU(), convolution(channels, channels, 1), nn.ReLU()]
