"""Draws the story of a run, as `bench` ends with it. Takes documents, computes nothing new."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.variants import parse_variant
from harness.vocabulary import Gate, NoiseClass, RunState, Speed, Verdict
from planner.cli import quantities
from planner.cli.request_view import requests_in_brief
from planner.cli.text import plain
from planner.services.advice import advice_on
from planner.services.run_document import ArmDocument, RunDocument, accepted_and_faster, best_accepted

_BAR = 10
_DECIDED = {Speed.FASTER, Speed.SLOWER, Speed.EQUIVALENT}
_BOTH_WORDS_FROM = 96
_STYLES = {"✓": "green", "✗": "red", "~": "yellow", "!": "yellow", " ": "default"}


def story(document: RunDocument, *, database: str, width: int, is_written: bool = False) -> Iterator[RenderableType]:
    """What was measured, what it comes to, and why: a screen or two.

    A narrow screen gets fewer columns; what they would tell stands in the reasons and in `show`. `is_written`: an
    accepted model will be written, which nobody has to be told to do.
    """
    yield from _head(document)
    for batch in document.batches:
        yield Text()
        yield _trials(document, batch, width)
    yield Text()
    yield from _reasons(document)
    yield from requests_in_brief(document)
    yield from _failures(document)
    yield from _advice(document, is_written=is_written)
    yield Text(_last_line(document, database))


def sign_of(verdict: Verdict) -> str:
    """✓ may be used and is faster, ✗ must not or is not, ! broken, ~ not decided."""
    if verdict.speed in {Speed.FAILED, Speed.NOT_INT8, Speed.BASELINE_NOT_AS_NAMED}:
        return "!"
    if verdict.gate is Gate.REJECTED or verdict.speed in {Speed.SLOWER, Speed.EQUIVALENT}:
        return "✗"
    return "✓" if verdict.gate is Gate.ACCEPTED and verdict.speed is Speed.FASTER else "~"


def _head(document: RunDocument) -> Iterator[RenderableType]:
    if document.is_simulated:
        yield Text("SIMULATED: the fake runtime computes nothing. No figure below is a measurement.", style="bold red")
    yield Text(plain(f"{document.workload_name} · run {document.run}"), style="bold")
    cpu = document.environment.cpu
    packages = {one.name: one.version for one in document.environment.packages}
    runtimes = dict.fromkeys(arm.runtime for arm in document.arms)
    versions = ", ".join(f"{name} {packages.get(name, '?')}" for name in runtimes)
    threads = document.arms[0].threads
    parts = [cpu.model, f"{cpu.logical_cores} cores", versions, f"{threads} thread{'s' if threads > 1 else ''}"]
    yield Text(plain(" · ".join(parts)))
    if document.comparisons:
        yield Text(plain(f"machine: {_noise(document)}{_repeated(document)}"))


def _noise(document: RunDocument) -> str:
    """The worst noise of the run's comparisons, in words."""
    noise = next(one.noise for one in document.comparisons if one.noise.noise_class is document.noise)
    if noise.minimal_effect is None or noise.reason:
        return f"{noise.noise_class}: {noise.reason}"
    return f"{noise.noise_class}, differences from {quantities.share(noise.minimal_effect, digits=1)} show"


def _repeated(document: RunDocument) -> str:
    counts = {one.batch: (one.contaminated_rounds, one.rounds) for one in document.comparisons}
    bad, rounds = sum(bad for bad, _ in counts.values()), sum(rounds for _, rounds in counts.values())
    return f", {bad} of {rounds} rounds set aside for foreign load" if bad else ""


