"""Draws the story of a run, as `bench` ends with it. Takes documents, computes nothing new."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.variants import parse_variant
from harness.verdict.speed import circumstances
from harness.vocabulary import CPU, Gate, LoadPoint, Speed, Verdict
from planner.drawing.arrivals_view import arrivals_in_brief
from planner.drawing.failures_view import failures_told
from planner.drawing.gpu_run_view import gpus_in_brief
from planner.drawing.last_line import last_line
from planner.drawing.limits_view import impossible
from planner.drawing.request_view import requests_in_brief
from planner.services.advice import advice_on
from planner.services.machine_words import machine_line
from planner.services.run_document import ArmDocument, RunDocument
from planner.services.selftests import in_a_line
from planner.wording import quantities
from planner.wording.text import plain

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
    for load in document.loads:
        yield Text()
        yield _trials(document, load, width)
    yield from arrivals_in_brief(document, width)
    yield Text()
    yield from _reasons(document)
    yield from requests_in_brief(document)
    yield from gpus_in_brief(document)
    yield from _assumptions(document)
    yield from impossible((*document.limits, *document.sheet_limits))
    yield from failures_told(document)
    yield from _advice(document, is_written=is_written)
    yield Text(plain(last_line(document, database)))


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
    versions = ", ".join(f"{name} {packages.get(name) or packages.get(f'{name}-gpu', '?')}" for name in runtimes)
    threads = document.arms[0].threads
    cards = {f"gpu:{gpu.index}": gpu.name for gpu in document.environment.gpus}
    used = [f"{one} {cards.get(one, '?')}" for one in dict.fromkeys(arm.device for arm in document.arms) if one != CPU]
    cores = f"{cpu.logical_cores} cores"
    parts = [*used, cpu.model, cores, versions, f"{threads} thread{'s' if threads > 1 else ''}"]
    yield Text(plain(" · ".join(parts)))
    if (machine := machine_line(document)) is not None:
        yield Text(plain(machine))
    if document.selftest is not None:
        yield Text(plain(in_a_line(document.selftest)))


def _trials(document: RunDocument, load: LoadPoint, width: int) -> Table:
    judged = _Column("verdict", _both_words if width >= _BOTH_WORDS_FROM else _one_word)
    shown = [*(column for column in _columns(document) if width >= column.from_width), judged]
    table = Table(
        title=f"{load.label} · {_headings(load)}",
        title_justify="left",
        title_style="italic",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for column in shown:
        table.add_column(column.title, justify="right" if column.is_figure else "left")
    slowest = max((_p50(document, arm, load) or 0.0 for arm in document.arms), default=0.0)
    place = None
    for arm in document.arms:
        if arm.place != place:
            place = arm.place
            table.add_row(Text(plain(place), style="bold"))
        trial = _Trial(document, arm, load, slowest)
        table.add_row(*(column.cell(trial) for column in shown))
    return table


def _headings(load: LoadPoint) -> str:
    """What the figures are of: with several calls in flight the speed-up is that of throughput."""
    if load.concurrency == 1:
        return "latency of one call: lower is better · speed-up: higher is better"
    return "latency: lower is better · speed-up of throughput: higher is better"


class _Trial(NamedTuple):
    """One row: an arm under a load, and the slowest median for the length of bars."""

    document: RunDocument
    arm: ArmDocument
    load: LoadPoint
    slowest: float

    @property
    def verdict(self) -> Verdict | None:
        return self.document.verdict(self.arm.name, self.load)


class _Column(NamedTuple):
    """A column: its title, what it says of a trial, and how wide a screen must be to show it."""

    title: str
    cell: Callable[[_Trial], Text]
    from_width: int = 0
    is_figure: bool = False


def _latency(trial: _Trial) -> Text:
    return Text(quantities.duration(_p50(trial.document, trial.arm, trial.load)), no_wrap=True)


def _latency_bar(trial: _Trial) -> Text:
    p50 = _p50(trial.document, trial.arm, trial.load) or 0.0
    return Text(quantities.bar(p50, of=trial.slowest, width=_BAR).ljust(_BAR), style="cyan")


def _speed_up(trial: _Trial) -> Text:
    if trial.verdict is None:
        return Text("baseline" if trial.arm.is_baseline else quantities.ABSENT)
    comparison = trial.document.comparison(trial.arm.name, trial.load)
    return Text(quantities.ratio(comparison.deciding if comparison else None), no_wrap=True)


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


def _p50(document: RunDocument, arm: ArmDocument, load: LoadPoint) -> float | None:
    found = document.measurement(arm.name, load)
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
    said = frozenset(reason for one in document.comparisons for reason in circumstances(one))
    for arm in document.arms:
        verdicts = [one for one in document.verdicts if one.candidate == arm.name]
        reasons = reasons_of(verdicts, is_brief=True, said=said | _told_as_failure(document, verdicts))
        if not reasons:
            continue
        sign = min((sign_of(one) for one in verdicts), key="!✗~✓".index)
        yield Text(plain(f"{sign} {arm.name}"), style=_STYLES[sign])
        for reason in reasons:
            yield Padding(Text(plain(reason)), (0, 0, 0, 4))


def _told_as_failure(document: RunDocument, verdicts: Sequence[Verdict]) -> frozenset[str]:
    """What stands among the failures, an error of the candidate or of its baseline."""
    failed = {failure.arm for failure in document.failures}
    return frozenset(
        reason
        for one in verdicts
        if one.speed is Speed.FAILED and failed & {one.candidate, one.baseline}
        for reason in one.speed_reasons
    )


def reasons_of(verdicts: Sequence[Verdict], *, is_brief: bool, said: frozenset[str] = frozenset()) -> list[str]:
    """Speed by load, then quality once: it does not depend on the load.

    In brief, a speed that is decided gives its figure alone, one that is not all of its reasons; what is `said`
    elsewhere is left out, and the quality that rejects a candidate comes before its speed.
    """
    if not verdicts:
        return []
    speed = [
        f"{verdict.label}: {reason}" if len(verdicts) > 1 else reason
        for verdict in verdicts
        for reason in verdict.speed_reasons[: 1 if is_brief and verdict.speed in _DECIDED else None]
        if reason not in said
    ]
    quality = [reason for reason in verdicts[0].gate_reasons if reason not in said]
    is_rejected = is_brief and verdicts[0].gate is Gate.REJECTED
    return list(dict.fromkeys([*quality, *speed] if is_rejected else [*speed, *quality]))


def _assumptions(document: RunDocument) -> Iterator[RenderableType]:
    if document.assumed:
        yield Text("assumed")
    for sentence in document.assumed:
        yield Padding(Text(plain(sentence)), (0, 0, 0, 4))


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
