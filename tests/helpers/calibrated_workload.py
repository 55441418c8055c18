"""Writes the tiny model's workload around samples that a test plants faults in."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from helpers.tiny_workload import INPUT, write_tiny_model
from numpy.typing import NDArray

from harness.workloads.workload import Workload, open_workload

SIDE = 8
CLASSES = ("a", "b", "c", "d")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Pictures [N, 8, 8] of bytes with class indices [N], or without."""

    inputs: NDArray[np.uint8]
    labels: NDArray[np.int64] | None


def make_samples(count: int, *, seed: int, darkest: int = 0, brightest: int = 200, classes: int = 4) -> Samples:
    """Pictures of random brightness between two limits, with classes in turn."""
    random = np.random.default_rng(seed)
    levels = random.uniform(darkest, brightest, (count, 1, 1))
    pixels = np.clip(levels + random.normal(0.0, 20.0, (count, SIDE, SIDE)), 0, 255)
    return Samples(inputs=pixels.astype(np.uint8), labels=np.arange(count) % classes)


def write_calibrated_workload(
    folder: Path,
    *,
    calibration: Samples | None,
    test: Samples,
    search: Samples | None = None,
    model: str = "model.onnx",
) -> Workload:
    """Write model, data and description into `folder`, and open it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tiny_model(folder / "model.onnx")
    given = {"test": test, "calibration": calibration, "search": search}
    names = {name: _write(folder / f"{name}.npz", samples) for name, samples in given.items() if samples is not None}
    has_labels = test.labels is not None
    lines = "\n".join(f'{name} = "{file}"' for name, file in names.items())
    classes = f"classes = [{', '.join(repr(name) for name in CLASSES)}]" if has_labels else ""
    (folder / "workload.toml").write_text(
        f"""schema = 2
name = "calibrated"
task = "{"classification" if has_labels else "none"}"
model = {{ file = "{model}" }}

[preprocessing]
kind = "image"
input = "{INPUT}"
height = {SIDE}
width = {SIDE}
mean = [127.0]
std = [128.0]

[data]
{lines}
{classes}
""",
        encoding="utf-8",
    )
    return open_workload(str(folder))


def finished(steps: Generator[object, None, T]) -> T:
    """What a generator returns after all that it yields."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


def _write(path: Path, samples: Samples) -> str:
    arrays = {"inputs": samples.inputs} | ({} if samples.labels is None else {"labels": samples.labels})
    np.savez(path, **arrays)  # type: ignore[arg-type] # numpy's stub takes no mapping of arrays of several types
    return path.name
