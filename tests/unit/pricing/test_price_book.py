"""The price book: what it answers of which day, its name, and the published reference cases."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from helpers.offers import OFFER, make_offer
from hypothesis import given
from hypothesis import strategies as st

from pricing.book import (
    OwnedOffer,
    PriceBook,
    book_bytes,
    book_from_bytes,
    per_device_hour,
    price_band,
    shipped_book,
)
from pricing.errors import BookError
from pricing.money import HourlyRate, Money
from pricing.vocabulary import Offer

APRIL_2025, JULY_2026, TODAY = date(2025, 4, 28), date(2026, 7, 30), date(2026, 11, 28)
T4_PER_S, A100_PER_S = 6035.6, 37479.5  # MLPerf Inference v0.7, closed, ResNet-50 offline, INT8, per accelerator
OWNED = OwnedOffer(
    name="rack 7",
    target_id="a100-pcie-80",
    capex=Money.of(15000),
    life_years=4.0,
    residual=Money.of(1500),
    as_of=date(2026, 11, 1),
    source="invoice",
)


def device_hour(as_of: date, provider: str, instance: str) -> Decimal:
    (offer,) = shipped_book().require(
        as_of, provider=provider, instance=instance, purchase="on_demand", region=_home(provider)
    )
    price = per_device_hour(offer)
    return offer.rate.amount if price is None else price.amount


def _home(provider: str) -> str:
    return {"aws": "us-east-1", "gcp": "us-central1", "azure": "eastus"}[provider]


def usd_per_million_images(price: Decimal, per_s: float) -> float:
    return float(price) / 3600 / per_s * 1e6


def test_the_shipped_book_has_every_row_of_its_table() -> None:
    assert len(shipped_book().offers) == 406
    assert shipped_book().dates()[0] == date(2023, 8, 30)


def test_aws_cut_the_price_of_p4d_by_a_third_in_june_2025() -> None:
    before, after = (device_hour(day, "aws", "p4d.24xlarge") for day in (date(2025, 6, 1), JULY_2026))

    assert round(100 * (after / before - 1), 2) == Decimal("-33.00")


def test_a_sixth_of_an_a10_on_azure_is_priced_by_the_whole_card() -> None:
    assert device_hour(TODAY, "azure", "Standard_NV6ads_A10_v5") == Decimal("2.724")


def test_a_t4_on_aws_costs_4607_dollars_and_76_cents_a_year_on_demand() -> None:
    (offer,) = shipped_book().require(TODAY, instance="g4dn.xlarge", purchase="on_demand")

    assert offer.rate.over(8760) == Money.of(4607.76)


@pytest.mark.parametrize(
    ("day", "provider", "a100", "t4", "a100_costs", "t4_costs"),
    [
        (APRIL_2025, "aws", "p4d.24xlarge", ["g4dn.xlarge"], 0.0304, 0.0242),
        (JULY_2026, "aws", "p4d.24xlarge", ["g4dn.xlarge"], 0.0203, 0.0242),
        (JULY_2026, "gcp", "a2-highgpu-1g", ["nvidia-tesla-t4 (attach to n1)", "n1-standard-4"], 0.0272, 0.0249),
    ],
)
def test_the_cheaper_card_for_a_million_images_flips_with_date_and_provider(  # noqa: PLR0917 - a row of the table
    day: date, provider: str, a100: str, t4: list[str], a100_costs: float, t4_costs: float
) -> None:
    t4_price = sum((device_hour(day, provider, instance) for instance in t4), Decimal(0))

    assert round(usd_per_million_images(device_hour(day, provider, a100), A100_PER_S), 4) == a100_costs
    assert round(usd_per_million_images(t4_price, T4_PER_S), 4) == t4_costs


def test_the_band_of_a_t4_is_that_of_rule_13() -> None:
    low, high = price_band(shipped_book(), "t4", TODAY)

    assert f"{low.amount:.2f}–{high.amount:.2f}" == "0.22–0.82"


def test_a_band_of_what_nobody_rents_is_refused() -> None:
    with pytest.raises(BookError, match="no on-demand price of a whole epyc-genoa"):
        price_band(shipped_book(), "epyc-genoa", TODAY)


def test_a_later_price_is_never_borrowed_and_the_first_one_is_named() -> None:
    with pytest.raises(BookError, match=r"no on_demand t4 price on aws as of 2025-04-27.*the first is of 2025-04-28"):
        shipped_book().require(date(2025, 4, 27), provider="aws", target_id="t4", purchase="on_demand")


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"provider": "asw", "target_id": "t4"}, r"did you mean aws\?.*providers with one are aws, azure, gcp"),
        ({"region": "mars", "provider": "aws"}, "the regions with one are us-east-1"),
        ({"purchase": "sopt", "target_id": "t4"}, r"did you mean spot\?"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(wanted: dict[str, str], told: str) -> None:
    with pytest.raises(BookError, match=told):
        shipped_book().require(TODAY, **wanted)


days = st.dates(date(2020, 1, 1), date(2027, 12, 31))


@given(st.lists(st.tuples(days, st.integers(1, 10**6)), min_size=1, unique_by=lambda row: row[0]), days)
def test_of_a_day_the_latest_row_not_later_answers(rows: list[tuple[date, int]], day: date) -> None:
    book = PriceBook(tuple(make_offer(price, as_of=stated) for stated, price in rows))

    found = book.current(day)

    known = [row for row in rows if row[0] <= day]
    assert [(one.as_of, int(one.rate.amount)) for one in found] == ([max(known)] if known else [])


offers = st.builds(
    lambda price, instance, day, devices: make_offer(
        price, instance=instance, as_of=day, devices=devices, source='ä, "list"\n'
    ),
    st.integers(1, 10**9).map(lambda cents: cents / 100),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9).map(lambda text: f"i{text.strip()}"),
    days,
    st.sampled_from([0.0, 1 / 6, 1 / 3, 0.5, 1.0, 8.0]),
)


@given(st.lists(offers, unique_by=lambda one: (one.instance, one.as_of)), st.randoms(use_true_random=False))
def test_the_name_of_a_book_does_not_depend_on_the_order_of_its_rows(rows: list[Offer], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis gives a Random

    assert PriceBook(tuple(rows)).digest == PriceBook(tuple(shuffled)).digest


def test_the_name_of_a_book_depends_on_every_price() -> None:
    dearer = (make_offer(0.527), *(make_offer(1, instance=str(one)) for one in range(3)))

    assert len({PriceBook(dearer[:count]).digest for count in range(5)}) == 5
    assert PriceBook((make_offer(0.50),)).digest == PriceBook((replace(OFFER, rate=HourlyRate(Decimal("0.5"))),)).digest


def test_a_book_comes_back_from_its_bytes_exactly() -> None:
    book = shipped_book().merged(PriceBook((), owned=(OWNED,)))

    assert book_from_bytes(book_bytes(book)) == book


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"planner_price_book":2,"offers":[],"owned":[]}',
        b'{"planner_price_book":1,"offers":[{}],"owned":[]}', b'{"planner_price_book":NaN,"offers":[],"owned":[]}',
        b'{"planner_price_book":1,"offers":7,"owned":[]}', b'{"planner_price_book":1,"offers":[[]],"owned":[]}',
        book_bytes(PriceBook((OFFER,))).replace(b'"0.526"', b'"-1"'),
        book_bytes(PriceBook((OFFER,))).replace(b'"0.526"', b"1" * 5000),
        book_bytes(PriceBook((OFFER,))).replace(b'"a list"', b'"=HYPERLINK()"'),
    ],
)  # fmt: skip
def test_damaged_bytes_are_refused_in_words(content: bytes) -> None:
    with pytest.raises(BookError, match="price book"):
        book_from_bytes(content)


def test_one_thing_on_one_day_has_one_price() -> None:
    with pytest.raises(BookError, match=r"has two prices of 2026-07-20, 0\.526 USD and 0\.6 USD"):
        PriceBook((OFFER, make_offer(0.6)))

    assert PriceBook((OFFER, OFFER)).offers == (OFFER,)


@pytest.mark.parametrize("price", [Decimal(0), Decimal(-1)])
def test_a_price_is_positive(price: Decimal) -> None:
    with pytest.raises(BookError, match="a price is a positive number"):
        PriceBook((replace(OFFER, rate=HourlyRate(price)),))


def test_merged_with_another_book_its_word_stands_for_the_same_day_only() -> None:
    earlier = make_offer(0.7, as_of=OFFER.as_of - timedelta(days=1))
    book, other = PriceBook((OFFER, earlier)), PriceBook((make_offer(0.4),), owned=(OWNED,))

    both = book.merged(other)

    assert {one.rate.amount for one in both.offers} == {Decimal("0.4"), Decimal("0.7")}
    assert (both.owned, book.contradicted_by(other)) == ((OWNED,), (OFFER,))
    assert both.merged(other) == both


@pytest.mark.parametrize(
    "changes",
    [
        {"life_years": 0.0}, {"life_years": float("nan")}, {"capex": Money.of(0)}, {"residual": Money.of(15001)},
        {"residual": Money.of(1, "EUR")},
    ],
)  # fmt: skip
def test_what_nobody_can_own_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BookError):
        replace(OWNED, **changes)  # type: ignore[arg-type] # fields by name
