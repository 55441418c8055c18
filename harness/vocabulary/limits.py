"""What bounds a speed: the machine's peaks, a model's work, and the share of the limit that an arm reached.

Operations count 2 for a multiply-add, rates are operations or bytes a second. A figure that could not be had is
`None`, and a `reason` beside it says why.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from harness.errors import MeasurementError
from harness.vocabulary.words import Precision

_LARGEST_RATE = 1e17  # no host comes near: a figure above is damage
_BITS = 8


class Bound(StrEnum):
    """Which side of the machine binds."""

    COMPUTE = "compute"
    MEMORY = "memory"


class LimitState(StrEnum):
    """How an arm's time stands to the least that is possible."""

    WITHIN = "within-the-limit"
    BEATS = "beats-the-limit"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateReading:
    """Arithmetic of one shape in one runtime and precision: best and median over `calls`, in operations a second.

    `precision` is proved to have run, unless there is no figure; `probe` says what was computed.
    """

    runtime: str
    version: str
    precision: Precision
    probe: str
    operations: int
    calls: int
    best: float | None
    median: float | None
    reason: str | None = None

    def __post_init__(self) -> None:
        """Refuse a rate that no machine has."""
        _require_rates(self.probe, self.best, self.median)
        if (self.best is None) == (self.reason is None) or self.calls < 0 or self.operations < 0:
            raise MeasurementError(f"{self.probe}: a rate is either there or has a reason not to be")


@dataclass(frozen=True, slots=True, kw_only=True)
class BandwidthReading:
    """One memory kernel on so many threads: best and median over `passes`, in bytes a second.

    `counted` says which bytes of an element count; `pass_bytes` are those of a pass, `array_bytes` an array's.
    """

    kernel: str
    threads: int
    counted: str
    pass_bytes: int
    array_bytes: int
    passes: int
    best: float
    median: float

    def __post_init__(self) -> None:
        """Refuse a bandwidth that no machine has."""
        _require_rates(self.kernel, self.best, self.median)
        if min(self.threads, self.pass_bytes, self.array_bytes, self.passes) < 1:
            raise MeasurementError(f"{self.kernel}: nothing was moved")


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheSizes:
    """Caches that some CPUs can fill: of the last level, and of the last two together. `told` is where from."""

    last_level_bytes: int
    total_bytes: int
    is_assumed: bool
    told: str

    def __post_init__(self) -> None:
        """Refuse a cache that is none."""
        if not 0 < self.last_level_bytes <= self.total_bytes:
            raise MeasurementError(f"no cache has {self.last_level_bytes} of {self.total_bytes} bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class MachinePeaks:
    """The best that some threads of a host can sustain. `cpus` are those they were bound to, empty where not.

    `foreign_cpu_share` is what other programs took meanwhile: with much of it the peaks are too low.
    `unavailable` are runtimes that could not be probed, with the reasons.
    """

    host_id: str
    cpu: str
    threads: int
    cpus: tuple[int, ...]
    versions: dict[str, str]
    measured_at: str
    took_s: float
    caches: CacheSizes
    rates: tuple[RateReading, ...]
    bandwidths: tuple[BandwidthReading, ...]
    foreign_cpu_share: float | None
    unavailable: tuple[tuple[str, str], ...] = ()

    def rate(self, precision: Precision) -> RateReading | None:
        """The best over runtimes and shapes; `None` where nothing ran in the precision."""
        found = [one for one in self.rates if one.precision is precision and one.best is not None]
        return max(found, key=lambda one: one.best or 0.0, default=None)

    def bandwidth(self, threads: int) -> BandwidthReading | None:
        """The best over kernels."""
        return max((one for one in self.bandwidths if one.threads == threads), key=lambda one: one.best, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorWork:
    """All nodes of a kind. `operand_bytes` is what they read and write one by one, were nothing kept in caches.

    `skippable` of the operations multiply zeros known beforehand; `unknown` of the nodes could not be counted.
    """

    kind: str
    nodes: int
    operations: int
    skippable: int
    operand_bytes: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWeights:
    """Weights that a call has to read, by how many bits an element is stored in."""

    bits: int
    elements: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWork:
    """What one call of a model has to do at a batch size.

    `operations` follow the usual convention; `skippable` of them multiply zeros known beforehand (padding, a
    sequence's initial state), which a runtime may leave out. `uncounted` names what is missing, so that the
    figures are at least these.
    """

    batch: int
    operations: int
    skippable: int
    weights: tuple[StoredWeights, ...]
    input_bytes: int
    output_bytes: int
    operators: tuple[OperatorWork, ...]
    uncounted: tuple[str, ...] = ()

    @property
    def least_operations(self) -> int:
        """Those that no runtime can leave out."""
        return self.operations - self.skippable

    def weight_bytes(self, *, most_bits: int | None = None) -> int:
        """Weights as they are stored, or at `most_bits` an element where they are kept in fewer."""
        widths = ((one.elements, min(one.bits, most_bits or one.bits)) for one in self.weights)
        return sum(math.ceil(elements * bits / _BITS) for elements, bits in widths)

    def compulsory_bytes(self, *, most_bits: int | None = None) -> int:
        """Weights, inputs and outputs, each once."""
        return self.weight_bytes(most_bits=most_bits) + self.input_bytes + self.output_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How near an arm came to what is possible at a batch size, and everything that says so.

    `limit_s` is the least time of a call: `least_operations` at `peak`, or `memory_bytes` at `bandwidth`, whichever
    is longer. `share` is `limit_s` over `p50_s`. `compulsory_bytes` are the model's, `memory_bytes` those of them
    that the caches cannot hold from call to call. With `is_at_least`, something was not counted: the true share
    is this or more.
    """

    arm: str
    batch: int
    threads: int
    state: LimitState
    reason: str | None
    operations: int | None = None
    least_operations: int | None = None
    compulsory_bytes: int | None = None
    memory_bytes: int | None = None
    is_at_least: bool = False
    precision: Precision | None = None
    peak: float | None = None
    peak_source: str | None = None
    bandwidth: float | None = None
    peaks_measured_at: str | None = None
    p50_s: float | None = None
    limit_s: float | None = None
    share: float | None = None
    bound: Bound | None = None

    @property
    def rate(self) -> float | None:
        """Operations a second that were reached, by the usual convention."""
        return self.operations / self.p50_s if self.operations and self.p50_s else None

    @property
    def intensity(self) -> float | None:
        """Operations per compulsory byte."""
        return self.operations / self.compulsory_bytes if self.operations and self.compulsory_bytes else None


def _require_rates(what: str, best: float | None, median: float | None) -> None:
    if best is None and median is None:
        return
    if best is None or median is None or not 0.0 < median <= best < _LARGEST_RATE:  # NaN compares false
        raise MeasurementError(f"{what}: no machine does {best} a second at best and {median} in the median")
