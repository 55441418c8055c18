"""What a stored plan was asked with: its assumptions, prices and targets, read again without making it again."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from harness.errors import HarnessError
from planner.errors import PlannerError
from planner.services.plans.planning import Planning
from planner.services.plans.questions import (
    PUBLISHED_MODELS,
    Asked,
    Ground,
    measured_question,
    published_question,
)
from planner.services.plans.request import decode_request
from planner.store.plan_records import StoredPlan
from planner.store.repository import Store
from pricing.errors import PricingError
from pricing.projection.model import Question

REFUSALS = (PricingError, PlannerError, HarnessError)
"""What may go wrong where a plan is looked into again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """The questions of a plan by title, and why others could not be asked again."""

    questions: dict[str, Question]
    reasons: tuple[str, ...]

    def why_not(self) -> str:
        """In words."""
        return "; ".join(self.reasons) or "this version of planner asks it in another way"


def ground_of(stored: StoredPlan) -> Ground:
    """As `reproduce` takes it.

    Raises:
        StoreError: if the stored request is damaged.
        PricingError: if a target file of it is.
    """
    planning = Planning(request=decode_request(stored.request), book=stored.book, today=stored.as_of)
    return Ground(
        request=planning.request, book=planning.book, targets=planning.request.targets(), today=planning.today
    )


def ask_again(store: Store | None, ground: Ground) -> AskedAgain:
    """The questions, with their evidence: nothing is projected, simulated or drawn.

    Args:
        store: Where runs are; None: nowhere.
        ground: What the plan was asked with.
    """
    questions: dict[str, Question] = {}
    reasons: list[str] = []
    for ask in _asks(store, ground):
        try:
            asked = ask()
        except REFUSALS as error:
            reasons.append(str(error))
        else:
            questions[asked.title] = asked.question
    return AskedAgain(questions=questions, reasons=tuple(dict.fromkeys(reasons)))


def _asks(store: Store | None, ground: Ground) -> list[Callable[[], Asked]]:
    request = ground.request
    if request.language_model is not None:
        return []
    model = request.stated("workload.model")
    names = PUBLISHED_MODELS if request.is_default else () if model is None else (str(model),)
    asks: list[Callable[[], Asked]] = [partial(published_question, ground, name) for name in names]
    if request.runs:
        asks.append(partial(_measured, store, ground))
    return asks


def _measured(store: Store | None, ground: Ground) -> Asked:
    if store is None:
        raise PlannerError("there is no database with the runs of this plan")
    return measured_question(ground, [store.load(run_id) for run_id in ground.request.runs])
