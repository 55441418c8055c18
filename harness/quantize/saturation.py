"""How much of held-out data would be clipped: FP32 activations against the ranges that calibration shows.

Adds to a copy of the ONNX graph, for every activation that Q/DQ would quantise, nodes that reduce it to a
few numbers, so that no activation ever leaves the runtime. Runs twice: over the calibration samples for the
ranges, over held-out samples for what lies beyond them. Belongs into a worker process.
"""

import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.accuracy.calibration import finding, percent
from harness.errors import HarnessError, QuantizeError
from harness.foreign_errors import telling_sentence
from harness.quantize.inspection import tensor_specs
from harness.vocabulary import CalibrationFinding, Severity, TensorSaturation
from harness.workloads.data.feeding import fit
from harness.workloads.data.split import Split

_LEAST_SHOWN = 1e-4
SATURATION = "saturation"
NOTABLE_SHARE = 0.01
"""Percentile calibration itself clips up to 1 % of the values on purpose: more is no tuning, but another range."""
SERIOUS_SHARE = 0.05
"""One value in twenty beyond the range: with normal activations the range then ends at two deviations."""
# Which inputs of a node are activations: a convolution's second is its weight, though a product may take two.
_QUANTISED = {"Conv": (0,), "ConvTranspose": (0,), "MatMul": (0, 1), "Gemm": (0, 1)}
_BATCH = 16  # activations of one batch may all be in memory at once
_PREFIX = "planner_saturation"
_WHOLE_IN_MEMORY = 2**30  # protobuf ends at 2 GiB: larger models go through a file with their weights beside it
_SHOWN = 3

Progress = tuple[int, int]
"""How many samples of how many are done."""


@dataclass(slots=True)
class _Range:
    """What one tensor did so far: its range, and how many of its values lay outside the calibrated one."""

    lowest: float = np.inf
    highest: float = -np.inf
    outside: int = 0
    values: int = 0


def measure_saturation(
    model: Path, calibration: Split, held_out: Split, *, batch: int = _BATCH
) -> Generator[Progress, None, tuple[TensorSaturation, ...]]:
    """Every activation that would be quantised, the one that is clipped most first.

    Args:
        model: an ONNX file.
        calibration: samples that show the ranges.
        held_out: samples that may exceed them.
        batch: samples a call, where the model does not fix it.

    Yields:
        Progress after every batch.

    Raises:
        QuantizeError: the model cannot be read, changed or run.
        WorkloadError: the data do not fit it.
    """
    try:
        probe = _Probe(model, batch)
        total = calibration.samples + held_out.samples
        seen = yield from probe.run(calibration, {}, before=0, total=total)
        finite = {name: one for name, one in seen.items() if np.isfinite([one.lowest, one.highest]).all()}
        # Zero is always in a quantised range, so that padding is exact.
        limits = {name: (min(0.0, one.lowest), max(0.0, one.highest)) for name, one in finite.items()}
        found = yield from probe.run(held_out, limits, before=calibration.samples, total=total)
    except HarnessError:
        raise
    except Exception as error:  # onnx and ONNX Runtime raise anything: this is the border
        told = f"{type(error).__name__}: {telling_sentence(error)}"
        raise QuantizeError(f"activations of {model.name} cannot be read: {told}") from error
    tensors = [
        TensorSaturation(
            tensor=name,
            lower=limits[name][0],
            upper=limits[name][1],
            lowest=float(one.lowest),
            highest=float(one.highest),
            outside=one.outside / one.values,
        )
        for name, one in found.items()
        if name in limits and one.values and np.isfinite([one.lowest, one.highest]).all()
    ]
    return tuple(sorted(tensors, key=lambda one: -one.outside))


