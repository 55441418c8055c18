"""What a request asks: one question for each model, with its evidence, its promise and its places."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pricing.published import known_model, published_slo

from planner.evidence import run_evidence
from planner.services.plans.request import Layer, PlanRequest
from planner.store.records import StoredRun
from pricing.assumptions import assume
from pricing.book import PriceBook
from pricing.projection.model import Question
from pricing.targets import Targets
from pricing.vocabulary import Slo

PUBLISHED_MODELS = ("resnet50", "bert-99")
"""What the default plan is about: the two models whose INT8 rates are published for the most cards."""
DEFAULT_LIMIT_S = 0.05
_LEFT_TO_EVIDENCE = frozenset({"from.target", "from.precision", "to.target", "to.precision"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with its title."""

    title: str
    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all questions of a plan rest on."""

    request: PlanRequest
    book: PriceBook
    targets: Targets
    today: date


def published_question(ground: Ground, name: str) -> Asked:
    """What published rates and peak bounds say of a model.

    Raises:
        PricingError: if the model is not known, or an assumption is wrong.
    """
    model = known_model(name)
    assumptions = _assumed(ground, Layer(origin="the plan", values={}), free=frozenset())
    slo = Slo(quantile=assumptions.quantile, limit_s=assumptions.limit_s or published_slo(model).limit_s)
    question = _question(ground, assumptions, model=model, slo=slo, measured=())
    return Asked(title=f"{model.name}, published rates", question=question)


def measured_question(ground: Ground, runs: Sequence[StoredRun]) -> Asked:
    """What runs say of the workload that they measured.

    Raises:
        PricingError: if they measured nothing that can be planned with, or an assumption is wrong.
    """
    first = assume(*_layers(ground), today=ground.today, demand=_demand(ground), free=_LEFT_TO_EVIDENCE)
    evidence = run_evidence(runs, quantile=first.quantile, limit_s=first.limit_s, targets=ground.targets)
    layer = _places_of(evidence, runs)
    assumptions = _assumed(ground, layer, free=_LEFT_TO_EVIDENCE)
    if evidence.scaling is not None and ground.request.stated("fleet.replica_scaling") is None:
        assumptions = replace(assumptions, replica_scaling=_ordered(evidence.scaling))
    rates = tuple(one.rate for one in evidence.rates)
    question = _question(ground, assumptions, model=evidence.model, slo=evidence.slo, measured=rates)
    names = ", ".join(run.run_id for run in runs)
    return Asked(title=f"{evidence.model.name}, measured in {names}", question=question)
