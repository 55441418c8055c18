"""Narrates a run on standard error: a few lines rewritten in place, or plain lines where nobody watches.

Painting costs CPU and would disturb what is measured: while blocks are timed it happens at
most every two seconds.
"""

import time
from collections.abc import Callable

from rich.console import Console, Group
from rich.text import Text

from harness.run_events import ArmFailed, RunEvent, StageBegan, Standing
from harness.vocabulary import Plan, Speed, Stage
from planner.cli.terminal import Painted
from planner.services.progress import Progress, timing_left_s
from planner.wording import quantities
from planner.wording.stages import STAGE_WORDS
from planner.wording.text import plain

_SIGNS = {Speed.FASTER: "✓", Speed.SLOWER: "✗", Speed.EQUIVALENT: "~"}
_BAR = 24
_PAINT_EVERY_S = {Stage.TIME: 2.0, Stage.WARM_UP: 2.0, Stage.SERVER: 2.0}
_PAINT_ELSE_S = 0.3
_PLAIN_EVERY_S = 10.0


class Narrator(Painted):
    """Watches a run."""

    def __init__(self, plan: Plan, *, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._plan = plan
        super().__init__(console)
        self._clock = clock
        self._painted_s = -_PLAIN_EVERY_S

    def watch(self, progress: Progress, event: RunEvent) -> None:
        """Show the progress if it is time to, and every failure at once."""
        if isinstance(event, ArmFailed):
            failure = event.failure
            self._print(f"✗ {failure.arm} failed ({failure.stage}): {failure.message}. {failure.hint}")
        if self._live is None:
            self._write_plain(progress, event)
        elif self._is_due(progress, event):
            self._live.update(Group(*self._lines(progress)), refresh=True)

    def _is_due(self, progress: Progress, event: RunEvent) -> bool:
        pause = _PAINT_EVERY_S.get(progress.stage or Stage.LOAD, _PAINT_ELSE_S)
        if not isinstance(event, StageBegan) and self._clock() - self._painted_s < pause:
            return False
        self._painted_s = self._clock()
        return True

    def _lines(self, progress: Progress) -> list[Text]:
        bar = quantities.bar(progress.share, of=1.0, width=_BAR).ljust(_BAR, "·")
        head = Text(f"{progress.now_s:5.0f} s  {bar}  {self._headline(progress)}", no_wrap=True, overflow="ellipsis")
        standing = (plain(line) for line in self._standing_lines(progress))
        return [head, *(Text(line, no_wrap=True, overflow="ellipsis") for line in standing)]

    def _headline(self, progress: Progress) -> str:
        if progress.stage is None:
            return "starting"
        parts = [STAGE_WORDS[progress.stage]]
        if progress.load is not None:
            parts.append(progress.load.label)
        if progress.stage is Stage.TIME:
            parts.append(f"{progress.pairs} pairs")
            if progress.contaminated:
                parts.append(f"{progress.contaminated} of {progress.rounds} rounds repeated: foreign load")
        parts.append(self._estimate(progress))
        return " · ".join(part for part in parts if part)

    def _estimate(self, progress: Progress) -> str:
        rules = self._plan.timing
        timing = timing_left_s(progress, loads=self._plan.loads, budget_s=rules.budget_s, launches=rules.launches)
        if timing is not None:
            return f"timing ends in at most {timing:.0f} s"
        left = progress.stage_left_s
        return "" if left is None else f"about {left:.0f} s left in this step"

    def _standing_lines(self, progress: Progress) -> list[str]:
        return [_standing_line(one) for one in progress.standings] if progress.stage is Stage.TIME else []

    def _write_plain(self, progress: Progress, event: RunEvent) -> None:
        if isinstance(event, StageBegan):
            if event.total:
                self._print(f"[{progress.now_s:6.1f} s] {self._headline(progress)}")
            self._painted_s = self._clock()
        elif progress.stage is not None and self._clock() - self._painted_s >= _PLAIN_EVERY_S:
            self._painted_s = self._clock()
            self._print(f"[{progress.now_s:6.1f} s] {100 * progress.share:3.0f} % {self._headline(progress)}")
            for line in self._standing_lines(progress):
                self._print(line)

    def _print(self, line: str) -> None:
        self._console.print(Text(plain(line)), soft_wrap=True)


def _standing_line(standing: Standing) -> str:
    sign = _SIGNS.get(standing.speed, "…")
    return f"         {sign} {standing.candidate:<42} {quantities.ratio(standing.ratio):<20} {standing.speed}"
