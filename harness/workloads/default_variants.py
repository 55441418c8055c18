"""Which variants are measured where a workload names none. One place: `bench` and the template say the same."""

from collections.abc import Sequence

from harness.variants import parse_variant
from harness.vocabulary import Method, Recipe
from harness.workloads.description import Description, Texts

_ON_GPUS = ("tf32", "fp16", "bf16")
_LINEAR_ON_GPUS = "int8-dynamic:torchao,compile"
_STATIC = ("int8-static:per-tensor", "int8-static:per-channel")


def default_variants(described: Description) -> tuple[str, ...]:
    """FP32 and static INT8; where texts are read dynamic INT8, too; models made elsewhere stand for themselves.

    Texts are read by transformers, which are matrix products: there, either of static and dynamic INT8 may be the
    better one. Convolutions run several times slower with scales that are made in every call.
    """
    if described.candidates:
        return ("fp32",)
    dynamic = ("int8-dynamic",) if isinstance(described.preprocessing, Texts) else ()
    return ("fp32", *_STATIC, *dynamic)


def more_on_gpus(own: Sequence[Recipe]) -> tuple[Recipe, ...]:
    """What is measured on GPUs beside a workload's own variants, where nobody names any.

    FP32 on a GPU is rarely run strictly, so that INT8 has to be better than the other floats, too. PyTorch's INT8
    there is torchao's, of linear layers and compiled: for workloads whose own INT8 is dynamic, as transformers' is.
    What a card or a runtime has not is refused with a reason, as any variant is.
    """
    names = [*_ON_GPUS]
    if any(one.method is Method.INT8_DYNAMIC for one in own):
        names.append(_LINEAR_ON_GPUS)
    return tuple(one for one in map(parse_variant, names) if one not in own)
