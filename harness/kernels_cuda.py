"""Reads the names of kernels that a GPU ran: which precision was each one's arithmetic in, for how long.

Pure parsing. NVIDIA's libraries write operand types and instructions into the names of their kernels; PyTorch's own
are C++ templates that name their types. A name that tells nothing is `unknown`, unless the operation that asked for
the kernel cannot be carried out in another precision.

Sources: names in PyTorch and Nsight profiles of T4, A100 and H100; CUTLASS's naming (media/docs/profiler.md); for
memory-efficient attention in float, PyTorch's gemm_kernel_utils.h.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from harness.vocabulary import KernelProof, LayerRun, Precision

# What moves, converts, normalises or reduces, though its name may hold the words of a product: `splitKreduce`, the
# transforms around a Winograd product, Inductor's fused pointwise kernels that list what they were fused from.
_NO_COMPUTE = re.compile(
    r"^triton_(?:poi|red|per|for)_|memcpy|memset|splitk_?reduce|elementwise|nchwtonhwc|nhwctonchw|transpose|reorder"
    r"|winograd\w*(?:forward|data|filter|output|generate)|im2col|col2im|offsets|indices|convert|softmax|layer_?norm"
    r"|batch_?norm|reduce_kernel|bias_?act|prepack",
    re.IGNORECASE,
)
_COMPUTE = re.compile(
    r"gemm|gemv|nvjet|xmma|cutlass|fprop|implicit|winograd|scudnn|icudnn|cudnn\w*_conv|conv(?!ert)\w*|fmha|flash_fwd|flash\w*fprop"
    r"|sdpa|attention|(?:^|::)dot_kernel|triton_tem|triton_mm|_mm_|imma|wgmma",
    re.IGNORECASE,
)
_RULES: tuple[tuple[Precision, str], ...] = (
    # FP8 has no word here: what it computes is neither.
    (Precision.UNKNOWN, r"e4m3|e5m2|fp8|qmma|nvjet_(?:sm\d+_)?[qo]"),
    # cuBLAS `sm80_xmma_gemm_i8i32_i8i32_i32`, `cutlass_80_tensorop_i16832gemm_s8`, `ampere_int8_i16832gemm_int8`,
    # `turing_int8_i8816gemm`; TensorRT and cuDNN `int8x4_icudnn_int8x4`, `i8i8_i8i32_f32`; dp4a on older cards.
    (Precision.INT8, r"imma|(?<![a-z])i(?:8816|16816|16832|161616)|_int8|int8x|i8i32|i8i8|_[su]8_|_int_mm|igemm|dp4a"),
    # `ampere_bf16_s16816gemm_bf16`, `sm90_xmma_gemm_bf16bf16_bf16f32`, `nvjet_tst`: t is bfloat16 in nvjet's letters.
    (Precision.BF16, r"bf16|bfloat16|nvjet_(?:sm\d+_)?t"),
    # `volta_h884gemm`, `turing_fp16_s1688gemm_fp16`, `ampere_h16816gemm`, `f16f16_f16f32`, `nvjet_hsh`.
    (
        Precision.FP16,
        r"fp16|(?<![b0-9])f16|half_t|__half|c10::half|(?<![a-z])(?:[hs]884|h1688|h16816|hgemm)|nvjet_(?:sm\d+_)?h|s16816gemm",
    ),
    # Three products in TF32 that together are as exact as one in FP32 (OpMultiplyAddFastF32, compute capability 8.0
    # and above): FP32 by result.
    (Precision.FP32, r"fmha_cutlassf_f32"),
    # cuBLAS' `cutlass_80_tensorop_s1688gemm` without a type is TF32: the instruction of that shape takes nothing wider.
    (Precision.TF32, r"tf32|(?<![a-z])s1688"),
    (Precision.FP32, r"f32f32_f32f32|sgemm|simt_s|scudnn|gemmsn|[<, (]float[>, )&*]|_f32_|f32f32"),
)  # fmt: skip
_PATTERNS = tuple((precision, re.compile(pattern, re.IGNORECASE)) for precision, pattern in _RULES)
# Operations that take nothing but INT8, or nothing but 16 bits, whatever their kernels are called.
_INT8_OPERATION = re.compile(r"::_int_mm|^torchao::\w*int8")
_OPERAND_TYPES = {"c10::BFloat16": Precision.BF16, "c10::Half": Precision.FP16}
_LONGEST_KIND = 90
_KINDS_KEPT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuKernel:
    """A kernel as it ran. `operation` asked for it, with tensors of `dtypes`, in the module called `scope`."""

    name: str
    time_us: float
    operation: str = ""
    dtypes: tuple[str, ...] = ()
    scope: str = ""

    @property
    def is_compute(self) -> bool:
        """Whether it multiplies matrices or convolves."""
        return _NO_COMPUTE.search(self.name) is None and _COMPUTE.search(self.name) is not None

    @property
    def precision(self) -> Precision:
        """By its name, else by an operation that leaves no choice."""
        for precision, pattern in _PATTERNS:
            if pattern.search(self.name):
                return precision
        if _INT8_OPERATION.search(self.operation):
            return Precision.INT8
        found = {_OPERAND_TYPES[one] for one in self.dtypes[:2] if one in _OPERAND_TYPES}
        return found.pop() if len(found) == 1 else Precision.UNKNOWN

    @property
    def kind(self) -> str:
        """The name without what C++ puts around it."""
        inner = re.search(r"(?:Kernel2?<)((?:cutlass|sm\d)\w+)", self.name)
        bare = inner[1] if inner else re.sub(r"^void\s+", "", self.name)
        return bare.split("(")[0][:_LONGEST_KIND]


def layers_of_cuda(calls: Sequence[Sequence[GpuKernel]]) -> tuple[LayerRun, ...]:
    """The kernels of a model from several profiled calls of it, with mean times: first those that compute.

    Calls that ran other kernels than the last are left out of the means: a library may still have been choosing.
    """
    if not calls:
        return ()
    computed = [[one for one in call if one.is_compute] for call in calls]
    last = computed[-1]
    names = [one.name for one in last]
    alike = [call for call in computed if [one.name for one in call] == names]
    layers = [
        LayerRun(
            name=f"{one.scope or one.operation or one.kind} #{place + 1}",
            kind=one.kind,
            precision=one.precision,
            is_compute=True,
            time_s=fmean(call[place].time_us for call in alike) / 1e6,
        )
        for place, one in enumerate(last)
    ]
    return (*layers, *_others(calls))


def proof_of_kernels(calls: Sequence[Sequence[GpuKernel]], *, source: str) -> KernelProof:
    """What ran, or why a profile without kernels proves nothing."""
    layers = layers_of_cuda(calls)
    reason = None
    if not any(layer.is_compute for layer in layers):
        kinds = ", ".join(dict.fromkeys(layer.kind for layer in layers)) or "nothing; may CUPTI be used here?"
        reason = f"the profile shows no kernel of linear algebra on the GPU, only {kinds[:200]}"
    return KernelProof(source=source, layers=layers, reason=reason)


def _others(calls: Sequence[Sequence[GpuKernel]]) -> list[LayerRun]:
    """Everything else by name, those that took longest."""
    spent_us: dict[str, float] = defaultdict(float)
    for call in calls:
        for one in call:
            if not one.is_compute:
                spent_us[one.kind] += one.time_us
    longest = sorted(spent_us.items(), key=lambda entry: -entry[1])[:_KINDS_KEPT]
    return [
        LayerRun(name=kind, kind=kind, precision=Precision.UNKNOWN, is_compute=False, time_s=us / len(calls) / 1e6)
        for kind, us in longest
    ]
