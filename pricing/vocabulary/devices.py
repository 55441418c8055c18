"""Device kinds by their data sheets, and what of them serves alone."""

import math
from dataclasses import dataclass, field
from enum import StrEnum

from pricing.errors import TargetError
from pricing.vocabulary.service import Precision


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
        cache_bytes: Of a card: its last level of cache; None where not known.
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
    cache_bytes: int | None = None

    def __post_init__(self) -> None:
        """Refuse figures that no device has."""
        figures = {
            **{f"the {precision.upper()} peak": peak for precision, peak in self.peaks_per_s.items()},
            "the memory": self.memory_bytes,
            "the bandwidth": self.bandwidth_bytes_per_s,
            "the power": self.board_power_w,
            "the cache": self.cache_bytes,
        }
        for name, value in figures.items():
            if value is not None and not (math.isfinite(value) and value > 0):
                raise TargetError(f"target {self.target_id}: {name} is {value}; it must be a positive number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """What serves alone: one whole accelerator, or so many hardware threads of a CPU."""

    target_id: str
    devices: float = 1.0
    vcpus: int = 0
