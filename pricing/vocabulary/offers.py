"""Price rows."""

from dataclasses import dataclass
from datetime import date

from pricing.money import HourlyRate


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One price row.

    Attributes:
        provider: aws, gcp, azure, …, or the name of one's own contract.
        region: As the provider names it.
        instance: As the provider names it.
        target_id: The target inside; None where its form factor is not known. For a CPU instance the CPU's target.
        device: What the source calls the device.
        devices: GPUs in one instance: a whole number, or a fraction of one; 0 for CPU instances.
        vcpus: Hardware threads; None where not stated.
        memory_gib: Main memory; None where not stated.
        is_rentable_alone: False for an accelerator that must be attached to an instance with a price of its own.
        purchase: on_demand, spot, committed_1y, …; `owned` for capital expenditure of one's own.
        rate: Of one instance.
        as_of: The day on which the source stated it.
        source: Who stated it.
    """

    provider: str
    region: str
    instance: str
    target_id: str | None
    device: str
    devices: float
    vcpus: int | None
    memory_gib: float | None
    is_rentable_alone: bool
    purchase: str
    rate: HourlyRate
    as_of: date
    source: str
