"""Tiny PyTorch modules with random weights, and workloads that name them.

Only tests that have asked for torch import the functions' modules: this one imports it late.
"""

from pathlib import Path
from typing import Any

import numpy as np

MODULE = "helpers.torch_models"
SIDE = 12
FEATURES = 64
CLASSES = 4
CONVOLUTIONS = ("first", "block.depthwise", "block.pointwise")
LAYERS = (*CONVOLUTIONS, "head")


def cnn() -> Any:  # noqa: ANN401 - torch may not be here
    """Three convolutions, one of them depthwise, and a classifier; the input is called `image`."""
    import torch  # noqa: PLC0415 - see above
    from torch import nn  # noqa: PLC0415 - see above

    class Block(nn.Module):  # type: ignore[misc] # read as untyped
        def __init__(self) -> None:
            super().__init__()
            self.depthwise = nn.Conv2d(16, 16, 3, padding=1, groups=16)
            self.pointwise = nn.Conv2d(16, 32, 1)
            self.activation = nn.ReLU()

        def forward(self, x: Any) -> Any:  # noqa: ANN401 - see above
            return self.activation(self.pointwise(self.activation(self.depthwise(x))))

    class Cnn(nn.Module):  # type: ignore[misc] # read as untyped
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Conv2d(3, 16, 3, padding=1)
            self.activation = nn.ReLU()
            self.block = Block()
            self.head = nn.Linear(32, CLASSES)

        def forward(self, image: Any) -> Any:  # noqa: ANN401 - see above
            x = self.block(self.activation(self.first(image)))
            return {"scores": self.head(torch.flatten(nn.functional.adaptive_avg_pool2d(x, 1), 1))}

    return Cnn()


def mlp() -> Any:  # noqa: ANN401 - see `cnn`
    """Two layers with one input and one output, both without a name that data would have."""
    from torch import nn  # noqa: PLC0415 - see above

    return nn.Sequential(nn.Linear(FEATURES, 128), nn.ReLU(), nn.Linear(128, CLASSES))


def mlp_with_example() -> Any:  # noqa: ANN401 - see `cnn`
    """The same with an example input."""
    import torch  # noqa: PLC0415 - see above

    return mlp(), torch.zeros(1, FEATURES)


def transformer() -> Any:  # noqa: ANN401 - see `cnn`
    """An encoder of token ids with a mask that may be left out; answers a pair."""
    import torch  # noqa: PLC0415 - see above
    from torch import nn  # noqa: PLC0415 - see above

    class Encoder(nn.Module):  # type: ignore[misc] # read as untyped
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(50, 32)
            self.query = nn.Linear(32, 96)
            self.out = nn.Linear(32, 32)
            self.head = nn.Linear(32, CLASSES)

        def forward(self, input_ids: Any, attention_mask: Any = None) -> Any:  # noqa: ANN401 - see above
            x = self.embedding(input_ids)
            q, k, v = (one.unsqueeze(1) for one in self.query(x).chunk(3, dim=-1))
            mask = None if attention_mask is None else attention_mask.bool()[:, None, None, :]
            x = self.out(nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask).squeeze(1))
            return self.head(torch.mean(x, dim=1)), x

    return Encoder()


def weights_only() -> Any:  # noqa: ANN401 - see `cnn`
    """INT8 weights that are unpacked to floats for each product: smaller, but no INT8 arithmetic."""
    import torch  # noqa: PLC0415 - see above
    from torch import nn  # noqa: PLC0415 - see above

    class Packed(nn.Module):  # type: ignore[misc] # read as untyped
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("weight", torch.randint(-127, 127, (CLASSES, FEATURES), dtype=torch.int8))

        def forward(self, x: Any) -> Any:  # noqa: ANN401 - see above
            return torch.nn.functional.linear(x, self.weight.to(torch.float32) * 0.01)

    return Packed()


