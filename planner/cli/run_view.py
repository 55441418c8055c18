"""Draws the story of a run, as `bench` ends with it. Takes documents, computes nothing new."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.vocabulary import Gate, RunState, Speed, Verdict
from planner.cli import quantities
from planner.cli.text import plain
from planner.services.run_document import ArmDocument, RunDocument, best_accepted

_BAR = 10
_STYLES = {"✓": "green", "✗": "red", "~": "yellow", "!": "yellow", " ": "default"}


def story(document: RunDocument, *, database: str) -> Iterator[RenderableType]:
    """What was measured, what it comes to, and why: a screen or two."""
    yield from _head(document)
    for batch in document.batches:
        yield Text()
        yield _trials(document, batch)
    yield Text()
    yield from _reasons(document)
    yield from _failures(document)
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
    yield Text(plain(f"{document.workload} · run {document.run}"), style="bold")
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


def _trials(document: RunDocument, batch: int) -> Table:
    table = Table(
        title=f"batch {batch} · latency of one call: lower is better · speed-up: higher is better",
        title_justify="left",
        title_style="italic",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for name, justify in _COLUMNS:
        table.add_column(name, justify=justify, no_wrap=name == "")  # type: ignore[arg-type] # a literal in the table below
    slowest = max((_p50(document, arm, batch) or 0.0 for arm in document.arms), default=0.0)
    runtime = None
    for arm in document.arms:
        if arm.runtime != runtime:
            runtime = arm.runtime
            table.add_row(Text(plain(runtime), style="bold"))
        table.add_row(*_trial(document, arm, batch, slowest))
    return table


_COLUMNS = (
    ("", "left"),
    ("p50", "right"),
    ("", "left"),
    ("speed-up", "left"),
    ("accuracy", "right"),
    ("worst class", "left"),
    ("INT8 time", "right"),
    ("size", "right"),
    ("verdict", "left"),
)


def _trial(document: RunDocument, arm: ArmDocument, batch: int, slowest: float) -> tuple[Text, ...]:
    p50 = _p50(document, arm, batch)
    comparison = document.comparison(arm.name, batch)
    verdict = document.verdict(arm.name, batch)
    if verdict is None:
        speed_up, words, style = "baseline" if arm.is_baseline else quantities.ABSENT, "", "default"
    else:
        speed_up = quantities.ratio(comparison.ratio if comparison else None)
        words, style = f"{sign_of(verdict)} {verdict.speed}, {verdict.gate}", _STYLES[sign_of(verdict)]
    return (
        Text(plain(f"  {arm.label}")),
        Text(quantities.duration(p50)),
        Text(quantities.bar(p50 or 0.0, of=slowest, width=_BAR).ljust(_BAR), style="cyan"),
        Text(speed_up),
        Text(quantities.share(arm.quality.accuracy if arm.quality else None)),
        Text(plain(_worst_class(arm))),
        Text(_int8_time(arm)),
        Text(quantities.size(arm.artifact_bytes)),
        Text(words, style=style),
    )


def _p50(document: RunDocument, arm: ArmDocument, batch: int) -> float | None:
    found = document.measurement(arm.name, batch)
    return found.quantiles[0].point_s if found else None


def _worst_class(arm: ArmDocument) -> str:
    against = arm.quality_against_baseline
    if against is None or not against.classes:
        return ""
    worst = against.classes[0]
    if worst.baseline is None or worst.candidate is None:
        return ""
    return f"{worst.name} {quantities.points(worst.candidate - worst.baseline)}"


def _int8_time(arm: ArmDocument) -> str:
    if arm.proof is None or arm.proof.share_by_time is None or arm.is_baseline:
        return quantities.ABSENT if arm.proof is None else arm.proof.ran
    return quantities.share(arm.proof.share_by_time, digits=0)


def _reasons(document: RunDocument) -> Iterator[RenderableType]:
    for arm in document.arms:
        verdicts = [one for one in document.verdicts if one.candidate == arm.name]
        if not verdicts:
            continue
        sign = min((sign_of(one) for one in verdicts), key="!✗~✓".index)
        yield Text(plain(f"{sign} {arm.name}"), style=_STYLES[sign])
        for reason in _distinct_reasons(verdicts):
            yield Padding(Text(plain(reason)), (0, 0, 0, 4))


def _distinct_reasons(verdicts: list[Verdict]) -> list[str]:
    """Speed by batch size, then quality once: it does not depend on the batch size."""
    reasons = [
        f"batch {verdict.batch}: {reason}" if len(verdicts) > 1 else reason
        for verdict in verdicts
        for reason in verdict.speed_reasons
    ]
    return list(dict.fromkeys([*reasons, *verdicts[0].gate_reasons]))


def _failures(document: RunDocument) -> Iterator[RenderableType]:
    for failure in document.failures:
        yield Text(plain(f"! {failure.arm} failed during {failure.stage}: {failure.message}"), style="red")
        yield Padding(Text(plain(f"try: {failure.hint}")), (0, 0, 0, 4))
        if failure.log_tail:
            yield Padding(Text(plain(failure.log_tail), style="dim"), (0, 0, 0, 4))


def _last_line(document: RunDocument, database: str) -> str:
    best = best_accepted(document)
    if document.state is RunState.INTERRUPTED:
        advice = f"interrupted; `planner resume {document.run}` goes on from here"
    elif best is not None:
        advice = f"use {best.name}"
    elif document.verdicts:
        advice = "no candidate is accepted and faster here: stay with the baseline"
    else:
        advice = "a plain measurement: nothing was compared"
    return plain(f"\n{advice}\nrun {document.run} is stored in {database} · planner show {document.run}")
