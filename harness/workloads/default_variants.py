"""Which variants are measured where a workload names none. One place: `bench` and the template say the same."""

from harness.workloads.description import Description, Texts

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
