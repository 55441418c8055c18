"""What a person does today with OpenVINO: quantise with NNCF, time both models with benchmark_app, count right answers.

Argument: folder (model.onnx, calibration.npy, test.npy, labels.npy), seconds for each run of benchmark_app.
"""

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import nncf
import numpy as np
import openvino as ov


def timed(model, seconds):
    """The median latency that benchmark_app tells, in milliseconds."""
    program = Path(sys.executable).with_name("benchmark_app")
    options = ["-api", "sync", "-hint", "none", "-nstreams", "1", "-nthreads", "1", "-infer_precision", "f32"]
    shape = ["-shape", "[1,3,96,96]", "-t", str(seconds), "-latency_percentile", "50"]
    command = [program, "-m", model, "-d", "CPU", *options, *shape]
    told = subprocess.run(command, check=False, capture_output=True, text=True)
    found = re.search(r"\s(?:50 percentile|Median):\s+([\d.]+) (ms|us)", told.stdout)
    if told.returncode or found is None:
        *_, said = ["nothing", *(told.stderr.strip() or told.stdout.strip()).splitlines()]
        sys.exit(f"benchmark_app on {Path(model).name} ended with {told.returncode}, without a median; it says: {said}")
    value, unit = found.groups()
    return float(value) if unit == "ms" else float(value) / 1e3  # below a millisecond it tells microseconds


def accuracy(model, samples, labels):
    """The share of right answers, in FP32 outside INT8 layers."""
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    right = [int(np.argmax(compiled(sample[None])[0])) == label for sample, label in zip(samples, labels, strict=True)]
    return float(np.mean(right))


def main():
    """The three steps."""
    asked = json.loads(sys.argv[1])
    folder = Path(asked["folder"])
    samples, labels = np.load(folder / "test.npy"), np.load(folder / "labels.npy")
    model = ov.Core().read_model(folder / "model.onnx")
    fp32, int8 = str(folder / "fp32.xml"), str(folder / "int8.xml")
    ov.save_model(model, fp32, compress_to_fp16=False)
    ov.save_model(nncf.quantize(model, nncf.Dataset(np.load(folder / "calibration.npy")[:, None])), int8)
    before_ms, after_ms = timed(fp32, asked["seconds"]), timed(int8, asked["seconds"])
    told = {
        "speed_up": before_ms / after_ms,
        "fp32_accuracy": accuracy(fp32, samples, labels),
        "int8_accuracy": accuracy(int8, samples, labels),
        "versions": {"nncf": metadata.version("nncf"), "benchmark_app": metadata.version("openvino")},
    }
    print(json.dumps(told))


main()
