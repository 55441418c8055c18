"""What earlier attempts of a run left, which is not measured again."""

from dataclasses import dataclass

from harness.analysis import evidence_of, pairs_in
from harness.statistics.stopping import LEAST_PAIRS_TO_DECIDE
from harness.vocabulary import Plan, Round, ServerLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """Arms that have answered or been proved, committed rounds, whole requests, and server levels."""

    predicted: frozenset[str] = frozenset()
    proved: frozenset[str] = frozenset()
    rounds: tuple[Round, ...] = ()
    pipelines: frozenset[tuple[str, int]] = frozenset()
    server_levels: tuple[ServerLevel, ...] = ()

    @property
    def next_launch(self) -> int:
        """The number of the next generation of processes."""
        return max((one.launch for one in self.rounds), default=-1) + 1

    def launches_of(self, plan: Plan) -> int:
        """How many of the launches that the plan asks for are complete; a single one is gone on with, not counted."""
        if plan.timing.launches == 1:
            return 0
        pairs = {
            launch: min(pairs_in(evidence_of(self._rounds_of(launch), load)) for load in plan.loads)
            for launch in {one.launch for one in self.rounds}
        }
        return sum(count >= LEAST_PAIRS_TO_DECIDE for count in pairs.values())

    def _rounds_of(self, launch: int) -> tuple[Round, ...]:
        return tuple(one for one in self.rounds if one.launch == launch)
