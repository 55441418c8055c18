"""The words of the cost model: evidence, ranges, targets, offers, service rates, demand. Frozen, valid or not built.

Inside there are seconds, bytes, watts, requests per second. What is not known is `None`, never a guess.
"""

import math
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pricing.errors import AssumptionError, EvidenceError, TargetError
from pricing.money import HourlyRate


class Provenance(StrEnum):
    """Where a figure comes from."""

    MEASURED = "measured"
    PUBLISHED = "published"
    PROJECTED = "projected"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A figure's provenance.

    Attributes:
        kind: Measured, published, projected or assumed.
        source: The run, the publication or the reason, for people.
        as_of: When it was measured or published.
        level: Of a projection: 1 same device, 2 shared models, 3 data sheet, 4 bounds only.
        band: Of a projection: the factor ×/÷ of its 90 % band.
    """

    kind: Provenance
    source: str
    as_of: date | None = None
    level: int | None = None
    band: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A figure with what it may be. `point` is None where only bounds are known; `high` may be infinite."""

    low: float
    point: float | None
    high: float

    def __post_init__(self) -> None:
        """Refuse bounds in the wrong order, and what is no number."""
        if math.isnan(self.low) or math.isnan(self.high) or not self.low <= self.high:
            raise EvidenceError(f"a range from {self.low} to {self.high} has its bounds in the wrong order")
        if self.point is not None and not self.low <= self.point <= self.high:
            raise EvidenceError(f"{self.point} lies outside its range, {self.low} to {self.high}")

    @classmethod
    def exactly(cls, value: float) -> "Range":
        """A figure without uncertainty."""
        return cls(low=value, point=value, high=value)

    def scaled(self, factor: float) -> "Range":
        """Every bound times a factor that is not negative."""
        point = None if self.point is None else self.point * factor
        return Range(low=self.low * factor, point=point, high=self.high * factor)


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


