"""Writes workloads for the fake runtime: a scripted model with data that fits it, every hash true.

Pixel 0 of an image is its class, pixel 1 how hard it is. Hardness is spread evenly over each class,
so that a script's error rate is the share of samples that it misses, and of two scripts the worse
one misses all that the better one misses.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from harness.runtimes.fake import FakeModel, Script
from harness.vocabulary import Precision

FP32 = "fp32"
PER_TENSOR = "int8-static:per-tensor"
PER_CHANNEL = "int8-static:per-channel"
DYNAMIC = "int8-dynamic:per-channel"

_HARDEST = 256


def make_script(**overrides: Any) -> Script:  # noqa: ANN401 - an override has its field's type
    """A quiet FP32 variant of 1 ms a sample that misses 8 %."""
    fields: dict[str, Any] = {"latency_us": 1000.0, "jitter": 0.02, "error_rate": 0.08}
    return Script(**(fields | overrides))


def make_int8_script(**overrides: Any) -> Script:  # noqa: ANN401 - an override has its field's type
    """The same at twice the speed, in INT8."""
    return make_script(**({"latency_us": 500.0, "precision": Precision.INT8} | overrides))


def write_fake_workload(
    folder: Path,
    scripts: Mapping[str, Script] | None = None,
    *,
    classes: int = 10,
    samples: int = 2000,
    calibration_samples: int = 128,
    seed: int = 0,
) -> Path:
    """Write the workload into `folder` and return it.

    Args:
        folder: where; made if it is missing.
        scripts: by label, in the order in which the variants are measured unless the command line
            names others. By default FP32 and two INT8 variants, of which per channel is the faster.
        classes: labels run round them, so that they are balanced.
        samples: of the test split.
        calibration_samples: of the calibration split.
        seed: which image of a class is how hard.
    """
    folder.mkdir(parents=True, exist_ok=True)
    scripts = default_scripts() if scripts is None else scripts
    randomness = np.random.default_rng(seed)
    model = msgspec.json.encode(FakeModel(scripts=dict(scripts), classes=classes))
    (folder / "model.fake.json").write_bytes(model)
    _write_split(folder / "test.npz", classes, samples, randomness)
    _write_split(folder / "calibration.npz", classes, calibration_samples, randomness)
    (folder / "workload.toml").write_text(_description(folder, classes, list(scripts)), encoding="utf-8")
    return folder


def replace_model(folder: Path, name: str, content: bytes, *, digest: str | None = None) -> None:
    """Let a written workload name another model file, by its true hash unless `digest` gives another."""
    (folder / name).write_bytes(content)
    description = folder / "workload.toml"
    true = _file(folder, name)
    line = true if digest is None else f'{{ file = "{name}", sha256 = "{digest}" }}'
    text = description.read_text(encoding="utf-8")
    description.write_text(text.replace(_file(folder, "model.fake.json"), line), encoding="utf-8")


def default_scripts() -> dict[str, Script]:
    """FP32, and INT8 per tensor and per channel, both faster and as accurate."""
    return {FP32: make_script(), PER_TENSOR: make_int8_script(latency_us=600.0), PER_CHANNEL: make_int8_script()}


def _write_split(path: Path, classes: int, samples: int, randomness: np.random.Generator) -> None:
    labels = np.arange(samples, dtype=np.int16) % classes
    inputs = np.zeros((samples, 1, 2), dtype=np.uint8)
    inputs[:, 0, 0] = labels
    for label in range(classes):
        members = np.flatnonzero(labels == label)
        inputs[members, 0, 1] = randomness.permutation(np.arange(members.size) * _HARDEST // max(1, members.size))
    np.savez_compressed(path, inputs=inputs, labels=labels)


def _description(folder: Path, classes: int, labels: list[str]) -> str:
    model, test, calibration = (_file(folder, name) for name in ("model.fake.json", "test.npz", "calibration.npz"))
    names = ", ".join(f'"class {index}"' for index in range(classes))
    variants = ", ".join(f'"{label}"' for label in labels)
    return f"""schema = 2
name = "fake"
title = "A scripted model"
task = "classification"
licence = "none"
source = "made for a test"
model = {model}

[preprocessing]
kind = "image"
input = "image"
height = 1
width = 2
colour = "grey"
mean = [0.0]
std = [1.0]

[data]
test = {test}
calibration = {calibration}
classes = [{names}]

[variants]
default = [{variants}]
"""


def _file(folder: Path, name: str) -> str:
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    return f'{{ file = "{name}", sha256 = "{digest}" }}'
