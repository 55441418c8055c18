"""What the template of a workload says: the meaning of every key, and examples of those without a default."""

from collections.abc import Mapping
from typing import Any

from harness.workloads.description import File, Node

HEAD = """\
A workload for planner: a model, how its inputs are made, labelled data, and what INT8 must keep.

Lines like this one explain. A line that begins with # and a key is switched off and shows the default,
or an example where there is none: remove the # to set it. Paths are relative to this file, and must lie
in its folder.

    planner workloads show {file}        tells every fault, and what planner understood
    planner audit calibration --workload {file}
    planner bench --workload {file}"""

ABOUT: Mapping[str, str] = {
    "model": "The FP32 model: an ONNX file, a PyTorch module, or both.",
    "preprocessing": "How stored samples become the inputs of the model.",
    "data": "Samples with the right answers.",
    "variants": "What `planner bench` measures when nothing else is asked for.",
    "sensitivity": "Which layers lose most in INT8: int8-mixed leaves the first of them in FP32.",
    "quality": "What a candidate must keep. The command line overrides each threshold.",
    "candidates": "INT8, BF16 or FP16 models that were made elsewhere, judged beside the variants; repeat the table "
    "for each.",
}

_HASH = "SHA-256 of {what}, as `sha256sum` prints it: with it, a changed file is refused."

MEANINGS: Mapping[str, Mapping[str, str]] = {
    "": {
        "schema": "The version of this format.",
        "name": "A short name for runs and screens.",
        "title": "One line for people.",
        "task": '"classification" where answers can be right or wrong; "none" to measure speed, memory and '
        "agreement alone.",
        "licence": "Under which licence model and data may be used.",
        "source": "Where model and data are from.",
    },
    "model": {
        "file": "The ONNX file. Weights in files beside it are found.",
        "sha256": _HASH.format(what="the file"),
        "torch": "A function that returns the PyTorch module with its weights: package.module:function.",
        "output": "The output that answers, where it is not the first.",
        "weights": "Files beside the ONNX file that hold its weights, with hashes; needed only to pin them.",
    },
    "preprocessing": {
        "kind": '"image" for pictures, "text" for texts with a tokenizer, "none" for arrays as they are, "random" for '
        "random inputs (speed and memory alone).",
        "height": "Rows of the model's input.",
        "width": "Columns of the model's input.",
        "input": "The input's name, where the model has more than one.",
        "resize": '"stretch" squeezes a picture to the size, "crop" cuts the middle out, "pad" adds black bars.',
        "shorter_side": 'With resize = "crop": what the shorter side becomes first. Without it, the crop\'s own size.',
        "colour": 'The channels that the model reads: "RGB", "BGR" or "grey".',
        "layout": 'Where the channels stand: "NCHW" or "NHWC".',
        "scale": "A pixel (0 to 255) becomes (pixel / scale - mean) / std. 255 brings it to 0 to 1.",
        "mean": "One number for all channels, or one for each.",
        "std": "One number for all channels, or one for each.",
        "dtype": "The type of the input's numbers.",
        "tokenizer": "The tokenizer's `tokenizer.json`.",
        "max_length": "Tokens after which a text is cut.",
        "pad": '"longest": to the longest text of a batch; "max-length": always to max_length.',
        "ids": "The input that takes token ids.",
        "mask": "The input that takes the attention mask; not fed where the model has no such input.",
        "types": "The input that takes token types, where there is one.",
        "sha256": _HASH.format(what="the tokenizer"),
        "tensors": "Each input of the model: its name, the shape of one sample (without the batch axis), its dtype. "
        "Whole numbers are drawn from low (default 0) up to and without high (default 2).",
        "samples": "How many samples are drawn.",
        "seed": "The same seed draws the same numbers.",
    },
    "data": {
        "test": "What is judged by: an .npz file, a folder of images with a sub-folder for each class, or a .csv, .tsv "
        'or .jsonl file of texts. To pin it: { file = "test.npz", sha256 = "…" }.',
        "calibration": "Typical inputs to quantise with, in the same forms, none of them in the test. Without it, a "
        "seeded part of the test data is taken and left out of the test.",
        "search": "Samples to choose sensitive layers with, in neither of the other two.",
        "classes": "The names of the classes, in the order of the model's outputs.",
        "text_column": "The column of a table that holds the texts.",
        "label_column": "The column of a table that holds the classes.",
        "split_seed": "Of the part that is taken from the test data.",
    },
    "variants": {"default": "Variants in the words of `planner bench --variants`, the baseline among them."},
    "sensitivity": {
        "keep_fp32": "How many of the nodes int8-mixed leaves in FP32.",
        "nodes": "Graph nodes, the most sensitive first, with the signal-to-noise ratio of the outputs when that node "
        "alone is in INT8.",
    },
    "quality": {
        "metric": '"top-1": the best answer counts; "top-5": the right class among the best five counts.',
        "classes": "Classes that matter: only they are judged one by one. Without it, all are.",
        "max_relative_loss": "Share of the baseline's accuracy that may be lost: 0.01 is 1 %. Default: 0.01.",
        "max_class_drop": "Share of a class's samples that may be lost: 0.03 is 3 points. Default: 0.03.",
        "min_worst_class": "Share of its samples that every class must get right. Default: none is asked for.",
    },
    "candidates": {
        "file": "The model.",
        "variant": "What it is judged as: int8-static, int8-dynamic, int8-mixed, int8-qat, bf16 or fp16.",
        "sha256": _HASH.format(what="the file"),
    },
}

_ZEROS = "0" * 64
EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "": {
        "title": "Our classifier of products on last month's photographs",
        "licence": "Model: internal. Data: internal.",
        "source": "Training run 2026-10-03, checkpoint 40.",
    },
    "model": {
        "file": "model.onnx",
        "sha256": _ZEROS,
        "torch": "my_package.my_module:make_model",
        "output": "logits",
        "weights": (File(file="model.onnx.data"),),
    },
    "preprocessing": {
        "input": "image",
        "shorter_side": 256,
        "sha256": _ZEROS,
        "types": "token_type_ids",
    },
    "data": {
        "test": "test.npz",
        "calibration": "calibration.npz",
        "search": "search.npz",
        "classes": ("cat", "dog", "horse"),
    },
    "sensitivity": {"keep_fp32": 1, "nodes": (Node(name="/conv1/Conv", snr_db=12.5),)},
    "quality": {
        "classes": ("cat", "dog"),
        "max_relative_loss": 0.01,
        "max_class_drop": 0.03,
        "min_worst_class": 0.9,
    },
    "candidates": {"file": "model-int8.onnx", "variant": "int8-qat", "sha256": _ZEROS},
}
