"""The register of assumptions: value, meaning, source, date, and whether it was measured, published or assumed."""

from collections.abc import Sequence

from planner.reports.document import Row, Section, Table
from planner.reports.figures import Tone, Words
from planner.services.plans.document import AssumptionDocument
from planner.services.reporting.blocks import left, row, said, table, words
from planner.services.reporting.question_figures import QuestionFigures
from pricing.vocabulary import Provenance

REGISTER = "assumptions"
_DASH = "–"
_TONES = {"measured": Tone.GOOD, "published": Tone.GOOD, "projected": Tone.CAUTION, "assumed": Tone.CAUTION}


def assumption_key(name: str) -> str:
    """The row of an assumption; of one that differs between questions, the first question's."""
    return f"assumption.{name}"


def register_section(questions: Sequence[QuestionFigures], *, stated_on: str) -> Section:
    """One table of all questions: what they share is said once.

    Args:
        questions: With their assumptions.
        stated_on: The day of the plan, on which what is assumed was taken to hold.
    """
    told = said(
        "What was not measured is stated here, so that it can be doubted. An assumption that another value would "
        "change is changed in the assumptions file, and the plan made again."
    )
    return Section(key=REGISTER, title="Assumptions", blocks=(told, _table(questions, stated_on)), level=1)


def _table(questions: Sequence[QuestionFigures], stated_on: str) -> Table:
    headings = [
        left("name", "x_Name"),
        left("value", "x_Value"),
        left("kind", "x_EvidenceKind"),
        left("meaning", "x_Meaning", is_wide=True),
        left("source", "x_Source", is_wide=True),
        left("date", "x_Date"),
    ]
    several = len(questions) > 1
    if several:
        headings.append(left("of", "x_Question"))
    rows: list[Row] = []
    for name, variants in _by_name(questions).items():
        for number, (one, keys) in enumerate(variants):
            key = assumption_key(name) if number == 0 else f"{assumption_key(name)}.{number + 1}"
            of = "all" if len(keys) == len(questions) else ", ".join(keys)
            rows.append(row(*_cells(one, stated_on), *((of,) if several else ()), key=key))
    return table("register", "Register of assumptions", headings, rows)


def _by_name(questions: Sequence[QuestionFigures]) -> dict[str, list[tuple[AssumptionDocument, list[str]]]]:
    """Every assumption with its different values, each with the questions that have it."""
    found: dict[str, list[tuple[AssumptionDocument, list[str]]]] = {}
    for asked in questions:
        for one in asked.one.assumptions:
            variants = found.setdefault(one.name, [])
            same = next((keys for other, keys in variants if other == one), None)
            if same is None:
                variants.append((one, [asked.key]))
            else:
                same.append(asked.key)
    return found


def _cells(one: AssumptionDocument, stated_on: str) -> tuple[Words, ...]:
    evidence = one.evidence
    if not one.text:
        return words(one.name), words("not stated"), words(_DASH), words(one.meaning), words(_DASH), words("")
    return (
        words(one.name),
        words(one.text),
        words(evidence.kind, _TONES.get(evidence.kind, Tone.CAUTION)),
        words(one.meaning),
        words(evidence.source),
        words(evidence.as_of or (stated_on if evidence.kind == Provenance.ASSUMED else "")),
    )
