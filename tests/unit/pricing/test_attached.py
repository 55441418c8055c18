"""An accelerator and the instance that it is attached to are one offer."""

from datetime import date
from decimal import Decimal

from pricing.book import shipped_book
from pricing.book.attached import with_hosts

DAY = date(2026, 7, 30)


def test_a_t4_on_gcp_is_rented_with_the_instance_around_it() -> None:
    book = shipped_book()
    (attached,) = book.current(DAY, provider="gcp", target_id="t4", purchase="on_demand")

    found = with_hosts(attached, book.current(DAY, provider="gcp"))

    smallest = min(found, key=lambda one: one.rate.amount)
    assert smallest.instance == "n1-standard-4 + nvidia-tesla-t4"
    assert (smallest.devices, smallest.vcpus, smallest.is_rentable_alone) == (1, 4, True)
    assert smallest.rate.amount == Decimal("0.35") + Decimal("0.189999")
    assert smallest.as_of == DAY
    assert {one.purchase for one in found} == {"on_demand"}


def test_what_names_no_family_is_attached_to_nothing() -> None:
    book = shipped_book()
    (whole,) = book.current(DAY, provider="gcp", instance="a2-highgpu-1g", region="us-central1", purchase="on_demand")

    assert with_hosts(whole, book.current(DAY, provider="gcp")) == ()
