"""Names of kernels as profilers show them, and the precision that each one tells."""

import pytest

from harness.kernels_cuda import GpuKernel, layers_of_cuda, proof_of_kernels
from harness.verdict.precision import judge_proof
from harness.vocabulary import Granularity, Method, Precision, ProofState, Recipe, Toolkit

_INT8 = Recipe(method=Method.INT8_DYNAMIC, granularity=Granularity.PER_CHANNEL, toolkit=Toolkit.TORCHAO)
_SIMT = "ampere_sgemm_128x64_tn"
_TF32 = "void cutlass::Kernel2<cutlass_80_tensorop_s1688gemm_128x256_16x3_nn_align4>(T1::Params)"
_IMMA = "void cutlass::Kernel2<cutlass_80_tensorop_i16832gemm_s8_256x128_64x3_tn_align16>(T1::Params)"


@pytest.mark.parametrize(
    ("name", "precision"),
    [
        (_SIMT, "fp32"),
        ("volta_sgemm_64x32_sliced1x4_nn", "fp32"),
        ("void cutlass::Kernel2<cutlass_80_simt_sgemm_256x128_8x4_nn_align1>(T1::Params)", "fp32"),
        ("sm80_xmma_gemm_f32f32_f32f32_f32_tn_n_tilesize32x32x8_stage3_warpsize1x2x1_ffma_aligna4_alignc4", "fp32"),
        ("sm80_xmma_fprop_implicit_gemm_indexed_f32f32_f32f32_f32_nchwkcrs_nchw_tilesize128x64x8_simt", "fp32"),
        ("void implicit_convolve_sgemm<float, float, 1024, 5, 5, 3, 3, 3, 1, false, false, true>(int, int)", "fp32"),
        ("ampere_scudnn_128x64_relu_medium_nn_v1", "fp32"),
        ("void gemv2T_kernel_val<int, int, float, float, float, float, 128, 16, 4, 4, false>(float)", "fp32"),
        ("fmha_cutlassF_f32_aligned_64x64_rf_sm80(PyTorchMemEffAttention::AttentionKernel<float>::Params)", "fp32"),
        ("void at::native::conv_depthwise2d_forward_kernel<3, float, int>(at::GenericPackedTensorAccessor)", "fp32"),
        (_TF32, "tf32"),
        ("sm80_xmma_gemm_f32f32_tf32f32_f32_nn_n_tilesize64x64x16_stage4_warpsize2x2x1_tensor16x8x8_kernel", "tf32"),
        ("sm90_xmma_gemm_f32f32_tf32f32_f32_tn_n_tilesize128x128x32_warpgroupsize1x1x1_execute_segment_k", "tf32"),
        ("sm80_xmma_fprop_implicit_gemm_tf32f32_tf32f32_f32_nhwckrsc_nchw_tilesize128x128x16", "tf32"),
        ("cutlass__5x_cudnn::Kernel<cutlass_tensorop_s1688fprop_optimized_tf32_64x64_16x10_nhwc_align4>", "tf32"),
        ("ampere_bf16_s16816gemm_bf16_128x64_ldg8_relu_f2f_stages_64x4_tn", "bf16"),
        ("sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize128x128x64_warpgroupsize1x1x1", "bf16"),
        ("cutlass_75_tensorop_s1688gemm_bf16_64x64_tn_align1", "bf16"),
        ("nvjet_tst_256x128_64x4_2x1_v_bz_coopA_TNT", "bf16"),
        ("void pytorch_flash::flash_fwd_kernel<Flash_fwd_kernel_traits<64, 128, cutlass::bfloat16_t> >()", "bf16"),
        ("volta_h884gemm_256x64_ldg8_tn", "fp16"),
        ("volta_fp16_s884gemm_fp16_128x128_ldg8_f2f_nn", "fp16"),
        ("turing_fp16_s1688gemm_fp16_128x128_ldg8_f2f_tn", "fp16"),
        ("ampere_h16816gemm_128x64_ldg8_stages_64x4_tn", "fp16"),
        ("ampere_fp16_s16816gemm_fp16_128x128_ldg8_f2f_stages_64x3_tn", "fp16"),
        ("sm80_xmma_fprop_implicit_gemm_f16f16_f16f32_f32_nhwckrsc_nhwc_tilesize128x128x32", "fp16"),
        ("nvjet_hsh_128x256_64x4_1x2_h_bz_coopA_NNT", "fp16"),
        ("void gemvNSP_kernel<__half, __half, __half, float, 1, 32, 4, 1024>(cublasGemvParamsEx)", "fp16"),
        (_IMMA, "int8"),
        ("sm80_xmma_gemm_i8i32_i8i32_i32_tn_n_tilesize128x128x64_stage4_warpsize2x2x1_tensor16x8x32", "int8"),
        ("ampere_int8_i16832gemm_int8_256x128_ldg16_relu_mods_stages_64x3_nt", "int8"),
        ("turing_int8_i8816gemm_int8_128x128_ldg16_mods_stages_64x1_nt", "int8"),
        ("sm80_xmma_fprop_implicit_gemm_interleaved_i8i8_i8i32_f32_nchw_vect_c_32kcrs_vect_c_32", "int8"),
        ("trt_volta_int8x4_icudnn_int8x4_128x64_relu_medium_nn_v1", "int8"),
        ("triton_tem_fused__int_mm_mul_3", "int8"),
        ("sm90_xmma_gemm_e4m3bf16_e4m3f32_f32_tn_n_tilesize64x64x128", "unknown"),
        ("triton_tem_fused_addmm_2", "unknown"),
    ],
)
def test_the_name_of_a_kernel_tells_its_precision(name: str, precision: str) -> None:
    kernel = GpuKernel(name=name, time_us=1.0)

    assert kernel.is_compute
    assert kernel.precision is Precision(precision)


