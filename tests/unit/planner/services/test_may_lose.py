"""An answer that pays as planned and may lose says so on every face: it is no plain yes."""

from dataclasses import replace
from decimal import Decimal

from helpers.plans import TODAY

from planner.drawing.plan_figures import sign_of
from planner.services.plans.answering import ground_of, point
from planner.services.plans.document import ProjectionDocument
from planner.tui.fleet.verdict import badge_of
from pricing.projection.model import Answer


def _answer(low: Decimal | None) -> ProjectionDocument:
    one = point(ground_of(None, today=TODAY).ask({}, model="resnet50")).document
    changes = tuple(replace(change, npv=replace(change.npv, low=low)) for change in one.changes)
    return replace(one, answer=Answer.MOVE, condition=None, changes=changes)


def test_a_worth_below_nothing_at_its_low_end_is_no_plain_yes() -> None:
    risky, safe = _answer(Decimal(-1)), _answer(Decimal(1))
    assert risky.may_lose
    assert not safe.may_lose
    assert (sign_of(risky), sign_of(safe)) == ("~", "✓")
    assert (badge_of(risky).text, badge_of(safe).text) == ("NOT PROVEN TO PAY", "DO IT")


def test_who_stays_cannot_lose() -> None:
    assert not replace(_answer(Decimal(-1)), answer=Answer.STAY).may_lose
