"""Plans in the store: whole again, found by the start of a name, and never believed when damaged."""

import zlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from helpers.offers import OFFER
from sqlalchemy import text

from planner.errors import StoreError
from planner.store import Store
from planner.store.plan_records import StoredPlan
from pricing.book import PriceBook

PLAN = StoredPlan(
    plan_id="abcdef01",
    created_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    planner_version="0.1.0",
    as_of=date(2026, 7, 20),
    book=PriceBook((OFFER,)),
    seed=7,
    runs=("fedcba98",),
    request="{}",
    headline="do not change",
    document='{"of": "a plan"}',
)


@pytest.fixture
def kept(other: Store) -> Store:
    """A store with that plan, and an older one whose name begins alike."""
    other.record_plan(replace(PLAN, plan_id="abcd9999", created_at=datetime(2026, 1, 1, tzinfo=UTC), runs=()))
    other.record_plan(PLAN)
    return other


def test_a_plan_comes_back_exactly_as_it_was(kept: Store) -> None:
    assert kept.plan("abcdef01") == kept.plan("abcde") == kept.plan("latest") == PLAN


def test_plans_are_listed_the_newest_first(kept: Store) -> None:
    assert [(one.plan_id, one.runs) for one in kept.plans()] == [("abcdef01", ("fedcba98",)), ("abcd9999", ())]
    assert [one.plan_id for one in kept.plans(limit=1)] == ["abcdef01"]


def test_a_name_that_means_no_plan_or_several_is_refused(kept: Store) -> None:
    for name, told in (
        ("abcd", "'abcd' may mean abcd9999, abcdef01: give more of its name"),
        ("ffff", "there is no plan 'ffff': `planner plans list`"),
        ("ab", "give at least 3 characters"),
        ("%%%", "'%%%' is no plan"),
        ("\x1b[2J", r"'\\x1b\[2J' is no plan"),
    ):
        for ask in (kept.plan, kept.delete_plan):
            with pytest.raises(StoreError, match=told):
                ask(name)
    assert len(kept.plans()) == 2


def test_a_store_without_plans_says_how_to_make_one(other: Store) -> None:
    assert other.plans() == ()
    with pytest.raises(StoreError, match="no plan is stored yet: `planner plan` makes one"):
        other.plan("latest")


def test_a_damaged_plan_is_told_in_one_sentence_and_can_be_deleted(kept: Store) -> None:
    for column, value, is_listed in (
        ("document", b"damaged", True),
        ("document", zlib.compress(b"{}")[:-3], True),
        ("document", zlib.compress(b" " * 20_000_000), True),
        ("document", zlib.compress(b"\xff"), True),
        ("book", b"damaged", True),
        ("book_digest", "00" * 32, True),
        ("runs", "[1]", False),
        ("runs", "", False),
        ("as_of", "yesterday", False),
    ):
        with kept.writing() as session:
            damage = text(f"UPDATE plans SET {column} = :value WHERE plan_id = 'abcdef01'")  # noqa: S608 - our columns
            session.execute(damage, {"value": value})

        with pytest.raises(StoreError, match=r"the stored plan abcdef01 is damaged .*delete abcdef01` removes it"):
            kept.plan("latest")
        if not is_listed:
            with pytest.raises(StoreError, match="the stored plan abcdef01 is damaged"):
                kept.plans()
        assert kept.delete_plan("latest") == "abcdef01"
        assert [one.plan_id for one in kept.plans()] == ["abcd9999"]
        kept.record_plan(PLAN)
