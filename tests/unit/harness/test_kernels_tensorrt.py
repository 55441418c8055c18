"""What TensorRT says of an engine's layers, in both of its tongues, as it was found."""

import json

import pytest

from harness.errors import MeasurementError
from harness.kernels_tensorrt import layer_runs, layers_of_inspector, layers_of_log
from harness.verdict.planned import judge_plan
from harness.vocabulary import KernelProof, LayerRun, Precision, ProofState

# TensorRT-RTX 1.7.1, Q/DQ for sm_80, shortened: a generated kernel, a convolution, and a product that became one, too.
_INPUT = "Inputs: [ {{ Name: x, Dimensions: [-1,4,16,16], Strides: [1], Datatype: {0}, Format: (NHWC) }}]"
_LOG = "\n".join([
    "Layers:",
    "Name: __myl_Quant_myl0_1, LayerType: kgen, " + _INPUT.format("Float") + ", Constants: [], "
    "Outputs: [ { Name: q, Dimensions: [-1,4,16,16], Datatype: Int8, Format: (NHWC) }], TacticName: __myl_Quant_0x6, "
    "StreamId: 0, Metadata: [ONNX Layer: x_QuantizeLinear][ONNX Layer: /conv/Conv]",
    "Name: /conv/Conv_myl0_2, LayerType: correlation, " + _INPUT.format("Int8") + ", Constants: [ { Name: w, "
    "Dimensions: [16,4,3,3], Datatype: Int8, Format: (NHWC) }, { Name: s, Dimensions: [1,16,1,1], Datatype: Float, "
    "Format: (NHWC) }], Outputs: [ { Name: c, Dimensions: [-1,16,16,16], Datatype: Float, Format: (NHWC) }], "
    "TacticName: __myelin_CASK_STUB, StreamId: 0, Metadata: [ONNX Layer: /conv/Conv]",
    "Name: __myl_MulSum_myl0_3, LayerType: runtime_fusion, " + _INPUT.format("Half") + ", Constants: [ { Name: b, "
    "Dimensions: [1,10], Datatype: Half, Format: (Linear) }, { Name: w, Dimensions: [16,10], Datatype: Half, Format: "
    "(Linear) }], Outputs: [], TacticName: , StreamId: 0, Metadata: [ONNX Layer: /fc/Gemm]__gemm_from_conv1x1",
    "",
    "I/O Tensors:",
    " Name: x, IOMode: Input, DataType: Float",
])  # fmt: skip


def test_the_builders_table_tells_what_each_layer_multiplies_in() -> None:
    layers = layers_of_log(_LOG)

    runs = layer_runs(layers, allows_tf32=False, compute_nodes=["/conv/Conv", "/fc/Gemm", "/lost/MatMul"])

    assert [(one.name, one.precision, one.is_compute) for one in runs] == [
        ("__myl_Quant_myl0_1", Precision.FP32, False),
        ("/conv/Conv_myl0_2", Precision.INT8, True),
        ("__myl_MulSum_myl0_3", Precision.FP16, True),
        ("/lost/MatMul", Precision.UNKNOWN, True),
    ]


@pytest.mark.parametrize(("values", "precision"), [("Int8", Precision.INT8), ("Half", Precision.FP16)])
def test_attention_in_one_kernel_is_int8_where_all_three_that_it_multiplies_are(
    values: str, precision: Precision
) -> None:
    def tensor(axes: str, kind: str) -> str:
        return f"{{ Name: t, Dimensions: [{axes}], Datatype: {kind}, Format: (Linear) }}"

    inputs = ", ".join([
        *(tensor("-1,16,16", kind) for kind in ("Int8", "Int8")),
        tensor("-1,1,1,16", "Float"),
        tensor("-1,16,16", values),
    ])  # fmt: skip
    line = f"Name: _gemm_mha_v2_myl0_7, LayerType: kgen, Inputs: [ {inputs}], Constants: [], Outputs: [], TacticName: x"

    (run,) = layer_runs(layers_of_log(f"Layers:\n{line}"), allows_tf32=False)

    assert (run.is_compute, run.precision) == (True, precision)


def _cask(name: str, kind: str, weights: str, tactic: str) -> dict[str, object]:
    tensor = {"Name": "x", "Dimensions": [8, 16, 8, 8], "Format/Datatype": f"Row major {kind} format"}
    return {
        "Name": name,
        "LayerType": "CaskConvolution",
        "Inputs": [tensor],
        "Outputs": [tensor],
        "Weights": {"Type": weights, "Count": 2304},
        "TacticName": tactic,
    }


def test_the_inspectors_json_tells_the_same_and_int8_weights_alone_are_not_int8() -> None:
    told = [
        _cask("a", "Int8", "Int8", "sm80_xmma_fprop_implicit_gemm_interleaved_i8i8_i8i32_f32"),
        _cask("b", "FP16", "Int8", "sm80_xmma_fprop_f16"),
        _cask("c", "FP32", "Float", "sm80_xmma_fprop_implicit_gemm_tf32f32_tf32f32_f32"),
        _cask("d", "FP32", "Float", "ampere_scudnn_128x64_relu"),
        _cask("e", "BF16", "BFloat16", "sm80_xmma_bf16"),
    ]
    layers = layers_of_inspector(json.dumps({"Layers": told, "Bindings": ["x"]}))

    runs = layer_runs(layers, allows_tf32=True, seconds={"a": 2e-5})

    assert [one.precision for one in runs] == ["int8", "fp16", "tf32", "fp32", "bf16"]
    assert runs[0].time_s == 2e-5
    assert [one.precision for one in layer_runs(layers[2:4], allows_tf32=False)] == ["fp32", "fp32"]


@pytest.mark.parametrize("text", ["", "{}", '{"Layers": ["conv"]}', '{"Layers": [{"LayerType": 1}]}'])
def test_an_inspector_without_layers_is_told_so(text: str) -> None:
    with pytest.raises(MeasurementError, match="build it again"):
        layers_of_inspector(text)


def _plan(*precisions: Precision) -> KernelProof:
    layers = (LayerRun(name="x", kind="gemm", precision=one, is_compute=True, time_s=0.0) for one in precisions)
    return KernelProof(source="builder", layers=tuple(layers))


@pytest.mark.parametrize(
    ("precisions", "asked", "state"),
    [
        ([Precision.INT8] * 3, Precision.INT8, ProofState.AS_NAMED),
        ([Precision.FP16, Precision.FP16, Precision.INT8], Precision.INT8, ProofState.NOT_AS_NAMED),
        ([Precision.FP32, Precision.FP16], Precision.FP32, ProofState.NOT_AS_NAMED),
        ([Precision.FP32, Precision.UNKNOWN], Precision.FP32, ProofState.UNVERIFIED),
        ([Precision.UNKNOWN, Precision.UNKNOWN, Precision.FP32], Precision.TF32, ProofState.UNVERIFIED),
        ([], Precision.INT8, ProofState.UNVERIFIED),
    ],
)
def test_an_engine_is_called_what_its_layers_are_planned_in(
    precisions: list[Precision], asked: Precision, state: ProofState
) -> None:
    assert judge_plan(_plan(*precisions), asked).state is state
