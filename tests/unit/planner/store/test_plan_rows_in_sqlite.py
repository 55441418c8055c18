"""Plans in SQLite, whose columns hold whatever a damaged or hostile file has in them: told in a sentence."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from helpers.offers import OFFER
from helpers.stores import open_store
from sqlalchemy import Text, create_engine, literal, update

from planner.errors import StoreError
from planner.store.host_tables import PlanRow
from planner.store.plan_records import StoredPlan
from pricing.book import PriceBook

PLAN = StoredPlan(
    plan_id="abcd1234",
    created_at=datetime(2026, 11, 28, tzinfo=UTC),
    planner_version="0.1.0",
    as_of=date(2026, 11, 28),
    book=PriceBook((OFFER,)),
    seed=1,
    runs=("f8bbd69d",),
    request="{}",
    headline="stay",
    document="{}",
)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("document", "a text"),
        ("runs", "\x1b[2J"),
        ("created_at", "yesterday"),
    ],
)
def test_a_damaged_row_ends_in_a_sentence(tmp_path: Path, column: str, value: str | bytes) -> None:
    path = tmp_path / "plans.db"
    with open_store(str(path)) as store:
        store.record_plan(PLAN)
    with create_engine(f"sqlite:///{path}").begin() as connection:
        connection.execute(update(PlanRow).values({column: literal(value, Text)}))
    with open_store(str(path)) as store:
        with pytest.raises(StoreError, match="is damaged"):
            store.plan("abcd1234")
        if column != "document":
            with pytest.raises(StoreError, match="is damaged"):
                store.plans()
