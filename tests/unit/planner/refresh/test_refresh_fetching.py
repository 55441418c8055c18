"""A request to a service that is slow, broken, huge or hostile ends soon, in one sentence, and goes nowhere else."""

import gzip
import itertools
import time
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from helpers.price_server import Handler, PriceServer
from helpers.refreshing import QUICK, Asker
from httpx2 import URL

from planner.refresh.addresses import followed, source_address
from planner.refresh.errors import AddressError, FormatError, LimitError, RefreshError
from planner.refresh.fetching import CSV, JSON
from planner.refresh.limits import Limits
from planner.refresh.waiting import asked_wait_s

_MIB = 2**20


def read(asker: Asker, address: str, *, most: int = _MIB) -> bytes:
    return asker.fetcher.read(URL(address), b"".join, kinds=JSON | CSV, most=most)


def test_a_busy_service_is_asked_again_after_the_time_that_it_asks_for(server: PriceServer) -> None:
    def script(handler: Handler) -> None:
        if len(server.asked) == 1:
            handler.send(429, b"", Retry_After="3")
        else:
            handler.send(200, b"{}")

    address = server.answers(script)
    with Asker() as asker:
        assert read(asker, address) == b"{}"

    assert asker.waits == [3.0]
    assert any(one.is_waiting and "HTTP 429; trying again in 3.0 s" in one.doing for one in asker.told)
    assert all((agent or "").startswith("planner/") for agent in server.agents)


def test_a_service_that_stays_broken_is_given_up_after_waits_that_grow(server: PriceServer) -> None:
    address = server.answers(lambda handler: handler.send(503, b""))
    with Asker(replace(QUICK, attempts=4)) as asker, pytest.raises(RefreshError, match="HTTP 503, 4 times"):
        read(asker, address)

    assert len(server.asked) == 4
    assert asker.waits == [0.5, 1.0, 2.0]


def test_a_wait_without_end_and_a_refusal_are_not_waited_for(server: PriceServer) -> None:
    address = server.answers(lambda handler: handler.send(429, b"", Retry_After="86400"))
    with Asker() as asker, pytest.raises(RefreshError, match="asks to wait 86,400 s"):
        read(asker, address)
    address = server.answers(lambda handler: handler.send(404, b""))
    with Asker() as asker, pytest.raises(FormatError, match="HTTP 404"):
        read(asker, address)
    assert len(server.asked) == 1


def test_a_wait_may_be_asked_for_as_seconds_or_as_a_date() -> None:
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert asked_wait_s("Sat, 28 Nov 2026 12:00:30 GMT", now=now) == 30.0
    assert asked_wait_s("Sat, 28 Nov 2026 11:00:00 GMT", now=now) == 0.0
    for nothing in (None, "soon", "-3", "1" * 99, "٣"):
        assert asked_wait_s(nothing, now=now) is None


def test_half_an_answer_is_none(server: PriceServer) -> None:
    def cut(handler: Handler) -> None:
        handler.begin(200, Content_Length="1000")
        handler.wfile.write(b'{"Items": [')
        handler.close_connection = True

    address = server.answers(cut)
    with Asker() as asker, pytest.raises(RefreshError, match=r"the connection failed .*3 times"):
        read(asker, address)

    def endless(handler: Handler) -> None:
        handler.begin(200, Connection="close")
        handler.wfile.write(b"{}")
        handler.close_connection = True

    address = server.answers(endless)
    with Asker() as asker, pytest.raises(FormatError, match="does not say where its answer ends"):
        read(asker, address)