@pytest.mark.parametrize(
    "name",
    [
        "triton_poi_fused__int_mm__to_copy_clamp_mul_round_4",
        "triton_red_fused_amax_addmm_native_layer_norm_1",
        "void cublasLt::splitKreduce_kernel<32, 16, int, float, float, float, float, true, false>(float)",
        "void cudnn::engines_precompiled::nchwToNhwcKernel<float, float, float, false, true>(float)",
        "void cudnn::winograd_nonfused::winogradForwardData4x4<float, float>(float)",
        "void at::native::vectorized_elementwise_kernel<4, at::native::CUDAFunctor_add<float>>(int)",
        "void at::native::reduce_kernel<512, 1, at::native::ReduceOp<float>>(float)",
        "void (anonymous namespace)::softmax_warp_forward<float, float, float, 7, false, false>(float)",
    ],
)
def test_what_moves_and_normalises_is_no_product(name: str) -> None:
    assert not GpuKernel(name=name, time_us=1.0).is_compute


def test_a_mute_kernel_is_known_by_an_operation_that_leaves_no_choice() -> None:
    assert GpuKernel(name="cutlass_x", time_us=1.0, operation="aten::_int_mm").precision is Precision.INT8
    half = GpuKernel(name="cutlass_x", time_us=1.0, operation="aten::mm", dtypes=("c10::Half", "c10::Half"))
    assert half.precision is Precision.FP16
    single = GpuKernel(name="cutlass_x", time_us=1.0, operation="aten::mm", dtypes=("float", "float"))
    assert single.precision is Precision.UNKNOWN  # FP32 and TF32 take the same tensors


def test_a_strict_baseline_that_ran_in_tf32_is_not_as_named() -> None:
    proof = proof_of_kernels([[_kernel(_TF32), _kernel(_SIMT)]], source="a profile")

    strict, tf32 = (judge_proof(proof, Recipe(method=method)) for method in (Method.FP32, Method.TF32))

    assert (strict.state, tf32.state) == (ProofState.NOT_AS_NAMED, ProofState.AS_NAMED)
    assert "ran in tf32 (1 of 2" in strict.reason


def test_int8_that_fell_back_to_fp32_is_not_as_named() -> None:
    """As eager torchao does without a word where shapes do not fit."""
    fallen, real = (proof_of_kernels([[_kernel(name)] * 3], source="a profile") for name in (_SIMT, _IMMA))

    assert judge_proof(fallen, _INT8).state is ProofState.NOT_AS_NAMED
    assert judge_proof(real, _INT8).state is ProofState.AS_NAMED


def test_means_are_of_calls_that_ran_the_same_kernels_and_copies_stand_apart() -> None:
    calls = [
        [_kernel(_TF32, 90.0)],
        [_kernel(_SIMT, 10.0), _kernel("triton_poi_fused_add_0", 4.0)],
        [_kernel(_SIMT, 20.0), _kernel("triton_poi_fused_add_0", 2.0)],
    ]

    compute, other = layers_of_cuda(calls)

    assert (compute.name, compute.kind, compute.precision) == ("layer.fc #1", _SIMT, Precision.FP32)
    assert compute.time_s == pytest.approx(15e-6)
    assert not other.is_compute
    assert other.time_s == pytest.approx(2e-6)


def test_a_profile_without_kernels_proves_nothing() -> None:
    proof = proof_of_kernels([[]], source="a profile")

    assert judge_proof(proof, Recipe(method=Method.FP32)).state is ProofState.UNVERIFIED
    assert "CUPTI" in (proof.reason or "")


def _kernel(name: str, time_us: float = 10.0) -> GpuKernel:
    return GpuKernel(name=name, time_us=time_us, scope="layer.fc")
