"""LoadGen's server scenario: the highest rate that it calls valid, by its own search (FindPeakPerformance).

One thread serves one request at a time, in order. Argument: model, input, samples, limit_ns, percentile, start_qps,
duration_ms, folder.
"""

import json
import queue
import sys
import threading
import time
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import loadgen_summary
import mlperf_loadgen as loadgen
import numpy as np
import onnxruntime as ort


def serve(waiting, call):
    """Take requests until there is none left."""
    while (sample := waiting.get()) is not None:
        call()
        loadgen.QuerySamplesComplete([loadgen.QuerySampleResponse(sample, 0, 0)])


def main():
    """One search."""
    asked = json.loads(sys.argv[1])
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = ort.InferenceSession(asked["model"], options, providers=["CPUExecutionProvider"])
    inputs = {asked["input"]: np.load(asked["samples"])}
    for _ in range(50):
        session.run(None, inputs)
    waiting = queue.SimpleQueue()
    server = threading.Thread(target=serve, args=(waiting, lambda: session.run(None, inputs)))
    server.start()

    settings = loadgen.TestSettings()
    settings.scenario = loadgen.TestScenario.Server
    settings.mode = loadgen.TestMode.FindPeakPerformance
    settings.server_target_qps = asked["start_qps"]
    settings.server_target_latency_ns = int(asked["limit_ns"])
    settings.server_target_latency_percentile = asked["percentile"]
    settings.server_find_peak_qps_decimals_of_precision = 0
    settings.min_duration_ms = int(asked["duration_ms"])
    settings.min_query_count = 100
    log = loadgen.LogSettings()
    log.enable_trace = False
    log.log_output.outdir = asked["folder"]
    system = loadgen.ConstructSUT(lambda samples: [waiting.put(one.id) for one in samples], lambda: None)
    library = loadgen.ConstructQSL(1024, 1024, lambda _: None, lambda _: None)
    began = time.monotonic()
    loadgen.StartTestWithLogSettings(system, library, settings, log)
    wall_s = time.monotonic() - began
    waiting.put(None)
    server.join()
    loadgen.DestroyQSL(library)
    loadgen.DestroySUT(system)
    told = {**loadgen_summary.read(asked["folder"]), "wall_s": wall_s}
    versions = {"mlcommons-loadgen": metadata.version("mlcommons-loadgen"), "peer onnxruntime": ort.__version__}
    print(json.dumps({**told, "versions": versions}))


main()
