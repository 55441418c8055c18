"""A plan's answer in parts that come quickly, for whoever changes its assumptions and looks on.

What takes longest to read (prices, data sheets, runs) is read once: `ground_of`. Then `point` answers within tens of
milliseconds, and what is built on it comes after: `sure` (p10, p50, p90, tornado), `flips`, `simulated`. Together they
are what `planning.make_plan` makes of the same request.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from planner.services.plans.document import PlanDocument, ProjectionDocument
from planner.services.plans.documenting import document_of
from planner.services.plans.findings import plan_findings
from planner.services.plans.keeping import keep_plan
from planner.services.plans.planning import Planning, make_plan, settled
from planner.services.plans.questions import Asked, Ground, measured_question, published_question
from planner.services.plans.request import Layer, PlanRequest
from planner.services.plans.simulating import Simulated, simulate
from planner.services.plans.uncertain import uncertainty_of
from planner.services.prices import book_in_force
from planner.store.records import StoredRun
from planner.store.repository import Store
from pricing.assumptions.entries import BY_NAME
from pricing.assumptions.typed import value_of
from pricing.errors import EvidenceError
from pricing.projection.model import ColumnName, Projection
from pricing.projection.projecting import project
from pricing.sensitivity import Flips, PromiseLine, find_flips, sweep_promises

EDITED = "the form"
"""Where assumptions that somebody typed into the app come from, in the register."""
_NOT_YET = Simulated(quantile_s=None, requests=0, difference=None, keeps_slo=None, note="not simulated yet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What questions are asked of: everything that takes time to read."""

    ground: Ground
    runs: tuple[StoredRun, ...]

    def ask(self, edits: dict[str, str], *, model: str | None) -> Asked:
        """The question with edited assumptions.

        Args:
            edits: By name, as written; an empty text is the default.
            model: With published rates; None: what the runs measured.

        Raises:
            PricingError: if an assumption is wrong, or the evidence does not answer.
        """
        ground = replace(self.ground, request=_edited(self.ground.request, edits))
        if model is not None:
            return published_question(ground, model)
        return measured_question(ground, self.runs)

    def request(self, edits: dict[str, str], *, model: str | None) -> PlanRequest:
        """The same as a request of this question alone, to be kept; see `ask`."""
        stated = edits if model is None else edits | {"workload.model": model}
        runs = self.ground.request.runs if model is None else ()
        return replace(_edited(self.ground.request, stated), runs=runs, is_default=False)


def _edited(request: PlanRequest, edits: dict[str, str]) -> PlanRequest:
    values: dict[str, object] = {
        name: value_of(BY_NAME[name], text) for name, text in edits.items() if name in BY_NAME and text.strip()
    }
    return replace(request, layers=(*request.layers, Layer(origin=EDITED, values=values))) if values else request


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A question and its point answer. `document` has no flip points, no quantiles, and no simulation yet.

    `promises` is what other limits would take, once `promises_of` has said it.
    """

    asked: Asked
    projection: Projection
    document: ProjectionDocument
    promises: tuple[PromiseLine, ...] = ()


def ground_of(store: Store | None, *, today: date, request: PlanRequest | None = None) -> Answering:
    """Read what questions are asked of.

    Args:
        store: Where runs and imported prices are; None: there is none.
        today: The day.
        request: What is asked before any edit; by default what `planner plan` asks.

    Raises:
        StoreError: if a run cannot be read.
        PricingError: if prices or targets cannot.
    """
    asked = settled(request or PlanRequest(), store)
    if store is not None:
        asked = replace(asked, runs=tuple(store.resolve(name) for name in asked.runs))
    targets = asked.targets()
    book = book_in_force(store, today=today, targets=targets)
    runs = () if store is None else tuple(store.load(run_id) for run_id in asked.runs)
    return Answering(ground=Ground(request=asked, book=book, targets=targets, today=today), runs=runs)


def point(asked: Asked) -> Answered:
    """The point answer.

    Raises:
        PricingError: if there is none.
    """
    projection = project(asked.question)
    if not projection.changes:
        reasons = "; ".join(f"{one.name}: {one.reason}" for one in projection.absences)
        raise EvidenceError(f"of {asked.question.model.name} no change can be planned: {reasons}")
    document = document_of(
        projection,
        title=asked.title,
        flips=Flips(points=(), dates=()),
        simulated=dict.fromkeys(ColumnName, _NOT_YET),
        findings=plan_findings(projection),
    )
    return Answered(asked=asked, projection=projection, document=document)


def sure(answered: Answered, *, draws: int, seed: int) -> Answered:
    """With p10, p50, p90, chances, tornado, and what is worth learning."""
    found = uncertainty_of(answered.projection, answered.asked, draws=draws, seed=seed, with_sobol=False)
    return replace(answered, document=replace(answered.document, uncertainty=found))


def flips(answered: Answered) -> Answered:
    """With the points at which the answer changes, and the answer on other days."""
    found = document_of(
        answered.projection,
        title=answered.document.title,
        flips=find_flips(answered.projection),
        simulated=dict.fromkeys(ColumnName, _NOT_YET),
        findings=answered.document.findings,
    )
    return replace(answered, document=replace(answered.document, flips=found.flips, dates=found.dates))


def simulated(answered: Answered, *, seed: int) -> Answered:
    """With the simulation of every column's replicas."""
    tried = {column.name: simulate(column, seed=seed) for column in answered.projection.columns}
    found = document_of(
        answered.projection,
        title=answered.document.title,
        flips=Flips(points=(), dates=()),
        simulated=tried,
        findings=answered.document.findings,
    )
    return replace(answered, document=replace(answered.document, columns=found.columns))


def promises_of(answered: Answered) -> Answered:
    """With what other promises would take."""
    return replace(answered, promises=sweep_promises(answered.projection))


def keep(store: Store, request: PlanRequest, *, today: date, tell: Callable[[str], None]) -> PlanDocument:
    """Make the whole plan of a request and keep it, as `planner plan` does.

    Args:
        store: Where its runs are, and where it is kept.
        request: See `Answering.request`.
        today: The day.
        tell: Hears what is done.

    Raises:
        PricingError: if it cannot be answered.
        StoreError: if it cannot be kept.
    """
    asked = settled(request, store)
    book = book_in_force(store, today=today, targets=asked.targets())
    planning = Planning(request=asked, book=book, today=today, tell=tell)
    return keep_plan(store, planning, make_plan(store, planning))
