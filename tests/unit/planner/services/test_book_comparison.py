"""Two price books beside each other."""

from dataclasses import replace
from datetime import date

from helpers.offers import OFFER, make_offer
from hypothesis import given
from hypothesis import strategies as st

from planner.services.book_comparison import Standing, compare_books
from pricing.book import OwnedOffer, PriceBook
from pricing.money import Money

_TODAY = date(2026, 11, 28)
_RACK = OwnedOffer(
    name="rack 7",
    target_id="t4",
    capex=Money.of(2000),
    life_years=4.0,
    residual=Money.of(0),
    as_of=date(2026, 1, 1),
    source="an invoice",
)


def test_what_changed_comes_first_by_its_size_then_what_is_new_then_what_is_gone() -> None:
    before = PriceBook((make_offer(1.0), make_offer(2.0, instance="b"), make_offer(3.0, instance="gone")))
    after = PriceBook((make_offer(0.9), make_offer(3.0, instance="b"), make_offer(4.0, instance="new")))

    found = compare_books(before, after, _TODAY)

    assert [(one.instance, one.standing, one.change) for one in found.differences] == [
        ("b", Standing.CHANGED, 0.5),
        ("g4dn.xlarge", Standing.CHANGED, -0.1),
        ("new", Standing.ADDED, None),
        ("gone", Standing.REMOVED, None),
    ]
    assert [found.count(standing) for standing in Standing] == [2, 1, 1]


def test_a_book_that_says_nothing_of_a_market_removes_nothing_from_it() -> None:
    before = PriceBook((OFFER, make_offer(1.0, region="eu-west-1"), make_offer(0.2, purchase="spot")))
    after = PriceBook((make_offer(0.5),))

    found = compare_books(before, after, _TODAY)

    assert (found.unspoken, found.count(Standing.REMOVED), found.count(Standing.CHANGED)) == (2, 0, 1)


def test_the_same_price_of_a_later_day_is_the_same_and_confirmed() -> None:
    later = replace(OFFER, as_of=date(2026, 8, 1))
    found = compare_books(PriceBook((OFFER,)), PriceBook((later,)), _TODAY)
    assert (found.same, found.confirmed, found.differences) == (1, 1, ())

    too_late = compare_books(PriceBook((OFFER,)), PriceBook((later,)), OFFER.as_of)
    assert (too_late.same, too_late.unspoken) == (0, 1)


def test_prices_in_two_currencies_differ_by_no_share() -> None:
    found = compare_books(PriceBook((make_offer(1.0),)), PriceBook((make_offer(1.0, currency="EUR"),)), _TODAY)
    (one,) = found.differences
    assert (one.standing, one.change, one.currency) == (Standing.CHANGED, None, "EUR")


def test_bought_hardware_is_compared_by_what_a_device_costs() -> None:
    dearer = replace(_RACK, capex=Money.of(2500), as_of=date(2026, 6, 1))
    found = compare_books(PriceBook((), owned=(_RACK,)), PriceBook((), owned=(dearer,)), _TODAY)
    (one,) = found.owned
    assert (one.name, one.before, one.after, one.change) == ("rack 7", 2000.0, 2500.0, 0.25)
    assert compare_books(PriceBook((OFFER,), owned=(_RACK,)), PriceBook((OFFER,)), _TODAY).owned == ()


@given(prices=st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=6))
def test_a_book_does_not_differ_from_itself(prices: list[int]) -> None:
    book = PriceBook(tuple(make_offer(price, instance=f"i{number}") for number, price in enumerate(prices)))
    found = compare_books(book, book, _TODAY)
    assert (found.differences, found.same, found.unspoken) == ((), len(prices), 0)
