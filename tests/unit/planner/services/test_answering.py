"""The quick parts of an answer are those of the plan."""

from dataclasses import replace
from datetime import date

import pytest

from planner.services.plans.answering import flips, ground_of, point, simulated, sure
from planner.services.plans.planning import Planning, make_plan, settled
from planner.services.plans.request import Layer, PlanRequest
from pricing.errors import PricingError

TODAY = date(2026, 11, 28)


def test_the_parts_together_are_what_a_plan_of_the_same_request_says() -> None:
    answering = ground_of(None, today=TODAY)
    edits = {"demand.peak": "2000 requests/s", "money.horizon": "2 years", "fleet.plus": ""}

    answered = point(answering.ask(edits, model="resnet50"))
    whole = simulated(flips(sure(answered, draws=200, seed=1)), seed=1).document

    values: dict[str, object] = {"workload.model": "resnet50", **{k: v for k, v in edits.items() if v}}
    request = settled(PlanRequest(layers=(Layer(origin="x", values=values),), draws=200), None)
    plan = make_plan(None, Planning(request=request, book=answering.ground.book, today=TODAY)).projections[0]
    assert replace(whole, assumptions=()) == replace(plan, assumptions=())


def test_a_wrong_assumption_is_told_and_costs_nothing() -> None:
    answering = ground_of(None, today=TODAY)
    with pytest.raises(PricingError, match=r"demand\.peak"):
        answering.ask({"demand.peak": "many"}, model="resnet50")
    assert point(answering.ask({}, model="resnet50")).document.columns
