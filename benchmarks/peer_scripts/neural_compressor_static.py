"""Neural Compressor 2.6: post-training static quantisation of an ONNX model with its defaults.

Argument: model, calibration (an .npy file), out.
"""

import json
import sys
from importlib import metadata

import numpy as np
from neural_compressor import PostTrainingQuantConfig, quantization


class Loader:
    """Calibration samples as the tool takes them."""

    def __init__(self, samples):
        self.batch_size = 1
        self._samples = samples

    def __iter__(self):
        for sample in self._samples:
            yield sample[None], 0


def main():
    """Quantise and save."""
    asked = json.loads(sys.argv[1])
    data = Loader(np.load(asked["calibration"]))
    found = quantization.fit(asked["model"], PostTrainingQuantConfig(approach="static"), calib_dataloader=data)
    found.save(asked["out"])
    names = ("neural-compressor", "onnxruntime", "numpy")
    versions = {"neural-compressor": metadata.version("neural-compressor")}
    versions.update({f"neural-compressor's {name}": metadata.version(name) for name in names[1:]})
    print(json.dumps({"versions": versions}))


main()
