"""Convolutional building blocks, in plain torch. Imported only where torch is there."""

import torch
from torch import nn


class Residual(nn.Module):  # type: ignore[misc]  # torch is read as untyped
    """relu(branch(x) + shortcut(x)), He et al., Deep Residual Learning, 2015, figure 2."""

    def __init__(self, branch: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.branch = branch
        self.shortcut = shortcut
        self.relu = nn.ReLU()

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Features [N, C, H, W] to features of the shape that both ways give."""
        return self.relu(self.branch(features) + self.shortcut(features))


class ImageClassifier(nn.Sequential):  # type: ignore[misc]  # torch is read as untyped
    """Layers one after the other, whose input goes by the name that workloads give it."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Images [N, C, H, W] to logits [N, classes]."""
        for layer in self:
            image = layer(image)
        return image


def convolution(inputs: int, outputs: int, size: int, *, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """A convolution that keeps the size but for its stride, and BatchNorm."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    )


def shortcut(inputs: int, outputs: int, *, stride: int) -> nn.Module:
    """The way past a residual branch: nothing at all where the shapes agree."""
    agree = inputs == outputs and stride == 1
    return nn.Identity() if agree else convolution(inputs, outputs, 1, stride=stride)


def classifier(features: int, classes: int) -> list[nn.Module]:
    """Pooled features to logits."""
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(features, classes)]