class TargetKind(StrEnum):
    """What a target is."""

    GPU = "gpu"
    CPU = "cpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuIdentity:
    """What tells a CPU family apart: CPUID's vendor, family and a span of model numbers, both ends included."""

    vendor: str
    family: int
    first_model: int
    last_model: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A device kind that can be priced, by its data sheet.

    Attributes:
        target_id: The id, in lower case: `a100-sxm4-40`.
        name: As its maker writes it.
        kind: GPU or CPU.
        vendor: NVIDIA, AMD, Intel, …
        aliases: Other names that mean it, as people and instance tables write them.
        peaks_per_s: Dense operations (multiplication and addition are two) per second and precision; of a CPU per
            core and only where the source states it. A precision that is missing is not there or not known.
        memory_bytes: Of a card; None for a CPU.
        bandwidth_bytes_per_s: Of its memory; None where not known.
        board_power_w: The limit of the board (GPU) or of the socket (CPU).
        compute_capability: Of an NVIDIA GPU.
        has_int8_units: Whether INT8 products have units of their own (tensor cores, VNNI, AMX, dot product).
        identities: Of a CPU: what CPUID says.
        cpu_models: Of a CPU: how price tables write it.
        source: Where the figures come from.
        note: What a reader must know.
    """

    target_id: str
    name: str
    kind: TargetKind
    vendor: str
    aliases: tuple[str, ...] = ()
    peaks_per_s: dict[Precision, float] = field(default_factory=dict)
    memory_bytes: int | None = None
    bandwidth_bytes_per_s: float | None = None
    board_power_w: float | None = None
    compute_capability: tuple[int, int] | None = None
    has_int8_units: bool = True
    identities: tuple[CpuIdentity, ...] = ()
    cpu_models: tuple[str, ...] = ()
    source: str
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse figures that no device has."""
        figures = {
            **{f"the {precision.upper()} peak": peak for precision, peak in self.peaks_per_s.items()},
            "the memory": self.memory_bytes,
            "the bandwidth": self.bandwidth_bytes_per_s,
            "the power": self.board_power_w,
        }
        for name, value in figures.items():
            if value is not None and not (math.isfinite(value) and value > 0):
                raise TargetError(f"target {self.target_id}: {name} is {value}; it must be a positive number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One price row.

    Attributes:
        provider: aws, gcp, azure, …, or the name of one's own contract.
        region: As the provider names it.
        instance: As the provider names it.
        target_id: The target inside; None where its form factor is not known. For a CPU instance the CPU's target.
        device: What the source calls the device.
        devices: GPUs in one instance: a whole number, or a fraction of one; 0 for CPU instances.
        vcpus: Hardware threads; None where not stated.
        memory_gib: Main memory; None where not stated.
        is_rentable_alone: False for an accelerator that must be attached to an instance with a price of its own.
        purchase: on_demand, spot, committed_1y, …; `owned` for capital expenditure of one's own.
        rate: Of one instance.
        as_of: The day on which the source stated it.
        source: Who stated it.
    """

    provider: str
    region: str
    instance: str
    target_id: str | None
    device: str
    devices: float
    vcpus: int | None
    memory_gib: float | None
    is_rentable_alone: bool
    purchase: str
    rate: HourlyRate
    as_of: date
    source: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCurve:
    """How long a batch takes: `fixed_s + per_sample_s · b` seconds for 1 ≤ b ≤ max_batch.

    Attributes:
        fixed_s: What every call costs (Inoue's tau).
        per_sample_s: What each sample adds (Inoue's alpha).
        max_batch: The largest batch that the figures cover.
        worst_residual: The largest relative error of the fit over its own points; None where it passes through all.
    """

    fixed_s: float
    per_sample_s: float
    max_batch: int
    worst_residual: float | None = None

    def __post_init__(self) -> None:
        """Refuse a curve on which batches take no time."""
        is_finite = math.isfinite(self.fixed_s) and math.isfinite(self.per_sample_s)
        if not (is_finite and self.fixed_s >= 0 and self.per_sample_s >= 0 and self.fixed_s + self.per_sample_s > 0):
            raise EvidenceError(f"a batch of {self.fixed_s} s + {self.per_sample_s} s a sample is none")
        if self.max_batch < 1:
            raise EvidenceError(f"a largest batch of {self.max_batch} is none")

    def seconds(self, batch: int) -> float:
        """How long a batch of that size takes."""
        return self.fixed_s + self.per_sample_s * batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """What serves alone: one whole accelerator, or so many hardware threads of a CPU."""

    target_id: str
    devices: float = 1.0
    vcpus: int = 0


class RateMethod(StrEnum):
    """How a service rate was come by, as plans say it."""

    SERVER = "server scenario"
    CURVE = "batch curve under the SLO"
    PUBLISHED_SERVER = "published server rate"
    PUBLISHED_CURVE = "published batch latencies under the SLO"
    PEAK_BOUND = "bound from the peak rate"
    PUBLISHED_BOUND = "bound from the published FP16 rate"
    TRANSFER = "transfer"
    STATED = "stated by the user"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRate:
    """Requests per second that one replica serves inside an SLO, as a range, with its evidence.

    Attributes:
        replica: What serves at this rate.
        model: Whose samples.
        variant: As it is named: `int8-static:per-channel`, `int8`, `tf32`.
        precision: What its arithmetic runs in.
        per_s: `low` is proven to hold; a bound from a peak has low 0, no point, and the bound as `high`.
        slo: The promise inside which it holds; None for a bound.
        method: How it was come by.
        evidence: Its provenance.
        curve: The batch curve behind it, for queues and simulation; None where none is known.
        service_cv2: Variance of one request's service over its squared mean; None where it was not measured.
        gate: Whether quality allows this variant; ACCEPTED for a baseline.
        note: What a reader must know.
    """

    replica: Replica
    model: str
    variant: str
    precision: Precision
    per_s: Range
    slo: Slo | None
    method: RateMethod
    evidence: Evidence
    curve: BatchCurve | None = None
    service_cv2: float | None = None
    gate: Gate = Gate.NOT_MEASURED
    note: str = ""

    @property
    def is_bound(self) -> bool:
        """Whether only an upper bound is known: a fleet sized with it is the smallest that could do."""
        return self.per_s.point is None and self.per_s.low == 0.0

    @property
    def sizing_per_s(self) -> float:
        """What a fleet is sized with: the rate proven to hold; of a bound, the bound."""
        return self.per_s.high if self.is_bound else self.per_s.low


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Requests per second over a day.

    Attributes:
        hourly_per_s: The mean rate of each of the 24 hours of a typical day.
        peak_per_s: What the fleet must carry: the busiest hour, or what traffic showed inside it.
        evidence: Where it comes from.
    """

    hourly_per_s: tuple[float, ...]
    peak_per_s: float
    evidence: Evidence

    def __post_init__(self) -> None:
        """Refuse a day that is none, and a peak below its own hours."""
        if len(self.hourly_per_s) != 24:  # noqa: PLR2004 - a day
            raise AssumptionError(f"a daily profile has 24 hours, not {len(self.hourly_per_s)}")
        if any(not (math.isfinite(rate) and rate >= 0) for rate in self.hourly_per_s) or self.peak_per_s <= 0:
            raise AssumptionError("a rate of requests must be a positive number")
        if not math.isfinite(self.peak_per_s) or self.peak_per_s < max(self.hourly_per_s) * (1 - 1e-12):
            raise AssumptionError("the peak is below the busiest hour of the profile")

    @property
    def mean_per_s(self) -> float:
        """Over the day."""
        return math.fsum(self.hourly_per_s) / len(self.hourly_per_s)

    @property
    def per_year(self) -> float:
        """Requests in 8,760 hours."""
        return self.mean_per_s * 8760 * 3600
