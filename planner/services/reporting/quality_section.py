"""The quality page: what each candidate loses, by which rules it was judged, and what nobody measured."""

from collections.abc import Iterator

from harness.vocabulary import Agreement, Gate, QualityComparison
from planner.reports.document import Block, Commands, Paragraph, Row, Section, Table
from planner.reports.figures import Cell, Words
from planner.services.advice import advice_on
from planner.services.reporting.evidence_commands import bench_command
from planner.services.reporting.evidence_figures import FigureMaker
from planner.services.reporting.evidence_runs import Behind, RunBehind
from planner.services.reporting.evidence_words import GATES, WORST_GATE_FIRST, left, listed, right, text
from planner.services.reporting.quality_classes import class_chart, class_table, worst_first
from planner.services.reporting.quality_rules import rule_lines
from planner.services.reporting.quality_unmeasured import unmeasured
from planner.services.run_document import ArmDocument

KEY = "quality"
_NOT_COMPARED = "not measured"


def quality_sections(behind: Behind) -> tuple[Section, ...]:
    """All candidates in a table, then each with its rules and classes."""
    detailed = (_candidate(one, arm) for one in behind.runs for arm in one.candidates)
    return (
        Section(key=KEY, title="Quality", blocks=tuple(_overview(behind)), starts_a_page=bool(behind.runs)),
        *(section for section in detailed if section is not None),
    )


def section_key(behind: RunBehind, arm: str) -> str:
    """Of the section about a candidate."""
    return f"{KEY}.{behind.figures(arm).prefix}"


def gate_of(behind: RunBehind, arm: str) -> Gate:
    """The worst of a candidate's verdicts."""
    found = {one.gate for one in behind.verdicts(arm)}
    return next((gate for gate in WORST_GATE_FIRST if gate in found), Gate.NOT_MEASURED)


def gate_reasons(behind: RunBehind, arm: str) -> tuple[str, ...]:
    """Every reason of the gate, each once: it does not depend on the load."""
    reasons = tuple(dict.fromkeys(reason for one in behind.verdicts(arm) for reason in one.gate_reasons))
    return reasons or ("quality was not judged: there is no verdict on it",)


def _overview(behind: Behind) -> Iterator[Block]:
    candidates = [(one, arm) for one in behind.runs for arm in one.candidates]
    if candidates:
        yield _accuracies(candidates)
        yield _agreements(candidates)
    elif not behind.plan.runs:
        yield Paragraph(words=Words(text="The plan rests on no run: nobody measured the quality of any answer."))
    for one in unmeasured(behind):
        yield Paragraph(words=Words(text=one.sentence, tone=GATES[Gate.NOT_MEASURED]))
        yield Commands(lines=(one.command,))


def _accuracies(candidates: list[tuple[RunBehind, ArmDocument]]) -> Table:
    return Table(
        key=f"{KEY}.candidates",
        title="Right answers of each candidate against its baseline's, on the same samples",
        headings=(
            left("candidate", "Candidate", is_wide=True),
            right("accuracy before", "BaselineAccuracy"),
            right("after", "CandidateAccuracy"),
            right("change", "AccuracyChange"),
            right("at least", "AccuracyChangeLow"),
            right("at most", "AccuracyChangeHigh"),
            right("samples", "Samples"),
            left("gate", "Gate"),
        ),
        rows=tuple(
            Row(
                key=f"{KEY}.{one.figures(arm.name).prefix}.row",
                cells=(
                    _name(one, arm),
                    *_accuracy(one.figures(arm.name), arm.quality_against_baseline),
                    _gate(one, arm),
                ),
            )
            for one, arm in candidates
        ),
        note="Changes are points of accuracy, candidate minus baseline.",
    )


def _agreements(candidates: list[tuple[RunBehind, ArmDocument]]) -> Table:
    return Table(
        key=f"{KEY}.agreements",
        title="How alike their answers are, right or not, and the class that loses most",
        headings=(
            left("candidate", "Candidate", is_wide=True),
            right("same answer", "SameClass"),
            right("signal over difference", "Snr"),
            right("worst sample", "WorstSnr"),
            right("largest gap", "LargestDifference"),
            left("worst class", "WorstClass"),
            right("its change", "WorstClassChange"),
        ),
        rows=tuple(
            Row(
                key=f"{KEY}.{one.figures(arm.name).prefix}.agreement",
                cells=(
                    _name(one, arm),
                    *_agreement(one.figures(arm.name), arm.agreement),
                    *_worst(one.figures(arm.name), arm.quality_against_baseline),
                ),
            )
            for one, arm in candidates
        ),
    )


