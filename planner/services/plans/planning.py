"""Makes a plan: questions, projections, flip points, simulations, sanity; one document."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from planner.errors import PlannerError
from planner.services.plans.document import SCHEMA, PlanDocument, ProjectionDocument, SkippedDocument
from planner.services.plans.documenting import document_of
from planner.services.plans.findings import plan_findings
from planner.services.plans.llm_planning import answer, language_model_question
from planner.services.plans.llm_request import LanguageModelRequest
from planner.services.plans.optimise_request import OptimiseRequest
from planner.services.plans.optimising import optimum_document
from planner.services.plans.questions import (
    PUBLISHED_MODELS,
    Asked,
    Ground,
    flagship_run,
    measured_question,
    published_question,
)
from planner.services.plans.request import PlanRequest
from planner.services.plans.simulating import simulate
from planner.services.plans.uncertain import uncertainty_of
from planner.store.repository import Store
from planner.version import planner_version
from pricing.book import PriceBook
from pricing.errors import AssumptionError, CapacityError, EvidenceError, PricingError
from pricing.files import shown
from pricing.projection.projecting import project
from pricing.sensitivity import find_flips


def _say_nothing(_: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """What a plan is made with. `tell` hears what is done."""

    request: PlanRequest
    book: PriceBook
    today: date
    tell: Callable[[str], None] = _say_nothing


def settled(request: PlanRequest, store: Store | None) -> PlanRequest:
    """The request with the runs that it is about, so that it means the same when newer ones have come.

    Args:
        request: What was asked.
        store: Where runs are; None where there is no database.

    Raises:
        AssumptionError: if it names more than one of runs, a model, and a language model.
        StoreError: if a run cannot be read.
    """
    model = request.stated("workload.model")
    if request.language_model is not None:
        if request.runs or model is not None:
            raise AssumptionError(
                "a plan is about a language model, or about runs, or about a model with published rates"
            )
        return request
    if request.runs and model is not None:
        raise AssumptionError(
            f"runs are named, and the model {shown(model)}: a plan is about what runs measured or about published rates"
        )
    if request.is_default or request.runs or model is not None:
        return replace(request, runs=tuple(dict.fromkeys(request.runs)))
    found = () if store is None else flagship_run(store)
    return replace(request, is_default=True, runs=tuple(run.run_id for run in found))


def make_plan(store: Store | None, planning: Planning) -> PlanDocument:
    """Answer every question of a settled request.

    Args:
        store: Where its runs are; None where it names none.
        planning: The request, and what else the plan is made with.

    Raises:
        PricingError: if none can be answered, with the reason of the first.
        StoreError: if a run cannot be read.
    """
    ground = Ground(
        request=planning.request, book=planning.book, targets=planning.request.targets(), today=planning.today
    )
    if planning.request.language_model is not None:
        return _language_model_plan(planning, ground, planning.request.language_model)
    optimise = _optimise(planning.request, ground)
    answered: list[ProjectionDocument] = []
    skipped: list[SkippedDocument] = []
    runs: tuple[str, ...] = ()
    as_of = planning.today
    first_error: PricingError | PlannerError | None = None
    for name, ask in _questions(store, ground):
        try:
            asked = ask()
            planning.tell(f"planning {asked.title}")
            answered.append(_answer(asked, planning.request, optimise=optimise))
            as_of = asked.question.assumptions.as_of
            runs = (*runs, *asked.runs)
        except (PricingError, PlannerError) as error:
            first_error = first_error or error
            skipped.append(SkippedDocument(name=name, reason=str(error)))
    if not answered and first_error is not None:
        raise first_error
    _require_optimum(answered)
    return PlanDocument(
        schema=SCHEMA,
        plan=None,
        created_at=None,
        planner_version=planner_version(),
        as_of=as_of.isoformat(),
        book=planning.book.digest,
        seed=planning.request.seed,
        runs=runs,
        projections=tuple(answered),
        skipped=tuple(skipped),
    )


def _language_model_plan(planning: Planning, ground: Ground, asked: LanguageModelRequest) -> PlanDocument:
    assumptions = ground.assumed()
    is_stated = planning.request.traffic is not None or planning.request.stated("demand.peak") is not None
    question = language_model_question(
        asked,
        assumptions=assumptions,
        peak_per_s=assumptions.demand.peak_per_s if is_stated else None,
        book=planning.book,
        targets=ground.targets,
    )
    planning.tell(f"planning {question.decoder.name} on every card")
    return PlanDocument(
        schema=SCHEMA,
        plan=None,
        created_at=None,
        planner_version=planner_version(),
        as_of=assumptions.as_of.isoformat(),
        book=planning.book.digest,
        seed=planning.request.seed,
        runs=(),
        projections=(),
        skipped=(),
        language_models=(answer(question),),
    )


def _questions(store: Store | None, ground: Ground) -> list[tuple[str, Callable[[], Asked]]]:
    """What is asked for: of runs, of a model, or by default of both kinds."""
    request = ground.request
    runs = [] if store is None else [store.load(run_id) for run_id in request.runs]
    model = request.stated("workload.model")
    named = PUBLISHED_MODELS if request.is_default else () if model is None else (model,)
    asked = [(str(model), partial(published_question, ground, str(model))) for model in named]
    return [*asked, ("the measured workload", partial(measured_question, ground, runs))] if runs else [*asked]


def _optimise(request: PlanRequest, ground: Ground) -> OptimiseRequest | None:
    return None if request.optimise is None else request.optimise.checked(ground.targets, ground.book)


def _require_optimum(answered: Sequence[ProjectionDocument]) -> None:
    """Whoever asks for a cheapest mix and gets none of any question is told why, and no plan is kept."""
    reasons = [None if one.optimum is None else one.optimum.reason for one in answered]
    if reasons and reasons[0] is not None and None not in reasons:
        raise CapacityError(reasons[0])


def _answer(asked: Asked, request: PlanRequest, *, optimise: OptimiseRequest | None) -> ProjectionDocument:
    projection = project(asked.question)
    if not projection.changes:
        reasons = "; ".join(f"{one.name}: {one.reason}" for one in projection.absences)
        raise EvidenceError(f"of {asked.question.model.name} no change can be planned: {reasons}")
    document = document_of(
        projection,
        title=asked.title,
        flips=find_flips(projection),
        simulated={column.name: simulate(column, seed=request.seed) for column in projection.columns},
        findings=plan_findings(projection),
    )
    sure = uncertainty_of(projection, asked, draws=request.draws, seed=request.seed, with_sobol=request.with_sobol)
    mix = None if optimise is None else optimum_document(projection, optimise)
    return replace(document, optimum=mix, uncertainty=sure)
