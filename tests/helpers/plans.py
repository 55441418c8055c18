"""Plans to test with: runs that can be priced, and what is planned with them on one fixed day."""

from datetime import date
from typing import Any

from helpers.builders import FP32, INT8, make_environment, make_plan, make_proof, make_proof_verdict, make_verdict
from helpers.server import make_rate, make_rules
from helpers.stored_runs import GENOA

from harness.environment import Observer
from harness.vocabulary import Gate, RunState, Scenario
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
    """A run on an EPYC Genoa under p99 ≤ 20 ms: FP32 serves 100 requests a second, INT8 200."""
    plan = make_plan(**({"scenarios": tuple(Scenario), "server": make_rules()} | plan_fields))
    environment = make_environment(cpu=GENOA)
    run_id = store.create_run(plan, environment, observer=Observer.HEADLESS, planner_version="0.1.0")
    for arm, per_s in ((FP32, 100.0), (INT8, 200.0)):
        store.record_proof(run_id, arm, make_proof(), make_proof_verdict())
        store.record_server_rate(
            run_id, make_rate(arm=arm, held_rate_per_s=per_s, missed_rate_per_s=1.1 * per_s, point_per_s=1.05 * per_s)
        )
    store.record_verdict(run_id, make_verdict(gate=gate))
    store.finish(run_id, state, 0)
    return run_id


def request_of(*runs: str, **stated: object) -> PlanRequest:
    """A request; `stated` names assumptions, with `__` for the dot."""
    values = {name.replace("__", "."): value for name, value in stated.items()}
    return PlanRequest(runs=runs, layers=(Layer(origin="a test", values=values),))


def planning_of(store: Store, request: PlanRequest) -> Planning:
    """Everything that a plan is made with."""
    book = book_in_force(store, today=TODAY, targets=request.targets())
    return Planning(request=settled(request, store), book=book, today=TODAY)


def keep(store: Store, request: PlanRequest) -> PlanDocument:
    """Make a plan and keep it."""
    planning = planning_of(store, request)
    return keep_plan(store, planning, plan_fleets(store, planning))
