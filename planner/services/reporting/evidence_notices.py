"""What page one must say of the evidence: red gates, noise, unproven precision, failures, runs that are gone."""

from collections.abc import Iterator

from harness.verdict.calibration import rests_on_calibration
from harness.verdict.wording import some_of
from harness.vocabulary import Gate, LimitState, NoiseClass, ProofState, RunState, Severity, Speed
from harness.vocabulary.selftest import Mark
from planner.reports.document import Notice
from planner.reports.figures import Tone, Words
from planner.services.machine_words import machine_line
from planner.services.reporting.evidence_appendix import KEY as APPENDIX
from planner.services.reporting.evidence_appendix import SELFTEST
from planner.services.reporting.evidence_runs import Behind, RunBehind
from planner.services.reporting.evidence_words import GATES, NOISES, WORST_GATE_FIRST
from planner.services.reporting.latency_section import KEY as LATENCY
from planner.services.reporting.quality_rules import rule_lines
from planner.services.reporting.quality_section import KEY as QUALITY
from planner.services.reporting.quality_section import gate_of, gate_reasons, section_key
from planner.services.reporting.quality_unmeasured import unmeasured
from planner.services.selftest_words import CHECK_NAMES

_NAMED = 3  # arms of a sentence
_MOST_FAILURES = 3
_RULE_OF_THREE = 3.0
"""So many samples without a loss exclude, at 95 %, a loss above 3 in that number: fewer cannot judge by 1 %."""
_WRONG = {Speed.NOT_INT8, Speed.BASELINE_NOT_AS_NAMED}


def notices_of(behind: Behind) -> tuple[Notice, ...]:
    """The gravest kinds first, each with where it is told in full."""
    found = [
        *(Notice(tone=Tone.BROKEN, text=f"run {one.run_id} {one.why}", rests_on=one.key) for one in behind.gone),
        *(notice for run in behind.runs for notice in _of_run(run)),
        *_unmeasured(behind),
    ]
    order = (Tone.BROKEN, Tone.BAD, Tone.CAUTION, Tone.GOOD, Tone.NEUTRAL)
    return tuple(sorted(found, key=lambda one: order.index(one.tone)))


def thresholds_of(behind: Behind) -> tuple[Words, ...]:
    """What the gate asked of the candidates that are planned with, and whether each rule was kept.

    That a gate is open, for want of a measurement, is a threshold of the plan's own.
    """
    lines = [
        Words(
            text=f"{line.rule}: asked {line.asked}, found {line.found} ({arm.name}, run {one.run_id})",
            tone=line.tone,
            rests_on=section_key(one, arm.name),
        )
        for one in behind.runs
        for arm in one.told
        for line in rule_lines(one, arm)
    ]
    return tuple(lines)


def _unmeasured(behind: Behind) -> Iterator[Notice]:
    """What was judged by nobody, in one sentence for each reason: a first page has to stay one."""
    by_reason: dict[str, list[str]] = {}
    for one in unmeasured(behind):
        by_reason.setdefault(one.why, []).append(one.what)
    for why, named in by_reason.items():
        text = f"Nobody measured the quality of {some_of(tuple(named), shown=_NAMED)}: {why}."
        yield Notice(tone=Tone.CAUTION, text=text, rests_on=QUALITY)


def _of_run(run: RunBehind) -> Iterator[Notice]:
    yield from _kind(run)
    yield from _failures(run)
    yield from _gates(run)
    yield from _precision(run)
    yield from _impossible(run)
    yield from _noise(run)
    yield from _calibration(run)
    yield from _few_samples(run)
    yield from _selftest(run)


def _kind(run: RunBehind) -> Iterator[Notice]:
    if run.document.is_simulated:
        told = f"SIMULATED: run {run.run_id} ran on the fake runtime, which computes nothing; none of its figures is a"
        yield Notice(tone=Tone.BROKEN, text=f"{told} measurement", rests_on=run.key)
    if run.document.state is not RunState.COMPLETED:
        told = f"run {run.run_id} is {run.document.state}: only a completed run is evidence"
        yield Notice(tone=Tone.BROKEN, text=told, rests_on=run.key)


def _failures(run: RunBehind) -> Iterator[Notice]:
    failures = run.document.failures
    for number, one in enumerate(failures[:_MOST_FAILURES], start=1):
        told = f"run {run.run_id}: {one.arm} failed at {one.stage}: {one.message}"
        yield Notice(tone=Tone.BROKEN, text=told, rests_on=f"failures.{run.key}.{number}")
    if len(failures) > _MOST_FAILURES:
        told = f"run {run.run_id}: {len(failures) - _MOST_FAILURES} more failures"
        yield Notice(tone=Tone.BROKEN, text=told, rests_on=f"{APPENDIX}.{run.key}")


