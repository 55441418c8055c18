"""3. How often identical code is called different, and how surely a true 3 % is found: our rule and other tools' rules.

One recording serves all: a chain of layers, its control, and a chain 3 % longer take turns in short blocks, as in any
run. It is cut into trials: ours by the whole stopping rule, the others by theirs, once on blocks that took turns and
once on blocks one side after the other, as these tools measure. Then again on a machine loaded on purpose.
"""

import contextlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.arms import Recording, fp32_side, nanoseconds, plan_of, record, serving
from benchmarks.comparison import Context, Found
from benchmarks.figures import rate
from benchmarks.load import busy
from benchmarks.models import LONGER, write_chain
from benchmarks.result import Quantity, Row, Unit
from benchmarks.rules import RULES, Rule
from benchmarks.runner import run_alone
from benchmarks.targets import at_most, rate_is_at_least, rate_is_at_most
from benchmarks.trials import interleaved, sequential
from harness.statistics.trials import TrialEnd, excluding, intervals_of, whole_trials
from harness.vocabulary import Round, Speed, TimingRules

_NOMINAL, _POWER, _VERDICT_S = 0.05, 0.90, 5.0
_BLOCK_S = 0.003  # shorter than a run's 20 ms, so that a thousand trials fit: noisier, and so the harder case
_PAIRS = 12  # of the smallest look
_BLOCKS = 60  # of a side, in a trial of another tool's
_WANTED = 1000
_LEAST_OF_POWER = 100
_ROUNDS_BETWEEN_COUNTS = 60  # counting the trials of a whole recording takes a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A recording as series, one value a cycle: log ratios, and means of blocks in seconds."""

    same: NDArray[np.float64]
    longer: NDArray[np.float64]
    first: NDArray[np.float64]
    control: NDArray[np.float64]
    slower: NDArray[np.float64]
    cycle_s: float
    rounds: int
    contaminated: int


def run(context: Context) -> Found:
    """Record and judge on the machine as it is, then on the machine under load."""
    found = Found()
    for condition, load in (("as it is", contextlib.nullcontext(0)), ("loaded", busy())):
        with load as processes:
            name = condition if not processes else f"{condition} with {processes} busy processes"
            context.narrate(f"recording, the machine {name}")
            heard = _record(context)
        found.rows.extend(_rows(heard, name))
    return found


def _record(context: Context) -> Heard:
    folder = context.folder("chains")
    chains = write_chain(folder), write_chain(folder, layers=LONGER)
    sides = [fp32_side(label, one.model, one.workload) for label, one in zip(("fp32", "longer"), chains, strict=True)]
    plan = plan_of([side.arm for side in sides], chains[0].workload, timing=TimingRules(block_s=_BLOCK_S))

    def is_enough(rounds: Sequence[Round]) -> bool:
        if len(rounds) % _ROUNDS_BETWEEN_COUNTS:
            return False
        so_far = heard(Recording(plan=plan, rounds=tuple(rounds)))
        return len(_trials(so_far, so_far.same)) >= _WANTED

    with serving(sides) as workers:
        return heard(record(plan, workers, until=is_enough, at_most_s=context.sized(210.0, 8.0)))


def heard(recording: Recording) -> Heard:
    """The series of a recording of two arms."""
    first, second = (arm.name for arm in recording.plan.arms)
    names = ((first, False), (first, True), (second, False))
    blocks = [[nanoseconds(cycle[name].latencies_ns) for name in names] for cycle in recording.cycles]
    medians = np.log([[float(np.median(block)) for block in cycle] for cycle in blocks])
    means = np.array([[float(block.mean()) / 1e9 for block in cycle] for cycle in blocks])
    return Heard(
        same=medians[:, 0] - medians[:, 1],
        longer=medians[:, 0] - medians[:, 2],
        first=means[:, 0],
        control=means[:, 1],
        slower=means[:, 2],
        cycle_s=sum(one.wall_s for one in recording.rounds) / len(blocks),
        rounds=len(recording.rounds),
        contaminated=recording.contaminated,
    )


