"""Offers and replicas for tests of the cost model: sensible defaults, every field replaceable by keyword."""
# ruff: noqa: ANN401 - an override has the type of the field it replaces

from dataclasses import replace
from datetime import date
from typing import Any

from pricing.money import HourlyRate, Number
from pricing.vocabulary import Offer, Replica

T4 = Replica(target_id="t4")


def make_offer(price: Number = 0.526, **overrides: Any) -> Offer:
    """One T4 on demand, unless told otherwise; `price` is dollars an hour."""
    offer = Offer(
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
        rate=HourlyRate.of(price),
        as_of=date(2026, 7, 20),
        source="a test",
    )
    return replace(offer, **overrides)
