"""Plans to make reports of, projected without simulation and with few draws: of made rates, or of shipped ones."""
# ruff: noqa: ANN401 - an assumption may be written in any way

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from helpers.plans import TODAY
from helpers.projections import Rates, question

from planner.reports.calculation import Calculation
from planner.services.plans.document import SCHEMA, PlanDocument, ProjectionDocument, SkippedDocument
from planner.services.plans.documenting import document_of
from planner.services.plans.findings import plan_findings
from planner.services.plans.questions import Asked, Ground
from planner.services.plans.request import Layer, PlanRequest
from planner.services.plans.simulating import Simulated
from planner.services.plans.uncertain import uncertainty_of
from planner.services.reporting.calculating import calculation_of
from planner.services.reporting.exchange import Exchange
from planner.services.reporting.purse import Purse
from planner.services.reporting.question_figures import QuestionFigures, figures_of
from planner.store.plan_records import StoredPlan
from pricing.book import PriceBook
from pricing.projection.projecting import project
from pricing.sensitivity import Flips, find_flips

MADE_AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
_NOT_TRIED = Simulated(quantile_s=None, requests=0, difference=None, keeps_slo=None, note="not tried")
_DRAWS = 400


def document(asked: Asked, *, with_flips: bool = True) -> ProjectionDocument:
    """What is planned for a question."""
    projection = project(asked.question)
    return replace(
        document_of(
            projection,
            title=asked.title,
            flips=find_flips(projection) if with_flips else Flips(points=(), dates=()),
            simulated={column.name: _NOT_TRIED for column in projection.columns},
            findings=plan_findings(projection),
        ),
        uncertainty=uncertainty_of(projection, asked, draws=_DRAWS, seed=1, with_sobol=False) if with_flips else None,
    )


def laid_out(
    known: Rates | None = None, *, book: PriceBook | None = None, exchange: Exchange | None = None, **stated: Any
) -> tuple[QuestionFigures, Calculation]:
    """The figures and the sums of a question of made rates; `demand__peak` states demand.peak."""
    asked = question(known, book=book, **stated)
    one = document(Asked(title="a question", question=asked), with_flips=False)
    places = {"from.region": "us-east-1", "to.region": "us-east-1"}
    layer = {**places, **{name.replace("__", "."): value for name, value in stated.items()}}
    request = PlanRequest(layers=(Layer(origin="a test", values=layer),))
    ground = Ground(request=request, book=asked.book, targets=asked.targets, today=asked.assumptions.as_of)
    figures = figures_of("q", one, Purse(own=one.currency, exchange=exchange))
    return figures, calculation_of(figures, ground)


def stored_plan(
    projections: Sequence[ProjectionDocument],
    *,
    request: PlanRequest,
    book: PriceBook,
    runs: tuple[str, ...] = (),
    skipped: Mapping[str, str] | None = None,
) -> StoredPlan:
    """A plan as it is kept."""
    plan = PlanDocument(
        schema=SCHEMA,
        plan="a1b2c3d4",
        created_at=MADE_AT.isoformat(),
        planner_version="0.1.0",
        as_of=TODAY.isoformat(),
        book=book.digest,
        seed=1,
        runs=runs,
        projections=tuple(projections),
        skipped=tuple(SkippedDocument(name=name, reason=why) for name, why in (skipped or {}).items()),
    )
    return StoredPlan(
        plan_id="a1b2c3d4",
        created_at=MADE_AT,
        planner_version="0.1.0",
        as_of=TODAY,
        book=book,
        seed=1,
        runs=runs,
        request=request.encoded(),
        headline=plan.headline,
        document=msgspec.json.encode(plan).decode(),
    )
