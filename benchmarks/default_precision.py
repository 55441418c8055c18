"""In which precision OpenVINO runs an FP32 model when nobody tells it, read by the harness's own proof."""

from typing import Any

import numpy as np

from harness.devices import read_cpu
from harness.kernels import OpenVinoOperation, layers_of_openvino
from harness.runtimes.openvino import refusal_of_16_bits
from harness.verdict.precision import judge_proof
from harness.vocabulary import KernelProof, Method, ProofState, Recipe
from harness.workloads.workload import Workload

_CALLS = 20


def judged_as_it_comes(workload: Workload) -> tuple[bool | None, str]:
    """Whether the default run is flagged as not FP32, with the reason; `None` where this CPU has nothing to flag."""
    refusal = refusal_of_16_bits(Method.BF16, read_cpu().features)
    if refusal is not None:
        return None, refusal
    proof = KernelProof(source="OpenVINO runtime model", layers=layers_of_openvino(_executed(workload)))
    verdict = judge_proof(proof, Recipe(method=Method.FP32))
    return verdict.state is ProofState.NOT_AS_NAMED, verdict.reason


def _executed(workload: Workload) -> list[OpenVinoOperation]:
    """The operations of the compiled model after some calls, with no hint given but that time be counted."""
    import openvino as ov  # noqa: PLC0415 - an extra

    core = ov.Core()
    model = core.read_model(str(workload.required_model))
    compiled = core.compile_model(model, "CPU", {"PERF_COUNT": "YES"})
    inputs = dict(workload.split("test").feed(np.arange(1)))
    request = compiled.create_infer_request()
    for _ in range(_CALLS):
        request.infer(inputs)
    return [_operation(node) for node in compiled.get_runtime_model().get_ordered_ops()]


def _operation(node: Any) -> OpenVinoOperation:  # noqa: ANN401 - a class of a package that may not be here
    told = {key: str(getattr(value, "value", value)) for key, value in node.get_rt_info().items()}
    time_us = told.get("execTimeMcs", "0")
    return OpenVinoOperation(
        name=node.get_friendly_name(),
        layer_type=told.get("layerType", node.get_type_name()),
        precision=told.get("runtimePrecision", ""),
        primitive=told.get("primitiveType", ""),
        time_us=float(time_us) if time_us.replace(".", "", 1).isdecimal() else 0.0,
    )
