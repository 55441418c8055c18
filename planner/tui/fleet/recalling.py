"""A kept plan back in the form: what was stated for it as edits, and what else it was asked with."""

from dataclasses import dataclass, replace

from planner.errors import StoreError
from planner.services.plans.request import PlanRequest, decode_request
from planner.store.repository import Store
from planner.tui.fleet.edits import Edits
from pricing.assumptions.entries import BY_NAME
from pricing.assumptions.typed import typed_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """Of a plan: `request` has its runs, traffic and targets; `edits` what was stated."""

    plan: str
    request: PlanRequest
    edits: Edits

    @property
    def told(self) -> str:
        """What stands in the form now."""
        beside = "" if self.request.traffic is None else " Its measured traffic is kept; the command does not say it."
        return f"plan {self.plan} is asked anew, at today's prices: Reports has it as it was (6).{beside}"


def recalled(store: Store | None, *, plan: str) -> Recalled:
    """The plan.

    Raises:
        StoreError: if it is gone, damaged, or about what the form does not hold.
    """
    if store is None:
        raise StoreError(f"plan {plan} is gone with its database")
    request = decode_request(store.plan(plan).request)
    if request.language_model is not None:
        raise StoreError(f"plan {plan} is of a language model, for which there is no form: Reports shows it (6)")
    stated = {name: value for layer in request.layers for name, value in layer.values.items() if name in BY_NAME}
    edits = Edits(texts={name: typed_of(value) for name, value in stated.items()})
    return Recalled(plan=plan, request=replace(request, layers=(), optimise=None), edits=edits)
