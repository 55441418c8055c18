"""Olive: one configuration that quantises an ONNX model and evaluates accuracy and latency before and after.

Argument: folder (model.onnx, calibration.npy, test.npy, labels.npy).
"""

import contextlib
import json
import sys
from importlib import metadata
from pathlib import Path

from olive import run

HERE = Path(__file__).resolve().parent


def data(name, samples, labels=None):
    """One of Olive's data configurations."""
    return {
        "name": name,
        "type": "DataContainer",
        "user_script": str(HERE / "olive_data.py"),
        "load_dataset_config": {"type": "arrays", "params": {"samples": samples, "labels": labels}},
        "post_process_data_config": {"type": "largest"},
        "dataloader_config": {"batch_size": 1},
    }


def metric(name, kind, sub_type):
    """A metric on the test data."""
    return {"name": name, "type": kind, "data_config": "test", "sub_types": [sub_type]}


def configuration(folder):
    """What is run: the default static quantisation, with an evaluator around it."""
    accuracy = {"name": "accuracy_score", "priority": 1, "metric_config": {"task": "multiclass", "num_classes": 10}}
    session = {"intra_op_num_threads": 1, "inter_op_num_threads": 1}
    latency = metric("latency", "latency", {"name": "p50", "priority": 2})
    latency["user_config"] = {"inference_settings": {"onnx": {"session_options": session}}}
    return {
        "input_model": {"type": "ONNXModel", "model_path": str(folder / "model.onnx")},
        "systems": {
            "here": {
                "type": "LocalSystem",
                "accelerators": [{"device": "cpu", "execution_providers": ["CPUExecutionProvider"]}],
            }
        },
        "data_configs": [
            data("calibration", str(folder / "calibration.npy")),
            data("test", str(folder / "test.npy"), str(folder / "labels.npy")),
        ],
        "evaluators": {
            "both": {"type": "OnnxEvaluator", "metrics": [metric("accuracy", "accuracy", accuracy), latency]}
        },
        "passes": {"int8": {"type": "OnnxStaticQuantization", "data_config": "calibration"}},
        "host": "here",
        "target": "here",
        "evaluator": "both",
        "evaluate_input_model": True,
        "cache_dir": str(folder / "olive-cache"),
        "output_dir": str(folder / "olive"),
    }


def value_of(metrics, name):
    """A figure of Olive's metrics."""
    return float(metrics[name]["value"])


def main():
    """Run it, and say what it came to."""
    folder = Path(json.loads(sys.argv[1])["folder"])
    with contextlib.redirect_stdout(sys.stderr):
        output = run(configuration(folder))
    before, after = output.get_input_model_metrics(), output.get_best_candidate().metrics_value
    told = {
        "speed_up": value_of(before, "latency-p50") / value_of(after, "latency-p50"),
        "fp32_accuracy": value_of(before, "accuracy-accuracy_score"),
        "int8_accuracy": value_of(after, "accuracy-accuracy_score"),
    }
    print(json.dumps({**told, "versions": {"olive-ai": metadata.version("olive-ai")}}))


main()
