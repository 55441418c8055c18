"""From a recording to the certificate. Pure: the same recording gives the same lines.

Rounds with foreign load are set aside as in a run. Where hardly one is clean, all of them are shown,
and no promise that rests on timing is judged by them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean

import numpy as np

from harness.analysis import (
    Evidence,
    blocks_of,
    log_ratios_against_itself,
    log_ratios_between,
    noise_against_itself,
    pairs_in,
)
from harness.statistics.stopping import LEAST_PAIRS_TO_DECIDE
from harness.supervisor.selftest.form import Recording
from harness.verdict.error_rates import PairedSeries, error_rate_lines
from harness.verdict.instruments import clock_lines, cost_lines, coverage_lines, memory_line
from harness.vocabulary import Round
from harness.vocabulary.selftest import Ending, LoadConditions, Mark, SelfCheck, SelfTest, SelfTestLine

_LEAST_TRIALS = 10
"""Clean first looks below which nothing is judged: even without a miss they leave three cases in ten open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Where and when a self-test was made, as the certificate says it."""

    host_id: str
    cpu: str
    planner_version: str
    versions: tuple[tuple[str, str], ...]
    finished_at: str
    wall_s: float


def certify(recording: Recording, conditions: Conditions) -> SelfTest:
    """The certificate of a recording."""
    plan, form = recording.plan, recording.form
    evidence, obstacle = _evidence(recording)
    load = _load(recording)
    first = blocks_of(evidence, plan.arms[0].name)
    lines = sorted(_lines(recording, evidence, obstacle), key=lambda one: tuple(SelfCheck).index(one.check))
    return SelfTest(
        kind=form.kind,
        ending=recording.ending,
        finished_at=conditions.finished_at,
        wall_s=conditions.wall_s,
        host_id=conditions.host_id,
        cpu=conditions.cpu,
        planner_version=conditions.planner_version,
        versions=conditions.versions,
        workload=plan.workload,
        workload_digest=plan.workload_digest,
        runtime=plan.arms[0].runtime,
        threads=plan.arms[0].threads,
        seed=plan.seed,
        block_s=plan.timing.block_s,
        call_s=float(np.median(np.concatenate(first))) / 1e9 if first else None,
        is_simulated=plan.is_simulated,
        load=load,
        lines=tuple(lines),
        notes=tuple(_notes(recording, load)),
    )


def _evidence(recording: Recording) -> tuple[Evidence, str | None]:
    """The clean rounds; all of them, with what keeps them from being judged by, where hardly one is clean."""
    clean = Evidence(rounds=tuple(one for one in recording.rounds if not one.is_contaminated), uses_cpu_time=False)
    pairs, least = pairs_in(clean), _LEAST_TRIALS * LEAST_PAIRS_TO_DECIDE
    if pairs >= least or len(clean.rounds) == len(recording.rounds):
        return clean, None if pairs >= least else f"only {pairs} pairs were recorded, {least} are the least"
    spoilt, rounds = len(recording.rounds) - len(clean.rounds), len(recording.rounds)
    reason = f"{spoilt} of {rounds} rounds had foreign load: the figure is of all of them, and judges nothing"
    return Evidence(rounds=recording.rounds, uses_cpu_time=False), reason


def _lines(recording: Recording, evidence: Evidence, obstacle: str | None) -> Iterator[SelfTestLine]:
    for line in _timed_lines(recording, evidence):
        if line.check in recording.form.unpromised:
            yield replace(line, promise=None, mark=None, limit=None, reason="the quick form is too short to judge it")
        elif obstacle is not None and line.mark is not None:
            yield replace(line, mark=Mark.NOT_IDENTIFIED, reason=obstacle)
        else:
            yield line
    yield memory_line(recording.memory)
    yield from map(partial(_excused, rounds=recording.rounds), clock_lines(recording.clock))
    yield from cost_lines(recording.rounds, recording.parents)


def _excused(line: SelfTestLine, *, rounds: Sequence[Round]) -> SelfTestLine:
    """A cost missed where most rounds had foreign load may be that of the load, which makes nothing cheaper."""
    spoilt = sum(one.is_contaminated for one in rounds)
    if line.mark is not Mark.NOT_KEPT or 2 * spoilt <= len(rounds):
        return line
    reason = f"missed, but {spoilt} of {len(rounds)} rounds had foreign load, which makes calls dearer"
    return replace(line, mark=Mark.NOT_IDENTIFIED, reason=reason)


def _timed_lines(recording: Recording, evidence: Evidence) -> Iterator[SelfTestLine]:
    model, again, slowed = recording.plan.arms
    pairs = pairs_in(evidence)
    series = PairedSeries(
        again=log_ratios_between(evidence, again, model),
        control=log_ratios_against_itself(evidence, model),
        slowed=log_ratios_between(evidence, slowed, model),
        seconds_a_pair=sum(max(one.wall_s, one.timed_s) for one in evidence.rounds) / pairs if pairs else None,
    )
    yield from error_rate_lines(series, recording.plan.timing)
    yield from coverage_lines([blocks_of(evidence, arm.name) for arm in (model, again)])


def _load(recording: Recording) -> LoadConditions:
    clean = Evidence(rounds=tuple(one for one in recording.rounds if not one.is_contaminated), uses_cpu_time=False)
    noise = noise_against_itself(clean, recording.plan.arms[0])
    readings = (one.host.foreign_cpu_share for one in recording.rounds)
    foreign = [share for share in readings if share is not None]
    return LoadConditions(
        rounds=len(recording.rounds),
        contaminated_rounds=len(recording.rounds) - len(clean.rounds),
        pairs=pairs_in(clean),
        foreign_cpu_share=fmean(foreign) if foreign and not recording.plan.is_simulated else None,
        largest_foreign_cpu_share=max(foreign) if foreign and not recording.plan.is_simulated else None,
        noise=noise.noise_class,
        pair_sigma=noise.sigma,
    )


def _notes(recording: Recording, load: LoadConditions) -> Iterator[str]:
    if load.contaminated_rounds:
        yield f"{load.contaminated_rounds} of {load.rounds} rounds were set aside for foreign load"
    if recording.ending is Ending.TIME_IS_UP:
        yield f"time was up with {load.pairs} of {recording.form.wanted_pairs} pairs: foreign load spoilt the others"
    if recording.ending is Ending.INTERRUPTED:
        yield f"interrupted with {load.pairs} of {recording.form.wanted_pairs} pairs"
    yield "one launch of each process: what differs between launches shows as an offset and is not averaged out"
