"""Static (Q/DQ) and dynamic INT8 with ONNX Runtime's quantizer."""

import logging
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from harness.errors import QuantizeError
from harness.quantize.attention import attends
from harness.quantize.border import quantizer_errors, scratch_inside
from harness.quantize.fit_model import FitModel, fit_model
from harness.quantize.inspection import tensor_specs
from harness.quantize.left_out import GraphNode, nodes_left_out, nodes_of
from harness.quantize.onnx_ranges import Batch, Batches, activation_ranges, write_ranges
from harness.quantize.outcome import require_quantized
from harness.quantize.qdq_opsets import newest_qdq_opset
from harness.quantize.qdq_scheme import (
    Scheme,
    cpu_traits,
    dynamic_scheme,
    granularity_is_per_channel,
    static_scheme,
)
from harness.quantize.residual_qdq import quantize_residuals
from harness.vocabulary import Arm, Method, Recipe, TensorSpec, Toolkit
from harness.workloads.data.feeding import fit
from harness.workloads.data.split import Split
from harness.workloads.workload import Workload

ARTIFACT_FILE = "model.onnx"
PACKAGES = ("onnxruntime", "onnx")
_COMPUTE = frozenset({"Attention", "Conv", "ConvTranspose", "Gemm", "LSTM", "MatMul"})
_log = logging.getLogger(__name__)


def quantize_onnx(workload: Workload, arm: Arm, calibration: Split, folder: Path) -> dict[str, str]:
    """Write the variant's ONNX file into `folder` and return what was done, as provenance.

    Above 2 GB the weights lie in a second file beside it.

    Raises:
        QuantizeError: the model cannot be quantised, nothing of it can, or the recipe leaves out what it does not have.
    """
    import onnx  # noqa: PLC0415 - heavy, and absence is a normal answer

    with (
        quantizer_errors(arm, workload),
        scratch_inside(folder) as scratch,
    ):
        given = fit_model(workload.required_model, scratch, newest=newest_qdq_opset)
        prepared, notes = _prepare(given, scratch)
        graph = onnx.load(str(prepared), load_external_data=False).graph
        nodes = nodes_of(graph)
        excluded = _excluded(arm, given.nodes, nodes)
        target = folder / ARTIFACT_FILE
        if arm.recipe.method is Method.INT8_DYNAMIC:
            made = _dynamic(prepared, target, arm.recipe, nodes, excluded, is_large=given.is_large)
        else:
            reader = partial(_batches, tensor_specs(graph), calibration)
            scheme = static_scheme(arm.recipe, cpu_traits(), has_attention=attends(given.nodes))
            made = _static(
                prepared,
                target,
                arm.recipe,
                scheme=scheme,
                batches=reader,
                excluded=excluded,
                is_large=given.is_large,
            )
        written = nodes_of(onnx.load(str(target), load_external_data=False).graph)
        require_quantized(arm, [one.operator for one in given.nodes], (one.operator for one in written))
        return {**made, **given.notes, **notes}


def _prepare(given: FitModel, scratch: Path) -> tuple[Path, dict[str, str]]:
    """Infer shapes and fold what can be folded, as far as the model allows: without it less is quantised."""
    from onnxruntime.quantization import quant_pre_process  # noqa: PLC0415 - see above

    prepared = scratch / "prepared.onnx"
    for note, skips in _PREPARATIONS:
        try:
            quant_pre_process(
                str(given.path),
                str(prepared),
                save_as_external_data=given.is_large,
                all_tensors_to_one_file=True,
                skip_symbolic_shape=True,
                **skips,
            )
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - it raises anything, and the next attempt asks less of it
            _log.exception("preparing %s failed", given.path.name)
            continue
        return prepared, {"prepared": note} if note else {}
    return given.path, {"prepared": "not at all: shapes could not be inferred"}


_PREPARATIONS: tuple[tuple[str, dict[str, bool]], ...] = (
    ("", {}),
    ("without optimisation, which failed", {"skip_optimization": True}),
)


def _excluded(arm: Arm, given: Sequence[GraphNode], prepared: Sequence[GraphNode]) -> list[str]:
    """Names, in the prepared graph, of what the recipe leaves out of the given one.

    Preparation merges a product of matrices with the addition behind it under a name that begins with the
    former's, and removes nodes that compute nothing.

    Raises:
        QuantizeError: a node to leave out is not in the model, or was merged into one that stays.
    """
    own = {node.name for node in given}
    made = [node for node in prepared if node.name not in own]
    names = []
    for node in nodes_left_out(arm, (*given, *made)):
        found = [one.name for one in prepared if one.name == node.name]
        found += [one.name for one in made if one.name.startswith(f"{node.name}/")]
        if not found and node.operator in _COMPUTE:
            raise QuantizeError(
                f"{arm.label} leaves out {node.name!r}, which ONNX Runtime merged into another node: leave that out"
            )
        names += found
    return list(dict.fromkeys(names))


def _static(
    prepared: Path,
    target: Path,
    recipe: Recipe,
    *,
    scheme: Scheme,
    batches: Batches,
    excluded: list[str],
    is_large: bool,
) -> dict[str, str]:
    from onnxruntime import quantization as quant  # noqa: PLC0415 - see above

    with tempfile.TemporaryDirectory(prefix="planner-ranges-") as scratch:
        ranges = activation_ranges(
            prepared,
            batches,
            recipe.calibration,
            scratch=Path(scratch),
            is_large=is_large,
        )
        write_ranges(ranges, Path(scratch) / "ranges.json")
        quant.quantize_static(
            str(prepared),
            str(target),
            quant_format=quant.QuantFormat.QDQ,
            per_channel=granularity_is_per_channel(recipe),
            reduce_range=scheme.has_reduced_range,
            activation_type=quant.QuantType[scheme.activations],
            weight_type=quant.QuantType[scheme.weights],
            nodes_to_exclude=excluded,
            op_types_to_quantize=list(scheme.operators),
            use_external_data_format=is_large,
            extra_options=dict(scheme.options),
            calibration_cache_path=Path(scratch) / "ranges.json",
        )
        made = {**scheme.notes, "calibration_method": str(recipe.calibration)}
        if recipe.toolkit is Toolkit.TENSORRT:
            made["residuals"] = f"{quantize_residuals(target, ranges, left_out=frozenset(excluded))} in int8"
    return made


def _dynamic(
    prepared: Path, target: Path, recipe: Recipe, nodes: Sequence[GraphNode], excluded: list[str], *, is_large: bool
) -> dict[str, str]:
    from onnxruntime import quantization as quant  # noqa: PLC0415 - see above

    scheme: Scheme = dynamic_scheme(Counter(one.operator for one in nodes if one.name not in excluded), cpu_traits())
    quant.quantize_dynamic(
        str(prepared),
        str(target),
        per_channel=granularity_is_per_channel(recipe),
        reduce_range=scheme.has_reduced_range,
        weight_type=quant.QuantType[scheme.weights],
        op_types_to_quantize=list(scheme.operators),
        # The quantizer turns each Gemm into a MatMul with a name of its own, before it looks at these.
        nodes_to_exclude=[*excluded, *(f"{name}_MatMul" for name in excluded)],
        use_external_data_format=is_large,
    )
    return dict(scheme.notes)


def _batches(specs: Sequence[TensorSpec], calibration: Split, most: int) -> Iterator[Batch]:
    size = next((spec.batch for spec in specs if spec.batch is not None), most)
    for start in range(0, calibration.samples, size):
        yield fit(calibration.feed(slice(start, start + size)), specs)