def _gates(run: RunBehind) -> Iterator[Notice]:
    by_gate: dict[Gate, list[str]] = {}
    for arm in run.told:
        by_gate.setdefault(gate_of(run, arm.name), []).append(arm.name)
    for gate in WORST_GATE_FIRST:
        if gate is Gate.ACCEPTED or gate not in by_gate:
            continue
        first = by_gate[gate][0]
        names = some_of(tuple(by_gate[gate]), shown=_NAMED)
        whose = f"{first}: " if len(by_gate[gate]) > 1 else ""
        told = f"the quality gate says {gate} for {names} (run {run.run_id}): {whose}{gate_reasons(run, first)[0]}"
        told += "; no saving is available with it" if gate is Gate.REJECTED else ""
        yield Notice(tone=GATES[gate], text=told, rests_on=section_key(run, first) if run.verdicts(first) else QUALITY)


def _precision(run: RunBehind) -> Iterator[Notice]:
    """Of what is planned with, and of what that is compared with."""
    baselines = {one.name: one for one in map(run.baseline_of, run.told) if one is not None}
    arms = {**{arm.name: arm for arm in run.told}, **baselines}
    for arm in arms.values():
        where = run.figures(arm.name).key("needs")
        told = f"run {run.run_id}: it is not verified in which precision {arm.name} ran"
        if arm.proof is None:
            yield Notice(tone=Tone.CAUTION, text=f"{told}: there is no proof", rests_on=where)
        elif arm.proof.state is ProofState.UNVERIFIED:
            yield Notice(tone=Tone.CAUTION, text=f"{told}: {arm.proof.reason}", rests_on=where)
        elif arm.proof.state is ProofState.NOT_AS_NAMED:
            told = f"run {run.run_id}: {arm.name} ran in {arm.proof.ran}: {arm.proof.reason}"
            yield Notice(tone=Tone.BROKEN, text=told, rests_on=where)
    speeds = {(arm.name, one.speed): one for arm in run.told for one in run.verdicts(arm.name) if one.speed in _WRONG}
    for (name, speed), verdict in speeds.items():
        told = f"run {run.run_id}: the verdict on {name} is {speed}: {'; '.join(verdict.speed_reasons)}"
        yield Notice(tone=Tone.BROKEN, text=told, rests_on=f"{LATENCY}.{run.key}")


def _impossible(run: RunBehind) -> Iterator[Notice]:
    for one in run.document.limits:
        if one.state is LimitState.BEATS:
            told = f"run {run.run_id}: {one.arm} at batch {one.batch} beats the limit of its machine: {one.reason}"
            yield Notice(tone=Tone.BROKEN, text=told, rests_on=run.figures(one.arm).key("needs"))


def _noise(run: RunBehind) -> Iterator[Notice]:
    if run.document.noise in {NoiseClass.NOISY, NoiseClass.UNFIT}:
        told = (machine_line(run.document) or "").removeprefix("machine: ")
        told = f"run {run.run_id} was measured on a machine that is {run.document.noise}: {told}"
        yield Notice(tone=NOISES[run.document.noise], text=told, rests_on=f"{LATENCY}.{run.key}")


def _calibration(run: RunBehind) -> Iterator[Notice]:
    if not any(rests_on_calibration(run.planned_arm(arm.name).recipe) for arm in run.told):
        return
    for number, one in enumerate(run.document.calibration_findings, start=1):
        if one.severity is Severity.SERIOUS:
            told = f"calibration data of run {run.run_id}, {one.check}: {one.sentence}"
            yield Notice(tone=Tone.BAD, text=told, rests_on=f"calibration.{run.key}.{number}")


def _few_samples(run: RunBehind) -> Iterator[Notice]:
    compared = [arm.quality_against_baseline for arm in run.told if arm.quality_against_baseline is not None]
    loss = run.document.gate.overall_loss
    if not compared or loss <= 0.0:
        return
    least, samples = _RULE_OF_THREE / loss, min(one.samples for one in compared)
    if samples < least:
        told = f"run {run.run_id} judged by {samples:,} test samples: fewer than {least:,.0f} cannot exclude a loss of"
        yield Notice(tone=Tone.CAUTION, text=f"{told} {100 * loss:g} %, even where none is seen", rests_on=QUALITY)


def _selftest(run: RunBehind) -> Iterator[Notice]:
    where = f"{APPENDIX}.{run.key}"
    found = run.document.selftest
    if found is None:
        told = f"the machine of run {run.run_id} has no self-test: how often the harness errs there is not known"
        yield Notice(tone=Tone.CAUTION, text=f"{told} ({SELFTEST})", rests_on=where)
        return
    broken = found.marked(Mark.NOT_KEPT)
    if broken:
        names = some_of(tuple(CHECK_NAMES[one.check] for one in broken), shown=_NAMED)
        told = f"the self-test of the machine of run {run.run_id} did not keep: {names}"
        yield Notice(tone=Tone.CAUTION, text=told, rests_on=where)
