"""What looks wrong in a price book: R13 to R15, each where it should speak and where it should not."""

from datetime import date, timedelta

import pytest
from helpers.offers import OFFER, make_offer

from pricing.book import BookFinding, PriceBook, lint_book, shipped_book
from pricing.book.families import family_of
from pricing.targets import shipped_targets
from pricing.vocabulary import Offer

TODAY = date(2026, 11, 28)


def lint(*offers: Offer, reference: PriceBook | None = None, today: date = TODAY) -> tuple[BookFinding, ...]:
    return lint_book(PriceBook(offers), today=today, targets=shipped_targets(), reference=reference)


def rules(*offers: Offer, reference: PriceBook | None = None) -> list[str]:
    return [one.rule for one in lint(*offers, reference=reference)]


def test_of_the_shipped_book_only_the_age_of_two_groups_is_told() -> None:
    findings = lint_book(shipped_book(), today=TODAY, targets=shipped_targets())

    assert [(one.rule, len(one.offers)) for one in findings] == [("R13", 34), ("R13", 17)]
    assert "34 reserved_1y_all_upfront prices are of 2023-08-30" in findings[0].sentence


@pytest.mark.parametrize(
    ("price", "purchase", "told"),
    [
        (0.913242, "on_demand", "above the band 0.22–0.82"),
        (0.82, "on_demand", None),
        (0.23, "on_demand", None),
        (0.21, "on_demand", "below the band 0.22–0.82"),
        (0.10, "spot", None),
        (0.02, "spot", "below the band 0.02–0.82"),
        (0.9, "committed_1y", "above the band"),
    ],
)
def test_a_price_is_judged_by_the_band_of_the_reference(price: float, purchase: str, told: str | None) -> None:
    offer = make_offer(price, provider="new cloud", instance="one", purchase=purchase)

    found = lint(offer, reference=shipped_book())

    assert [told is not None and told in one.sentence for one in found] == ([True] if told else [])


def test_a_price_that_is_none_makes_no_band_of_its_own() -> None:
    wrong = make_offer(0.0001, region="us-east-1", instance="wrong")

    found = lint(wrong, *(make_offer(0.5, region=f"region-{number}") for number in range(2)))

    assert [one.offers for one in found if "below the band 0.40–0.62" in one.sentence] == [(wrong,)]


def test_a_large_instance_with_one_card_is_not_dear() -> None:
    assert rules(make_offer(9.9, instance="g4dn.32xlarge", vcpus=128, memory_gib=512.0), reference=shipped_book()) == []


def test_an_accelerator_that_must_be_attached_is_not_compared() -> None:
    assert rules(make_offer(0.01, is_rentable_alone=False, vcpus=None), reference=shipped_book()) == []


def test_a_price_is_old_after_400_days_unless_a_newer_one_stands_beside_it() -> None:
    day = TODAY - timedelta(days=401)

    assert rules(make_offer(as_of=day)) == ["R13"]
    assert rules(make_offer(as_of=day), OFFER) == []
    assert lint(make_offer(as_of=TODAY - timedelta(days=400))) == ()


def test_a_larger_instance_that_is_cheaper_is_told_once() -> None:
    larger = make_offer(0.5, instance="g4dn.2xlarge", vcpus=8, memory_gib=32.0)

    (finding,) = lint(OFFER, larger)

    assert (finding.rule, finding.offers) == ("R14", (larger, OFFER))
    assert "smaller in no respect than g4dn.xlarge" in finding.sentence


@pytest.mark.parametrize(
    "changes",
    [
        {"instance": "g5.2xlarge"}, {"vcpus": None}, {"memory_gib": 8.0}, {"region": "us-west-2"},
        {"purchase": "spot"}, {"target_id": "l4", "device": "L4"},
    ],
)  # fmt: skip
def test_what_is_smaller_in_a_respect_or_no_size_of_the_same_thing_may_be_cheaper(changes: dict[str, object]) -> None:
    larger = {"instance": "g4dn.2xlarge", "vcpus": 8, "memory_gib": 32.0} | changes

    assert rules(OFFER, make_offer(0.5, **larger)) == []  # type: ignore[arg-type] # fields by name


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"instance": "g4dn.12xlarge", "devices": 4.0, "vcpus": 48, "memory_gib": 192.0}, "the price per device"),
        ({"instance": "other", "currency": "EUR"}, "t4 is priced in EUR and USD"),
        ({"instance": "other", "memory_gib": 16 * 10**9 / 2**30}, "which is 16 GB"),
        ({"instance": "other", "memory_gib": 17.1798691}, "16 GiB if it counts GB"),
    ],
)
def test_a_unit_that_is_probably_mistaken_is_told(changes: dict[str, object], told: str) -> None:
    (finding,) = lint(OFFER, make_offer(0.526, **changes))  # type: ignore[arg-type] # fields by name

    assert finding.rule == "R15"
    assert told in finding.sentence


def test_a_target_that_is_not_known_is_told() -> None:
    assert rules(make_offer(target_id="t5")) == ["target"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("g4dn.xlarge", "g4dn.metal"),
        ("g2-standard-4", "g2-standard-96"),
        ("a2-highgpu-1g", "a2-highgpu-8g"),
        ("Standard_NC4as_T4_v3", "Standard_NC64as_T4_v3"),
    ],
)
def test_sizes_of_one_family_are_known_by_name(one: str, other: str) -> None:
    assert family_of(one) == family_of(other)


def test_other_families_are_told_apart() -> None:
    names = ("a2-highgpu-1g", "a3-highgpu-1g", "n1-standard-4", "n2-standard-4", "g4dn.xlarge", "g5.xlarge")

    assert len(set(map(family_of, names))) == len(names)
    assert family_of("Standard_NC24ads_A100_v4") != family_of("Standard_NC4as_T4_v3")
