"""Narrates a self-test on standard error: one line rewritten in place, or plain lines where nobody watches.

Painting costs CPU and would disturb what is measured: while rounds are recorded it happens at most
every two seconds.
"""

import time
from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from harness.supervisor.selftest.form import RecordingTaken, SelfTestEvent, SelfTestStep, SelfTestStepBegan
from planner.cli.terminal import Painted
from planner.wording import quantities

_WORDS = {
    SelfTestStep.MEMORY: "allocating, to see whether the memory peak sees it",
    SelfTestStep.LOAD: "opening three sessions of one model",
    SelfTestStep.CLOCK: "measuring the clock and the supervisor",
    SelfTestStep.WARM_UP: "warming up",
    SelfTestStep.RECORD: "recording: a model against itself, and against itself 3 % slower",
}
_BAR = 24
_PAINT_EVERY_S = 2.0
_PLAIN_EVERY_S = 10.0
_MINUTE_S = 60.0


class SelfTestNarrator(Painted):
    """Watches a self-test."""

    def __init__(self, *, console: Console, is_quick: bool, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(console)
        self._is_quick = is_quick
        self._clock = clock
        self._painted_s = -_PLAIN_EVERY_S
        self._is_announced = False
        self._contaminated = 0
        self._rounds = 0

    def watch(self, event: SelfTestEvent) -> None:
        """Tell of every step, once how long it will take, and then how far it is."""
        match event:
            case SelfTestStepBegan(step=step):
                self._show(_WORDS[step])
            case RecordingTaken():
                self._rounds += 1
                self._contaminated += event.round.is_contaminated
                self._announce(event)
                self._advance(event)

    def _announce(self, event: RecordingTaken) -> None:
        if self._is_announced:
            return
        self._is_announced = True
        if self._is_quick:
            self._print(f"this takes about {_words(event.left_s)} from here")
        else:
            self._print(
                f"{event.wanted:,} pairs of blocks will take about {_words(event.left_s)}, longer where other "
                "programs use this machine; Ctrl-C shows what was found until then"
            )

    def _advance(self, event: RecordingTaken) -> None:
        pause = _PLAIN_EVERY_S if self._live is None else _PAINT_EVERY_S
        if self._clock() - self._painted_s < pause:
            return
        spoilt = f" · {self._contaminated} of {self._rounds} rounds set aside" if self._contaminated else ""
        head = f"{event.pairs:,} pairs{spoilt} · about {_words(event.left_s)} left"
        share = event.elapsed_s / (event.elapsed_s + event.left_s) if event.elapsed_s else 0.0
        if self._live is None:
            self._show(f"{100 * share:3.0f} % {head}")
        else:
            self._show(f"{quantities.bar(share, of=1.0, width=_BAR).ljust(_BAR, '·')}  {head}")

    def _show(self, line: str) -> None:
        self._painted_s = self._clock()
        if self._live is None:
            self._print(line)
        else:
            self._live.update(Text(line, no_wrap=True, overflow="ellipsis"), refresh=True)

    def _print(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)


def _words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 2 * _MINUTE_S else f"{seconds / _MINUTE_S:.0f} min"
