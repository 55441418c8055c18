"""What a service computes in and promises: precisions, the quality gate, the SLO, its model."""

import math
from dataclasses import dataclass
from enum import StrEnum

from pricing.errors import AssumptionError


class Precision(StrEnum):
    """What arithmetic runs in. Strict FP32, TF32, BF16 and FP16 are four different baselines."""

    FP32 = "fp32"
    TF32 = "tf32"
    BF16 = "bf16"
    FP16 = "fp16"
    FP8 = "fp8"
    INT8 = "int8"
    INT4 = "int4"


BITS = {
    Precision.FP32: 32, Precision.TF32: 32, Precision.BF16: 16, Precision.FP16: 16,
    Precision.FP8: 8, Precision.INT8: 8, Precision.INT4: 4,
}  # fmt: skip
"""Of a stored weight."""


class Gate(StrEnum):
    """Whether quality allows the change."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNPROVEN = "unproven"
    NOT_MEASURED = "not-measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slo:
    """What a service promises: a share `quantile` of all requests is answered within `limit_s`."""

    quantile: float
    limit_s: float

    def __post_init__(self) -> None:
        """Refuse a promise that cannot be kept or broken."""
        if not 0.5 <= self.quantile < 1.0:  # noqa: PLR2004 - a promise to fewer than half is none
            raise AssumptionError(f"an SLO on quantile {self.quantile}: use 0.5 to below 1, such as 0.99 for p99")
        if not (math.isfinite(self.limit_s) and self.limit_s > 0):
            raise AssumptionError(f"an SLO of {self.limit_s} s: the limit must be a positive time")

    @property
    def label(self) -> str:
        """As it is read: `p99 ≤ 50 ms`."""
        return f"p{100 * self.quantile:.6g} ≤ {self.limit_s * 1e3:.6g} ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What arithmetic and memory a model needs.

    Attributes:
        name: As plans and publications name it.
        parameters: How many weights.
        flop_per_sample: Operations of one sample (a multiplication and an addition are two); None: not counted.
        source: Where the counts come from.
    """

    name: str
    parameters: int | None
    flop_per_sample: float | None
    source: str

    def weight_bytes(self, precision: Precision) -> float | None:
        """Bytes of the weights alone."""
        return None if self.parameters is None else self.parameters * BITS[precision] / 8
