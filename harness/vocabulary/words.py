"""Closed lists: the words a result may use."""

from enum import StrEnum


class Precision(StrEnum):
    """What a layer's arithmetic ran in, as proved, not as asked for."""

    FP32 = "fp32"
    TF32 = "tf32"
    BF16 = "bf16"
    FP16 = "fp16"
    INT8 = "int8"
    INT4 = "int4"
    UNKNOWN = "unknown"


class Speed(StrEnum):
    """How a candidate's time compares with its baseline's."""

    FASTER = "faster"
    SLOWER = "slower"
    EQUIVALENT = "equivalent"
    INCONCLUSIVE = "inconclusive"
    NOT_INT8 = "not-int8"
    BASELINE_NOT_AS_NAMED = "baseline-not-as-named"
    FAILED = "failed"


class Gate(StrEnum):
    """Whether a candidate's quality allows its use."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNPROVEN = "unproven"
    NOT_MEASURED = "not-measured"


class NoiseClass(StrEnum):
    """How small an effect this machine can show, by minimal detectable effect."""

    QUIET = "quiet"
    USABLE = "usable"
    NOISY = "noisy"
    UNFIT = "unfit"


class ProofState(StrEnum):
    """What the evidence says about the precision that ran."""

    AS_NAMED = "as-named"
    NOT_AS_NAMED = "not-as-named"
    UNVERIFIED = "unverified"


class Severity(StrEnum):
    """How much a finding about calibration data weighs: `serious` keeps a candidate from being accepted."""

    INFO = "info"
    WARNING = "warning"
    SERIOUS = "serious"


class Trend(StrEnum):
    """Where a figure stands against its history: `suspected` was seen once, and another run would confirm it."""

    STEADY = "steady"
    IMPROVED = "improved"
    REGRESSED = "regressed"
    SUSPECTED = "suspected"
    NOT_ENOUGH_HISTORY = "not-enough-history"
    UNLIKE = "unlike"


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Scenario(StrEnum):
    """How requests arrive.

    `single-stream`: the next call starts when the last one ends. `concurrency`: so many calls are always in
    flight. `offline`: everything is there beforehand, only throughput counts. `server`: at random moments, whether
    or not the last answer is out.
    """

    SINGLE_STREAM = "single-stream"
    OFFLINE = "offline"
    CONCURRENCY = "concurrency"
    SERVER = "server"


class Stage(StrEnum):
    """What a run is busy with, in the order in which it happens."""

    QUANTIZE = "quantize"
    LOAD = "load"
    PROVE = "prove"
    QUALITY = "quality"
    WARM_UP = "warm-up"
    TIME = "time"
    MEMORY = "memory"
    ENERGY = "energy"
    PIPELINE = "pipeline"
    SERVER = "server"


class LevelOutcome(StrEnum):
    """Whether a rate of arrivals held the SLO: proven either way, or neither within the level's time."""

    HOLDS = "holds"
    MISSES = "misses"
    UNDECIDED = "undecided"


class LevelEnd(StrEnum):
    """Why a level ended: everybody was served, a look decided, or the backlog left no hope."""

    SCHEDULE = "schedule"
    DECIDED = "decided"
    BACKLOG = "backlog"
