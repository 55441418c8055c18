"""What a worker is asked in the server scenario, and what it answers. `harness.events` carries it."""

from dataclasses import dataclass

from harness.vocabulary.server import ServerRules
from harness.vocabulary.words import LevelEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeService:
    """Call batch size 1 alone for `seconds`, then a crowd that came at once for as long: what there is to give."""

    rules: ServerRules
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOpenLoop:
    """Serve so many Poisson arrivals of this seed and rate, or fewer where the rules' test decides before.

    Where `ends_early` is false, all are served: a level that stopped when its test decided has waits that are too
    short or too long on average, and says nothing against theory.
    """

    rules: ServerRules
    rate_per_s: float
    seed: int
    requests: int
    ends_early: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTimed:
    """Latencies of calls made alone (little-endian int64 nanoseconds), and requests a second of a full house."""

    alone_ns: bytes
    saturated_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A level's raw samples, all little-endian int64: by request in order of arrival, and by call.

    `judged_at` is the planned look, in requests, at which the test decided; `None` where none did.
    """

    latencies_ns: bytes
    waits_ns: bytes
    batch_sizes: bytes
    issue_delays_ns: bytes
    duration_ns: int
    end: LevelEnd
    judged_at: int | None = None
