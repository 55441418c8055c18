"""What PyTorch's profile is read as."""

import pytest

from harness.kernels_torch import TorchOperation, layers_of_torch
from harness.vocabulary import LayerRun, Precision


def make_operation(name: str, *dtypes: str, **fields: object) -> TorchOperation:
    told = {"shapes": "", "total_us": 2.0, "own_us": 1.0, "parent": None, "scope": ""} | fields
    return TorchOperation(name=name, dtypes=dtypes, **told)  # type: ignore[arg-type] # a test's own fields


def the_compute_layer(*call: TorchOperation) -> LayerRun:
    (layer,) = [one for one in layers_of_torch([call]) if one.is_compute]
    return layer


@pytest.mark.parametrize(
    ("name", "dtypes", "precision"),
    [
        ("aten::addmm", ("float", "float", "float", "Scalar"), Precision.FP32),
        ("aten::addmm", ("c10::BFloat16", "c10::BFloat16", "c10::BFloat16"), Precision.BF16),
        ("aten::mkldnn_convolution", ("c10::Half", "c10::Half"), Precision.FP16),
        ("aten::_slow_conv2d_forward", ("float", "float"), Precision.FP32),
        ("mkl::_mkl_linear", ("float", "float"), Precision.FP32),
        ("mkldnn::_linear_pointwise", ("float", "float"), Precision.FP32),
        ("aten::_scaled_dot_product_flash_attention_for_cpu", ("float", "float", "float"), Precision.FP32),
        ("quantized::conv2d_relu", ("c10::quint8", ""), Precision.INT8),
        ("quantized::linear_dynamic", ("float", ""), Precision.INT8),
        ("aten::quantized_lstm", ("float", "TensorList"), Precision.INT8),
        ("onednn::qlinear_pointwise", ("unsigned char", "signed char"), Precision.INT8),
        ("onednn::qconv2d_pointwise", ("unsigned char",), Precision.INT8),
        ("aten::_int_mm", ("signed char", "signed char", "int"), Precision.INT8),
        ("aten::_weight_int8pack_mm", ("float", "signed char", "float"), Precision.FP32),
        ("quantized::linear_dynamic_fp16", ("float", ""), Precision.FP32),
        ("aten::mm", ("float", "c10::BFloat16"), Precision.UNKNOWN),
        ("aten::mm", ("double", "double"), Precision.UNKNOWN),
    ],
)
def test_the_arithmetic_is_read_from_the_operator_and_its_tensors(
    name: str, dtypes: tuple[str, ...], precision: Precision
) -> None:
    layer = the_compute_layer(make_operation(name, *dtypes))

    assert (layer.kind, layer.precision) == (name, precision)


@pytest.mark.parametrize(
    "name",
    ["aten::relu", "aten::upsample_bilinear2d", "quantized::linear_prepack", "quantized::add_relu", "aten::gamma",
     "aten::_convert_indices_from_coo_to_csr", "conv of the user's own", "aten::resolve_conj"],
)  # fmt: skip
def test_what_is_no_linear_algebra_is_no_compute(name: str) -> None:
    assert not any(layer.is_compute for layer in layers_of_torch([[make_operation(name, "float")]]))


def test_a_product_of_positions_is_no_layer() -> None:
    layers = layers_of_torch([[make_operation("aten::mm", "long int", "long int")]])

    assert not any(layer.is_compute for layer in layers)


def test_an_operator_around_another_is_counted_once_with_what_is_inside() -> None:
    outer = make_operation("aten::linear", "float", "float", total_us=9.0, scope="head")
    inner = make_operation("aten::addmm", "float", "float", total_us=6.0, parent=0, scope="head")
    copying = make_operation("aten::copy_", "float", own_us=2.0, parent=1)

    layers = layers_of_torch([[outer, inner, copying]])

    assert [(one.name, one.kind, one.time_s) for one in layers if one.is_compute] == [("head", "aten::addmm", 6e-6)]
    assert "aten::copy_" not in {one.kind for one in layers}


def test_times_are_means_over_the_calls_and_everything_else_is_summed_by_kind() -> None:
    calls = [
        [
            make_operation("quantized::linear", "c10::quint8", total_us=total_us),
            make_operation("aten::dequantize", "c10::quint8", own_us=3.0),
            make_operation("aten::dequantize", "c10::quint8", own_us=1.0),
        ]
        for total_us in (2.0, 6.0)
    ]

    compute, other = layers_of_torch(calls)

    assert compute.time_s == pytest.approx(4e-6)
    assert (other.kind, other.is_compute) == ("aten::dequantize", False)
    assert other.time_s == pytest.approx(4e-6)


def test_layers_without_a_module_are_named_by_what_they_do_and_numbered() -> None:
    call = [make_operation("aten::mm", "float", "float", shapes="[1, 4] [4, 4]")] * 2

    names = [layer.name for layer in layers_of_torch([call]) if layer.is_compute]

    assert names == ["aten::mm [1, 4] [4, 4] #1", "aten::mm [1, 4] [4, 4] #2"]


def test_modules_told_for_a_file_are_believed_only_when_its_operators_are_those_that_ran() -> None:
    call = [make_operation("quantized::linear", "c10::quint8", shapes="[1, 4]")]

    believed = layers_of_torch([call], scopes=[("quantized::linear", "head")])
    doubted = layers_of_torch([call], scopes=[("quantized::linear_relu", "head")])

    assert believed[0].name == "head"
    assert doubted[0].name == "quantized::linear [1, 4]"


def test_a_profile_of_nothing_has_no_layers() -> None:
    assert layers_of_torch([]) == ()
    assert layers_of_torch([[]]) == ()
