"""A program for tools that time whole programs: opens a model and runs it so many times.

Arguments: model, input, samples, calls.
"""

import sys

import numpy as np
import onnxruntime as ort

model, name, samples, calls = sys.argv[1:5]
options = ort.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
inputs = {name: np.load(samples)}
for _ in range(int(calls)):
    session.run(None, inputs)
