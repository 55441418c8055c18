"""The providers whose prices can be asked for, and those whose cannot, with the reason."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from planner.refresh import aws, azure
from planner.refresh.addresses import source_address
from planner.refresh.fetching import Chance, Fetcher
from planner.refresh.known import Known
from planner.refresh.limits import Limits
from planner.refresh.meter import Meter, Watcher
from planner.refresh.quotes import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One that can be asked.

    Attributes:
        name: As the price book names it.
        source: The address of its service.
        stated: The purchase options that the service states.
        region: What its regions are called; it also keeps everything else out of addresses and filters.
    """

    name: str
    source: str
    stated: tuple[str, ...]
    region: re.Pattern[str]


AZURE = Provider(
    name="azure", source=azure.SOURCE, stated=azure.STATED, region=re.compile(r"[a-z]{3,30}\d{0,2}", re.ASCII)
)
AWS = Provider(
    name="aws", source=aws.SOURCE, stated=aws.STATED, region=re.compile(r"[a-z]{2}(-[a-z]{2,12}){1,3}-\d", re.ASCII)
)
PROVIDERS = {one.name: one for one in (AZURE, AWS)}
UNAVAILABLE = {"gcp": "GCP's catalogue needs an API key (cloudbilling.googleapis.com answers nobody without one)"}
"""Providers whose prices the book has, and why they cannot be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How to ask: everything that a test decides otherwise.

    Attributes:
        limits: How long, and how much.
        watch: Is told how far it is.
        clock: Seconds of a clock that never goes back.
        chance: Time and chance of waits.
        before_storing: Called when everything was asked and nothing is stored yet; what it raises ends the refresh.
    """

    limits: Limits = field(default_factory=Limits)
    watch: Watcher = lambda _progress: None
    clock: Callable[[], float] = time.monotonic
    chance: Chance = field(default_factory=Chance)
    before_storing: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What it took: bytes on the wire, answers, rows seen, seconds."""

    received: int
    pages: int
    rows: int
    elapsed_s: float


def ask(
    provider: Provider, known: Known, *, regions: Sequence[str], today: date, asking: Asking, source: str | None = None
) -> tuple[Answer, Counts]:
    """What the provider's service says of the known instances in these regions.

    Args:
        provider: Who is asked.
        known: Its instances.
        regions: Named as the provider does.
        today: Prices that are not yet, or no longer, in force on this day are left out.
        asking: How.
        source: The address of a mirror; the service itself if None.

    Raises:
        RefreshError: if there is no answer that can be used.
    """
    url = source_address(source or provider.source)
    meter = Meter(provider.name, limits=asking.limits, watch=asking.watch, clock=asking.clock)
    with Fetcher(asking.limits, meter, chance=asking.chance) as fetcher:
        if provider is AZURE:
            answer = azure.ask(url, fetcher, known, regions=regions, today=today, limits=asking.limits)
        else:
            answer = aws.ask(url, fetcher, known, regions=regions, limits=asking.limits)
    return answer, Counts(received=meter.received, pages=meter.pages, rows=meter.rows, elapsed_s=meter.elapsed_s)
