"""From an edit to its answer, in stages: what is quick comes at once, what takes longer when nobody types any more.

A later edit makes what is under way unwanted. What was known before stays at hand, and is not fresh.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from textual.dom import DOMNode

from planner.services.plans.answering import Answered, flips, point, promises_of, simulated, sure
from planner.services.plans.questions import Asked
from planner.tui.reading import read_apart
from pricing.uncertainty import DRAWS

SEED = 1
_QUIET_S = 0.25
"""How long nobody types before what nobody waits for is reckoned: it would take time from the next answer."""


class Stage(StrEnum):
    """What is known of an answer, in the order in which it comes."""

    POINT = "point"
    SURE = "sure"
    PROMISES = "promises"
    FLIPS = "flips"
    SIMULATED = "simulated"


_WORK: dict[Stage, Callable[[Answered], Answered]] = {
    Stage.SURE: partial(sure, draws=DRAWS, seed=SEED),
    Stage.PROMISES: promises_of,
    Stage.FLIPS: flips,
    Stage.SIMULATED: partial(simulated, seed=SEED),
}
_LAST_AT_ONCE = Stage.SURE


def _nothing() -> None:
    """Nothing waits."""


class Reckoner:
    """Asks, and keeps the last answer of every stage.

    Args:
        node: Whose life it does not outlast.
        arrived: Told of every stage, on the event loop.
        refused: Told why the newest question has no answer.
        troubled: Told why a later stage of an answered question is not known.
    """

    def __init__(
        self,
        node: DOMNode,
        *,
        arrived: Callable[[Stage], None],
        refused: Callable[[str], None],
        troubled: Callable[[str], None],
    ) -> None:
        self._node, self._refused, self._troubled = node, refused, troubled
        self.arrived = arrived
        self.latest: dict[Stage, Answered] = {}
        self.fresh: set[Stage] = set()
        self._question = 0
        self._wait_no_more: Callable[[], None] = _nothing

    def ask(self, work: Callable[[], Asked]) -> None:
        """Answer this question instead."""
        self._wait_no_more()
        for stage in _WORK:
            self._node.workers.cancel_group(self._node, stage)
        self.fresh.clear()
        self._question += 1
        read_apart(
            self._node,
            lambda: point(work()),
            then=partial(self._take, Stage.POINT, self._question),
            failed=self._refused,
            group=Stage.POINT,
        )

    @property
    def answered(self) -> Answered | None:
        """The last point answer, fresh or not."""
        return self.latest.get(Stage.POINT)

    @property
    def is_settled(self) -> bool:
        """Whether everything is known of the newest question."""
        return self.fresh == set(Stage)

    def _take(self, stage: Stage, question: int, answered: Answered) -> None:
        if question != self._question:  # another was asked while this one was on its way
            return
        self.latest[stage] = answered
        self.fresh.add(stage)
        self.arrived(stage)
        following = list(Stage)[list(Stage).index(stage) + 1 :]
        if not following:
            return
        go_on = partial(self._go_on, following[0], question, answered)
        if stage is _LAST_AT_ONCE:
            self._wait_no_more = self._node.set_timer(_QUIET_S, go_on).stop
        else:
            self._node.call_after_refresh(go_on)  # reckoning beside the painting would hold what is known back

    def _go_on(self, stage: Stage, question: int, answered: Answered) -> None:
        if question != self._question or not self._node.is_attached:
            return
        read_apart(
            self._node,
            partial(_WORK[stage], answered),
            then=partial(self._take, stage, question),
            failed=self._troubled,
            group=stage,
        )