def check_saturation(tensors: tuple[TensorSaturation, ...], *, samples: int, source: str) -> CalibrationFinding:
    """Do held-out values keep to the calibrated ranges? `source` says whose they are."""
    if not tensors:
        return finding(SATURATION, Severity.INFO, "not checked: the model has no layer that static INT8 quantises")
    bad = [one for one in tensors if one.outside > NOTABLE_SHARE]
    told = f"{len(tensors)} activation{'s' if len(tensors) > 1 else ''} on {samples:,} samples of {source}"
    if not bad:
        most = tensors[0]
        return finding(
            SATURATION,
            Severity.INFO,
            f"{told}: {_at_most(most.outside)} of the values lie beyond the calibrated range ({most.tensor})",
        )
    severity = Severity.SERIOUS if bad[0].outside > SERIOUS_SHARE else Severity.WARNING
    names = ", ".join(f"{one.tensor} {in_percent(one.outside)}" for one in bad[:_SHOWN])
    rest = f" and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
    return finding(
        SATURATION,
        severity,
        f"{told}: {len(bad)} with values beyond the calibrated range, which INT8 clips ({names}{rest}): calibrate with "
        "samples that reach as far, or with more of them",
    )


def _at_most(share: float) -> str:
    return "none" if not share else f"{'at most ' if share >= _LEAST_SHOWN else ''}{in_percent(share)}"


def in_percent(share: float) -> str:
    """For people."""
    return "less than 0.01 %" if 0 < share < _LEAST_SHOWN else percent(share)


class _Probe:
    """An ONNX model whose activations can be summed up."""

    def __init__(self, path: Path, batch: int) -> None:
        import onnx  # noqa: PLC0415 - heavy, and absence is a normal answer

        self._model = onnx.load(str(path))
        self._tensors = _activations(self._model)
        self._specs = tensor_specs(self._model.graph)
        self._batch = next((spec.batch for spec in self._specs if spec.batch is not None), batch)

    def run(
        self, split: Split, limits: Mapping[str, tuple[float, float]], *, before: int, total: int
    ) -> Generator[Progress, None, dict[str, _Range]]:
        """What the activations do over all samples of a split; values outside `limits` are counted."""
        found = {name: _Range() for name in self._tensors}
        if not found:
            return found
        size = self._batch
        with tempfile.TemporaryDirectory(prefix="planner-saturation-") as scratch:
            session = _session(self._augmented(limits), Path(scratch))
            for start in range(0, split.samples, size):
                inputs = fit(split.feed(slice(start, start + size)), self._specs)
                _take(found, session.run(None, inputs), counted=limits)
                yield before + min(split.samples, start + size), total
        return found

    def _augmented(self, limits: Mapping[str, tuple[float, float]]) -> Any:  # noqa: ANN401 - a class of a package that may not be here
        """A copy of the model that answers, for each tensor, its least and largest value and the counts."""
        import onnx  # noqa: PLC0415 - see above

        model = onnx.ModelProto()
        model.CopyFrom(self._model)
        del model.graph.output[:]
        for place, (name, is_float32) in enumerate(self._tensors.items()):
            added = _reductions(name, f"{_PREFIX}/{place}", is_float32=is_float32, limits=limits.get(name))
            model.graph.node.extend(added.nodes)
            model.graph.initializer.extend(added.constants)
            model.graph.output.extend(added.outputs)
        return model


def _take(found: Mapping[str, _Range], answers: list[NDArray[Any]], *, counted: Mapping[str, object]) -> None:
    """Add one batch's answers, which come in the order in which `_augmented` adds outputs."""
    left: Iterator[NDArray[Any]] = iter(answers)
    for name, one in found.items():
        # np.minimum hands on what is no number, which `min` may lose.
        one.lowest = float(np.minimum(one.lowest, next(left)))
        one.highest = float(np.maximum(one.highest, next(left)))
        if name in counted:
            one.outside += int(next(left))
            one.values += int(next(left))


