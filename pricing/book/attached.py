"""Accelerators that are priced alone and run in an instance with a price of its own: both together are one offer."""

import re
from collections.abc import Iterable
from dataclasses import replace

from pricing.money import HourlyRate
from pricing.vocabulary import Offer

_HOST_FAMILY = re.compile(r"^(.*?)\s*\(attach to ([a-z0-9]+)\)$")


def with_hosts(attached: Offer, offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """One accelerator in each instance of the family that its name asks for, of the same market and purchase option.

    Args:
        attached: An offer that cannot be rented alone, named `… (attach to FAMILY)`.
        offers: Where the instances are looked for: those of one day.

    Returns:
        Offers that can be rented alone, at the sum of both prices and of the later of both days; none where the name
        asks for no family, or no instance of it is priced.
    """
    match = _HOST_FAMILY.match(attached.instance)
    if match is None:
        return ()
    name, family = match[1], f"{match[2]}-"
    hosts = [
        one
        for one in offers
        if one.is_rentable_alone
        and not one.devices
        and one.instance.startswith(family)
        and (one.provider, one.region, one.purchase, one.rate.currency)
        == (attached.provider, attached.region, attached.purchase, attached.rate.currency)
    ]
    return tuple(
        replace(
            attached,
            instance=f"{host.instance} + {name}",
            vcpus=host.vcpus,
            memory_gib=host.memory_gib,
            is_rentable_alone=True,
            rate=HourlyRate(attached.rate.amount + host.rate.amount, attached.rate.currency),
            as_of=max(attached.as_of, host.as_of),
            source=f"{attached.source}; the instance: {host.source}",
        )
        for host in hosts
    )
