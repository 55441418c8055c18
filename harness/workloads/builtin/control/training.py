"""Trains a control network on Fashion-MNIST, the same way every time. Imported only where torch is there."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

BATCH = 128
_PEAK_RATE = 0.2
_MOMENTUM = 0.9
_WEIGHT_DECAY = 5e-4
_SEED = 3


def train(
    new_network: Callable[[], nn.Module],
    images: NDArray[np.float32],
    labels: NDArray[np.uint8],
    *,
    epochs: int,
    report: Callable[[str], None],
) -> nn.Module:
    """A network trained on prepared images [N, 1, H, W], in evaluation mode.

    One thread and one seed: the same machine and torch give the same bits.
    """
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(_SEED)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        network = new_network().train().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=_PEAK_RATE, momentum=_MOMENTUM, weight_decay=_WEIGHT_DECAY, nesterov=True
    )
    steps = epochs * (len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _PEAK_RATE, total_steps=steps)
    loss_of = nn.CrossEntropyLoss()
    pixels, targets = torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))
    for epoch in range(epochs):
        losses = []
        order = torch.randperm(len(images), generator=generator)
        for chosen in order[: len(order) // BATCH * BATCH].split(BATCH):
            optimizer.zero_grad()
            batch = pixels[chosen].to(memory_format=torch.channels_last)
            loss = loss_of(network(batch), targets[chosen])
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.detach())
        report(f"epoch {epoch + 1} of {epochs}: loss {float(torch.stack(losses).mean()):.3f}")
    return network.eval()