def _activations(model: Any) -> dict[str, bool]:  # noqa: ANN401 - see _Probe
    """Names of the tensors that Q/DQ would quantise, and whether each is float32."""
    import onnx  # noqa: PLC0415 - see above

    constants = {one.name for one in model.graph.initializer}
    constants |= {name for node in model.graph.node if node.op_type == "Constant" for name in node.output}
    used = (
        node.input[place]
        for node in model.graph.node
        for place in _QUANTISED.get(node.op_type, ())
        if place < len(node.input)
    )
    names = [name for name in dict.fromkeys(used) if name and name not in constants]
    types = _element_types(model)
    floats = {onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16, onnx.TensorProto.DOUBLE}
    known = {name: types.get(name, onnx.TensorProto.FLOAT) for name in names}
    return {name: kind == onnx.TensorProto.FLOAT for name, kind in known.items() if kind in floats}


def _element_types(model: Any) -> dict[str, int]:  # noqa: ANN401 - see _Probe
    import onnx  # noqa: PLC0415 - see above

    is_small = _weight_bytes(model) <= _WHOLE_IN_MEMORY  # inference serialises the model
    inferred = onnx.shape_inference.infer_shapes(model) if is_small else model
    values: Iterable[Any] = (*inferred.graph.value_info, *inferred.graph.input, *inferred.graph.output)
    return {one.name: one.type.tensor_type.elem_type for one in values}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Added:
    """What the reduction of one tensor adds to a graph."""

    nodes: list[Any]
    constants: list[Any]
    outputs: list[Any]


def _reductions(name: str, prefix: str, *, is_float32: bool, limits: tuple[float, float] | None) -> _Added:
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415 - see above

    nodes, constants = [], []
    source = name
    if not is_float32:
        source = f"{prefix}/float"
        nodes.append(helper.make_node("Cast", [name], [source], to=TensorProto.FLOAT))
    least, most = f"{prefix}/least", f"{prefix}/most"
    nodes.append(helper.make_node("ReduceMin", [source], [least], keepdims=0))
    nodes.append(helper.make_node("ReduceMax", [source], [most], keepdims=0))
    outputs = [helper.make_tensor_value_info(one, TensorProto.FLOAT, []) for one in (least, most)]
    if limits is not None:
        below, above, either, number = (f"{prefix}/{word}" for word in ("below", "above", "either", "number"))
        outside, values = f"{prefix}/outside", f"{prefix}/values"
        bounds = [f"{prefix}/lower", f"{prefix}/upper"]
        constants = [
            numpy_helper.from_array(np.array(limit, dtype=np.float32), bound)
            for limit, bound in zip(limits, bounds, strict=True)
        ]
        nodes.append(helper.make_node("Less", [source, bounds[0]], [below]))
        nodes.append(helper.make_node("Greater", [source, bounds[1]], [above]))
        nodes.append(helper.make_node("Or", [below, above], [either]))
        nodes.append(helper.make_node("Cast", [either], [number], to=TensorProto.INT32))
        nodes.append(helper.make_node("ReduceSum", [number], [outside], keepdims=0))
        nodes.append(helper.make_node("Size", [source], [values]))
        outputs.append(helper.make_tensor_value_info(outside, TensorProto.INT32, []))
        outputs.append(helper.make_tensor_value_info(values, TensorProto.INT64, []))
    return _Added(nodes=nodes, constants=constants, outputs=outputs)


def _session(model: Any, scratch: Path) -> Any:  # noqa: ANN401 - neither package has types
    import onnx  # noqa: PLC0415 - see above
    import onnxruntime as ort  # noqa: PLC0415 - see above

    options = ort.SessionOptions()
    options.log_severity_level = 3  # that the original outputs are gone is no news
    providers = ["CPUExecutionProvider"]
    if _weight_bytes(model) <= _WHOLE_IN_MEMORY:
        return ort.InferenceSession(model.SerializeToString(), options, providers=providers)
    path = scratch / "model.onnx"
    onnx.save_model(model, str(path), save_as_external_data=True, location="weights.bin")
    return ort.InferenceSession(str(path), options, providers=providers)


def _weight_bytes(model: Any) -> int:  # noqa: ANN401 - see _Probe
    return sum(len(one.raw_data) for one in model.graph.initializer)
