"""LoadGen's single stream from Python: around nothing, or around `InferenceSession.run`.

Argument: duration_ms, expected_latency_ns, folder; with model, input and shape a session on one thread.
"""

import json
import os
import sys
import time
from importlib import metadata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import loadgen_summary
import mlperf_loadgen as loadgen


def main() -> None:
    """One test."""
    asked = json.loads(sys.argv[1])
    call, versions = _call(asked)
    began = time.monotonic()

    def issue(samples):
        for sample in samples:
            call()
            loadgen.QuerySamplesComplete([loadgen.QuerySampleResponse(sample.id, 0, 0)])

    settings = loadgen.TestSettings()
    settings.scenario = loadgen.TestScenario.SingleStream
    settings.mode = loadgen.TestMode.PerformanceOnly
    settings.min_duration_ms = int(asked["duration_ms"])
    settings.min_query_count = 100
    settings.single_stream_expected_latency_ns = int(asked["expected_latency_ns"])
    log = loadgen.LogSettings()
    log.enable_trace = False
    log.log_output.outdir = asked["folder"]
    system = loadgen.ConstructSUT(issue, lambda: None)
    library = loadgen.ConstructQSL(1024, 1024, lambda _: None, lambda _: None)
    loadgen.StartTestWithLogSettings(system, library, settings, log)
    wall_s = time.monotonic() - began
    loadgen.DestroyQSL(library)
    loadgen.DestroySUT(system)
    told = {**loadgen_summary.read(asked["folder"]), "wall_s": wall_s}
    versions["mlcommons-loadgen"] = metadata.version("mlcommons-loadgen")
    print(json.dumps({**told, "versions": versions}))


def _call(asked):
    """What a query does, and the versions it rests on."""
    if "model" not in asked:
        return (lambda: None), {}
    import numpy as np
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = ort.InferenceSession(asked["model"], options, providers=["CPUExecutionProvider"])
    if asked.get("cpu") is not None:
        for thread in os.listdir("/proc/self/task"):
            os.sched_setaffinity(int(thread), {asked["cpu"]})
    inputs = {asked["input"]: np.load(asked["samples"])}
    for _ in range(50):
        session.run(None, inputs)
    return (lambda: session.run(None, inputs)), {"peer onnxruntime": ort.__version__}


main()
