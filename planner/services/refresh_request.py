"""Turns what a person names into what is asked for: which providers, and which regions of each."""

from collections.abc import Mapping, Sequence
from datetime import date

from harness.errors import UsageError
from planner.refresh.addresses import source_address
from planner.refresh.known import Known
from planner.refresh.providers import PROVIDERS, UNAVAILABLE
from planner.services.price_refresh import RefreshRequest
from pricing.book import PriceBook
from pricing.files import nearest, shown

_MOST_REGIONS = 20  # of AWS each is a file of some hundred MB


def refresh_request(
    book: PriceBook,
    *,
    providers: Sequence[str],
    regions: Sequence[str],
    source: str | None,
    today: date,
    accepts_changes: bool,
    is_dry_run: bool,
) -> RefreshRequest:
    """What to ask for.

    Args:
        book: The prices in force: without names, every region that it has of a provider is asked for.
        providers: Those named; every one if empty.
        regions: Those named; each belongs to the provider whose regions are called so.
        source: The address of a mirror of the one provider that is named.
        today: The day of the new prices.
        accepts_changes: Whether implausible prices are taken.
        is_dry_run: Whether nothing is stored.

    Raises:
        UsageError: if a provider or a region is none, or a mirror is named without its provider.
        AddressError: if the mirror has no address that may be asked.
    """
    known = (*PROVIDERS, *UNAVAILABLE)
    for name in providers:
        if name not in known:
            raise UsageError(
                f"--provider {shown(name)}: prices can be asked of {', '.join(PROVIDERS)}{nearest(name, known)}"
            )
    asked = tuple(dict.fromkeys(providers or known))
    if source is not None and (len(asked) != 1 or asked[0] in UNAVAILABLE):
        raise UsageError("--source is the address of one provider's mirror: name it with --provider azure or aws")
    chosen = _regions(book, asked, regions)
    return RefreshRequest(
        regions=chosen,
        needed=frozenset(asked if providers else (set(chosen) & set(PROVIDERS))),
        today=today,
        sources={} if source is None else {asked[0]: str(source_address(source))},
        accepts_changes=accepts_changes,
        is_dry_run=is_dry_run,
    )


def _regions(book: PriceBook, asked: Sequence[str], named: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    able = [PROVIDERS[name] for name in asked if name in PROVIDERS]
    found: dict[str, tuple[str, ...]] = {}
    for region in dict.fromkeys(named):
        owner = next((one for one in able if one.region.fullmatch(region)), None)
        if owner is None:
            raise UsageError(
                f"--region {shown(region)} is none of {' or '.join(one.name for one in able) or asked[0]}: "
                "write for example eastus (azure) or us-east-1 (aws)"
            )
        found[owner.name] = (*found.get(owner.name, ()), region)
    if not named:
        found = {one.name: regions for one in able if (regions := Known(book, one.name).regions)}
        found |= {name: () for name in asked if name in UNAVAILABLE}
    if any(len(regions) > _MOST_REGIONS for regions in found.values()):
        raise UsageError(f"more than {_MOST_REGIONS} regions are not asked for at once")
    return found