def fixed_batch() -> Any:  # noqa: ANN401 - see `cnn`
    """Turns the batch size into a number, which a trace then holds for ever."""
    from torch import nn  # noqa: PLC0415 - see above

    class Fixed(nn.Module):  # type: ignore[misc] # read as untyped
        def __init__(self) -> None:
            super().__init__()
            self.head = nn.Linear(FEATURES, CLASSES)

        def forward(self, x: Any) -> Any:  # noqa: ANN401 - see above
            rows = int(x.shape[0])
            return self.head(x.reshape(rows, FEATURES))

    return Fixed()


def branching() -> Any:  # noqa: ANN401 - see `cnn`
    """Decides by its data what to do: no graph can be traced from it."""
    from torch import nn  # noqa: PLC0415 - see above

    class Branching(nn.Module):  # type: ignore[misc] # read as untyped
        def __init__(self) -> None:
            super().__init__()
            self.head = nn.Linear(FEATURES, CLASSES)

        def forward(self, x: Any) -> Any:  # noqa: ANN401 - see above
            return self.head(x if x.sum() > 0 else -x)

    return Branching()


def meddling() -> Any:  # noqa: ANN401 - see `cnn`
    """Changes settings of PyTorch's while it is built."""
    import torch  # noqa: PLC0415 - see above

    torch.set_num_threads(2)
    torch.set_float32_matmul_precision("medium")
    return mlp()


def recurrent() -> Any:  # noqa: ANN401 - see `cnn`
    """A recurrent layer over token ids."""
    from torch import nn  # noqa: PLC0415 - see above

    class Recurrent(nn.Module):  # type: ignore[misc] # read as untyped
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(50, 16)
            self.lstm = nn.LSTM(16, 32, batch_first=True)
            self.head = nn.Linear(32, CLASSES)

        def forward(self, input_ids: Any) -> Any:  # noqa: ANN401 - see above
            answers, _ = self.lstm(self.embedding(input_ids))
            return self.head(answers[:, -1])

    return Recurrent()


def half() -> Any:  # noqa: ANN401 - see `cnn`
    """Not FP32."""
    return mlp().half()


def starred() -> Any:  # noqa: ANN401 - see `cnn`
    """Names none of its inputs."""
    from torch import nn  # noqa: PLC0415 - see above

    class Starred(nn.Module):  # type: ignore[misc] # read as untyped
        def forward(self, *inputs: Any) -> Any:  # noqa: ANN401 - see above
            return inputs[0]

    return Starred()


def failing() -> Any:  # noqa: ANN401 - see `cnn`
    """Cannot be built."""
    raise FileNotFoundError("weights.pth")


def leaving() -> Any:  # noqa: ANN401 - see `cnn`
    """Ends the interpreter."""
    raise SystemExit(3)


def number() -> Any:  # noqa: ANN401 - see `cnn`
    """No module at all."""
    return 7


NOT_CALLABLE = "text"


def write_torch_workload(folder: Path, maker: str, *, samples: int = 24) -> Path:
    """A workload whose model is `maker` of this file, with data of the shape that it reads."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    for split in ("test", "calibration"):
        labels = np.arange(samples) % CLASSES
        np.savez_compressed(folder / f"{split}.npz", labels=labels, **_arrays(maker, samples, random))
    (folder / "workload.toml").write_text(
        f"""schema = 2
name = "torch {maker}"

[model]
torch = "{MODULE}:{maker}"

[preprocessing]
kind = "none"

[data]
test = "test.npz"
calibration = "calibration.npz"
classes = ["a", "b", "c", "d"]
""",
        encoding="utf-8",
    )
    return folder


def _arrays(maker: str, samples: int, random: np.random.Generator) -> dict[str, Any]:
    if maker == "cnn":
        return {"inputs": random.normal(size=(samples, 3, SIDE, SIDE)).astype(np.float32)}
    if maker in {"transformer", "recurrent"}:
        mask = np.arange(10) < random.integers(4, 11, size=(samples, 1))
        return {"input_ids": random.integers(0, 50, size=(samples, 10)), "attention_mask": mask.astype(np.int64)}
    return {"inputs": random.normal(size=(samples, FEATURES)).astype(np.float32)}
