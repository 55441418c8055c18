"""ResNet-50 in plain torch, with random weights. Imported only where torch is there."""

import torch
from torch import nn

from harness.workloads.builtin.layers import ImageClassifier, Residual, classifier, convolution, shortcut

SIDE = 224
_SEED = 1
_CLASSES = 1000
# Width inside the bottleneck, number of blocks, stride: He et al., Deep Residual Learning, 2015, table 1.
_STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))
_EXPANSION = 4
_SETTLING_BATCHES, _SETTLING_IMAGES = 4, 8


def resnet50() -> nn.Module:
    """The network in evaluation mode, the same at every call: images [N, 3, 224, 224] to logits [N, 1000]."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        network = _new()
        _settle(network)
    return network.eval()


def _new() -> nn.Module:
    layers = [convolution(3, 64, 7, stride=2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    width = 64
    for inner, blocks, stride in _STAGES:
        for block in range(blocks):
            layers.append(_bottleneck(width, inner, stride=stride if block == 0 else 1))
            width = inner * _EXPANSION
    return ImageClassifier(*layers, *classifier(width, _CLASSES))


def _bottleneck(inputs: int, inner: int, *, stride: int) -> Residual:
    outputs = inner * _EXPANSION
    branch = nn.Sequential(
        convolution(inputs, inner, 1),
        nn.ReLU(),
        convolution(inner, inner, 3, stride=stride),  # the stride stands where later implementations have it
        nn.ReLU(),
        convolution(inner, outputs, 1),
    )
    return Residual(branch, shortcut(inputs, outputs, stride=stride))


def _settle(network: nn.Module) -> None:
    """Give every BatchNorm the statistics of what it sees; with its initial ones, activations would explode."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None  # a plain mean over the batches
    network.train()
    with torch.no_grad():
        for _ in range(_SETTLING_BATCHES):
            network(torch.randn(_SETTLING_IMAGES, 3, SIDE, SIDE))
