"""The sanity rules over our own plans."""

from dataclasses import replace

from helpers.projections import plain

from planner.services.plans.findings import plan_findings
from pricing.book import PriceBook, shipped_book
from pricing.money import HourlyRate
from pricing.projection.projecting import project


def test_a_larger_instance_that_is_cheaper_is_told_beside_the_fleet_that_it_was_weighed_for() -> None:
    asked = plain()
    larger = asked.book.current(
        asked.assumptions.as_of, provider="aws", region="us-east-1", purchase="on_demand", instance="g4dn.8xlarge"
    )[0]
    wrong = PriceBook((replace(larger, rate=HourlyRate.of(0.1)),))

    sane, doubtful = (
        [one for one in plan_findings(project(replace(asked, book=book))) if one.rule == "R14"]
        for book in (shipped_book(), shipped_book().merged(wrong))
    )

    assert sane == []
    assert {one.subject for one in doubtful} == {"move"}
    assert all("g4dn.8xlarge is smaller than" in one.sentence for one in doubtful)
