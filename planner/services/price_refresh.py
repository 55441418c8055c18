"""Brings the price book up to date from services that need no key, or leaves it exactly as it was.

Everything is asked before anything is stored, so that an interrupt leaves nothing behind. Then each provider is taken
whole or not at all, as a price book of its own that `prices forget` removes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from planner.interrupts import deferred
from planner.refresh.errors import RefreshError
from planner.refresh.judging import Change, Judgement, Oddity, Status, judge
from planner.refresh.known import Known
from planner.refresh.providers import PROVIDERS, UNAVAILABLE, Asking, Counts, ask
from planner.store.repository import Store
from pricing.book import PriceBook, book_bytes, book_from_bytes
from pricing.errors import BookError
from pricing.targets import Targets


class Outcome(StrEnum):
    """What became of one provider's prices."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    NOT_STORED = "not-stored"
    REFUSED = "refused"
    FAILED = "failed"
    UNAVAILABLE = "unavailable"


_GOOD = frozenset({Outcome.STORED, Outcome.UNCHANGED, Outcome.NOT_STORED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshRequest:
    """What is asked for.

    Attributes:
        regions: By provider, those to ask for; a provider of `UNAVAILABLE` has none.
        needed: Providers without which the refresh is not complete.
        sources: Addresses of mirrors, by provider.
        today: The day of the new prices.
        accepts_changes: Take implausible prices, too; unusable ones never.
        is_dry_run: Store nothing.
    """

    regions: Mapping[str, tuple[str, ...]]
    needed: frozenset[str]
    today: date
    sources: Mapping[str, str] = field(default_factory=dict)
    accepts_changes: bool = False
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRefresh:
    """One provider. `digest` is of the book that was stored; `changes` leaves out what stayed the same."""

    provider: str
    outcome: Outcome
    reason: str
    source: str
    regions: tuple[str, ...]
    prices: int
    same: int
    passed_over: int
    changes: tuple[Change, ...]
    oddities: tuple[Oddity, ...]
    counts: Counts | None
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRefresh:
    """The whole refresh: the book in force before it, what became of each provider, whether every needed one is good.

    A dry run is good if it would have stored.
    """

    schema: str
    as_of: date
    book: str
    is_dry_run: bool
    is_complete: bool
    providers: tuple[ProviderRefresh, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a provider answered, judged; or why there is nothing."""

    provider: str
    regions: tuple[str, ...]
    source: str
    judgement: Judgement | None = None
    counts: Counts | None = None
    failure: str = ""


def refresh_prices(
    store: Store | None, book: PriceBook, request: RefreshRequest, *, targets: Targets, asking: Asking
) -> PriceRefresh:
    """Ask, judge, and store what may be believed.

    Args:
        store: The database; None where there is none and nothing will be stored.
        book: The prices in force.
        request: What is asked for.
        targets: Those that prices may name.
        asking: Limits, clock and who watches.

    Raises:
        StoreError: if the database cannot be written.
    """
    asked = [_ask(name, book, request, targets=targets, asking=asking) for name in request.regions]
    asking.before_storing()
    with deferred():  # an interrupt comes before everything is stored, or after
        settled = tuple(_settled(one, store, book, request) for one in asked)
    return PriceRefresh(
        schema="planner.price-refresh/1",
        as_of=request.today,
        book=book.digest,
        is_dry_run=request.is_dry_run,
        is_complete=all(one.outcome in _GOOD for one in settled if one.provider in request.needed),
        providers=settled,
    )


def _ask(name: str, book: PriceBook, request: RefreshRequest, *, targets: Targets, asking: Asking) -> _Asked:
    regions = request.regions[name]
    if name in UNAVAILABLE:
        return _Asked(provider=name, regions=(), source="", failure=UNAVAILABLE[name])
    provider, known = PROVIDERS[name], Known(book, name)
    source = request.sources.get(name, provider.source)
    try:
        answer, counts = ask(provider, known, regions=regions, today=request.today, asking=asking, source=source)
    except RefreshError as error:
        return _Asked(provider=name, regions=regions, source=source, failure=str(error))
    judgement = judge(
        answer, known, book, regions=regions, stated=provider.stated, today=request.today, targets=targets
    )
    return _Asked(provider=name, regions=regions, source=source, judgement=judgement, counts=counts)


def _settled(asked: _Asked, store: Store | None, book: PriceBook, request: RefreshRequest) -> ProviderRefresh:
    found = asked.judgement
    if found is None:
        outcome = Outcome.UNAVAILABLE if asked.provider in UNAVAILABLE else Outcome.FAILED
        return _report(asked, outcome, asked.failure)
    if found.unusable or (found.oddities and not request.accepts_changes):
        return _report(asked, Outcome.REFUSED, _refusal(found))
    try:
        new = book_from_bytes(book_bytes(PriceBook(found.offers)))  # as it will be read back, or not stored at all
    except BookError as error:
        return _report(asked, Outcome.REFUSED, f"the answer makes no price book: {error}")
    if set(new.offers) <= set(book.offers):
        return _report(asked, Outcome.UNCHANGED, "every price of today is in the book already")
    if request.is_dry_run or store is None:
        return _report(asked, Outcome.NOT_STORED, "a dry run stores nothing")
    _store(store, new, label=f"refresh of {asked.provider} on {request.today}")
    return _report(asked, Outcome.STORED, "", digest=new.digest)


def _store(store: Store, new: PriceBook, *, label: str) -> None:
    """Keep it as the last word: prices that change and change back within a day are in the database already."""
    if not store.record_price_book(new, label=label):
        store.forget_price_book(new.digest)
        store.record_price_book(new, label=label)


def _refusal(found: Judgement) -> str:
    if found.unusable:
        return "prices that are none are among them; nothing was replaced"
    return "prices that cannot be believed are among them; nothing was replaced (--accept-changes takes them knowingly)"


def _report(asked: _Asked, outcome: Outcome, reason: str, *, digest: str | None = None) -> ProviderRefresh:
    found = asked.judgement
    changes: Sequence[Change] = found.changes if found else ()
    return ProviderRefresh(
        provider=asked.provider,
        outcome=outcome,
        reason=reason,
        source=asked.source,
        regions=asked.regions,
        prices=len(found.offers) if found else 0,
        same=sum(one.status is Status.SAME for one in changes),
        passed_over=found.passed_over if found else 0,
        changes=tuple(one for one in changes if one.status is not Status.SAME),
        oddities=found.oddities if found else (),
        counts=asked.counts,
        digest=digest,
    )
