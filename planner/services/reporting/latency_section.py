"""The speed page: distributions, tables, and what stands behind the figures: memory, energy, limits, proof."""

import shlex
from collections.abc import Iterator

from harness.vocabulary import Limit, LoadPoint
from planner.errors import StoreError
from planner.reports.document import Block, Commands, Notice, Paragraph, Row, Section, Table
from planner.reports.figures import Bound, Cell, Tone, Words
from planner.services.machine_words import machine_line
from planner.services.reporting.evidence_commands import workload_name
from planner.services.reporting.evidence_figures import UNAVAILABLE, FigureMaker
from planner.services.reporting.evidence_runs import Behind, RunBehind
from planner.services.reporting.evidence_words import PROOFS, left, listed, right, text
from planner.services.reporting.latency_chart import latency_charts
from planner.services.reporting.latency_tables import (
    bounds_table,
    doubts_of_quantiles,
    latency_table,
    served_table,
    speed_table,
)
from planner.services.run_document import ArmDocument
from planner.store.repository import Store

KEY = "latency"
_LOADED = "load"


def latency_sections(store: Store | None, behind: Behind) -> tuple[Section, ...]:
    """A section, and one below it for each run."""
    told = "How fast each arm was, on the machine that the appendix describes."
    if not behind.runs:
        told = "Nobody measured a latency for this plan: no run that can be read stands behind it."
    head = Section(key=KEY, title="Speed", blocks=(Paragraph(words=Words(text=told)),))
    return (head, *(_run(store, one) for one in behind.runs))


def _run(store: Store | None, behind: RunBehind) -> Section:
    return Section(
        key=f"{KEY}.{behind.key}",
        title=f"{behind.document.workload_name}, run {behind.run_id}",
        blocks=tuple(_blocks(store, behind)),
        level=2,
    )


def _blocks(store: Store | None, behind: RunBehind) -> Iterator[Block]:
    if (machine := machine_line(behind.document)) is not None:
        yield Paragraph(words=Words(text=f"How noisy the {machine}."))
    yield from _drawn(store, behind)
    if behind.document.measurements:
        yield latency_table(behind)
        if (speeds := speed_table(behind)) is not None:
            yield speeds
    else:
        yield Paragraph(words=Words(text="No calls were timed in this run.", tone=Tone.CAUTION))
    if (served := served_table(behind)) is not None:
        yield served
    yield needs_table(behind)
    yield from listed(_reasons(behind))
    if behind.document.measurements:
        yield bounds_table(behind)
        yield from listed(doubts_of_quantiles(behind), tone=Tone.CAUTION)
    if all(one.share is None for one in behind.document.limits) and not behind.document.is_simulated:
        yield Paragraph(words=Words(text="The share of what this machine can do at most comes with:"))
        yield Commands(lines=(_roofline(behind),))


def _roofline(behind: RunBehind) -> str:
    threads = behind.document.arms[0].threads
    more = ("--threads", str(threads)) if threads > 1 else ()
    return shlex.join(("planner", "roofline", "--workload", workload_name(behind.run.plan), *more))


def _drawn(store: Store | None, behind: RunBehind) -> Iterator[Block]:
    """Charts, or why there is none: damaged samples do not take the figures along."""
    if store is None:
        return
    try:
        yield from latency_charts(store, behind)
    except StoreError as error:
        yield Notice(tone=Tone.BROKEN, text=f"no distribution of run {behind.run_id}: {error}", rests_on=behind.key)


def needs_table(behind: RunBehind) -> Table:
    """Per arm: file, memory, share of the physical limit, energy, and the proof of its precision."""
    load = behind.document.loads[0]
    return Table(
        key=f"needs.{behind.key}",
        title=f"Size, memory, energy, limit and proof of precision, run {behind.run_id}",
        headings=(
            left("arm", "Arm", is_wide=True),
            right("file", "ArtifactSize"),
            right("peak memory", "PeakMemory"),
            right("energy an inference", "EnergyGross"),
            right(f"of the limit, {load.label}", "ShareOfLimit"),
            left("ran in", "Precision"),
            right("of its layers", "ShareByLayers"),
            right("of its time", "ShareByTime"),
            left("proof", "Proof"),
        ),
        rows=tuple(_needs_row(behind, arm, load) for arm in behind.document.arms),
        note=(
            "Peak memory of the process while it serves the largest batch: median over launches. Of its layers, of its "
            "time: what ran in that precision, of the layers that compute, by the runtime's own profile."
        ),
    )


def _needs_row(behind: RunBehind, arm: ArmDocument, load: LoadPoint) -> Row:
    figures, proof = behind.figures(arm.name), arm.proof
    return Row(
        key=figures.key("needs"),
        cells=(
            text(arm.name),
            figures.size("size", arm.artifact_bytes),
            figures.size("memory.peak", _peak(arm)),
            _energy(figures, arm),
            _limit(figures, next((one for one in behind.document.limits if _is(one, arm, load)), None), load),
            text(proof.ran if proof else UNAVAILABLE),
            figures.share("proof.layers", proof.share_by_count if proof else None, digits=0),
            figures.share("proof.time", proof.share_by_time if proof else None, digits=0),
            Words(text=str(proof.state), tone=PROOFS[proof.state]) if proof else Words(text="none", tone=Tone.CAUTION),
        ),
    )


def _is(limit: Limit, arm: ArmDocument, load: LoadPoint) -> bool:
    return (limit.arm, limit.batch) == (arm.name, load.batch)


def _peak(arm: ArmDocument) -> int | None:
    """The most of the phases in which it serves; of loading where none was watched."""
    served = [one.peak_bytes for one in arm.memory if one.phase.startswith("infer") and one.peak_bytes is not None]
    loaded = [one.peak_bytes for one in arm.memory if one.phase == _LOADED and one.peak_bytes is not None]
    return max(served or loaded, default=None)


def _energy(figures: FigureMaker, arm: ArmDocument) -> Cell:
    joules = arm.energy.gross_j if arm.energy else None
    if joules is None:
        return text(UNAVAILABLE)
    return figures.figure("energy.gross", float(f"{joules:.3g}"), unit="J", text=f"{joules * 1e3:.3g} mJ")


def _limit(figures: FigureMaker, limit: Limit | None, load: LoadPoint) -> Cell:
    bound = Bound.AT_LEAST if limit is not None and limit.is_at_least else Bound.EXACT
    return figures.share("limit.share", limit.share if limit else None, digits=0, load=load, bound=bound)


def _reasons(behind: RunBehind) -> Iterator[str]:
    """Why figures are not there, and what proves the precision."""
    for arm in behind.document.arms:
        if arm.proof is not None:
            yield f"{arm.name}: {arm.proof.reason} ({arm.proof_source})"
    for arm in behind.document.arms:
        if arm.energy is not None and arm.energy.reason:
            yield f"energy: {arm.energy.reason}"
    for limit in behind.document.limits:
        if limit.reason:
            yield f"share of the limit: {limit.reason}"
    for arm in behind.document.arms:
        for figure in arm.memory:
            if figure.reason:
                yield f"memory, {figure.phase}: {figure.reason}"