def _trials(found: Heard, z: NDArray[np.float64]) -> tuple[TrialEnd, ...]:
    """By the stopping rule of a run, with the pairs that the time for a verdict allows."""
    most = max(_PAIRS, int(_VERDICT_S / found.cycle_s))
    return whole_trials(z, found.same, most=most, rules=TimingRules())


def _rows(found: Heard, condition: str) -> list[Row]:
    same, longer = _trials(found, found.same), _trials(found, found.longer)
    false = rate(sum(one.speed in {Speed.FASTER, Speed.SLOWER} for one in same), len(same))
    power = rate(sum(one.speed is Speed.SLOWER for one in longer), len(longer))
    intervals = intervals_of(found.same, pairs=_PAIRS, confidence=1.0 - _NOMINAL)
    bare = rate(excluding(intervals, 1.0), len(intervals))
    spent = _verdict_s(longer, found.cycle_s)
    return [
        Row(
            what=f"identical code called different, machine {condition}",
            ours=false,
            target="95 % interval at or below 5 %",
            outcome=rate_is_at_most(false, _NOMINAL, least_trials=_WANTED),
            note=f"by the whole stopping rule; {_others(found, found.control, 'identical code')}",
            in_readme=True,
        ),
        Row(
            what=f"95 % intervals of {_PAIRS} pairs that leave out the true ratio 1, machine {condition}",
            ours=bare,
            target="95 % interval at or below 5 %",
            outcome=rate_is_at_most(bare, _NOMINAL, least_trials=_WANTED),
            in_readme=True,
        ),
        Row(
            what=f"a true 3 % found, machine {condition}",
            ours=power,
            target="≥ 90 %",
            outcome=rate_is_at_least(power, _POWER, least_trials=_LEAST_OF_POWER),
            note=f"the difference measured over the whole recording is {_effect(found)}; "
            f"{_others(found, found.slower, 'the difference')}; "
            f"{found.contaminated} of {found.rounds} rounds were contaminated by other programs",
            in_readme=True,
        ),
        Row(
            what=f"time of such a verdict, machine {condition}",
            ours=spent,
            target="≤ 5 s",
            outcome=at_most(spent.high if spent else None, _VERDICT_S),
            in_readme=True,
        ),
        *(_row_of(rule, found, condition) for rule in RULES),
    ]


def _effect(found: Heard) -> str:
    return f"{100 * (float(np.exp(-np.median(found.longer))) - 1):.2f} %"


def _verdict_s(ends: Sequence[TrialEnd], cycle_s: float) -> Quantity | None:
    """Median with the middle four fifths."""
    if not ends:
        return None
    low, middle, high = (float(one) for one in np.quantile([end.pairs * cycle_s for end in ends], (0.1, 0.5, 0.9)))
    return Quantity(value=middle, unit=Unit.SECONDS, low=low, high=high, spread="10 to 90 % of trials")


def _others(found: Heard, second: NDArray[np.float64], what: str) -> str:
    """What the other rules say of the same blocks, measured one side after the other."""
    shares = []
    for rule in RULES:
        hits, trials = sequential(found.first, second, blocks=_BLOCKS, differs=rule.differs)
        shares.append(f"{rule.name} {100 * hits / trials:.0f} %" if trials else f"{rule.name} –")
    return f"on {what}, one side after the other: {'; '.join(shares)}"


def _row_of(rule: Rule, found: Heard, condition: str) -> Row:
    taking_turns = rate(*interleaved(found.first, found.control, blocks=_BLOCKS, differs=rule.differs))
    in_sequence = rate(*sequential(found.first, found.control, blocks=_BLOCKS, differs=rule.differs))
    power = rate(*interleaved(found.first, found.slower, blocks=_BLOCKS, differs=rule.differs))
    found_share = f"{100 * power.value:.0f} %" if power else "–"
    turns = f"{100 * taking_turns.value:.0f} %" if taking_turns else "–"
    return Row(
        what=f"identical code called different, one side after the other, machine {condition}",
        ours=None,
        peer=in_sequence,
        peer_name=rule.name,
        note=f"{turns} where blocks take turns, and then the true 3 % found in {found_share}; {rule.source}",
    )


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
