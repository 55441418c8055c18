"""What a comparison with published figures holds. Its JSON form is an API: `SCHEMA` changes when a field does."""

from dataclasses import dataclass
from enum import StrEnum

from planner.services.comparing import ComparedRun
from pricing.vocabulary import Precision

SCHEMA = "planner.compare-published/1"


class Quantity(StrEnum):
    """What a figure is of, with its unit."""

    RATE = "samples-per-s"
    LATENCY = "latency-s"
    SPEED_UP = "speed-up"
    SIZE = "model-bytes"
    POWER_SAVED = "share-of-power-saved"

    @property
    def is_better_when_less(self) -> bool:
        """Whether the smaller figure is the better one."""
        return self in {Quantity.LATENCY, Quantity.SIZE}


class How(StrEnum):
    """How requests were sent, for the figures that depend on it."""

    OFFLINE = "offline"
    SERVER = "server"
    SINGLE_STREAM = "single stream, p90"
    BATCHES = "one batch after the other, mean"
    UNTOLD = "not told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure with the terms that it is stated in, ours or another's.

    Attributes:
        quantity: What it is of; `value` is in the unit of its name.
        value: Of one card, of one model.
        precision: What its arithmetic ran in; of a speed-up or saving that of the candidate.
        before: Of a speed-up or saving: what the baseline ran in.
        how: How requests were sent; None where that does not matter.
        device: A target's id where it is one, else as it is told.
        batch: Samples of a call; None where it does not matter or is not told.
        sequence: Tokens of a sample; None where there are none, or not told.
        slo: Of a server's rate: `p99 ≤ 15 ms`.
    """

    quantity: Quantity
    value: float
    precision: Precision
    before: Precision | None = None
    how: How | None = None
    device: str
    batch: int | None = None
    sequence: int | None = None
    slo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """What others say: who, when, and what a reader must know. `accelerators` were in the system; None: not told."""

    figure: Figure
    source: str
    as_of: str
    accelerators: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What the run found: in which arm, with its bounds where there are some, and what is to be said of it.

    `share_of_limit` is what the arm reached of its physical limit at that batch size, where the run knows it.
    """

    figure: Figure
    arm: str
    lower: float | None = None
    upper: float | None = None
    note: str = ""
    share_of_limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Two figures side by side.

    `ratio` is ours over theirs, of rates, speed-ups, savings and sizes as of latencies: there above 1 is slower.
    Without it `reason` says why they are not comparable. `like` and `unlike` name the terms.
    """

    theirs: Theirs
    ours: Ours | None
    ratio: float | None
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceClaim:
    """A claim of the sources, what the sanity rules say of it, and its figures beside ours."""

    id: str
    says: str
    verdict: str
    words: str
    is_fault: bool
    rules: tuple[str, ...]
    sentences: tuple[str, ...]
    figures: tuple[Beside, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The known model that a run is of, and by which word. `sequence` is what the run's samples have; None: no text.

    `names` are what publications call it.
    """

    name: str
    known_by: str
    sample: str
    names: tuple[str, ...]
    sequence: int | None = None
    parameters: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BesidePublished:
    """One run beside the published figures of its model and the sources' claims. `note` says what is missing."""

    schema: str
    run: ComparedRun
    devices: tuple[str, ...]
    model: Subject | None
    published: tuple[Beside, ...] = ()
    sources_title: str = ""
    sources_from: str = ""
    sources: tuple[SourceClaim, ...] = ()
    note: str | None = None
