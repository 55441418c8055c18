"""Runs that wait, the one that is measured, and its process. Knows nothing of screens."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from harness.errors import HarnessError
from planner.tui.measuring.child import PLANNER, BenchChild
from planner.tui.measuring.standing import LiveRun, Phase


@dataclass(slots=True, kw_only=True)
class Session:
    """One run at a time. `run`: the last one that was started, or that is replayed. `program`: what measures."""

    database: str
    program: Sequence[str] = PLANNER
    run: LiveRun | None = None
    waiting: deque[tuple[str, ...]] = field(default_factory=deque)
    _child: BenchChild | None = None

    @property
    def is_measuring(self) -> bool:
        """Whether a run is under way. It is not, once it has told its end: its process only has to leave."""
        return self._child is not None and (self.run is None or not self.run.is_over)

    def add(self, lines: Sequence[tuple[str, ...]]) -> None:
        """More runs, one after another."""
        self.waiting.extend(lines)

    def next_run(self) -> LiveRun | None:
        """The next one that waits, now to be followed; None: none waits, or one is under way."""
        if self._child is not None or not self.waiting:
            return None
        self.run = LiveRun(arguments=self.waiting.popleft())
        self._child = BenchChild(self.run.arguments, database=self.database, program=self.program)
        return self.run

    async def follow(self, run: LiveRun, *, told: Callable[[], None]) -> None:
        """Read a run to its end, whatever that is; `told` after every line."""
        child = self._child
        if child is None:
            return
        try:
            async for line in child.lines():
                run.take(line)
                told()
        except HarnessError as error:
            run.fail(str(error), log=child.log_told)
        finally:
            self._child = None
        if not run.is_over:
            if child.was_cancelled and (child.exit_code or 0) >= 0:
                run.phase = Phase.CANCELLED
            else:
                run.fail(child.last_words(), log=child.log_told, said=child.last_lines())
        if run.phase is not Phase.FAILED:
            child.forget()

    def cancel(self) -> None:
        """End what is measured; what waits comes next."""
        if self.run is not None and self._child is not None:
            self.run.phase = Phase.CANCELLING
            self._child.cancel()

    def leave(self, *, goes_on: bool) -> None:
        """The app ends."""
        self.waiting.clear()
        if self._child is None:
            return
        if goes_on:
            self._child.release()
        else:
            self._child.cancel()
