"""The evidence appendix: runs, machines, versions, counts, hashes, certificates, findings and who waived them."""

from collections.abc import Iterable, Iterator, Sequence

from harness.vocabulary import RunState
from harness.vocabulary.selftest import Mark as Kept
from harness.vocabulary.selftest import SelfTest
from planner.reports.document import Block, Commands, Paragraph, Row, Section, Table
from planner.reports.figures import Cell, Tone, Words
from planner.services.reporting.evidence_conditions import hashes, machine, oddities, rules, software
from planner.services.reporting.evidence_figures import slug, slugs_of
from planner.services.reporting.evidence_findings import findings_section
from planner.services.reporting.evidence_runs import Behind, GoneRun, RunBehind
from planner.services.reporting.evidence_words import SEVERITIES, code, left, listed, right, text
from planner.services.selftest_words import CHECK_NAMES, certificate_conditions, certificate_figure
from planner.services.selftests import NONE_YET, in_a_line
from planner.store.waivers import Waiver

KEY = "appendix"
SELFTEST = "planner selftest"
_KEPT = {Kept.KEPT: Tone.GOOD, Kept.NOT_KEPT: Tone.BAD, Kept.NOT_IDENTIFIED: Tone.CAUTION}
_STATES = {RunState.COMPLETED: Tone.GOOD, RunState.RUNNING: Tone.CAUTION}
_LONGEST_LOG = 2000


def appendix_sections(behind: Behind, waivers: Sequence[Waiver]) -> tuple[Section, ...]:
    """All runs in a table, then each run, then what the rules say of the plan."""
    return (
        Section(key=KEY, title="Evidence", blocks=tuple(_overview(behind)), starts_a_page=bool(behind.runs)),
        *(_run(one) for one in behind.runs),
        findings_section(behind, waivers),
    )


def _overview(behind: Behind) -> Iterator[Block]:
    rows = (*(_run_row(one) for one in behind.runs), *(_gone_row(one) for one in behind.gone))
    if not rows:
        yield Paragraph(words=Words(text="The plan rests on no run: its rates are published, projected or assumed."))
        return
    yield Table(
        key="runs",
        title="Runs that the plan rests on",
        headings=(
            left("run", "Run"),
            left("workload", "Workload", is_wide=True),
            left("state", "State"),
            left("started (UTC)", "StartedAt"),
            left("host", "Host"),
        ),
        rows=rows,
    )


def _run_row(behind: RunBehind) -> Row:
    document = behind.document
    return Row(
        key=behind.key,
        cells=(
            code(behind.run_id),
            text(document.workload_name),
            Words(text=str(document.state), tone=_STATES.get(document.state, Tone.BROKEN)),
            text(document.started_at[:19].replace("T", " ")),
            code(document.environment.host_id),
        ),
    )


def _gone_row(gone: GoneRun) -> Row:
    cells: tuple[Cell, ...] = (code(gone.run_id), Words(text=f"run {gone.run_id} {gone.why}", tone=Tone.BROKEN))
    return Row(key=gone.key, cells=(*cells, *(text("") for _ in range(3))))


def _run(behind: RunBehind) -> Section:
    return Section(
        key=f"{KEY}.{behind.key}",
        title=f"Run {behind.run_id}: {behind.document.workload_name}",
        blocks=tuple(_details(behind)),
        level=2,
    )


def _details(behind: RunBehind) -> Iterator[Block]:
    yield from listed(oddities(behind), tone=Tone.CAUTION)
    yield _counts(behind)
    yield _lines(f"software.{behind.key}", "Software", software(behind))
    yield _lines(f"machine.{behind.key}", "Machine", machine(behind))
    yield _lines(f"rules.{behind.key}", "How it was timed and judged", rules(behind))
    yield _lines(f"hashes.{behind.key}", "Hashes", hashes(behind), is_code=True)
    yield from _assumed(behind)
    yield from _calibration(behind)
    yield from _failures(behind)
    yield from _certificate(behind)


def _counts(behind: RunBehind) -> Table:
    """What the figures rest on."""
    document, figures = behind.document, behind.figures()
    rounds = {one.load: one.rounds for one in document.comparisons}
    levels = [level for arm in (document.server.arms if document.server else ()) for level in arm.levels]
    judged = max((arm.quality.samples for arm in document.arms if arm.quality), default=0)
    found = {
        "arms": len(document.arms),
        "rounds": sum(rounds.values()),
        "blocks": sum(one.blocks for one in document.measurements),
        "timed calls": sum(one.calls for one in document.measurements),
        "server levels": len(levels),
        "judged requests": sum(level.requests for level in levels),
        "test samples": judged,
    }
    return Table(
        key=f"counts.{behind.key}",
        title="What it counted",
        headings=(left("what", "Name"), right("number", "Count")),
        rows=tuple(
            Row(
                key=f"counts.{behind.key}.{slug(name)}",
                cells=(text(name), figures.count(f"n.{slug(name)}", count, unit=name)),
            )
            for name, count in found.items()
        ),
    )


