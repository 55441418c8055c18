"""Plans and runs for the evidence side of reports, and what every part of a report must keep to."""

import re
from collections.abc import Sequence

from helpers.builders import (
    DIGEST,
    FP32,
    INT8,
    make_agreement,
    make_class_comparison,
    make_comparison,
    make_environment,
    make_measurement,
    make_plan,
    make_prediction,
    make_proof,
    make_proof_verdict,
    make_quality_comparison,
    make_realistic_round,
    make_verdict,
)

from harness.environment import Environment, Observer
from harness.vocabulary import ClassComparison, Gate, Plan, RunState, Verdict
from planner.reports.document import Bullets, Notice, Paragraph, Section, Table, figures_of
from planner.reports.figures import Figure, Words
from planner.services.plans.document import SCHEMA, PlanDocument
from planner.services.reporting.evidence import EvidencePart
from planner.store import Store

_KEY = re.compile(r"[A-Za-z0-9_.-]+")


def plan_of(*runs: str) -> PlanDocument:
    """A plan that rests on runs and answers nothing."""
    return PlanDocument(
        schema=SCHEMA,
        plan="a1b2c3d4",
        created_at="2026-11-28T10:00:00+00:00",
        planner_version="0.1.0",
        as_of="2026-11-28",
        book=DIGEST,
        seed=1,
        runs=runs,
        projections=(),
        skipped=(),
    )


def make_classes(count: int, *, drop: float = 0.01) -> tuple[ClassComparison, ...]:
    """Classes of 100 samples, each of which loses a little more than the one before."""
    lost = [round(100 * drop * place / count) for place in range(count)]
    return tuple(
        make_class_comparison(
            f"class {place}",
            support=100,
            baseline=0.9,
            candidate=0.9 - one / 100,
            lost=one,
            gained=0,
            lower=-one / 100 - 0.02,
            upper=-one / 100 + 0.02,
        )
        for place, one in enumerate(lost)
    )


def record_measured_run(
    store: Store,
    *,
    plan: Plan | None = None,
    environment: Environment | None = None,
    classes: Sequence[ClassComparison] = (),
    verdict: Verdict | None = None,
    rounds: int = 3,
    samples: int = 10_000,
    state: RunState = RunState.COMPLETED,
) -> str:
    """A run of FP32 and INT8, timed and judged: accepted unless the verdict says otherwise."""
    run_id = store.create_run(
        plan or make_plan(),
        environment or make_environment(),
        observer=Observer.HEADLESS,
        planner_version="0.1.0",
    )
    for arm in (FP32, INT8):
        store.record_artifact(run_id, arm, DIGEST, 1_000_000, {"request": {"model_digest": "ab" * 32}})
        store.record_proof(run_id, arm, make_proof(), make_proof_verdict())
        store.record_prediction(run_id, arm, make_prediction())
        store.record_measurement(run_id, make_measurement(arm=arm))
    for index in range(rounds):
        store.record_round(run_id, make_realistic_round((FP32, INT8), index=index, cycles=8))
    against = make_quality_comparison(
        samples=samples, classes=tuple(classes) or (make_class_comparison(),), lost=20, gained=10, lower=-0.004
    )
    store.record_quality_comparison(run_id, INT8, FP32, against)
    store.record_agreement(run_id, make_agreement())
    store.record_comparison(run_id, make_comparison())
    store.record_verdict(run_id, verdict or make_verdict(gate=Gate.ACCEPTED))
    store.finish(run_id, state, 0)
    return run_id


def figures_in(part: EvidencePart) -> list[Figure]:
    """Every figure, in order."""
    return [figure for section in part.sections for block in section.blocks for figure in figures_of(block)]


def words_in(part: EvidencePart) -> list[Words]:
    """All text of cells, paragraphs and lists, and the thresholds."""
    found = list(part.thresholds)
    for block in (block for section in part.sections for block in section.blocks):
        match block:
            case Table(rows=rows):
                found += [cell for row in rows for cell in row.cells if isinstance(cell, Words)]
            case Paragraph(words=words):
                found.append(words)
            case Bullets(items=items):
                found += items
    return found


def tables_in(part: EvidencePart) -> dict[str, Table]:
    """All tables, by key."""
    return {block.key: block for section in part.sections for block in section.blocks if isinstance(block, Table)}


def section_of(part: EvidencePart, key: str) -> Section:
    """The section of that key, which must be there."""
    return next(one for one in part.sections if one.key == key)


def require_sound(part: EvidencePart) -> None:
    """Keys are harmless and unique, figures of one key are one figure, and everything that is walked back arrives."""
    sections = [one.key for one in part.sections]
    tables = tables_in(part)
    rows = [row.key for table in tables.values() for row in table.rows if row.key]
    keys = [*sections, *tables, *rows]
    assert len({key.lower() for key in keys}) == len(keys)
    figures: dict[str, Figure] = {}
    for figure in figures_in(part):
        assert figures.setdefault(figure.key, figure) == figure
    assert all(_KEY.fullmatch(key) for key in (*keys, *figures))
    for table in tables.values():
        assert all(len(row.cells) == len(table.headings) for row in table.rows), table.key
        assert len({one.key for one in table.headings}) == len(table.headings), table.key
    inner = [block for section in part.sections for block in section.blocks if isinstance(block, Notice)]
    walked: list[Notice | Words | Figure] = [*part.notices, *inner, *words_in(part), *figures.values()]
    rests = [one.rests_on for one in walked]
    assert {one for one in rests if one is not None} <= {*sections, *rows}
