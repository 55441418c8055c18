"""A refresh takes a provider's prices whole or not at all, and never prices that cannot be right."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import unquote

import pytest
from helpers.price_server import Handler, PriceServer
from helpers.price_services import (
    AWS_REGION,
    TODAY,
    Item,
    Row,
    aws_file,
    aws_index,
    aws_row,
    aws_rows,
    azure_item,
    azure_items,
    azure_page,
)
from helpers.refreshing import QUICK

from harness.errors import UsageError
from planner.refresh.judging import Kind, Status
from planner.refresh.meter import Progress, Watcher
from planner.refresh.providers import Asking
from planner.services.price_refresh import Outcome, PriceRefresh, ProviderRefresh, RefreshRequest, refresh_prices
from planner.services.prices import book_in_force
from planner.services.refresh_request import refresh_request
from planner.store import Store
from pricing.book import shipped_book
from pricing.targets import shipped_targets

T4 = "Standard_NC4as_T4_v3"
REGIONS = ("eastus", "westeurope")


@pytest.fixture(scope="module")
def server() -> Iterator[PriceServer]:
    found = PriceServer()
    yield found
    found.close()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("refresh") / "results.db") as store:
        yield store


@pytest.fixture
def store(opened: Store) -> Store:
    """The same database for all, empty: it takes longer to make than a test."""
    for record in opened.price_books():
        opened.forget_price_book(record.digest)
    return opened


def azure_of(items: Callable[[str], Iterable[Item]]) -> Callable[[Handler], None]:
    """Azure that answers each region with these items."""

    def script(handler: Handler) -> None:
        region = next(one for one in REGIONS if f"'{one}'" in unquote(handler.path))
        handler.send(200, azure_page(items(region)))

    return script


def aws_of(rows: Iterable[Row]) -> Callable[[Handler], None]:
    """AWS that answers with these rows."""
    file = aws_file(rows)

    def script(handler: Handler) -> None:
        body = aws_index() if handler.path.endswith(".json") else file
        handler.send(200, body, kind="application/octet-stream")

    return script


def refresh(
    server: PriceServer,
    store: Store | None,
    script: Callable[[Handler], None],
    *,
    providers: tuple[str, ...] = ("azure",),
    watch: Watcher = lambda _progress: None,
    **changes: Any,  # noqa: ANN401 - fields of the request
) -> PriceRefresh:
    address = server.answers(script)
    regions = {"azure": REGIONS, "aws": (AWS_REGION,), "gcp": ()}
    request = RefreshRequest(
        regions={name: regions[name] for name in providers},
        needed=frozenset(providers),
        today=TODAY,
        sources=dict.fromkeys(providers, address),
    )
    return refresh_prices(
        store,
        book_in_force(store, today=TODAY),
        replace(request, **changes),
        targets=shipped_targets(),
        asking=Asking(limits=replace(QUICK, attempts=1), watch=watch),
    )


def only(found: PriceRefresh) -> ProviderRefresh:
    (one,) = found.providers
    return one


def test_prices_of_today_are_stored_as_a_book_that_can_be_forgotten(server: PriceServer, store: Store) -> None:
    found = refresh(server, store, azure_of(azure_items))

    one = only(found)
    assert (one.outcome, one.prices, one.same, one.changes) == (Outcome.STORED, 54, 54, ())
    assert found.is_complete
    now = book_in_force(store, today=TODAY).current(TODAY, provider="azure", instance=T4, purchase="on_demand")
    assert {(offer.region, offer.as_of, str(offer.rate.amount)) for offer in now} == {
        ("eastus", TODAY, "0.526"),
        ("westeurope", TODAY, "0.658"),
    }
    assert {offer.target_id for offer in now} == {"t4"}
    assert one.digest is not None
    store.forget_price_book(one.digest)
    assert book_in_force(store, today=TODAY) == shipped_book()


def test_the_same_answer_on_the_same_day_stores_nothing_more(server: PriceServer, store: Store) -> None:
    refresh(server, store, azure_of(azure_items))
    assert only(refresh(server, store, azure_of(azure_items))).outcome is Outcome.UNCHANGED
    assert len(store.price_books()) == 1


def test_prices_that_change_and_change_back_within_a_day_end_as_they_were_last(
    server: PriceServer, store: Store
) -> None:
    for factor, price in ((1.0, "0.526"), (1.5, "0.789"), (1.0, "0.526")):
        refresh(server, store, azure_of(partial(azure_items, factor=factor)))
        book = book_in_force(store, today=TODAY)
        (offer,) = book.current(TODAY, provider="azure", region="eastus", instance=T4, purchase="on_demand")
        assert str(offer.rate.amount) == price


def test_a_real_cut_of_a_third_passes_by_itself(server: PriceServer, store: Store) -> None:
    cut = refresh(server, store, aws_of(aws_rows(factor=Decimal("0.67"))), providers=("aws",))

    one = only(cut)
    assert one.outcome is Outcome.STORED
    p4d = next(change for change in one.changes if (change.instance, change.purchase) == ("p4d.24xlarge", "on_demand"))
    assert p4d.change == pytest.approx(-0.33)
    assert {change.status for change in one.changes} == {Status.CHANGED}


@pytest.mark.parametrize(
    ("items", "told"),
    [
        (lambda region: azure_items(region, factor=100.0), "100 times as much"),
        (lambda region: azure_items(region, factor=0.01), "0.01 times as much"),
        (lambda region: azure_items(region)[::3], "only 12 of 36 known prices"),
        (lambda _region: [], "no price of any known instance"),
        (lambda region: [*azure_items(region), azure_item(T4, 9.0, armRegionName=region)], "two prices"),
        (lambda region: [{**one, "currencyCode": "EUR"} for one in azure_items(region)], "currency is 'EUR'"),
        (lambda region: [{**one, "retailPrice": -1} for one in azure_items(region)], "negative"),
        (lambda region: [{**one, "retailPrice": 0} for one in azure_items(region)], "costs nothing"),
        (lambda region: [*azure_items(region), _reserved(region, 52_600.0)], "more than 3 times the price on demand"),
    ],
)
def test_an_absurd_answer_replaces_nothing(
    server: PriceServer, store: Store, items: Callable[[str], Iterable[Item]], told: str
) -> None:
    found = refresh(server, store, azure_of(items))

    one = only(found)
    assert one.outcome is Outcome.REFUSED
    assert any(told in oddity.sentence for oddity in one.oddities)
    assert len(one.oddities) <= 2 * 21
    assert not found.is_complete
    assert store.price_books() == ()


def _reserved(region: str, price: float) -> Item:
    return azure_item(T4, price, armRegionName=region, type="Reservation", reservationTerm="1 Year")


def test_a_person_may_accept_what_is_implausible_but_not_what_is_no_price(server: PriceServer, store: Store) -> None:
    tenfold = refresh(
        server, store, azure_of(lambda region: azure_items(region, factor=5.0)), accepts_changes=True, is_dry_run=True
    )
    assert only(tenfold).outcome is Outcome.NOT_STORED
    assert {oddity.kind for oddity in only(tenfold).oddities} == {Kind.IMPLAUSIBLE}

    wrong = azure_of(lambda region: [{**one, "currencyCode": "EUR"} for one in azure_items(region)])
    assert only(refresh(server, store, wrong, accepts_changes=True)).outcome is Outcome.REFUSED
    assert store.price_books() == ()


def test_other_sizes_are_taken_where_the_service_says_what_they_are(server: PriceServer, store: Store) -> None:
    sized = {"vCPU": "8", "Memory": "1,952 GiB", "GPU": "2"}
    rows = [
        *aws_rows(),
        aws_row("g4dn.huge", 1.1, **sized),
        aws_row("c7i.huge", 1.1, vCPU="8", Memory="16 GiB"),
        aws_row("g4dn.cpu", 1.1, vCPU="8", Memory="16 GiB"),
        aws_row("c7i.\x1b[2J", 1.1, vCPU="8", Memory="16 GiB"),
        aws_row("c7i." + "x" * 400, 1.1, vCPU="8", Memory="16 GiB"),
    ]
    one = only(refresh(server, store, aws_of(rows), providers=("aws",)))

    assert (one.outcome, one.passed_over) == (Outcome.STORED, 3)
    assert {change.instance for change in one.changes} == {"g4dn.huge", "c7i.huge"}
    book = book_in_force(store, today=TODAY)
    (card,), (cpu,) = (book.current(TODAY, instance=name) for name in ("g4dn.huge", "c7i.huge"))
    assert (card.target_id, card.devices, card.memory_gib) == ("t4", 2.0, 1952.0)
    assert (cpu.target_id, cpu.devices, cpu.vcpus) == ("xeon-sapphire-rapids", 0.0, 8)


def test_one_provider_that_fails_costs_only_its_own_prices(server: PriceServer, store: Store) -> None:
    azure = azure_of(azure_items)

    def script(handler: Handler) -> None:
        if "retail" in handler.path or "api-version" in handler.path:
            azure(handler)
        else:
            handler.send(500, b"")

    found = refresh(server, store, script, providers=("azure", "aws", "gcp"))

    assert [one.outcome for one in found.providers] == [Outcome.STORED, Outcome.FAILED, Outcome.UNAVAILABLE]
    assert "HTTP 500" in found.providers[1].reason
    assert "API key" in found.providers[2].reason
    assert not found.is_complete
    assert [record.label for record in store.price_books()] == ["refresh of azure on 2026-11-28"]


def test_an_interrupt_in_the_middle_of_the_second_provider_stores_nothing(server: PriceServer, store: Store) -> None:
    aws, azure = aws_of(aws_rows()), azure_of(azure_items)

    def watch(progress: Progress) -> None:
        if "price file" in progress.doing and progress.share:
            raise KeyboardInterrupt

    def script(handler: Handler) -> None:
        (azure if "api-version" in handler.path else aws)(handler)

    with pytest.raises(KeyboardInterrupt):
        refresh(server, store, script, providers=("azure", "aws"), watch=watch)
    assert store.price_books() == ()


def test_what_is_named_decides_what_is_asked_for() -> None:
    def ask(*providers: str, regions: tuple[str, ...] = (), source: str | None = None) -> RefreshRequest:
        return refresh_request(
            shipped_book(),
            providers=providers,
            regions=regions,
            source=source,
            today=TODAY,
            accepts_changes=False,
            is_dry_run=False,
        )

    assert ask().regions == {"azure": REGIONS, "aws": (AWS_REGION,), "gcp": ()}
    assert ask().needed == {"azure", "aws"}
    assert ask("gcp").needed == {"gcp"}
    assert ask(regions=("eu-west-1", "swedencentral")).regions == {"aws": ("eu-west-1",), "azure": ("swedencentral",)}
    for wrong in ({"regions": ("us-east-1' or 1 eq 1",)}, {"regions": ("../x",)}, {"source": "https://mirror.example"}):
        with pytest.raises(UsageError):
            ask(**wrong)
    with pytest.raises(UsageError):
        ask("azure", regions=("us-east-1",))
    with pytest.raises(UsageError, match="did you mean azure"):
        ask("azur")
