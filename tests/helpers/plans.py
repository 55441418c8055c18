"""Plans to test with: runs that can be priced, and what is planned with them on one fixed day."""

from datetime import date
from typing import Any

from helpers.builders import FP32, INT8, make_environment, make_plan, make_proof, make_proof_verdict, make_verdict
from helpers.stored_runs import GENOA, make_times

from harness.environment import Observer
from harness.vocabulary import Gate, RunState
from planner.services.plans.document import PlanDocument
from planner.services.plans.keeping import keep_plan
from planner.services.plans.planning import Planning, settled
from planner.services.plans.planning import make_plan as plan_fleets
from planner.services.plans.request import Layer, PlanRequest
from planner.services.prices import book_in_force
from planner.store import Store

TODAY = date(2026, 11, 28)


def record_priced_run(
    store: Store,
    *,
    gate: Gate = Gate.ACCEPTED,
    state: RunState = RunState.COMPLETED,
    **plan_fields: Any,  # noqa: ANN401 - an override has its field's type
) -> str:
    """A run on an EPYC Genoa: FP32 at 2 ms, INT8 at 1 ms."""
    plan, environment = make_plan(**plan_fields), make_environment(cpu=GENOA)
    run_id = store.create_run(plan, environment, observer=Observer.HEADLESS, planner_version="0.1.0")
    for arm, p50_s in ((FP32, 0.002), (INT8, 0.001)):
        store.record_proof(run_id, arm, make_proof(), make_proof_verdict())
        store.record_measurement(run_id, make_times(arm, p50_s=p50_s))
    store.record_verdict(run_id, make_verdict(gate=gate))
    store.finish(run_id, state, 0)
    return run_id


def planning_of(store: Store, *runs: str, request: PlanRequest | None = None, **stated: object) -> Planning:
    """Everything that a plan is made with; `stated` names assumptions with `__` for the dot."""
    values = {name.replace("__", "."): value for name, value in stated.items()}
    asked = request or PlanRequest(runs=runs, layers=(Layer(origin="a test", values=values),))
    return Planning(
        request=settled(asked, store),
        book=book_in_force(store, today=TODAY, targets=asked.targets()),
        today=TODAY,
    )


def keep(store: Store, *runs: str, **stated: object) -> PlanDocument:
    """Make a plan and keep it."""
    planning = planning_of(store, *runs, **stated)
    return keep_plan(store, planning, plan_fleets(store, planning))
