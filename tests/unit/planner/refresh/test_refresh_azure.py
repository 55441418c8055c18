"""The Azure Retail Prices API: which meters count, what they mean, and pages that lead astray."""

from decimal import Decimal
from urllib.parse import unquote

import pytest
from helpers.price_server import Handler, PriceServer
from helpers.price_services import TODAY, Item, azure_item, azure_page
from helpers.refreshing import QUICK, Asker

from planner.refresh import azure
from planner.refresh.addresses import source_address
from planner.refresh.errors import AddressError, FormatError, LimitError, RefreshError
from planner.refresh.known import Known
from planner.refresh.limits import Limits
from planner.refresh.quotes import Quote
from pricing.book import shipped_book

T4 = "Standard_NC4as_T4_v3"


def ask(server: PriceServer, *pages: bytes, limits: Limits = QUICK) -> tuple[Quote, ...]:
    """What is made of these pages, each of which the one before links to."""
    left = iter(pages)
    address = server.answers(lambda handler: handler.send(200, next(left)))
    with Asker(limits) as asker:
        source = source_address(f"{address}/api/retail/prices")
        known = Known(shipped_book(), "azure")
        return azure.ask(source, asker.fetcher, known, regions=["eastus"], today=TODAY, limits=limits).quotes


def prices(quotes: tuple[Quote, ...]) -> dict[str, Decimal | None]:
    return {quote.purchase: quote.price for quote in quotes}


def test_every_purchase_option_is_a_price_of_an_hour(server: PriceServer) -> None:
    plans = [{"unitPrice": 0.3, "retailPrice": 0.3, "term": "3 Years"}, {"retailPrice": 0.4, "term": "1 Year"}]
    quotes = ask(
        server,
        azure_page(
            [
                azure_item(T4, 0.526, savingsPlan=plans),
                azure_item(T4, 0.2, skuName="NC4as T4 v3 Spot"),
                azure_item(T4, 2628.0, type="Reservation", reservationTerm="1 Year"),
                azure_item(T4, 5256.0, type="Reservation", reservationTerm="3 Years"),
                azure_item(T4, 9999.0, type="Reservation", reservationTerm="5 Years"),
            ]
        ),
    )

    assert prices(quotes) == {
        "on_demand": Decimal("0.526"),
        "spot": Decimal("0.2"),
        "committed_1y": Decimal("0.3"),  # stated for the whole term, whatever its unit says
        "committed_3y": Decimal("0.2"),
        "savings_plan_1y": Decimal("0.4"),
        "savings_plan_3y": Decimal("0.3"),
    }
    (asked,) = server.asked
    assert asked.startswith("/api/retail/prices?api-version=2023-01-01-preview&$filter=serviceName%20eq%20%27Virtual")
    assert unquote(asked).endswith("serviceName eq 'Virtual Machines' and armRegionName eq 'eastus'")


def test_other_systems_markets_regions_and_days_are_left_out(server: PriceServer) -> None:
    other: list[Item] = [
        azure_item(T4, 9.0, productName="Virtual Machines NCasT4 v3 Series Windows"),
        azure_item(T4, 9.0, productName="NCasT4 v3 Series CloudServices"),
        azure_item(T4, 9.0, meterName="NC4as T4 v3 Low Priority"),
        azure_item(T4, 9.0, type="DevTestConsumption"),
        azure_item(T4, 9.0, isPrimaryMeterRegion=False),
        azure_item(T4, 9.0, armRegionName="westus"),
        azure_item(T4, 9.0, effectiveStartDate="2027-01-01T00:00:00Z"),
        azure_item(T4, 9.0, effectiveEndDate="2026-01-01T00:00:00Z"),
        azure_item(T4, 9.0, effectiveStartDate="2020-01-01T00:00:00Z"),
        azure_item("Standard_B16als_v2", 9.0),
    ]
    assert prices(ask(server, azure_page([*other, azure_item(T4.upper(), 0.526)]))) == {"on_demand": Decimal("0.526")}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"currencyCode": "EUR"}, "currency is 'EUR', not USD"),
        ({"unitOfMeasure": "1/Month"}, "unit is '1/Month', not an hour"),
        ({"retailPrice": -0.5}, "negative"),
        ({"retailPrice": None}, "no number"),
        ({"retailPrice": "NaN"}, "no number"),
        ({"retailPrice": 10**30}, "no number"),
    ],
)
def test_a_price_that_is_none_says_why(server: PriceServer, changes: Item, fault: str) -> None:
    (quote,) = ask(server, azure_page([azure_item(T4, 0.526, **changes)]))

    assert quote.price is None
    assert fault in quote.fault


def test_pages_are_followed_to_the_last_and_never_to_another_host_or_in_a_circle(server: PriceServer) -> None:
    address = server.address
    spot = azure_item(T4, 0.2, skuName="Spot: NC4as T4 v3 Spot")
    following = f"{address}/api/retail/prices?$skip=1"
    first = azure_page([azure_item(T4, 0.526)], following=following)
    assert set(prices(ask(server, first, azure_page([spot])))) == {"on_demand", "spot"}

    with pytest.raises(AddressError, match="another host"):
        ask(server, azure_page([], following="http://169.254.169.254/latest/meta-data"))
    with pytest.raises(AddressError, match="in a circle"):
        ask(server, first, azure_page([], following=f"{address}/api/retail/prices?$skip=1"))

    def endless(handler: Handler) -> None:
        handler.send(200, azure_page([], following=f"{server.address}/{len(server.asked)}"))

    address = server.answers(endless)
    known = Known(shipped_book(), "azure")
    with Asker(Limits(most_pages=5)) as asker, pytest.raises(LimitError, match="more than 5 pages"):
        azure.ask(source_address(address), asker.fetcher, known, regions=["eastus"], today=TODAY, limits=QUICK)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b'{"error": "busy"}', b'{"Items": {}}', b'{"Items": [7]}', b'{"Items": "\xff"}'),
        *(b'{"Items": [{"retailPrice": NaN}]}', b"[" * 100_000, b'{"Items": [], "x": ' + b"[" * 100_000),
        b'{"Items": [{"productName": "' + b"x" * 1000 + b'"}]}',
    ],
)
def test_what_is_no_page_is_refused(server: PriceServer, body: bytes) -> None:
    with pytest.raises(FormatError, match="documented form"):
        ask(server, body)


def test_too_many_prices_are_refused(server: PriceServer) -> None:
    items = [azure_item(T4, 0.5), azure_item(T4, 0.6)]
    with pytest.raises(RefreshError, match="more than 1 prices"):
        ask(server, azure_page(items), limits=Limits(most_prices=1))
