"""Which files a report becomes, and what a plan says of another day."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import ModuleType

import pytest
from helpers.plans import TODAY, keep, request_of
from helpers.report_samples import sample
from helpers.stores import passing_store

from planner.reports.document import Report, Table
from planner.reports.figures import Bound, Figure
from planner.reports.forms import FORMS, Form, draw, draw_cut_tables
from planner.services.reporting.exchange import exchange_of
from planner.services.reporting.replayed import Replayed, replayed
from planner.store import Store
from planner.store.plan_records import StoredPlan
from pricing.errors import AssumptionError

BEFORE_THE_CUT = date(2025, 4, 28)


@pytest.fixture
def plain_form() -> Iterator[Form]:
    """A form that is drawn in a line, from a module that is there for a test alone."""
    module = ModuleType("plain_form")
    module.render = lambda report: report.plan.encode()  # type: ignore[attr-defined] # it is made here
    module.files = lambda report: {f"tables/{one.key}.csv": b"" for one in report.tables()}  # type: ignore[attr-defined]
    sys.modules["plain_form"] = module
    yield Form(name="csv", title="plain", module="plain_form", is_text=True)
    del sys.modules["plain_form"]


def test_tables_that_people_see_cut_lie_whole_beside_them(plain_form: Form) -> None:
    assert draw_cut_tables(sample(rows=3), plain_form) == {}
    assert list(draw_cut_tables(sample(rows=61), plain_form)) == ["tables/classes.csv"]


def test_every_form_has_one_file_of_its_own_name(plain_form: Form) -> None:
    one = replace(plain_form, name="md")
    assert draw(one, sample()) == {"report.md": b"a1b2c3d4"}
    assert [form.file for form in FORMS.values()] == [f"report.{name}" for name in FORMS]


@pytest.fixture(scope="module")
def planned() -> Iterator[tuple[Store, StoredPlan]]:
    """BERT, between two prices of an A100."""
    with passing_store() as store:
        keep(store, replace(request_of(workload__model="bert-99"), draws=100))
        yield store, store.plan("latest")


def figures(found: Replayed) -> dict[str, Figure]:
    """Of what changed."""
    report = Report(
        title="", plan="", runs=(), made_at="", as_of="", planner_version="", currency="", headline="",
        sections=(found.section,),
    )  # fmt: skip
    return report.figures()


def test_a_plan_of_another_day_tells_what_it_was_and_becomes(planned: tuple[Store, StoredPlan]) -> None:
    store, stored = planned
    found = replayed(store, stored, BEFORE_THE_CUT, today=TODAY)

    shown = figures(found)
    assert (shown["replay.0.stay.before.price"].value, shown["replay.0.stay.after.price"].value) == (
        Decimal("21.957642"),
        Decimal("32.7726"),
    )
    assert shown["replay.0.stay.before.per_year"].bound is Bound.AT_LEAST
    assert shown["replay.0.stay.change"].text == "+49.3 %"
    assert "the answer differs for bert-large" in found.notice.text
    assert (found.stored.as_of, found.stored.plan_id) == (BEFORE_THE_CUT, stored.plan_id)
    assert found.stored.headline != stored.headline
    assert [one.key for one in found.section.blocks if isinstance(one, Table)] == ["replay-1"]


def test_amounts_of_both_days_are_in_the_currency_of_the_report(planned: tuple[Store, StoredPlan]) -> None:
    store, stored = planned
    plain, converted = (
        figures(replayed(store, stored, BEFORE_THE_CUT, today=TODAY, exchange=exchange))
        for exchange in (None, exchange_of("EUR", "0.92"))
    )
    dollars, euros = plain["replay.0.stay.after.per_year"], converted["replay.0.stay.after.per_year"]
    assert isinstance(dollars.value, Decimal)
    assert euros.value == (dollars.value * Decimal("0.92")).quantize(Decimal("0.01"))
    assert euros.text.endswith(" EUR")


def test_a_day_to_come_has_no_prices(planned: tuple[Store, StoredPlan]) -> None:
    store, stored = planned
    with pytest.raises(AssumptionError, match="has not come yet"):
        replayed(store, stored, date(2999, 1, 1), today=datetime(2026, 11, 28, tzinfo=UTC).date())
