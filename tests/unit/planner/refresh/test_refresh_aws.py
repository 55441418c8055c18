"""The AWS price file: read as it comes, which rows count, reservations of two rows, and files that are none."""

import csv
import io
from decimal import Decimal

import pytest
from helpers.price_server import Handler, PriceServer
from helpers.price_services import AWS_REGION, Row, aws_file, aws_index, aws_reserved, aws_row
from helpers.refreshing import QUICK, Asker
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.refresh import aws
from planner.refresh.addresses import source_address
from planner.refresh.errors import AddressError, FormatError, LimitError, RefreshError
from planner.refresh.known import Known
from planner.refresh.limits import Limits
from planner.refresh.meter import Meter
from planner.refresh.price_file import rows_of
from planner.refresh.quotes import Answer
from pricing.book import shipped_book

T4 = "g4dn.xlarge"


def ask(
    server: PriceServer, file: bytes, *, index: bytes | None = None, region: str = AWS_REGION, limits: Limits = QUICK
) -> Answer:
    """What is made of a price file."""

    def script(handler: Handler) -> None:
        if handler.path.endswith("region_index.json"):
            handler.send(200, index or aws_index())
        else:
            handler.chunks(iter([file[:1000], file[1000:]] if len(file) > 1000 else [file]), kind="text/csv")

    address = server.answers(script)
    with Asker(limits) as asker:
        known = Known(shipped_book(), "aws")
        return aws.ask(source_address(address), asker.fetcher, known, regions=[region], limits=limits)


def prices(answer: Answer) -> dict[tuple[str, str], Decimal | None]:
    return {(quote.instance, quote.purchase): quote.price for quote in answer.quotes}


def test_the_index_names_the_file_and_the_file_its_edition(server: PriceServer) -> None:
    answer = ask(server, aws_file([aws_row(T4, "0.5260000000")]))

    assert prices(answer) == {(T4, "on_demand"): Decimal("0.526")}
    assert "edition of 2026-11-20T00:00:00Z" in answer.source
    assert server.asked == [
        "/offers/v1.0/aws/AmazonEC2/current/region_index.json",
        f"/offers/v1.0/aws/AmazonEC2/20261120000000/{AWS_REGION}/index.csv",
    ]


def test_what_is_paid_at_once_is_spread_over_the_term(server: PriceServer) -> None:
    rows = [
        *aws_reserved(T4, 0, 2628),
        *aws_reserved(T4, "0.1", 2628, LeaseContractLength="3yr", PurchaseOption="Partial Upfront", OfferTermCode="B"),
        aws_reserved(T4, "0.33", 0, PurchaseOption="No Upfront", OfferTermCode="C")[0],
        *aws_reserved(T4, 0, 9, OfferingClass="convertible", OfferTermCode="D"),
    ]
    assert prices(ask(server, aws_file(rows))) == {
        (T4, "reserved_1y_all_upfront"): Decimal("0.3"),
        (T4, "reserved_3y_partial_upfront"): Decimal("0.2"),
        (T4, "reserved_1y_no_upfront"): Decimal("0.33"),
    }


def test_a_fee_without_its_row_is_a_fault(server: PriceServer) -> None:
    (quote,) = ask(server, aws_file(aws_reserved(T4, 0, 2628)[:1])).quotes

    assert (quote.price, quote.fault) == (None, "the row with what is paid at once is missing")


def test_other_systems_tenancies_places_and_markets_are_left_out(server: PriceServer) -> None:
    other: list[Row] = [
        aws_row(T4, 9, **changes)
        for changes in (
            {"Operating System": "Windows"},
            {"Tenancy": "Dedicated"},
            {"Pre Installed S/W": "SQL Web"},
            {"CapacityStatus": "UnusedCapacityReservation"},
            {"License Model": "Bring your own license"},
            {"Product Family": "Dedicated Host"},
            {"Location Type": "AWS Local Zone"},
            {"MarketOption": "CapacityBlock"},
            {"Region Code": "us-east-1-bos-1"},
            {"TermType": "FreeTier"},
        )
    ]
    assert prices(ask(server, aws_file([*other, aws_row("m5.large", 9), aws_row(T4, 1)]))) == {
        (T4, "on_demand"): Decimal(1)
    }


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"Currency": "CNY"}, "currency is 'CNY'"),
        ({"Unit": "Seconds"}, "unit is 'Seconds'"),
        ({"PricePerUnit": "NaN"}, "no number"),
        ({"PricePerUnit": "-1"}, "negative"),
        ({"PricePerUnit": "1e999999999"}, "no number"),
    ],
)
def test_a_price_that_is_none_says_why_in_the_file_too(
    server: PriceServer, changes: dict[str, str], fault: str
) -> None:
    (quote,) = ask(server, aws_file([aws_row(T4, 1, **changes)])).quotes

    assert quote.price is None
    assert fault in quote.fault


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (b"", "ends before its columns"),
        (b"<html>\n" * 20, "does not begin as an AWS price list"),
        (b'"FormatVersion","v1.0"\n' * 20, "does not begin as an AWS price list"),
        (aws_file([], head=lambda head: head[4].__setitem__(1, "AmazonRDS")), "no list for AmazonEC2"),
        (aws_file([]).replace(b'"Tenancy"', b'"Tenant"'), "no column 'Tenancy'"),
        (aws_file([aws_row(T4, 1)])[:-60], "cannot be read as CSV|cells where its header"),
        (aws_file([]) + b'"a","b"\n', "2 cells where its header has 31"),
        (aws_file([]) + b"\xff\xfe\n", "no UTF-8"),
        (aws_file([]) + b'"' + b"x\n" * 100_000, "cannot be read as CSV"),
    ],
)
def test_what_is_no_price_file_is_refused(server: PriceServer, file: bytes, told: str) -> None:
    with pytest.raises(FormatError, match=told):
        ask(server, file)


def test_a_line_without_end_is_cut_off(server: PriceServer) -> None:
    with pytest.raises(LimitError, match="a line of the price file has more than 65,536"):
        ask(server, aws_file([]) + b"x" * 100_000)
    with pytest.raises(LimitError, match="more than 100 rows"):
        ask(server, aws_file(aws_row("m5.large", 1) for _ in range(200)), limits=Limits(most_rows=100))


def test_an_index_that_leads_astray_is_not_followed(server: PriceServer) -> None:
    with pytest.raises(RefreshError, match=r"no region us-est-1 \(did you mean us-east-1\?\)"):
        ask(server, b"", region="us-est-1")
    for index, error in (
        (aws_index().replace(b"/offers", b"//evil.example/offers"), AddressError),
        (aws_index().replace(b"index.json", b"index.exe"), FormatError),
        (aws_index().replace(b"v1.0", b"v2.0", 1), FormatError),
        (b"[]", FormatError),
    ):
        with pytest.raises(error):
            ask(server, b"", index=index)


@settings(max_examples=60, deadline=None)
@given(
    text=st.lists(st.sampled_from(["a", ",", '"', "\n", "\r\n", "é", "€"]), max_size=30).map("".join),
    cut=st.integers(1, 7),
)
def test_however_the_bytes_are_cut_the_rows_are_those_of_the_whole(text: str, cut: int) -> None:
    content = text.encode()
    pieces = (content[start : start + cut] for start in range(0, len(content), cut))
    meter = Meter("aws", limits=QUICK, watch=lambda _progress: None, clock=lambda: 0.0)
    try:
        whole = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        with pytest.raises(FormatError):
            list(rows_of(pieces, meter=meter, longest_line=100))
    else:
        assert list(rows_of(pieces, meter=meter, longest_line=100)) == whole