def _name(behind: RunBehind, arm: ArmDocument) -> Words:
    told = section_key(behind, arm.name) if behind.verdicts(arm.name) else behind.key
    return Words(text=f"{arm.name}, run {behind.run_id}", rests_on=told)


def _gate(behind: RunBehind, arm: ArmDocument) -> Words:
    gate = gate_of(behind, arm.name)
    return Words(text=str(gate), tone=GATES[gate])


def _accuracy(figures: FigureMaker, against: QualityComparison | None) -> Iterator[Cell]:
    if against is None:
        yield from (text(_NOT_COMPARED), *(text("") for _ in range(5)))
        return
    yield figures.share("quality.before", against.baseline_accuracy)
    yield figures.share("quality.after", against.candidate_accuracy)
    yield figures.points("quality.change", against.difference, digits=2)
    yield figures.points("quality.low", against.lower, digits=2)
    yield figures.points("quality.high", against.upper, digits=2)
    yield figures.count("quality.samples", against.samples, unit="samples")


def _agreement(figures: FigureMaker, found: Agreement | None) -> tuple[Cell, ...]:
    if found is None:
        return (text(_NOT_COMPARED), text(""), text(""), text(""))
    nothing = "identical" if found.largest_difference == 0.0 else _NOT_COMPARED
    return (
        figures.share("agreement.same-class", found.same_class, absent=_NOT_COMPARED),
        figures.decibel("agreement.snr", found.snr_db, absent=nothing),
        figures.decibel("agreement.worst-snr", found.worst_snr_db, absent=nothing),
        figures.plain("agreement.largest-gap", found.largest_difference, absent=_NOT_COMPARED),
    )


def _worst(figures: FigureMaker, against: QualityComparison | None) -> tuple[Cell, Cell]:
    worst = next(iter(worst_first(against.classes)), None) if against else None
    if worst is None or worst.baseline is None or worst.candidate is None:
        return text(_NOT_COMPARED if against is None else "none"), text("")
    return text(worst.name), figures.points("quality.worst-change", worst.candidate - worst.baseline)


def _candidate(behind: RunBehind, arm: ArmDocument) -> Section | None:
    """A candidate that was judged; None where there is no verdict on it."""
    if not behind.verdicts(arm.name):
        return None
    return Section(
        key=section_key(behind, arm.name),
        title=f"{arm.name} in run {behind.run_id}",
        blocks=tuple(_details(behind, arm)),
        level=2,
    )


def _details(behind: RunBehind, arm: ArmDocument) -> Iterator[Block]:
    gate = gate_of(behind, arm.name)
    yield Paragraph(words=Words(text=f"The gate says: {gate}.", tone=GATES[gate]))
    yield from listed(gate_reasons(behind, arm.name))
    if (rules := _rules(behind, arm)) is not None:
        yield rules
    if gate is Gate.NOT_MEASURED and arm.quality_against_baseline is None:
        yield Paragraph(words=Words(text="Nobody measured it. With a trained model and labelled data this would:"))
        yield Commands(lines=(f"{bench_command(behind.run)} --data DATA",))
    elif gate is not Gate.ACCEPTED and (advice := advice_on(behind.document, is_written=True)):
        yield Paragraph(words=Words(text="To try next:"))
        yield from listed(advice)
    if (chart := class_chart(behind, arm)) is not None:
        yield chart
    if (table := class_table(behind, arm)) is not None:
        yield table


def _rules(behind: RunBehind, arm: ArmDocument) -> Table | None:
    prefix = behind.figures(arm.name).key("rules")
    rows = tuple(
        Row(
            key=f"{prefix}.{line.key}",
            cells=(text(line.rule), text(line.asked), text(line.found), Words(text=line.kept, tone=line.tone)),
        )
        for line in rule_lines(behind, arm)
    )
    if not rows:
        return None
    points = behind.document.gate.judge_points
    return Table(
        key=prefix,
        title=f"Rules of the gate for {arm.name}",
        headings=(
            left("rule", "Rule", is_wide=True),
            left("asked", "Asked"),
            left("found", "Found"),
            left("kept", "Kept"),
        ),
        rows=rows,
        note="Judged by point estimates alone (--gate point): chance is not ruled out." if points else "",
    )