def _trials(document: RunDocument, batch: int, width: int) -> Table:
    judged = _Column("verdict", _both_words if width >= _BOTH_WORDS_FROM else _one_word)
    shown = [*(column for column in _columns(document) if width >= column.from_width), judged]
    table = Table(
        title=f"batch {batch} · latency of one call: lower is better · speed-up: higher is better",
        title_justify="left",
        title_style="italic",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for column in shown:
        table.add_column(column.title, justify="right" if column.is_figure else "left")
    slowest = max((_p50(document, arm, batch) or 0.0 for arm in document.arms), default=0.0)
    runtime = None
    for arm in document.arms:
        if arm.runtime != runtime:
            runtime = arm.runtime
            table.add_row(Text(plain(runtime), style="bold"))
        trial = _Trial(document, arm, batch, slowest)
        table.add_row(*(column.cell(trial) for column in shown))
    return table


class _Trial(NamedTuple):
    """One row: an arm at a batch size, and the slowest median for the length of bars."""

    document: RunDocument
    arm: ArmDocument
    batch: int
    slowest: float

    @property
    def verdict(self) -> Verdict | None:
        return self.document.verdict(self.arm.name, self.batch)


class _Column(NamedTuple):
    """A column: its title, what it says of a trial, and how wide a screen must be to show it."""

    title: str
    cell: Callable[[_Trial], Text]
    from_width: int = 0
    is_figure: bool = False


def _latency(trial: _Trial) -> Text:
    return Text(quantities.duration(_p50(trial.document, trial.arm, trial.batch)), no_wrap=True)


def _latency_bar(trial: _Trial) -> Text:
    p50 = _p50(trial.document, trial.arm, trial.batch) or 0.0
    return Text(quantities.bar(p50, of=trial.slowest, width=_BAR).ljust(_BAR), style="cyan")


def _speed_up(trial: _Trial) -> Text:
    if trial.verdict is None:
        return Text("baseline" if trial.arm.is_baseline else quantities.ABSENT)
    comparison = trial.document.comparison(trial.arm.name, trial.batch)
    return Text(quantities.ratio(comparison.ratio if comparison else None), no_wrap=True)


def _accuracy(trial: _Trial) -> Text:
    quality = trial.arm.quality
    return Text(quantities.share(quality.accuracy if quality else None), no_wrap=True)


def _agreement(trial: _Trial) -> Text:
    found = trial.arm.agreement
    if found is None:
        return Text(quantities.ABSENT)
    return Text("identical" if found.largest_difference == 0.0 else quantities.decibel(found.snr_db), no_wrap=True)


def _both_words(trial: _Trial) -> Text:
    return _judged(trial, lambda verdict: f"{verdict.speed}, {verdict.gate}")


def _one_word(trial: _Trial) -> Text:
    """Where only one word fits: the gate, unless the speed alone decides."""
    return _judged(trial, lambda verdict: str(verdict.gate if _gate_tells(verdict) else verdict.speed))


def _gate_tells(verdict: Verdict) -> bool:
    return verdict.speed is Speed.FASTER or verdict.gate is Gate.REJECTED


def _judged(trial: _Trial, words: Callable[[Verdict], str]) -> Text:
    if trial.verdict is None:
        return Text("")
    sign = sign_of(trial.verdict)
    return Text(f"{sign} {words(trial.verdict)}", style=_STYLES[sign], no_wrap=True)


def _p50(document: RunDocument, arm: ArmDocument, batch: int) -> float | None:
    found = document.measurement(arm.name, batch)
    return found.quantiles[0].point_s if found else None


def _worst_class(trial: _Trial) -> Text:
    against = trial.arm.quality_against_baseline
    worst = against.classes[0] if against and against.classes else None
    if worst is None or worst.baseline is None or worst.candidate is None:
        return Text("")
    return Text(plain(f"{worst.name} {quantities.points(worst.candidate - worst.baseline)}"))


def _int8_time(trial: _Trial) -> Text:
    proof = trial.arm.proof
    if proof is None or proof.share_by_time is None:
        return Text(quantities.ABSENT)
    is_int8 = parse_variant(trial.arm.label).method.is_int8
    return Text(quantities.share(proof.share_by_time, digits=0) if is_int8 else proof.ran)


def _columns(document: RunDocument) -> tuple[_Column, ...]:
    """Without labels there is no accuracy: then how alike the outputs are to the baseline's."""
    is_labelled = any(arm.quality for arm in document.arms)
    return (*_SPEED_COLUMNS, *(_QUALITY_COLUMNS if is_labelled else _AGREEMENT_COLUMNS), *_MODEL_COLUMNS)


_SPEED_COLUMNS = (
    _Column("", lambda trial: Text(plain(f"  {trial.arm.label}"))),
    _Column("p50", _latency, is_figure=True),
    _Column("", _latency_bar, from_width=122),
    _Column("speed-up", _speed_up),
)
_QUALITY_COLUMNS = (
    _Column("accuracy", _accuracy, is_figure=True),
    _Column("worst class", _worst_class, from_width=110),
)
_AGREEMENT_COLUMNS = (_Column("agreement", _agreement, is_figure=True),)
_MODEL_COLUMNS = (
    _Column("INT8 time", _int8_time, from_width=140, is_figure=True),
    _Column("size", lambda trial: Text(quantities.size(trial.arm.artifact_bytes)), from_width=140, is_figure=True),
)


def _reasons(document: RunDocument) -> Iterator[RenderableType]:
    for arm in document.arms:
        verdicts = [one for one in document.verdicts if one.candidate == arm.name]
        if not verdicts:
            continue
        sign = min((sign_of(one) for one in verdicts), key="!✗~✓".index)
        yield Text(plain(f"{sign} {arm.name}"), style=_STYLES[sign])
        for reason in reasons_of(verdicts, is_brief=True):
            yield Padding(Text(plain(reason)), (0, 0, 0, 4))


def reasons_of(verdicts: list[Verdict], *, is_brief: bool) -> list[str]:
    """Speed by batch size, then quality once: it does not depend on the batch size.

    In brief, a speed that is decided gives its figure alone, one that is not all of its reasons.
    """
    reasons = [
        f"batch {verdict.batch}: {reason}" if len(verdicts) > 1 else reason
        for verdict in verdicts
        for reason in verdict.speed_reasons[: 1 if is_brief and verdict.speed in _DECIDED else None]
    ]
    return list(dict.fromkeys([*reasons, *verdicts[0].gate_reasons]))


def _failures(document: RunDocument) -> Iterator[RenderableType]:
    for failure in document.failures:
        yield Text(plain(f"! {failure.arm} failed during {failure.stage}: {failure.message}"), style="red")
        yield Padding(Text(plain(f"try: {failure.hint}")), (0, 0, 0, 4))
        if failure.log_tail:
            yield Padding(Text(plain(failure.log_tail), style="dim"), (0, 0, 0, 4))


def _advice(document: RunDocument, *, is_written: bool) -> Iterator[RenderableType]:
    sentences = advice_on(document, is_written=is_written)
    if not sentences:
        return
    yield Text()
    yield Text("to try next")
    lines = Table.grid(padding=(0, 1))
    for sentence in sentences:
        lines.add_row("→", Text(plain(sentence)))
    yield Padding(lines, (0, 0, 0, 2))


def _last_line(document: RunDocument, database: str) -> str:
    best = best_accepted(document)
    if document.state is RunState.INTERRUPTED:
        advice = f"interrupted; `planner resume {document.run}` goes on from here"
    elif document.state is RunState.RUNNING:
        advice = "this run is not over: nothing is judged before its end"
    elif best is not None:
        advice = f"use {best.name}"
    elif beaten := accepted_and_faster(document):
        fastest = next(one.fastest_baseline for one in document.comparisons if one.candidate == beaten[0].name)
        advice = f"accepted candidates are faster than their own baselines, but not than {fastest}: use that"
    elif document.verdicts and all(one.gate is Gate.NOT_MEASURED for one in document.verdicts):
        advice = "no candidate's quality was measured: nothing can be recommended"
    elif document.verdicts and document.noise is NoiseClass.UNFIT:
        advice = "this machine was too busy to decide on speed: nothing can be recommended"
    elif document.verdicts:
        advice = "no candidate is accepted and faster here: stay with the baseline"
    elif document.failures:
        advice = f"{_failed_share(document)} failed: look at the sentences above"
    else:
        advice = "a plain measurement: nothing was compared"
    return plain(f"\n{advice}\nrun {document.run} is stored in {database} · planner show {document.run}")


def _failed_share(document: RunDocument) -> str:
    failed, count = len({failure.arm for failure in document.failures}), len(document.arms)
    return "every variant" if failed == count else f"{failed} of {count} variants"
