"""Counts what came from one provider, refuses what is too much, and tells how far it is."""

from collections.abc import Callable
from dataclasses import dataclass

from planner.refresh.errors import LimitError
from planner.refresh.limits import Limits

_SOON = 2**20  # unpacked bytes from which the expansion is judged: below, headers of formats dominate


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a provider is.

    Attributes:
        provider: Which one.
        doing: A phrase: what is being asked.
        received: Bytes on the wire so far, of all its answers.
        share: Of the answer in flight; None where its length is not known.
        pages: Answers that are complete.
        rows: Rows seen, wanted or not.
        elapsed_s: Since it was first asked.
        is_waiting: Whether something failed and it waits before it asks again.
    """

    provider: str
    doing: str
    received: int
    share: float | None
    pages: int
    rows: int
    elapsed_s: float
    is_waiting: bool


Watcher = Callable[[Progress], None]


class Meter:
    """The counts of one provider.

    Args:
        provider: Its name.
        limits: What is too much.
        watch: Is told of every change.
        clock: Seconds of a clock that never goes back.
    """

    def __init__(self, provider: str, *, limits: Limits, watch: Watcher, clock: Callable[[], float]) -> None:
        self._provider = provider
        self._limits = limits
        self._watch = watch
        self._clock = clock
        self._began_s = clock()
        self._before = 0
        self._received = 0
        self._total: int | None = None
        self._is_waiting = False
        self.doing = ""
        self.pages = 0
        self.rows = 0

    @property
    def elapsed_s(self) -> float:
        """Since the provider was first asked."""
        return self._clock() - self._began_s

    @property
    def received(self) -> int:
        """Bytes on the wire, of all answers, those that failed included."""
        return self._before + self._received

    @property
    def left_s(self) -> float:
        """Until the deadline.

        Raises:
            LimitError: if it has passed.
        """
        left = self._limits.deadline_s - self.elapsed_s
        if left <= 0:
            raise LimitError(
                f"the deadline of {self._limits.deadline_s:g} s has passed with {self.received:,} bytes received: "
                "try again where the network is faster, or with a longer --timeout"
            )
        return left

    def does(self, doing: str) -> None:
        """Tell of a new step."""
        self.doing = doing
        self._is_waiting = False
        self._tell()

    def waits(self, reason: str) -> None:
        """Tell that it waits, and why."""
        self.doing = reason
        self._is_waiting = True
        self._tell()

    def answer_began(self, total: int | None) -> None:
        """An answer starts; `total` is its length on the wire where it is stated."""
        self._before += self._received
        self._received = 0
        self._total = total
        self._tell()

    def bytes_came(self, *, wire: int, unpacked: int, most: int) -> None:
        """Of the answer in flight so far.

        Raises:
            LimitError: if it is too large, unpacks to too much, or takes too long.
        """
        self._received = wire
        if max(wire, unpacked) > most:
            raise LimitError(f"the answer has more than {most:,} bytes, which no price list has: nothing of it is used")
        if unpacked > max(_SOON, wire * self._limits.most_expansion):
            raise LimitError("the answer unpacks to hundreds of times its size, as a gzip bomb does: it is not used")
        _ = self.left_s
        self._tell()

    def page_came(self) -> None:
        """One more answer is complete.

        Raises:
            LimitError: if there are too many.
        """
        self.pages += 1
        if self.pages > self._limits.most_pages:
            raise LimitError(f"there are more than {self._limits.most_pages:,} pages: nothing of them is used")

    def rows_came(self, count: int) -> None:
        """So many more rows.

        Raises:
            LimitError: if there are too many.
        """
        self.rows += count
        if self.rows > self._limits.most_rows:
            raise LimitError(f"there are more than {self._limits.most_rows:,} rows: nothing of them is used")

    def _tell(self) -> None:
        share = min(1.0, self._received / self._total) if self._total else None
        self._watch(
            Progress(
                provider=self._provider,
                doing=self.doing,
                received=self.received,
                share=share,
                pages=self.pages,
                rows=self.rows,
                elapsed_s=self.elapsed_s,
                is_waiting=self._is_waiting,
            )
        )