def _assumed(behind: RunBehind) -> Iterator[Block]:
    if behind.document.assumed:
        yield Paragraph(words=Words(text="What the files that were named left open was assumed:"))
        yield from listed(behind.document.assumed)


def _calibration(behind: RunBehind) -> Iterator[Block]:
    found = behind.document.calibration_findings
    if not found:
        yield Paragraph(words=Words(text="Calibration data were not audited: nothing here was calibrated with them."))
        return
    yield Table(
        key=f"calibration.{behind.key}",
        title="What was found about the calibration data",
        headings=(left("check", "Check"), left("weight", "Severity"), left("finding", "Finding", is_wide=True)),
        rows=tuple(
            Row(
                key=f"calibration.{behind.key}.{number}",
                cells=(
                    text(one.check),
                    Words(text=str(one.severity), tone=SEVERITIES[one.severity]),
                    text(one.sentence),
                ),
            )
            for number, one in enumerate(found, start=1)
        ),
    )


def _failures(behind: RunBehind) -> Iterator[Block]:
    if not behind.document.failures:
        return
    yield Table(
        key=f"failures.{behind.key}",
        title="What failed",
        headings=(
            left("arm", "Arm"),
            left("at", "Stage"),
            left("what happened", "Message", is_wide=True),
            left("what to do", "Hint", is_wide=True),
            left("its log", "Log", is_wide=True),
        ),
        rows=tuple(
            Row(
                key=f"failures.{behind.key}.{number}",
                cells=(
                    text(one.arm),
                    text(str(one.stage)),
                    Words(text=one.message, tone=Tone.BROKEN),
                    text(one.hint),
                    code(one.log_tail[-_LONGEST_LOG:]),
                ),
            )
            for number, one in enumerate(behind.document.failures, start=1)
        ),
    )


def _certificate(behind: RunBehind) -> Iterator[Block]:
    found = behind.document.selftest
    if found is None:
        yield Paragraph(words=Words(text=f"Self-test of this machine: {NONE_YET}.", tone=Tone.CAUTION))
        yield Commands(lines=(SELFTEST,))
        return
    yield Paragraph(words=Words(text=f"{in_a_line(found)[0].upper()}{in_a_line(found)[1:]}."))
    yield from listed(certificate_conditions(found))
    yield _certificate_table(behind.key, found)
    yield from listed((*_doubts(found), *found.notes))


def _doubts(found: SelfTest) -> Iterator[str]:
    for reason in dict.fromkeys(line.reason for line in found.lines if line.reason):
        whose = "; ".join(CHECK_NAMES[line.check] for line in found.lines if line.reason == reason)
        yield f"{whose}: {reason}"


def _certificate_table(key: str, found: SelfTest) -> Table:
    return Table(
        key=f"selftest.{key}",
        title="The harness's own error rates on this machine",
        headings=(
            left("check", "Check", is_wide=True),
            right("figure", "Figure"),
            right("from", "FigureLow"),
            right("to", "FigureHigh"),
            left("promise", "Promise"),
            left("kept", "Kept"),
            left("what was counted", "Detail", is_wide=True),
        ),
        rows=tuple(
            Row(
                key=f"selftest.{key}.{line.check}",
                cells=(
                    text(CHECK_NAMES[line.check]),
                    *(text(certificate_figure(line, value)) for value in (line.figure, line.lower, line.upper)),
                    text(line.promise or ""),
                    Words(text=str(line.mark), tone=_KEPT[line.mark]) if line.mark else text(""),
                    text(line.detail),
                ),
            )
            for line in found.lines
        ),
    )


def _lines(key: str, title: str, lines: Iterable[tuple[str, str]], *, is_code: bool = False) -> Table:
    found = list(lines)
    slugs = slugs_of(name for name, _ in found)
    return Table(
        key=key,
        title=title,
        headings=(left("what", "Name"), left("value", "Value", is_wide=True)),
        rows=tuple(
            Row(key=f"{key}.{slugs[name]}", cells=(text(name), code(value) if is_code else text(value)))
            for name, value in found
        ),
    )
