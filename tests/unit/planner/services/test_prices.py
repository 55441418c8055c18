"""The book in force, the day asked of, and two devices side by side."""

from datetime import date
from pathlib import Path

import pytest
from helpers.offers import ROW, make_offer, price_table
from helpers.stores import passing_store

from harness.errors import UsageError
from planner.errors import PlannerError
from planner.services.price_comparison import compare_targets
from planner.services.price_questions import TargetPrices, show_prices
from planner.services.prices import book_in_force, find_record, price_date
from pricing.book import PriceBook, shipped_book
from pricing.errors import BookError, TargetError
from pricing.targets import shipped_targets

TODAY = date(2026, 11, 28)


def test_without_a_database_the_shipped_book_is_in_force() -> None:
    assert book_in_force(None, today=TODAY) == shipped_book()


def test_imported_prices_stand_over_shipped_ones_and_a_file_over_both(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(price_table(ROW.replace("0.526", "0.3")))
    with passing_store() as store:
        store.record_price_book(PriceBook((make_offer(0.4),)), label="mine")

        imported, named = (book_in_force(store, files=files, today=TODAY) for files in ((), (file,)))

    for book, price in ((imported, "0.4"), (named, "0.3")):
        (offer,) = book.require(TODAY, instance="g4dn.xlarge", purchase="on_demand")
        assert str(offer.rate.amount) == price
    assert len(imported.offers) == len(shipped_book().offers)


def test_the_day_asked_of_is_today_or_one_that_was() -> None:
    assert price_date(None, today=TODAY) == TODAY
    assert price_date("2025-04-28", today=TODAY) == date(2025, 4, 28)
    for text, told in (("2026-11-29", "has not come yet"), ("yesterday", "is no day")):
        with pytest.raises(UsageError, match=told):
            price_date(text, today=TODAY)


def test_a_book_is_named_by_the_start_of_its_digest() -> None:
    with passing_store() as store:
        store.record_price_book(shipped_book(), label="all")
        records = store.price_books()

    assert find_record(records, shipped_book().digest[:6].upper()) == records[0]
    for start in ("", "zz"):
        with pytest.raises(UsageError, match="no imported price book starts"):
            find_record(records, start)


def test_an_a100_against_a_t4_is_cheaper_by_a_third_on_aws_since_june_2025() -> None:
    one, other = (shipped_targets().find(name) for name in ("a100-sxm4-40", "t4"))

    found = compare_targets(shipped_book(), one, other, TODAY)

    ratios = [(str(each.day), round(each.ratio, 2)) for each in found.over_time if each.provider == "aws"]
    assert ratios == [("2025-04-28", 7.79), ("2026-07-20", 5.22)]
    assert [(one.instance, round(100 * one.change, 2)) for one in found.changes] == [("p4d.24xlarge", -33.0)]
    assert [row.instance for row in found.attached] == ["nvidia-tesla-t4 (attach to n1)"]
    assert {pair.provider for pair in found.markets if pair.ratio is None} == {"gcp", "neevcloud"}


def test_what_is_not_priced_by_the_device_is_not_compared() -> None:
    one, other = (shipped_targets().find(name) for name in ("t4", "epyc-genoa"))
    with pytest.raises(BookError, match="epyc-genoa is not priced by the device"):
        compare_targets(shipped_book(), one, other, TODAY)


def test_a_device_is_shown_by_market_with_its_band() -> None:
    found = show_prices(shipped_book(), "Tesla T4", TODAY, targets=shipped_targets())

    assert isinstance(found, TargetPrices)
    assert found.band is not None
    assert (round(found.band.low, 2), round(found.band.high, 2)) == (0.22, 0.82)
    assert [row.provider for row in found.cheapest if row.purchase == "on_demand"] == [
        "neevcloud", "aws", "azure", "azure",
    ]  # fmt: skip


def test_a_name_of_neither_instance_nor_device_is_refused_with_those_near() -> None:
    with pytest.raises(PlannerError, match=r"did you mean g4dn\.xlarge"):
        show_prices(shipped_book(), "g4dn.xlarg", TODAY, targets=shipped_targets())
    with pytest.raises(TargetError, match="may mean"):
        show_prices(shipped_book(), "a100", TODAY, targets=shipped_targets())
