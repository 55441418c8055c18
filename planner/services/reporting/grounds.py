"""What a question's figures rest on: evidence, prices, how replicas were counted, what the sanity rules say."""

from collections.abc import Iterator

from planner.reports.document import Block, Row, Table
from planner.reports.figures import Tone
from planner.services.plans.document import ColumnDocument
from planner.services.reporting.blocks import left, row, table, words
from planner.services.reporting.question_figures import QuestionFigures, evidence_key
from planner.services.reporting.wording import TITLES, level_of, milliseconds, minus

_FAULTS = {"impossible": Tone.BROKEN, "wrong": Tone.BAD, "premise-fails": Tone.BAD, "holds": Tone.GOOD}
_KINDS = {"measured": Tone.GOOD, "published": Tone.GOOD, "projected": Tone.CAUTION, "assumed": Tone.CAUTION}


def ground_blocks(asked: QuestionFigures) -> Iterator[Block]:
    """All of it."""
    yield evidence_table(asked)
    yield _sizing(asked)
    if asked.one.findings:
        yield _findings(asked)


def evidence_table(asked: QuestionFigures) -> Table:
    """A row for each fleet; figures of it are walked back to here."""
    headings = [
        left("fleet", "x_Fleet"),
        left("kind", "x_EvidenceKind"),
        left("level", "x_Level"),
        left("band", "x_Band"),
        left("source", "x_Source", is_wide=True),
        left("from", "x_Rows", is_wide=True),
        left("price", "x_Price", is_wide=True),
    ]
    rows = [_evidence(asked.key, column) for column in asked.one.columns]
    return table(f"evidence.{asked.key}", "What the figures rest on", headings, rows)


def _evidence(question: str, column: ColumnDocument) -> Row:
    evidence, fleet = column.rate.evidence, column.fleet
    rows = [one for one in evidence.rows if one not in evidence.source]
    since = f" ({evidence.as_of})" if evidence.as_of else ""
    return row(
        TITLES[column.name],
        words(evidence.kind, _KINDS.get(evidence.kind, Tone.CAUTION)),
        level_of(evidence),
        "" if evidence.band is None else f"90 %: ×/÷ {evidence.band:.2f}",
        f"{column.rate.method}: {evidence.source}{since}",
        "; ".join([*rows, *column.notes]),
        f"{fleet.provider} {fleet.region} {fleet.instance}: {fleet.price_source}, {fleet.price_as_of}",
        key=evidence_key(question, column.name),
    )


def _sizing(asked: QuestionFigures) -> Table:
    headings = [
        left("fleet", "x_Fleet"),
        left("how replicas were counted", "x_Formula", is_wide=True),
        left("tried by simulation", "x_Simulated", is_wide=True),
    ]
    rows = [row(TITLES[one.name], one.sizing.formula, _simulated(one)) for one in asked.one.columns]
    return table(f"sizing.{asked.key}", "How the replicas were counted", headings, rows)


def _simulated(column: ColumnDocument) -> str:
    sizing = column.sizing
    if sizing.simulated_s is None:
        return sizing.simulation_note
    text = f"simulated {milliseconds(sizing.simulated_s)}"
    if sizing.predicted_s is not None and sizing.difference is not None:
        text += f", formula {milliseconds(sizing.predicted_s)} ({minus(f'{100 * sizing.difference:+.1f}')} %)"
    kept = "inside the promise" if sizing.keeps_slo else "OUTSIDE the promise"
    return f"{text}, {kept}; {sizing.simulation_note}"


def _findings(asked: QuestionFigures) -> Table:
    headings = [
        left("rule", "x_Rule"),
        left("verdict", "x_Verdict"),
        left("of", "x_Subject"),
        left("", "x_Sentence", is_wide=True),
    ]
    rows = [
        row(
            one.rule,
            words(one.verdict, _FAULTS.get(one.verdict, Tone.CAUTION)),
            one.subject,
            one.sentence,
            key=finding_key(asked.key, number),
        )
        for number, one in enumerate(asked.one.findings)
    ]
    return table(f"findings.{asked.key}", "Checked for sense", headings, rows)


def finding_key(question: str, number: int) -> str:
    """The row of a finding."""
    return f"finding.{question}.{number}"
