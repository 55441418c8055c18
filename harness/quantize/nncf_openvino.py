"""Static INT8 with NNCF for OpenVINO: an IR (`model.xml` with `model.bin`) from the FP32 ONNX file."""

from pathlib import Path
from typing import Any

from harness.errors import QuantizeError
from harness.quantize.onnx_qdq import check_left_out
from harness.vocabulary import Arm, Granularity, Recipe
from harness.workloads.folder import Workload
from harness.workloads.splits import Split

ARTIFACT_FILE = "model.xml"
PACKAGES = ("openvino", "nncf")
_WITHOUT_BIASES = "/WithoutBiases"


def quantize_openvino(workload: Workload, arm: Arm, calibration: Split, folder: Path) -> dict[str, str]:
    """Write the variant's IR into `folder` and return what was done, as provenance.

    Raises:
        QuantizeError: a node to leave out does not exist, or NNCF refuses the model.
    """
    import openvino as ov  # noqa: PLC0415 - heavy, and absence is a normal answer

    try:
        model = ov.Core().read_model(str(workload.model))
        nodes = tuple(node.get_friendly_name() for node in model.get_ordered_ops())
        # The last node's own name is lost: OpenVINO calls it after the graph's output.
        check_left_out(arm, (*nodes, *(node.removesuffix(_WITHOUT_BIASES) for node in nodes)))
        quantized = _quantize(model, workload, arm.recipe, calibration, left_out=_openvino_names(arm, nodes))
        # Outside INT8 layers the weights stay FP32: halving them would change what is compared.
        ov.save_model(quantized, str(folder / ARTIFACT_FILE), compress_to_fp16=False)
    except QuantizeError:
        raise
    except Exception as error:  # NNCF and OpenVINO raise anything: this is the border
        sentence = " ".join(str(error).split())[:300]
        raise QuantizeError(
            f"{arm.label} of {workload.model.name} failed: {type(error).__name__}: {sentence}"
        ) from error
    return {"format": "openvino-ir", "preset": "mixed", "calibration_method": "nncf min-max"}


def _openvino_names(arm: Arm, nodes: tuple[str, ...]) -> list[str]:
    """The nodes to leave out as OpenVINO knows them.

    A convolution with a bias becomes two nodes: the ONNX name is that of the bias's addition, and
    the convolution carries a suffix. Leaving out the first alone would quietly quantise the second.
    """
    wanted = [(name, f"{name}{_WITHOUT_BIASES}") for name in arm.recipe.left_out]
    return [found for pair in wanted for found in pair if found in nodes]


def _quantize(
    model: Any,  # noqa: ANN401 - a class of a package that may not be here
    workload: Workload,
    recipe: Recipe,
    calibration: Split,
    *,
    left_out: list[str],
) -> Any:  # noqa: ANN401 - see model
    import nncf  # noqa: PLC0415 - see above
    from nncf.quantization import advanced_parameters as advanced  # noqa: PLC0415 - see above

    per_channel = recipe.granularity is Granularity.PER_CHANNEL
    weights = advanced.QuantizationParameters(per_channel=per_channel)
    data = nncf.Dataset(range(calibration.samples), lambda i: workload.preprocessing(calibration.inputs[i : i + 1]))
    return nncf.quantize(
        model,
        data,
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=calibration.samples,
        ignored_scope=nncf.IgnoredScope(names=left_out) if left_out else None,
        advanced_parameters=advanced.AdvancedQuantizationParameters(weights_quantization_params=weights),
    )