def test_a_service_that_is_silent_or_drips_is_cut_off(server: PriceServer) -> None:
    address = server.answers(lambda handler: handler.hang())
    with Asker(replace(QUICK, read_s=0.05, attempts=2)) as asker, pytest.raises(RefreshError, match="in time, 2 times"):
        read(asker, address)

    def drip(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        for _ in range(200):
            handler.wfile.write(b"x")
            time.sleep(0.02)

    address = server.answers(drip)
    began = time.monotonic()
    limits = replace(QUICK, deadline_s=0.2)
    with Asker(limits, clock=time.monotonic) as asker, pytest.raises(LimitError, match=r"deadline of 0\.2 s"):
        read(asker, address)
    assert time.monotonic() - began < 3.0  # the server would drip for four seconds


def test_a_huge_answer_and_a_bomb_are_cut_off(server: PriceServer) -> None:
    address = server.answers(lambda handler: handler.chunks(itertools.repeat(b"x" * 65536), kind="text/csv"))
    with Asker() as asker, pytest.raises(LimitError, match="more than 1,048,576 bytes"):
        read(asker, address)
    address = server.answers(lambda handler: handler.begin(200, Content_Length=str(10**12)))
    with Asker() as asker, pytest.raises(LimitError, match="announces 1,000,000,000,000 bytes"):
        read(asker, address)

    bomb = gzip.compress(b"0" * (8 * _MIB))
    address = server.answers(lambda handler: handler.send(200, bomb, kind="text/csv", Content_Encoding="gzip"))
    with Asker() as asker, pytest.raises(LimitError, match="gzip bomb"):
        read(asker, address, most=64 * _MIB)
    assert len(server.asked) == 1


def test_a_page_to_sign_in_is_no_price_list(server: PriceServer) -> None:
    address = server.answers(lambda handler: handler.send(200, b"<html>", kind="text/html; charset=utf-8"))
    with Asker() as asker, pytest.raises(FormatError, match="page to sign in"):
        read(asker, address)


def test_a_redirect_is_followed_on_the_same_host_alone_and_not_for_ever(server: PriceServer) -> None:
    def script(handler: Handler) -> None:
        if handler.path == "/new":
            handler.send(200, b"{}")
        else:
            handler.send(307, b"", Location=unquote(handler.path.partition("?")[2]))

    address = server.answers(script)
    with Asker() as asker:
        assert read(asker, f"{address}/old?/new") == b"{}"
        with pytest.raises(RefreshError, match="redirects more than 3 times"):
            read(asker, f"{address}/?/round?/round?/round?/round?/")
        for elsewhere in ("http://127.0.0.1:9/x", "http://169.254.169.254/latest", "//evil.example/x", "file:///x"):
            with pytest.raises(AddressError):
                read(asker, f"{address}/?{elsewhere}")


def test_nobody_is_listening(server: PriceServer) -> None:
    port = int(server.address.rpartition(":")[2])
    with Asker(replace(QUICK, attempts=1)) as asker, pytest.raises(RefreshError, match="the connection failed"):
        read(asker, f"http://127.0.0.2:{port}/")


@pytest.mark.parametrize(
    "link",
    [
        *("http://prices.azure.com/x", "https://prices.azure.com:8443/x", "https://u:p@prices.azure.com/x"),
        *("https://prices.azure.com@evil.example/", "https://prices.azure.com.evil.example/", "//evil.example/x"),
        *("file:///etc/passwd", "https://[::1", "", "x" * 5000, None, 7),
    ],
)
def test_a_link_to_anywhere_else_is_not_followed(link: object) -> None:
    with pytest.raises(AddressError):
        followed(URL("https://prices.azure.com/api/retail/prices"), link)


def test_a_link_that_names_the_usual_port_is_of_the_same_host() -> None:
    link = "https://prices.azure.com:443/api/retail/prices?$filter=a%20eq%20%27b%27&$skip=1000"
    assert followed(URL("https://prices.azure.com/api"), link).params["$skip"] == "1000"


@pytest.mark.parametrize(
    "text", ["http://mirror.example", "ftp://x", "https://a/?q=1", "https://u@x/", "prices", "x:" * 9]
)
def test_a_mirror_is_encrypted_or_on_this_machine(text: str) -> None:
    with pytest.raises(AddressError):
        source_address(text)
    assert source_address("http://[::1]:8080/mirror").port == 8080


def test_the_limits_leave_room_for_the_real_lists() -> None:
    assert Limits().most_file_bytes > 10**9  # the file of us-east-1 has some hundred MB
