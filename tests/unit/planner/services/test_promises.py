"""What other promises would take: from the curve behind a rate, and never without one."""

from dataclasses import replace
from datetime import date

from planner.services.plans.questions import Ground, published_question
from planner.services.plans.request import PlanRequest
from pricing.book import shipped_book
from pricing.projection.model import ColumnName, Projection
from pricing.projection.projecting import project
from pricing.sensitivity import sweep_promises
from pricing.targets import shipped_targets


def _projection() -> Projection:
    ground = Ground(request=PlanRequest(), book=shipped_book(), targets=shipped_targets(), today=date(2026, 11, 28))
    return project(published_question(ground, "resnet50").question)


def test_a_stricter_promise_takes_no_fewer_instances_and_the_promised_one_is_the_plans() -> None:
    projection = _projection()
    lines = {line.name: line for line in sweep_promises(projection, factors=(0.05, 0.5, 1.0, 2.0))}

    move = lines[ColumnName.MOVE]
    counts = [need.instances for need in move.needs]
    column = projection.column(ColumnName.MOVE)
    assert column is not None
    assert counts[0] is None, "a limit below the time of one request is kept by no fleet"
    known = [count for count in counts if count is not None]
    assert known == sorted(known, reverse=True)
    assert (move.needs[2].replicas, move.needs[2].instances) == (column.sizing.replicas, column.instances)


def test_a_bound_depends_on_no_promise() -> None:
    lines = {line.name: line for line in sweep_promises(_projection())}

    assert lines[ColumnName.STAY].is_bound
    assert len({need.instances for need in lines[ColumnName.STAY].needs}) == 1


def test_a_rate_without_a_curve_is_not_drawn() -> None:
    projection = _projection()
    blind = tuple(replace(column, rate=replace(column.rate, curve=None)) for column in projection.columns)
    line = sweep_promises(replace(projection, columns=blind))[2]

    assert not line.needs
    assert line.reason == "only a rate is known, and no curve of service times"
