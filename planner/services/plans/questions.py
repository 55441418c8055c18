"""What a request asks: one question for each model, with its evidence, its promise and its places."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from harness.vocabulary import RunState
from harness.workloads.workload import BUILTIN_DEFAULT
from planner.evidence import EvidenceSet, rates_of
from planner.services.plans.finding_rates import rate_finder
from planner.services.plans.request import Layer, PlanRequest
from planner.store.records import StoredRun
from planner.store.repository import Store
from pricing.assumptions import Assumptions, Place, assume
from pricing.book import PriceBook
from pricing.errors import EvidenceError
from pricing.projection.model import Question
from pricing.projection.owned import OWNED
from pricing.published import find_model, promise_of
from pricing.targets import Targets
from pricing.vocabulary import Demand, Evidence, ModelFacts, Provenance, Range, Slo

PUBLISHED_MODELS = ("resnet50", "bert-99")
"""What the default plan is about: the two models whose INT8 rates are published for the most cards."""
_RECENT = 10  # runs among which one that is no simulation is looked for
DEFAULT_LIMIT_S = 0.05
"""Where neither the user nor the evidence names a limit: what interactive services usually promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with its title, and the runs that it rests on."""

    title: str
    question: Question
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all questions of a plan rest on."""

    request: PlanRequest
    book: PriceBook
    targets: Targets
    today: date

    @property
    def demand(self) -> Demand | None:
        """Traffic that was measured."""
        return None if self.request.traffic is None else self.request.traffic.demand

    def assumed(self, *before: Layer) -> Assumptions:
        """The assumptions that hold, with what the evidence suggests below what the user says."""
        layers = [(layer.origin, layer.values) for layer in (*before, *self.request.layers)]
        return assume(*layers, today=self.today, demand=self.demand)


def flagship_run(store: Store) -> list[StoredRun]:
    """The latest completed run of the built-in workload: of this machine, where the user has just measured; or none."""
    found = store.runs(limit=_RECENT, workload=BUILTIN_DEFAULT, state=RunState.COMPLETED)
    real = [one.run_id for one in found if not one.is_simulated]
    return [store.load(run_id) for run_id in real[:1]]


def published_question(ground: Ground, name: str) -> Asked:
    """What published rates and peak bounds say of a model.

    Raises:
        PricingError: if the model is not known, or an assumption is wrong.
    """
    known = find_model(name)
    assumptions = ground.assumed()
    promise = promise_of(known)
    usual_s = DEFAULT_LIMIT_S if promise is None else promise.limit_s
    slo = Slo(quantile=assumptions.quantile, limit_s=assumptions.limit_s or usual_s)
    question = _question(ground, assumptions, model=known.facts, slo=slo, evidence=None)
    return Asked(title=f"{known.facts.name}, {known.sample} · published rates", question=question)


def measured_question(ground: Ground, runs: Sequence[StoredRun]) -> Asked:
    """What runs say of the workload that they measured.

    Raises:
        PricingError: if they measured nothing that can be planned with, or an assumption is wrong.
    """
    stated = ground.assumed()
    slo = Slo(quantile=stated.quantile, limit_s=stated.limit_s or _measured_limit_s(runs))
    evidence = _evidence(ground, runs, slo=slo, is_stated=stated.limit_s is not None)
    assumptions = ground.assumed(_suggested(evidence, runs))
    scaling = evidence.scaling.get(ground.targets.find(assumptions.stay.target).target_id)
    if scaling is not None and ground.request.stated("fleet.replica_scaling") is None:
        assumptions = _with_scaling(assumptions, scaling, runs)
    question = _question(ground, assumptions, model=evidence.model, slo=slo, evidence=evidence)
    names = tuple(run.run_id for run in runs)
    title = f"{evidence.model.name} · measured in {', '.join(names)}"
    return Asked(title=title, question=question, runs=names)


def _evidence(ground: Ground, runs: Sequence[StoredRun], *, slo: Slo, is_stated: bool) -> EvidenceSet:
    try:
        return rates_of(runs, slo=slo, targets=ground.targets)
    except EvidenceError as error:
        if is_stated:
            raise
        raise EvidenceError(f"{error} (no limit was stated: {slo.label} is assumed; --slo states another)") from error


def _with_scaling(assumptions: Assumptions, scaling: Range, runs: Sequence[StoredRun]) -> Assumptions:
    """What was measured stands in the register in place of the default."""
    source = f"calls in flight beside one another in run {', '.join(run.run_id for run in runs)}"
    point = scaling.low if scaling.point is None else scaling.point
    text = ", ".join(f"{100 * share:.1f} %" for share in (scaling.low, point, scaling.high))
    measured = Evidence(kind=Provenance.MEASURED, source=source)
    stated = tuple(
        replace(one, text=text, evidence=measured) if one.name == "fleet.replica_scaling" else one
        for one in assumptions.stated
    )
    return replace(assumptions, replica_scaling=scaling, stated=stated)


def _measured_limit_s(runs: Sequence[StoredRun]) -> float:
    """The loosest promise that the runs were measured inside, which all their rates keep."""
    limits = [rate.slo.limit_s for run in runs for rate in run.server_rates]
    return max(limits, default=DEFAULT_LIMIT_S)


def _suggested(evidence: EvidenceSet, runs: Sequence[StoredRun]) -> Layer:
    """From the first run's device to the second's, or in place; from FP32 to INT8."""
    usable = [one for one in evidence.arms if one.rate is not None and one.target_id is not None]
    found = list(dict.fromkeys(one.target_id for one in usable if one.target_id is not None))
    precisions = {one.precision for one in usable}
    baseline = next((one.variant for one in usable if one.is_baseline), usable[0].variant)
    origin = f"run {', '.join(run.run_id for run in runs)}"
    values: dict[str, object] = {
        "from.target": found[0],
        "from.precision": baseline,
        "to.target": found[-1],
        "to.precision": "int8" if "int8" in precisions else baseline,
    }
    return Layer(origin=origin, values=values)


def _question(
    ground: Ground, assumptions: Assumptions, *, model: ModelFacts, slo: Slo, evidence: EvidenceSet | None
) -> Question:
    stay, move = (
        replace(place, target=ground.targets.find(place.target).target_id)
        for place in (assumptions.stay, assumptions.move)
    )
    stay = replace(stay, region=stay.region or _region(ground.book, assumptions, stay, beside=move))
    if move.region is None:
        is_same = move.provider == stay.provider
        move = replace(move, region=stay.region if is_same else _region(ground.book, assumptions, move, beside=move))
    return Question(
        assumptions=replace(assumptions, stay=stay, move=move),
        model=model,
        slo=slo,
        book=ground.book,
        targets=ground.targets,
        find_rate=rate_finder(evidence, model, ground.targets, slo=slo),
    )


def _region(book: PriceBook, assumptions: Assumptions, place: Place, *, beside: Place) -> str:
    """The region of that provider with the most rows, among those that rent out both targets if there are any.

    Raises:
        BookError: if the provider has no price of that purchase option on that day, with what there is.
    """
    if place.purchase == OWNED:
        return ""  # one's own machines stand where they stand
    wanted = {place.target} | ({beside.target} if beside.provider == place.provider else set())
    rows = book.require(assumptions.as_of, provider=place.provider, purchase=place.purchase)
    count = Counter(offer.region for offer in rows)
    both = [name for name in count if wanted <= {offer.target_id for offer in rows if offer.region == name}]
    some = [name for name in count if any(offer.region == name and offer.target_id in wanted for offer in rows)]
    return max(both or some or list(count), key=lambda name: (count[name], name))
