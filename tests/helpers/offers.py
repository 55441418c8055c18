"""Offers and price tables to test with."""

from dataclasses import replace
from datetime import date

from pricing.money import HourlyRate
from pricing.vocabulary import Offer

OFFER = Offer(
    provider="aws",
    region="us-east-1",
    instance="g4dn.xlarge",
    target_id="t4",
    device="T4",
    devices=1.0,
    vcpus=4,
    memory_gib=16.0,
    is_rentable_alone=True,
    purchase="on_demand",
    rate=HourlyRate.of(0.526),
    as_of=date(2026, 7, 20),
    source="a list",
)


def make_offer(price: float = 0.526, *, currency: str = "USD", **changes: object) -> Offer:
    """The cheapest T4 of AWS, changed."""
    return replace(OFFER, rate=HourlyRate.of(price, currency), **changes)  # type: ignore[arg-type] # fields by name


COLUMNS = (
    "provider,region,instance_type,target_id,gpu,gpu_count,vcpus,memory_gib,cpu_model,rentable_alone,"
    "purchase_option,currency,price_per_hour,as_of,source"
)
ROW = "aws,us-east-1,g4dn.xlarge,t4,T4,1,4,16.0,,yes,on_demand,USD,0.526,2026-07-20,a list"


def price_table(*rows: str, header: str = COLUMNS) -> str:
    """The text of a price table."""
    return "\n".join((header, *(rows or (ROW,)))) + "\n"
