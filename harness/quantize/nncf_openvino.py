"""Static INT8 with NNCF for OpenVINO: an IR (`model.xml` with `model.bin`) from the FP32 ONNX file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.quantize.attention import attends
from harness.quantize.border import quantizer_errors, scratch_inside
from harness.quantize.fit_model import fit_model
from harness.quantize.left_out import GraphNode, nodes_left_out
from harness.quantize.outcome import require_quantized
from harness.quantize.qdq_scheme import cpu_traits, granularity_is_per_channel
from harness.runtimes.openvino import read_model, tensor_spec
from harness.vocabulary import Arm, CalibrationMethod, Recipe
from harness.workloads.data.feeding import fit
from harness.workloads.data.split import Split
from harness.workloads.workload import Workload

ARTIFACT_FILE = "model.xml"
PACKAGES = ("openvino", "nncf", "onnx")
_WITHOUT_BIASES = "/WithoutBiases"
_CUT_OFF = 1e-4  # NNCF's own default: of a sample's values, so much at either end
Model = Any
"""An `openvino.Model`: a class of a package that may not be here."""


def quantize_openvino(workload: Workload, arm: Arm, calibration: Split, folder: Path) -> dict[str, str]:
    """Write the variant's IR into `folder` and return what was done, as provenance.

    Raises:
        QuantizeError: a node to leave out does not exist, nothing can be quantised, or NNCF refuses the model.
    """
    import openvino as ov  # noqa: PLC0415 - heavy, and absence is a normal answer

    with quantizer_errors(arm, workload), scratch_inside(folder) as scratch:
        given = fit_model(workload.required_model, scratch, least_opset=None)
        left_out = nodes_left_out(arm, given.nodes)
        model = read_model(given.path, name=workload.required_model.name)
        is_transformer = attends(given.nodes)
        names = openvino_names(left_out, model.get_ordered_ops())
        before = _operators(model)
        quantized = _quantize(model, arm.recipe, calibration, left_out=names, is_transformer=is_transformer)
        require_quantized(arm, before, _operators(quantized))
        # Outside INT8 layers the weights stay FP32: halving them would change what is compared.
        ov.save_model(quantized, str(folder / ARTIFACT_FILE), compress_to_fp16=False)
    return {**_notes(arm.recipe, is_transformer=is_transformer), **given.notes}


def _operators(model: Model) -> list[str]:
    return [str(one.get_type_name()) for one in model.get_ordered_ops()]


def openvino_names(nodes: Sequence[GraphNode], operations: Sequence[Any]) -> list[str]:
    """ONNX nodes as OpenVINO knows them: by name, or by the tensor they make.

    A convolution with a bias becomes two operations: the ONNX name is that of the bias's addition, and
    the convolution carries a suffix. Leaving out the first alone would quietly quantise the second.
    The last operation before an output bears the output's name, as do nodes without one.
    """
    wanted = {name for node in nodes for name in (node.name, *node.outputs) if name}
    found = [one.get_friendly_name() for one in operations if one.get_type_name() not in {"Constant", "Result"}]
    return [name for name in found if name.removesuffix(_WITHOUT_BIASES) in wanted]


def _quantize(model: Model, recipe: Recipe, calibration: Split, *, left_out: list[str], is_transformer: bool) -> Model:
    import nncf  # noqa: PLC0415 - see above

    preset = nncf.QuantizationPreset
    specs = tuple(tensor_spec(port) for port in model.inputs)
    size = next((spec.batch for spec in specs if spec.batch is not None), 1)
    starts = range(0, calibration.samples, size)
    data = nncf.Dataset(starts, lambda start: fit(calibration.feed(slice(start, start + size)), specs))
    return nncf.quantize(
        model,
        data,
        preset=preset.PERFORMANCE if recipe.is_symmetric else preset.MIXED,
        subset_size=len(starts),
        model_type=nncf.ModelType.TRANSFORMER if is_transformer else None,
        ignored_scope=nncf.IgnoredScope(names=left_out) if left_out else None,
        advanced_parameters=_parameters(recipe),
    )


def _parameters(recipe: Recipe) -> Any:  # noqa: ANN401 - see Model
    from nncf.quantization import advanced_parameters as advanced  # noqa: PLC0415 - see above

    given: dict[str, Any] = {
        "weights_quantization_params": advanced.QuantizationParameters(per_channel=granularity_is_per_channel(recipe)),
    }
    if cpu_traits().has_int8_dot:
        # Its default gives the first layer half the range, for sums that overflow only without such instructions.
        given["overflow_fix"] = advanced.OverflowFix.DISABLE
    if recipe.calibration is CalibrationMethod.PERCENTILE:
        given["activations_range_estimator_params"] = _quantiles(is_symmetric=recipe.is_symmetric)
    return advanced.AdvancedQuantizationParameters(**given)


def _quantiles(*, is_symmetric: bool) -> Any:  # noqa: ANN401 - see Model
    """The widest over samples of the quantiles near either end; of magnitudes where one limit serves both signs.

    The mean over samples, which is NNCF's own, costs the flagship 16 points of accuracy.
    """
    from nncf.quantization import range_estimator as ranges  # noqa: PLC0415 - see above

    kinds, widest = ranges.StatisticsType, ranges.AggregatorType
    low, high = (
        ranges.StatisticsCollectorParameters(
            statistics_type=kind, aggregator_type=aggregator, quantile_outlier_prob=_CUT_OFF
        )
        for kind, aggregator in (
            (kinds.QUANTILE, widest.MIN),
            (kinds.ABS_QUANTILE if is_symmetric else kinds.QUANTILE, widest.MAX),
        )
    )
    return ranges.RangeEstimatorParameters(min=low, max=high)


def _notes(recipe: Recipe, *, is_transformer: bool) -> dict[str, str]:
    is_percentile = recipe.calibration is CalibrationMethod.PERCENTILE
    notes = {
        "format": "openvino-ir",
        "preset": "performance" if recipe.is_symmetric else "mixed",
        "calibration_method": f"nncf quantile, {_CUT_OFF:.2%} a side of a sample, the widest"
        if is_percentile
        else "nncf min-max",
    }
    if is_transformer:
        notes["model_type"] = "transformer"
    return notes
